"""Chapter one: a programme, a cluster of seven schools, its people and its calendars."""

from __future__ import annotations

from typing import Any, Final

from reviewflow.demo import calendar, cast
from reviewflow.demo.hand import Hand
from reviewflow.registry import commands as reg
from reviewflow.registry.events import INSTALLATION, Identity
from reviewflow.shipped import shipped
from reviewflow.workflow.parse import Parsed, parse

WORKFLOW: Final = "spp-peer-review"


def found(hand: Hand) -> None:
    """Everything that must be there before a cycle can be opened."""
    teller = hand.teller
    teller.chapter(
        "A programme and a cluster",
        "Seven invented schools want to review one another. Somebody sets things up once: a store, a programme with "
        "its workflow, calendars, schools, and people with their roles and training.",
    )
    _programme(hand)
    _calendars(hand)
    _schools(hand)
    _people(hand)
    teller.outcome("", f"{hand.position} records so far. Names and addresses are sealed: the log holds ids.")


def _programme(hand: Hand) -> None:
    done = hand.give(
        reg.SetUpInstallation, "", told=True, admin_name=cast.ADA.name, email=cast.ADA.email,
    )  # fmt: skip
    _register(hand, cast.ADA, done.events[0].stream)
    parsed = definition()
    hand.give(
        reg.PublishWorkflow, "ada", told=True, workflow=parsed.definition.workflow, edition=parsed.definition.edition,
        digest=parsed.digest, document=parsed.document,
    )  # fmt: skip
    done = hand.give(
        reg.SetUpProgramme, "ada", told=True, programme_name=cast.PROGRAMME_NAME, time_zone=cast.ZONE,
        handle=cast.PROGRAMME, workflow=WORKFLOW, nation="england-and-wales",
    )  # fmt: skip
    hand.register(cast.PROGRAMME, _id(done.events[0].stream))


def _calendars(hand: Hand) -> None:
    hand.teller.say("Bank holidays and terms are events too, so that no later upgrade can change what a deadline was.")
    hand.register(INSTALLATION, INSTALLATION)
    hand.give(
        reg.PublishCalendar, "ada", told=True, file=("bank-holidays.json", b""),
        calendar="bank-holidays-england-and-wales", closed=calendar.bank_holidays(), source="holidays-library",
    )  # fmt: skip
    hand.give(
        reg.PublishCalendar, "ada", told=True, file=("terms.csv", b""), calendar="terms",
        owner=hand.ids[cast.PROGRAMME], owner_kind="programme", closed=calendar.terms(), named=calendar.NAMED,
    )  # fmt: skip


def _schools(hand: Hand) -> None:
    done = hand.give(
        reg.FormPartnership, "ada", told=True, partnership_name=cast.CLUSTER_NAME, programme=hand.ids[cast.PROGRAMME],
        handle=cast.CLUSTER,
    )  # fmt: skip
    hand.register(cast.CLUSTER, _id(done.events[0].stream))
    for number, school in enumerate(cast.SCHOOLS):
        done = hand.give(
            reg.RegisterOrganisation, "ada", told=number == 0, organisation_name=school.name, handle=school.handle,
            identities=(Identity(scheme="urn", value=school.urn),),
        )  # fmt: skip
        hand.register(school.handle, _id(done.events[0].stream))
        hand.give(
            reg.BeginMembership, "ada", told=number == 0, partnership=hand.ids[cast.CLUSTER],
            organisation=hand.ids[school.handle],
        )  # fmt: skip
    others = ", ".join(school.name.partition(" ")[0] for school in cast.SCHOOLS[1:])
    hand.teller.outcome("", f"... and the same for {others}.")


def _people(hand: Hand) -> None:
    for person in (cast.LENA, cast.OTTO):
        told = person is cast.LENA
        done = hand.give(reg.RegisterPerson, "ada", told=told, person_name=person.name, email=person.email)
        _register(hand, person, done.events[0].stream)
        kind, place = ("partnership", hand.ids[cast.CLUSTER]) if told else ("programme", hand.ids[cast.PROGRAMME])
        role: dict[str, Any] = {"held": person.held, "held_in": place, "held_in_kind": kind}
        hand.give(reg.GiveRole, "ada", told=told, person=hand.ids[person.key], **role)
    told_of: set[str] = set()
    for person in cast.STAFF:
        welcome(hand, person, told=person.place == cast.SCHOOLS[0].handle and person.held not in told_of)
        told_of.add(person.held)
    count = len(cast.STAFF) - len(told_of)
    hand.teller.outcome("", f"... and so on for {count} more: a head, a reviewer and a champion at each school.")


def welcome(hand: Hand, person: cast.Person, *, told: bool = False) -> None:
    """Register somebody who works at a school, and their training with its days."""
    done = hand.give(
        reg.RegisterPerson, "ada", told=told, person_name=person.name, email=person.email,
        organisation=hand.ids[person.place], held=person.held,
    )  # fmt: skip
    _register(hand, person, done.events[0].stream)
    for training in person.trained:
        hand.give(
            reg.RecordTraining, "ada", told=told, person=hand.ids[person.key], course=training.course,
            completed=training.completed, valid_until=training.until,
        )  # fmt: skip


def definition() -> Parsed:
    """The workflow that ships with the package."""
    file = shipped()[WORKFLOW]
    return parse(file.read_bytes(), file.name)


def _register(hand: Hand, person: cast.Person, stream: str) -> None:
    hand.register(person.key, _id(stream), person.email)


def _id(stream: str) -> str:
    return stream.partition("-")[2]
