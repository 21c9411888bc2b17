"""What racing clients ask: commands that contend for streams and sets, made from chance alone.

The same name gives the same commands again, whatever was answered, so that they can be given once more in the order
of the log, one after the other (`serial.py`).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from random import Random

from reviewflow.cycle import commands as cy
from reviewflow.events import Asked, Command
from reviewflow.registry import commands as reg

THAT_DAY = datetime(2026, 9, 7, 12, tzinfo=UTC)
CYCLES = ("hazel", "rowan", "willow")
STAFF = ("rob", "wilma", "alan", "bea", "chloe", "carl")


def asked(command_id: str, by: str) -> Asked:
    """Who asks; all on one day, so that the day decides nothing."""
    return Asked(id=command_id, at=THAT_DAY, by=by, entered_by=by)


def commands(name: str, who: dict[str, str], count: int) -> Iterator[Command]:
    """So many commands of one client."""
    random = Random(name)
    for number in range(count):
        yield _one(f"{name}-{number}", who, random)


def _one(command_id: str, who: dict[str, str], random: Random) -> Command:
    cycle = who[f"cycle of {random.choice(CYCLES)}"]
    person = who[random.choice(STAFF)]
    role = random.choice(["peer_reviewer", "improvement_champion", "lead_reviewer"])
    by = asked(command_id, who["lena"])
    of_them = asked(command_id, person)
    admin = asked(command_id, who["ada"])
    kind = random.choice(KINDS)
    if kind == "offer":
        return cy.OfferAssignment(asked=by, cycle=cycle, role=role, person=person)
    if kind == "accept":
        return cy.AcceptAssignment(asked=of_them, cycle=cycle, role=role, person=person)
    if kind == "leave":
        return cy.WithdrawAssignment(asked=of_them, cycle=cycle, role=role, person=person)
    if kind == "note":
        return cy.AddNote(asked=by, cycle=cycle, text=f"words of {command_id}")
    if kind == "interest":
        return reg.DeclareRelationship(
            asked=admin, person=person, nature="employment", other=who[random.choice(CYCLES)],
            since=date(2026, 9, 1), until=date(2026, 9, 1 + random.randint(0, 20)),
        )  # fmt: skip
    if kind == "train":
        return reg.RecordTraining(
            asked=admin, person=person, course="improvement-champion", completed=date(2026, 1, random.randint(1, 28)),
            valid_until=date(2027, 1, 1),
        )  # fmt: skip
    if kind == "open":
        return cy.OpenCycles(
            asked=by, workflow="spp-peer-review", programme=who["programme"], partnership=who["cluster"],
            subjects=(who["alder"], who["birch"]), year="2026-27",
        )  # fmt: skip
    if kind == "school":
        return reg.RegisterOrganisation(asked=admin, organisation_name="Contended School")
    assert kind == "person"
    email = f"{random.randint(1, 12)}@example.org"
    return reg.RegisterPerson(asked=admin, person_name="Nobody Twice", email=email)


KINDS = [
    "offer", "offer", "accept", "accept", "leave", "note", "note", "interest", "train", "open", "school", "person",
]  # fmt: skip
