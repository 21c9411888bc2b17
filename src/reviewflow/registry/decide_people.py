"""Decisions about people: who they are, which roles, training and relationships they have, forgetting."""

from __future__ import annotations

import re
from datetime import date
from typing import Final

from reviewflow.errors import Refused, Unmet
from reviewflow.events import Period, Unsealed, identify
from reviewflow.registry.asking import happened, said, today
from reviewflow.registry.commands import (
    ChangePerson,
    DeclareRelationship,
    EndRole,
    ForgetPerson,
    GiveRole,
    RecordTraining,
    RegisterPerson,
    WithdrawTraining,
)
from reviewflow.registry.decided import Events
from reviewflow.registry.events import (
    INSTALLATION,
    PersonChanged,
    PersonForgotten,
    PersonRegistered,
    RelationshipDeclared,
    RoleEnded,
    RoleGiven,
    ScopeKind,
    TrainingRecorded,
    TrainingWithdrawn,
)
from reviewflow.registry.given import Given, living
from reviewflow.registry.holders import is_last
from reviewflow.registry.known import Known
from reviewflow.registry.people import Person
from reviewflow.registry.permissions import ADMINISTRATOR, AUDITOR, OPERATOR, REGISTERED, SCOPES, SELF, WORKFLOW

_ROLE: Final = re.compile(r"[a-z][a-z0-9_]{0,63}", re.ASCII)
_COURSE: Final = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*", re.ASCII)
_MARKERS: Final = frozenset({SELF, REGISTERED, OPERATOR, WORKFLOW})


def register_person(command: RegisterPerson, known: Known) -> Events:
    """A new person, perhaps with a first role in an organisation."""
    given = Given(command.cause)
    name, email = given.name("name", command.person_name), given.email("email", command.email)
    day = today(command.asked, known)
    when = happened(command, day)
    if command.organisation is not None:
        _role(given, command.held or "staff", "organisation")
        given.scope(known, "organisation", "organisation", command.organisation)
    elif command.held or command.since:
        given.fault("organisation", "", "expected the organisation in which the role is held")
    given.check()
    _free(command.cause, known, email, "")
    person = identify(command.asked.id, 0)
    common = said(command, when)
    registered = PersonRegistered(**common, person_name=Unsealed(name), email=Unsealed(email) if email else None)
    if command.organisation is None:
        return [(f"person-{person}", registered)]
    first = RoleGiven(
        **common,
        grant=identify(command.asked.id, 1),
        held=command.held or "staff",
        scope=command.organisation,
        scope_kind="organisation",
        since=command.since or when.on,
    )
    return [(f"person-{person}", registered), (f"person-{person}", first)]


def change_person(command: ChangePerson, known: Known) -> Events:
    """A new name or address. The old ones are sealed, so that what is given counts as changed."""
    given = Given(command.cause)
    person = given.person(known, command.person)
    name = given.name("name", command.person_name) if command.person_name is not None else None
    email = given.email("email", command.email)
    given.check()
    person = living(command.cause, person)
    _free(command.cause, known, email, person.id)
    if email and known.email_owner(email) == person.id:
        email = None
    if name is None and email is None:
        return []
    event = PersonChanged(
        **said(command, happened(command, today(command.asked, known))),
        person_name=Unsealed(name) if name else None,
        email=Unsealed(email) if email else None,
    )
    return [(f"person-{person.id}", event)]


def _free(what: str, known: Known, email: str | None, person: str) -> None:
    owner = known.email_owner(email) if email else None
    if owner and owner != person:
        raise Refused(what, [Unmet("email-taken", f"that e-mail address is {owner}'s; one address is one person's")])


def _role(given: Given, held: str, kind: ScopeKind) -> None:
    if not _ROLE.fullmatch(held) or held in _MARKERS:
        given.fault("role", held, "expected a role's name, as in head or partnership_lead")
    elif kind != SCOPES.get(held, kind) and (held, kind) != (AUDITOR, INSTALLATION):
        given.fault("role", held, f"expected a role that is held in a {kind}; {held} is held in: {SCOPES[held]}")
    elif kind == INSTALLATION and held not in {ADMINISTRATOR, AUDITOR}:
        given.fault("role", held, f"expected {ADMINISTRATOR} or {AUDITOR} for the whole installation")


def give_role(command: GiveRole, known: Known) -> Events:
    """A dated role, unless it is held for those days already."""
    given = Given(command.cause)
    person = given.person(known, command.person)
    _role(given, command.held, command.held_in_kind)
    given.scope(known, "held in", command.held_in_kind, command.held_in)
    when = happened(command, today(command.asked, known))
    since = command.since or when.on
    given.period(since, command.until)
    given.check()
    person = living(command.cause, person)
    wanted = Period(since, command.until)
    for grant in person.roles:
        if (grant.held, grant.scope) != (command.held, command.held_in) or not _overlap(grant.period, wanted):
            continue
        if _covers(grant.period, wanted):
            return []
        sentence = f"{command.held} is held there {grant.period}, which shares days with {wanted}"
        raise Refused(command.cause, [Unmet("already-held", sentence)])
    event = RoleGiven(
        **said(command, when),
        grant=identify(command.asked.id, 0),
        held=command.held,
        scope=command.held_in,
        scope_kind=command.held_in_kind,
        since=since,
        until=command.until,
    )
    return [(f"person-{person.id}", event)]


