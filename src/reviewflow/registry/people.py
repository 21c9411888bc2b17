"""A person as the log tells: roles, training and relationships with their days; names stay sealed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any, Final, NamedTuple

from reviewflow.errors import ImpossibleHistory
from reviewflow.events import Event, Kept, Period, Recorded, Sealed, Unsealed
from reviewflow.registry.events import (
    AbsenceDelegated,
    AbsenceEnded,
    Nature,
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


class Grant(NamedTuple):
    """A role held in a scope between two days, both included."""

    id: str
    held: str
    scope: str
    scope_kind: ScopeKind
    since: date
    until: date | None = None

    @property
    def period(self) -> Period:
        """The days on which it is held."""
        return Period(self.since, self.until)


class Training(NamedTuple):
    """A completed course; `withdrawn` is the first day on which it no longer counts."""

    id: str
    course: str
    completed: date
    valid_until: date | None = None
    withdrawn: date | None = None
    reason: Kept | None = None

    def valid(self, day: date) -> bool:
        """Whether it counts on `day`."""
        return Period(self.completed, self.valid_until).holds(day) and (self.withdrawn is None or day < self.withdrawn)


class Relationship(NamedTuple):
    """A declared interest; `other` is the id of an organisation or a person."""

    other: str
    nature: Nature
    since: date
    until: date | None = None
    note: Kept | None = None

    @property
    def key(self) -> tuple[str, Nature, date]:
        """What makes it the same relationship when it is declared again."""
        return self.other, self.nature, self.since

    @property
    def period(self) -> Period:
        """The days on which it stands."""
        return Period(self.since, self.until)


class Delegation(NamedTuple):
    """Days on which somebody else may act in this person's roles, for this person."""

    id: str
    delegate: str
    since: date
    until: date
    roles: tuple[str, ...] = ()
    """Names of roles it is for; none: all."""
    grants: frozenset[str] | None = None
    """Where somebody else said so: the grants that stood by then, for nobody passes on what comes later. None: all."""
    reason: Kept | None = None
    ended: date | None = None
    """Its last day, if that came early."""

    @property
    def period(self) -> Period:
        """The days on which it holds; one that was ended before its first day holds on none."""
        return Period(self.since, self.until if self.ended is None else min(self.until, self.ended))

    def over(self, day: date) -> bool:
        """Whether it holds neither on `day` nor later."""
        last = self.period.until
        return last is not None and (last < day or last < self.since)

    def covers(self, role: str) -> bool:
        """Whether it is for a role."""
        return not self.roles or role in self.roles


class Person(NamedTuple):
    """A person at a version of their stream. From the day of forgetting on they hold nothing."""

    id: str
    version: int
    name: Kept | None = None
    email: Kept | None = None
    roles: tuple[Grant, ...] = ()
    training: tuple[Training, ...] = ()
    relationships: tuple[Relationship, ...] = ()
    delegations: tuple[Delegation, ...] = ()
    forgotten_on: date | None = None

    @property
    def forgotten(self) -> bool:
        """Whether the person was forgotten."""
        return self.forgotten_on is not None

    def _gone(self, day: date) -> bool:
        return self.forgotten_on is not None and day >= self.forgotten_on

    def grants_on(self, day: date) -> list[Grant]:
        """The grants that hold on `day`."""
        return [] if self._gone(day) else [g for g in self.roles if g.since <= day and (not g.until or day <= g.until)]

    def roles_on(self, day: date) -> list[tuple[str, str]]:
        """(role, scope) of each grant that holds on `day`."""
        return [(g.held, g.scope) for g in self.grants_on(day)]

    def holds(self, role: str, scope: str, day: date) -> bool:
        """Whether the role is held in that very scope on `day`."""
        return (role, scope) in self.roles_on(day)

    def organisations(self, day: date) -> list[str]:
        """The organisations in which some role is held on `day`, each once."""
        return list(dict.fromkeys(g.scope for g in self.grants_on(day) if g.scope_kind == "organisation"))

    def valid_training(self, day: date) -> list[str]:
        """The courses whose training counts on `day`, each once."""
        return [] if self._gone(day) else list(dict.fromkeys(t.course for t in self.training if t.valid(day)))

    def related_to(self, day: date) -> list[str]:
        """The organisations and people this person declared an interest with, standing on `day`, each once."""
        return list(dict.fromkeys(r.other for r in self.relationships if r.period.holds(day)))

    def delegations_to(self, delegate: str, day: date) -> list[Delegation]:
        """The delegations to a person that hold on `day`."""
        if self._gone(day):
            return []
        return [d for d in self.delegations if d.delegate == delegate and d.period.holds(day)]

    def grant(self, grant_id: str) -> Grant | None:
        """A grant by its id."""
        return next((g for g in self.roles if g.id == grant_id), None)


