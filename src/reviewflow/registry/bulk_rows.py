"""What one row of a sheet asks for, as the commands that would do the same one by one."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Final, NamedTuple, cast

from reviewflow.errors import BadInput, Fault, Refused, Unmet
from reviewflow.events import Happened, is_id
from reviewflow.registry.asking import happened, today
from reviewflow.registry.bulk import Bulk
from reviewflow.registry.bulk_names import find_organisation, find_partnership, find_person, find_place
from reviewflow.registry.commands import (
    BeginMembership,
    ChangePerson,
    EndMembership,
    EndRole,
    GiveRole,
    RecordTraining,
    RegisterPerson,
)
from reviewflow.registry.decided import Change
from reviewflow.registry.events import ScopeKind
from reviewflow.registry.names import shown
from reviewflow.registry.people import Grant, Person
from reviewflow.registry.people_sheet import MembershipRow, PersonRow, RoleRow, Row, TrainingRow

FIELDS: Final = {"held in": "held_in", "valid until": "valid_until", "on": "since"}
"""What a decision calls a fault's place -> the column it came from, where they differ."""


class Became(NamedTuple):
    """What came of a row: `new`, `changed`, `same` or `refused`."""

    outcome: str
    what: str
    reason: str = ""
    changes: tuple[Change, ...] = ()


def decide_row(bulk: Bulk, row: Row) -> Became:
    """Decide one row; raises `BadInput` and `Refused` as its commands would."""
    match row:
        case PersonRow():
            return _person(bulk, row)
        case RoleRow():
            return _role(bulk, row)
        case TrainingRow():
            return _training(bulk, row)
        case _:
            return _membership(bulk, row)


def _wrong(where: str, got: str, want: str) -> BadInput:
    return BadInput("a row", [Fault(where, shown(got), want)])


def _person(bulk: Bulk, row: PersonRow) -> Became:
    known, command = bulk.known, bulk.command
    organisation = find_organisation(bulk, row.organisation, "organisation") if row.organisation else None
    one = _known_as(bulk, row)
    if one is not None:
        _called_once(bulk, row, one)
        return _known_person(bulk, row, one, organisation)
    if not row.name:
        raise _wrong("name", "", "expected a name: nobody is known by this id yet")
    kept = f"person-{row.id.lower()}" if row.id else None
    bulk.do(RegisterPerson(
        asked=command.asked, person_name=row.name, email=row.email or None, organisation=organisation,
        held=row.role or None, since=row.since if organisation else None,
    ), kept)  # fmt: skip
    registered = next(stream for stream, _ in reversed(bulk.events)).removeprefix("person-")
    bulk.called[registered] = (row, row.name)
    held = f"{row.role or 'staff'} in {_handle(bulk, organisation)}" if organisation else ""
    assert known.person(registered) is not None
    return Became("new", row.name, held)


def _known_as(bulk: Bulk, row: PersonRow) -> str | None:
    """The id of the person a row is about; None for somebody new."""
    owner = bulk.known.email_owner(row.email) if row.email else None
    if not row.id:
        return owner
    one = row.id.lower()
    if bulk.known.person(one) is not None:
        return one
    if not bulk.command.from_elsewhere:
        want = (
            "expected the id of somebody who is registered here; leave it empty to register somebody new, "
            "or give --from-elsewhere for a file from another store"
        )
        raise _wrong("id", row.id, want)
    if not is_id(one) or any(find(one) for find in (bulk.known.organisation, bulk.known.partnership)):
        raise _wrong("id", row.id, "expected the id of a person, as an export gives it")
    if owner is not None:
        bulk.elsewhere[one] = owner
    return owner


def _called_once(bulk: Bulk, row: PersonRow, one: str) -> None:
    """The same person twice is well if a row says something else of them, not if it calls them something else."""
    if not row.name:
        return
    first, name = bulk.called.setdefault(one, (row, row.name))
    if name != row.name:
        raise _wrong("name", row.name, f"expected the name given in {first.place} for the same person: {name}")


def _known_person(bulk: Bulk, row: PersonRow, one: str, organisation: str | None) -> Became:
    person = _person_of(bulk, one)
    sees, reason, changes = bulk.sees(one), "", []
    name: str | None = None
    if row.name and not sees:
        reason = "the name was not compared: this person is not among those you may see"
    elif row.name and (before := bulk.opened(person.name)) != row.name:
        name = row.name
        changes.append(Change("name", before, name))
    moves = bool(row.email) and bulk.known.email_owner(row.email) != one
    if moves:
        changes.append(Change("email", bulk.opened(person.email) if sees else "", row.email))
    if name is not None or moves:
        try:
            bulk.do(ChangePerson(
                asked=bulk.command.asked, person=one, person_name=name, email=row.email if moves else None
            ))  # fmt: skip
        except Refused as error:
            says = "the register has another name or address: "
            raise Refused(error.what, [replace(u, sentence=says + u.sentence) for u in error.unmet]) from None
    if organisation is not None:
        changes += _works_there(bulk, row, person, organisation)
    return Became("changed" if changes else "same", row.name or row.email or one, reason, tuple(changes))


def _works_there(bulk: Bulk, row: PersonRow, person: Person, organisation: str) -> list[Change]:
    day = row.since or bulk.day
    there = [g for g in person.grants_on(day) if g.scope == organisation]
    # A row that names no role says where somebody works: any role there says so already.
    held = row.role or "staff"
    gives = GiveRole(
        asked=bulk.command.asked, person=person.id, held=held, held_in=organisation, held_in_kind="organisation",
        since=row.since,
    )  # fmt: skip
    if there and (not row.role or any(g.held == row.role and row.since in (None, g.since) for g in there)):
        bulk.same(gives, person.id)
        return []
    if not bulk.do(gives):
        return []
    return [Change("role", "", f"{held} in {_handle(bulk, organisation)} from {day}")]