def _overlap(one: Period, other: Period) -> bool:
    return one.since <= (other.until or date.max) and other.since <= (one.until or date.max)


def _covers(one: Period, other: Period) -> bool:
    return one.since <= other.since and (other.until or date.max) <= (one.until or date.max)


def end_role(command: EndRole, known: Known) -> Events:
    """The last day of a role, unless that is its last day already."""
    given = Given(command.cause)
    person = given.person(known, command.person)
    when = happened(command, today(command.asked, known))
    on = command.on or when.on
    given.check()
    person = living(command.cause, person)
    wanted = (command.held, command.held_in, command.held_in_kind)
    mine = [g for g in person.roles if (g.held, g.scope, g.scope_kind) == wanted]
    grant = next((g for g in mine if g.period.holds(on)), None)
    if grant is None:
        periods = "; ".join(f"it was held {g.period}" for g in mine) or "it never was"
        sentence = f"{command.held} is not held in {command.held_in} on {on}: {periods}"
        raise Refused(command.cause, [Unmet("not-held", sentence)])
    if grant.until == on:
        return []
    _keep_one(command.cause, known, person, when.on, ends=grant.held)
    event = RoleEnded(**said(command, when), grant=grant.id, scope=grant.scope, on=on)
    return [(f"person-{person.id}", event)]


def _keep_one(what: str, known: Known, person: Person, day: date, ends: str = ADMINISTRATOR) -> None:
    """Nobody locks everybody out."""
    if ends == ADMINISTRATOR and is_last(known, ADMINISTRATOR, INSTALLATION, person, day):
        sentence = "this is the last administrator; give the role to somebody else first"
        raise Refused(what, [Unmet("last-administrator", sentence, who=(ADMINISTRATOR,))])


def record_training(command: RecordTraining, known: Known) -> Events:
    """A completed course, unless that was recorded already."""
    given = Given(command.cause)
    person = given.person(known, command.person)
    day = today(command.asked, known)
    if not _COURSE.fullmatch(command.course):
        given.fault("course", command.course, "expected a name such as improvement-champion: letters, digits, hyphens")
    if command.completed > day:
        given.fault("completed", str(command.completed), f"expected a day not after {day}")
    given.period(command.completed, command.valid_until, "valid until")
    when = happened(command, day)
    given.check()
    person = living(command.cause, person)
    wanted = (command.course, command.completed, command.valid_until)
    if any((t.course, t.completed, t.valid_until) == wanted and t.withdrawn is None for t in person.training):
        return []
    event = TrainingRecorded(
        **said(command, when),
        training=identify(command.asked.id, 0),
        course=command.course,
        completed=command.completed,
        valid_until=command.valid_until,
    )
    return [(f"person-{person.id}", event)]


def withdraw_training(command: WithdrawTraining, known: Known) -> Events:
    """Training that no longer counts, unless it was withdrawn already."""
    given = Given(command.cause)
    person = given.person(known, command.person)
    reason = given.note("reason", command.reason, needed=True)
    training = next((t for t in person.training if t.id == command.training), None) if person else None
    if person and training is None:
        given.fault("training", command.training, "expected training of this person")
    when = happened(command, today(command.asked, known))
    given.check()
    person = living(command.cause, person)
    assert training is not None
    if training.withdrawn is not None:
        return []
    event = TrainingWithdrawn(
        **said(command, when), training=training.id, on=command.on or when.on, reason=Unsealed(reason)
    )
    return [(f"person-{person.id}", event)]


def declare_relationship(command: DeclareRelationship, known: Known) -> Events:
    """An interest, unless the very same stands declared."""
    given = Given(command.cause)
    person = given.person(known, command.person)
    if command.other == command.person:
        given.fault("other", command.other, "expected somebody else, or an organisation")
    elif known.organisation(command.other) is None and known.person(command.other) is None:
        given.fault("other", command.other, "expected an organisation or a person that is registered")
    note = given.note("note", command.note) if command.note else ""
    when = happened(command, today(command.asked, known))
    since = command.since or when.on
    given.period(since, command.until)
    given.check()
    person = living(command.cause, person)
    standing = [r for r in person.relationships if r[:3] == (command.other, command.nature, since)]
    if not note and any(r.until == command.until for r in standing):
        return []
    event = RelationshipDeclared(
        **said(command, when),
        other=command.other,
        nature=command.nature,
        note=Unsealed(note) if note else None,
        since=since,
        until=command.until,
    )
    return [(f"person-{person.id}", event)]


def forget_person(command: ForgetPerson, known: Known) -> Events:
    """Forget a person, unless they were forgotten already."""
    given = Given(command.cause)
    person = given.person(known, command.person)
    when = happened(command, today(command.asked, known))
    given.check()
    assert person is not None
    if person.forgotten:
        return []
    _keep_one(command.cause, known, person, when.on)
    return [(f"person-{person.id}", PersonForgotten(**said(command, when), reason=command.why))]