def _kept(record: Recorded, path: str, text: Sealed | Unsealed | None, otherwise: Kept | None = None) -> Kept | None:
    return Kept(record.stream, record.version, path, text) if text is not None else otherwise


def _impossible(record: Recorded, why: str) -> ImpossibleHistory:
    return ImpossibleHistory(record.stream, record.version, why)


def _changed(person: Person, event: PersonChanged, record: Recorded) -> Person:
    name = _kept(record, "person_name", event.person_name, person.name)
    return person._replace(name=name, email=_kept(record, "email", event.email, person.email))


def _given(person: Person, event: RoleGiven, record: Recorded) -> Person:
    if person.grant(event.grant):
        raise _impossible(record, f"grant {event.grant} was given before")
    given = Grant(event.grant, event.held, event.scope, event.scope_kind, event.since, event.until)
    return person._replace(roles=(*person.roles, given))


def _ended(person: Person, event: RoleEnded, record: Recorded) -> Person:
    grant = person.grant(event.grant)
    if grant is None or grant.scope != event.scope:
        raise _impossible(record, f"grant {event.grant} in {event.scope} was never given")
    ended = grant._replace(until=event.on)
    return person._replace(roles=tuple(ended if g.id == event.grant else g for g in person.roles))


def _trained(person: Person, event: TrainingRecorded, record: Recorded) -> Person:
    if any(t.id == event.training for t in person.training):
        raise _impossible(record, f"training {event.training} was recorded before")
    training = Training(event.training, event.course, event.completed, event.valid_until)
    return person._replace(training=(*person.training, training))


def _untrained(person: Person, event: TrainingWithdrawn, record: Recorded) -> Person:
    if not any(t.id == event.training and t.withdrawn is None for t in person.training):
        raise _impossible(record, f"training {event.training} was never recorded, or withdrawn before")
    on, why = event.on, _kept(record, "reason", event.reason)
    withdrawn = (t._replace(withdrawn=on, reason=why) if t.id == event.training else t for t in person.training)
    return person._replace(training=tuple(withdrawn))


def _declared(person: Person, event: RelationshipDeclared, record: Recorded) -> Person:
    note = _kept(record, "note", event.note)
    declared = Relationship(event.other, event.nature, event.since, event.until, note)
    others = tuple(r for r in person.relationships if r.key != declared.key)
    return person._replace(relationships=(*others, declared))


def _delegated(person: Person, event: AbsenceDelegated, record: Recorded) -> Person:
    if any(d.id == event.delegation for d in person.delegations):
        raise _impossible(record, f"delegation {event.delegation} was recorded before")
    grants = None if event.by == person.id else frozenset(g.id for g in person.roles)
    reason = _kept(record, "reason", event.reason)
    made = Delegation(event.delegation, event.delegate, event.since, event.until, event.roles, grants, reason)
    return person._replace(delegations=(*person.delegations, made))


def _absence_ended(person: Person, event: AbsenceEnded, record: Recorded) -> Person:
    if not any(d.id == event.delegation and d.delegate == event.delegate for d in person.delegations):
        raise _impossible(record, f"delegation {event.delegation} to {event.delegate} was never recorded")
    ended = (d._replace(ended=event.on) if d.id == event.delegation else d for d in person.delegations)
    return person._replace(delegations=tuple(ended))


def _forgotten(person: Person, event: PersonForgotten, _record: Recorded) -> Person:
    return person._replace(name=None, email=None, forgotten_on=event.happened.on)


_EVOLVE: Final[dict[type[Event], Callable[[Person, Any, Recorded], Person]]] = {
    PersonChanged: _changed,
    RoleGiven: _given,
    RoleEnded: _ended,
    TrainingRecorded: _trained,
    TrainingWithdrawn: _untrained,
    RelationshipDeclared: _declared,
    AbsenceDelegated: _delegated,
    AbsenceEnded: _absence_ended,
    PersonForgotten: _forgotten,
}


def evolve_person(person: Person | None, record: Recorded) -> Person:
    """The person after one more record."""
    event, version = record.event, record.version
    if person is None:
        if not isinstance(event, PersonRegistered):
            raise _impossible(record, f"{event.topic} before the person was registered")
        name, email = _kept(record, "person_name", event.person_name), _kept(record, "email", event.email)
        return Person(record.stream.removeprefix("person-"), version, name, email)
    if version <= person.version:
        raise _impossible(record, f"it follows version {person.version}")
    if person.forgotten:
        raise _impossible(record, f"{event.topic} after the person was forgotten")
    evolve = _EVOLVE.get(type(event))
    if evolve is None:
        raise _impossible(record, f"{event.topic or type(event).__name__} does not belong to a person who is known")
    return evolve(person, event, record)._replace(version=version)


def fold_person(records: Sequence[Recorded], start: Person | None = None) -> Person | None:
    """The person after these records; None for no records."""
    person = start
    for record in records:
        person = evolve_person(person, record)
    return person
