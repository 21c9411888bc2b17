"""What waits for whom: questions to the tasks, joined with who holds or was assigned which role.

Deadlines are not here: whoever asks works them out from the folded cycle and the calendars of the day.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from functools import cache
from typing import Any, Literal, NamedTuple

from sqlalchemy import ColumnElement, Connection, Select, bindparam, exists, or_, select, union_all

from reviewflow.registry.events import INSTALLATION
from reviewflow.views.cycles import CycleRow, assignments, cycle_row, cycles
from reviewflow.views.grants import grants, standing
from reviewflow.views.people import people
from reviewflow.views.statement import Statement
from reviewflow.views.table import Word, portions
from reviewflow.views.tasks import tasks

TaskKind = Literal["transition", "act", "answer", "agree"]


class TaskRow(NamedTuple):
    """Something that waits in a cycle.

    `roles`: those it waits for; of a person's own tasks, those in which it waits for them. For `answer` the step
    is the role that was offered. `people`: whom it waits for on the day that was asked about.
    """

    cycle: CycleRow
    kind: TaskKind
    step: str
    roles: tuple[str, ...]
    people: tuple[str, ...]


def for_person(
    connection: Connection,
    person: str,
    day: date,
    *,
    programme: str | None = None,
    partnership: str | None = None,
    after: str | None = None,
    limit: int | None = None,
) -> list[TaskRow]:
    """What waits for a person: named, assigned, or holding the role on that day; nothing once they are forgotten.

    By the cycle's handle, then in the order of its workflow. A page is `limit` cycles after the handle `after`.
    """
    narrow = {"programme": programme, "partnership": partnership, "after": after}
    given = {name: value for name, value in narrow.items() if value is not None}
    found = _mine(*given).rows(connection, person, day.isoformat(), *given.values())
    last = len(CycleRow._fields)
    rows: Iterable[_Row] = ((cycle_row(row[:last]), *row[last:]) for row in found)
    return list(_grouped(_first(rows, limit)))


@cache
def _mine(*narrow: str) -> Statement:
    """What waits for `who` on `day`, narrowed by these: asked by every page, and built once."""
    mine = _who(_param("day"), lambda who: who == _param("who")).subquery()
    wanted = (
        select(*cycles.c, mine.c.kind, mine.c.step, mine.c.role, mine.c.person, mine.c.who)
        .join(mine, mine.c.cycle == cycles.c.id)
        .order_by(cycles.c.handle, cycles.c.id, mine.c.place, mine.c.kind, mine.c.step, mine.c.role)
    )
    params = {name: _param(name) for name in narrow}
    wanted = _narrowed(wanted, params.get("programme"), params.get("partnership"), params.get("after"))
    return Statement(wanted, "who", "day", *narrow)


def _param(name: str) -> Any:
    return bindparam(name, type_=Word)


def everyone(
    connection: Connection,
    day: date,
    *,
    programme: str | None = None,
    partnership: str | None = None,
    after: str | None = None,
    limit: int | None = None,
) -> list[TaskRow]:
    """All that waits, and whom it waits for on that day, by the cycle's handle. A page is `limit` cycles."""
    page = select(cycles).where(exists().where(tasks.c.cycle == cycles.c.id))
    page = _narrowed(page, programme, partnership, after).order_by(cycles.c.handle, cycles.c.id).limit(limit)
    return _tasks_of(connection, [cycle_row(row) for row in connection.execute(page)], day)


def of_cycle(connection: Connection, cycle: str, day: date) -> list[TaskRow]:
    """What waits in one cycle, and whom it waits for on that day."""
    found = connection.execute(select(cycles).where(cycles.c.id == cycle))
    return _tasks_of(connection, [cycle_row(row) for row in found], day)


_KEY = (tasks.c.cycle, tasks.c.kind, tasks.c.step, tasks.c.role, tasks.c.person)
_Row = tuple[CycleRow, TaskKind, str, str, str, str | None]
"""Cycle, kind, step, role, the person named by the task, whom it waits for."""


