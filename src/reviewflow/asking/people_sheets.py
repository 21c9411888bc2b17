"""The registry of people as the sheets that `person import` reads, as far as the viewer may see it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any, Final

from reviewflow.asking.question import Question
from reviewflow.audit.naming import REMOVED, SEALED
from reviewflow.events import Kept
from reviewflow.registry.people import Grant, Person
from reviewflow.registry.people_sheet import MEMBERSHIPS, PEOPLE, ROLES, TRAINING, SheetKind
from reviewflow.registry.scopes import Scope
from reviewflow.registry.sheet import Cell
from reviewflow.views.people import list_people

Rows = list[list[Cell]]
_HIDDEN: Final = frozenset({REMOVED, SEALED})


def sheets(question: Question) -> Iterator[tuple[SheetKind, Rows]]:
    """Each sheet with its rows, on the day asked about."""
    question.may("person export")
    yield from _sheets(question)


def _sheets(question: Question) -> Iterator[tuple[SheetKind, Rows]]:
    day = question.day(question.only_programme())
    until = question.as_of or date.max
    people = _people(question)
    yield PEOPLE, [_person(question, one, day) for one in people]
    roles: Rows = []
    training: Rows = []
    for one in people:
        who = _text(question, one.email) or one.id
        for grant in sorted(one.roles, key=lambda g: (g.since, g.held, g.scope)):
            if grant.since <= until:
                roles.append([who, grant.held, _handle(question, grant.scope), grant.since, grant.until])
        # The shorter first: brought in again, a longer one may follow, and never the other way round.
        for course in sorted(one.training, key=lambda t: (t.completed, t.course, t.valid_until or date.max)):
            if course.withdrawn is None and course.completed <= until:
                training.append([who, course.course, course.completed, course.valid_until])
    yield ROLES, roles
    yield TRAINING, training
    yield MEMBERSHIPS, _memberships(question, until)


def _people(question: Question) -> list[Person]:
    """Those whom the viewer may see, by name."""
    with question.installation.store.reading() as connection:
        ids = [row.id for row in list_people(connection)]
    found = []
    for one in ids:
        folded = question.known.person(one)
        if folded is None or folded.forgotten:
            continue
        if question.viewer is None or question.allowed("person show", Scope("person", one)):
            found.append(folded)
    return sorted(found, key=lambda one: (_text(question, one.name).casefold(), one.id))


def _person(question: Question, one: Person, day: date) -> list[Cell]:
    work = _work(one, day)
    place: list[Cell] = [_handle(question, work.scope), work.held, work.since] if work else [None, None, None]
    return [_text(question, one.name), _text(question, one.email), *place, one.id]


def _work(one: Person, day: date) -> Grant | None:
    """The role that says where somebody works: the first in an organisation that has no end yet."""
    there = (g for g in one.grants_on(day) if g.scope_kind == "organisation" and g.until is None)
    return min(there, key=lambda g: (g.since, g.id), default=None)


def _memberships(question: Question, until: date) -> Rows:
    rows: Rows = []
    for one in question.find.all("partnership"):
        folded: Any = question.known.partnership(one)
        if folded is None or (question.viewer and not question.allowed("partnership show", Scope("partnership", one))):
            continue
        for member in folded.memberships:
            if member.since <= until:
                organisation = _handle(question, member.organisation)
                rows.append([organisation, folded.handle, member.since, member.until])
    return sorted(rows, key=lambda row: (str(row[1]), str(row[0]), str(row[2])))


def _handle(question: Question, one: str) -> str:
    # Handles never change; the one of now names what it named at the day asked about.
    for kind in ("organisation", "partnership", "programme"):
        if (found := getattr(question.now, kind)(one)) is not None:
            return str(found.handle)
    return one


def _text(question: Question, kept: Kept | None) -> str:
    """A name or an address; empty where it may not be read, so that it is never taken for a name."""
    text = question.called.kept(kept)
    return "" if text in _HIDDEN else text