def _person_of(bulk: Bulk, one: str) -> Person:
    person = bulk.known.person(one)
    assert person is not None
    if person.forgotten:
        sentence = f"{one} was forgotten on {person.forgotten_on}; nothing more is recorded about them"
        raise Refused("a row", [Unmet("forgotten", sentence)])
    return person


def _handle(bulk: Bulk, one: str) -> str:
    for kind in ("organisation", "partnership", "programme"):
        if (found := getattr(bulk.known, kind)(one)) is not None:
            return str(found.handle)
    return one


def _role(bulk: Bulk, row: RoleRow) -> Became:
    person = _person_of(bulk, find_person(bulk, row.person))
    kind, place = find_place(bulk, row.held_in)
    what = f"{row.person}: {row.role} in {_handle(bulk, place)}"
    mine = [g for g in person.roles if (g.held, g.scope) == (row.role, place)]
    about = _about(mine, row.since, bulk.day)
    scope = cast("ScopeKind", kind)
    gives = GiveRole(
        asked=bulk.command.asked, person=person.id, held=row.role, held_in=place, held_in_kind=scope, since=row.since,
        until=row.until,
    )  # fmt: skip
    if about is not None and (about.until == row.until or (row.until is None and row.since is None)):
        bulk.same(gives, person.id)
        return Became("same", what)
    if about is not None and row.until is not None and (about.until is None or row.until < about.until):
        ends = EndRole(
            asked=bulk.command.asked, person=person.id, held=row.role, held_in=place, held_in_kind=scope, on=row.until
        )
        bulk.do(ends)
        return Became("changed", what, changes=(Change("until", _text(about.until), _text(row.until)),))
    if bulk.do(gives):
        return Became("new", what)
    return Became("same", what, f"held already, {_covering(mine, row.since or bulk.day)}")


def _about(mine: list[Grant], since: date | None, day: date) -> Grant | None:
    """The grant that a row speaks of: the one that began then, or the one that is held today."""
    return next((g for g in mine if (g.period.holds(day) if since is None else g.since == since)), None)


def _covering(mine: list[Grant], day: date) -> str:
    return next((str(g.period) for g in mine if g.period.holds(day)), "")


def _text(day: date | None) -> str:
    return day.isoformat() if day else ""


def _training(bulk: Bulk, row: TrainingRow) -> Became:
    person = _person_of(bulk, find_person(bulk, row.person))
    what = f"{row.person}: {row.course} {row.completed}"
    records = RecordTraining(
        asked=bulk.command.asked, person=person.id, course=row.course, completed=row.completed,
        valid_until=row.valid_until,
    )  # fmt: skip
    same = [t for t in person.training if (t.course, t.completed) == (row.course, row.completed)]
    counts = [t for t in same if t.withdrawn is None]
    if any(t.valid_until == row.valid_until for t in counts):
        bulk.same(records, person.id)
        return Became("same", what)
    bulk.may(records)
    if gone := [t for t in same if t.withdrawn is not None and t.valid_until == row.valid_until]:
        sentence = (
            f"it was withdrawn and no longer counts from {gone[-1].withdrawn}; record it again by hand if it does"
        )
        raise Refused("a row", [Unmet("training-withdrawn", sentence)])
    longest = max((t.valid_until or date.max for t in counts), default=None)
    if longest is not None and (row.valid_until or date.max) < longest:
        is_valid = f"until {longest}" if longest < date.max else "without an end"
        sentence = f"it is recorded as valid {is_valid}; withdraw that first, training is never shortened"
        raise Refused("a row", [Unmet("training-longer", sentence)])
    bulk.do(records)
    if longest is None:
        return Became("new", what)
    return Became("changed", what, changes=(Change("valid until", _text(longest), _text(row.valid_until)),))


def _membership(bulk: Bulk, row: MembershipRow) -> Became:
    organisation = find_organisation(bulk, row.organisation, "organisation")
    one = find_partnership(bulk, row.partnership)
    partnership = bulk.known.partnership(one)
    assert partnership is not None
    what = f"{_handle(bulk, organisation)} in {partnership.handle}"
    asked = bulk.command.asked
    day = happened(bulk.command, today(asked, bulk.known, partnership.programme)).on
    mine = [m for m in partnership.memberships if m.organisation == organisation]
    about = next((m for m in mine if (m.period.holds(day) if row.since is None else m.since == row.since)), None)
    if about is not None and (about.until == row.until or (row.until is None and row.since is None)):
        return Became("same", what)
    if about is not None and row.until is not None and (about.until is None or row.until < about.until):
        ends = replace(asked, happened=Happened(on=row.until))
        try:
            bulk.do(EndMembership(asked=ends, partnership=one, organisation=organisation))
        except BadInput as error:
            raise BadInput(error.what, [Fault("until", f.got, f.want) for f in error.faults]) from None
        return Became("changed", what, changes=(Change("until", _text(about.until), _text(row.until)),))
    begins = replace(asked, happened=Happened(on=row.since)) if row.since else asked
    new = bulk.do(BeginMembership(asked=begins, partnership=one, organisation=organisation, until=row.until))
    return Became("new" if new else "same", what)