def _narrowed(wanted: Select[Any], programme: Any, partnership: Any, after: Any) -> Select[Any]:
    """Each is an id or a handle, a parameter for one, or None."""
    if programme is not None:
        wanted = wanted.where(cycles.c.programme == programme)
    if partnership is not None:
        wanted = wanted.where(cycles.c.partnership == partnership)
    return wanted.where(cycles.c.handle > after) if after is not None else wanted


def _who(day: Any, person: Any = None, page: Sequence[str] | None = None) -> Select[Any]:
    """Each task with everybody it waits for on a day (as ISO 8601, or a parameter), the forgotten left out."""
    accepted = (assignments.c.cycle == tasks.c.cycle) & (assignments.c.role == tasks.c.role)
    accepted &= (assignments.c.standing == "accepted") & (tasks.c.held_in == "") & (tasks.c.person == "")
    here = (grants.c.role == tasks.c.role) & (grants.c.scope == tasks.c.scope)
    # An administrator of the installation is one in every programme of it.
    above = (grants.c.role == tasks.c.role) & (grants.c.scope == INSTALLATION) & (tasks.c.held_in == "programme")
    ways: tuple[tuple[ColumnElement[str], Select[Any]], ...] = (
        (tasks.c.person, _each(tasks.c.person).where(tasks.c.person != "")),
        (assignments.c.person, _each(assignments.c.person).join(assignments, accepted)),
        (grants.c.person, _each(grants.c.person).join(grants, here).where(standing(day))),
        (grants.c.person, _each(grants.c.person).join(grants, above).where(standing(day))),
    )
    narrowed = []
    for who, way in ways:
        narrow = way if person is None else way.where(person(who))
        narrowed.append(narrow if page is None else narrow.where(tasks.c.cycle.in_(page)))
    found = union_all(*narrowed).subquery()
    known = (people.c.id == found.c.who) & or_(people.c.forgotten_on.is_(None), people.c.forgotten_on > day)
    return select(found).join(people, known)


def _each(who: ColumnElement[str]) -> Select[Any]:
    return select(*_KEY, tasks.c.place, who.label("who")).select_from(tasks)


def _tasks_of(connection: Connection, page: Sequence[CycleRow], day: date) -> list[TaskRow]:
    found: list[TaskRow] = []
    for part in portions(page):
        ids = {cycle.id: n for n, cycle in enumerate(part)}
        whom: dict[tuple[str, ...], list[str]] = {}
        for row in connection.execute(_who(day.isoformat(), page=list(ids))):
            whom.setdefault(tuple(row[:5]), []).append(row.who)
        wanted = select(*_KEY).where(tasks.c.cycle.in_(ids))
        wanted = wanted.order_by(tasks.c.place, tasks.c.kind, tasks.c.step, tasks.c.role, tasks.c.person)
        rows = sorted(connection.execute(wanted), key=lambda row: ids[row[0]])
        found += _grouped(
            (part[ids[row[0]]], row[1], row[2], row[3], row[4], who)
            for row in rows
            for who in whom.get(tuple(row), [None])
        )
    return found


def _first(rows: Iterable[_Row], limit: int | None) -> Iterator[_Row]:
    seen: set[str] = set()
    for row in rows:
        seen.add(row[0].id)
        if limit is not None and len(seen) > limit:
            return
        yield row


def _grouped(rows: Iterable[_Row]) -> list[TaskRow]:
    """One task for each step, whatever the number of its roles; each offer is a task of its own."""
    found: dict[tuple[str, ...], tuple[CycleRow, TaskKind, str, dict[str, None], dict[str, None]]] = {}
    for cycle, kind, step, role, named, who in rows:
        key = (cycle.id, kind, step, named if kind == "answer" else "")
        *_, roles, whom = found.setdefault(key, (cycle, kind, step, {}, {}))
        roles[role] = None
        if who is not None:
            whom[who] = None
    return [
        TaskRow(cycle, kind, step, tuple(roles), tuple(sorted(whom)))
        for cycle, kind, step, roles, whom in found.values()
    ]
