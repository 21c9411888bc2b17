"""Where every cycle stands, and who has which role in it.

Written from the folded cycle right after each event; the last one of an append counts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, Index, Select, bindparam, delete, func, or_, select, union_all, update

from reviewflow.cycle.events import (
    AssignmentAccepted,
    AssignmentDeclined,
    AssignmentOffered,
    AssignmentWithdrawn,
    CycleEvent,
    CycleOpened,
    MendingEvent,
    RoleHandedOver,
)
from reviewflow.cycle.history import binds
from reviewflow.cycle.state import Cycle, Standing
from reviewflow.events import Recorded
from reviewflow.ports import Record
from reviewflow.views.grants import held_on
from reviewflow.views.named import Naming, named
from reviewflow.views.statement import Statement
from reviewflow.views.table import make, portions, table, whole, word
from reviewflow.views.view import Told, impossible, one
from reviewflow.workflow.definition import Definition

cycles = table(
    "cycles",
    word("id", key=True),
    word("handle"),
    word("workflow"),
    word("digest"),
    word("edition"),
    word("programme"),
    word("partnership", optional=True),
    word("subject"),
    word("year"),
    whole("number"),
    word("state"),
    word("stage", optional=True),
    whole("final"),
    word("since"),
    word("opened_on"),
    whole("version"),
    whole("position"),
    Index("cycles_by_handle", "handle"),
    Index("cycles_by_subject", "subject"),
    Index("cycles_by_partnership", "partnership"),
)

assignments = table(
    "assignments",
    word("cycle", key=True),
    word("role", key=True),
    word("person", key=True),
    word("standing"),
    word("since"),
    whole("version"),
    Index("assignments_by_person", "person"),
)

_ASSIGNING = AssignmentOffered | AssignmentAccepted | AssignmentDeclined | AssignmentWithdrawn

_OPEN = Statement.inserting(cycles)
_MOVING = ("state", "stage", "final", "since", "opened_on", "version", "position")
_MOVE = Statement(
    update(cycles)
    .where(cycles.c.id == bindparam("cycle"), cycles.c.version == bindparam("before"))
    .values({name: bindparam(name) for name in _MOVING}),
    *_MOVING, "cycle", "before",
)  # fmt: skip
_ASSIGN = Statement.inserting(assignments)
_STANDINGS = Statement(select(*assignments.c).where(assignments.c.cycle == bindparam("of")), "of")
_CLEAR = Statement(
    delete(assignments).where(
        assignments.c.cycle == bindparam("in_cycle"),
        assignments.c.role == bindparam("as_role"),
        assignments.c.person == bindparam("who"),
    ),
    "in_cycle", "as_role", "who",
)  # fmt: skip
_STAND = Statement(
    update(assignments)
    .where(
        assignments.c.cycle == bindparam("in_cycle"),
        assignments.c.role == bindparam("as_role"),
        assignments.c.person == bindparam("who"),
    )
    .values({name: bindparam(name) for name in ("standing", "since", "version")}),
    "standing", "since", "version", "in_cycle", "as_role", "who",
)  # fmt: skip

_PLACE = Statement(select(cycles.c.version, cycles.c.position).where(cycles.c.id == bindparam("of")), "of")


class CyclesView:
    """Cycle status, assignments, and whom forms name."""

    name = "cycles"
    tables = (cycles, assignments, named)

    def __init__(self, definitions: Callable[[str], Definition]) -> None:
        """`definitions` finds the definition of a digest."""
        self._definitions = definitions
        self._final: dict[str, frozenset[str]] = {}
        self._naming = Naming(definitions)

    def create(self, connection: Connection) -> None:
        """Make the tables."""
        make(connection, self.tables)

    def apply(self, connection: Connection, records: Sequence[Told]) -> None:
        """One row a cycle and one an assignment, whatever the number of their events."""
        first: dict[str, int] = {}
        last: dict[str, tuple[Record, Cycle]] = {}
        assigned: dict[tuple[str, str, str], _Assigned] = {}
        mended: dict[str, None] = {}
        naming: dict[str, None] = {}
        for record, event, after in records:
            if not isinstance(event, CycleEvent):
                continue
            cycle = folded(record, after)
            first.setdefault(record.stream, 0 if isinstance(event, CycleOpened) else record.version - 1)
            last[record.stream] = (record, cycle)
            mends = _mends(record, event, cycle)
            if mends or self._naming.concerns(event, cycle):
                naming[record.stream] = None
            if mends or record.stream in mended:
                mended[record.stream] = None
            elif isinstance(event, _ASSIGNING):
                key = (cycle.id, event.assigned, event.person)
                past = cycle.assignments[key[1:]]
                row = (past[-1].standing, past[-1].happened.on.isoformat(), record.version)
                assigned[key] = _Assigned(record, row, len(past) == 1 or (key in assigned and assigned[key].new))
        self._assign(connection, {key: one for key, one in assigned.items() if one.record.stream not in mended})
        for stream in mended:
            self._stand(connection, last[stream][1])
        for stream in naming:
            self._naming.write(connection, last[stream][1], opened=first[stream] == 0)
        opened = [self._opened(*last[stream]) for stream, before in first.items() if before == 0]
        if opened:
            _OPEN.run_each(connection, opened)
        self._move(connection, [(*last[stream], before) for stream, before in first.items() if before])

    def _move(self, connection: Connection, moved: Sequence[tuple[Record, Cycle, int]]) -> None:
        """All at once; who was not where it should be is found when one was not."""
        rows = [(*self._moving(record, cycle), cycle.id, before) for record, cycle, before in moved]
        if not rows or _MOVE.run_each(connection, rows) == len(rows):
            return
        for record, cycle, before in moved:
            there = _PLACE.rows(connection, cycle.id)
            one(int(there == [(record.version, record.position)]), record, f"the cycle is not at version {before}")

    def _opened(self, record: Record, cycle: Cycle) -> tuple[Any, ...]:
        pinned = (cycle.id, cycle.handle, cycle.workflow, cycle.digest, cycle.edition)
        where = (cycle.programme, cycle.partnership, cycle.subject, cycle.year, cycle.number)
        return *pinned, *where, *self._moving(record, cycle)

    def _moving(self, record: Record, cycle: Cycle) -> tuple[Any, ...]:
        stage = cycle.state.rpartition(".")[0] or None
        return (
            cycle.state, stage, int(self._is_final(cycle)), cycle.since.on.isoformat(), cycle.opened.on.isoformat(),
            record.version, record.position,
        )  # fmt: skip

    def _assign(self, connection: Connection, assigned: Mapping[tuple[str, str, str], _Assigned]) -> None:
        new = [(*key, *one.row) for key, one in assigned.items() if one.new]
        if new:
            _ASSIGN.run_each(connection, new)
        known = [(*one.row, *key) for key, one in assigned.items() if not one.new]
        if known and _STAND.run_each(connection, known) != len(known):
            for key, row in assigned.items():
                one(_STAND.run(connection, *row.row, *key), row.record, "the assignment is not known")

    def _stand(self, connection: Connection, cycle: Cycle) -> None:
        """Bring all assignments of a cycle to what they are now known to be; rows that stay are not written again."""
        wanted = {
            (cycle.id, role, person, past[-1].standing, past[-1].happened.on.isoformat(), past[-1].version)
            for (role, person), past in cycle.assignments.items()
        }
        present = {tuple(row) for row in _STANDINGS.rows(connection, cycle.id)}
        for row in present - wanted:
            _CLEAR.run(connection, *row[:3])
        if new := wanted - present:
            _ASSIGN.run_each(connection, sorted(new))

    def _is_final(self, cycle: Cycle) -> bool:
        final = self._final.get(cycle.digest)
        if final is None:
            states = self._definitions(cycle.digest).all_states()
            final = self._final[cycle.digest] = frozenset(name for name, state in states.items() if state.final)
        return cycle.state in final


class _Assigned(NamedTuple):
    """What an assignment came to be, by which record, and whether there is no row of it yet."""

    record: Record
    row: tuple[str, str, int]
    new: bool


def _mends(record: Record, event: CycleEvent, cycle: Cycle) -> bool:
    """Whether an event may have changed more than the one row that it speaks of."""
    if isinstance(event, MendingEvent | RoleHandedOver):
        return True
    if cycle.by_day is None:
        return False
    place = Recorded(record.position, record.recorded_at, record.stream, record.version, event)
    return binds(place)


def folded(record: Record, after: Any) -> Cycle:
    """The folded cycle that must come with an event of one."""
    if not isinstance(after, Cycle):
        raise impossible(record, "it came without the folded cycle right after it")
    if after.version != record.version:
        raise impossible(record, f"the folded cycle that came with it is at version {after.version}")
    return after


class CycleRow(NamedTuple):
    """Where a cycle stands."""

    id: str
    handle: str
    workflow: str
    digest: str
    edition: str
    programme: str
    partnership: str | None
    subject: str
    year: str
    number: int
    state: str
    stage: str | None
    final: bool
    since: date
    opened_on: date
    version: int
    position: int


class AssignmentRow(NamedTuple):
    """How a person stands to a role of a cycle, since which day."""

    cycle: str
    role: str
    person: str
    standing: Standing
    since: date


class Count(NamedTuple):
    """How many cycles of a workflow are in a state."""

    workflow: str
    stage: str | None
    state: str
    cycles: int


def cycle_row(row: Any) -> CycleRow:
    """A row of the table."""
    final, since, opened_on, version, position = row[12:]
    days = (date.fromisoformat(since), date.fromisoformat(opened_on))
    return CycleRow._make((*row[:12], bool(final), *days, version, position))


def list_cycles(
    connection: Connection,
    *,
    programme: str | None = None,
    partnership: str | None = None,
    subject: str | None = None,
    workflow: str | None = None,
    state: str | None = None,
    year: str | None = None,
    involving: str | Sequence[str] | None = None,
    day: date | None = None,
    final: bool | None = None,
    after: str | None = None,
    limit: int | None = None,
) -> list[CycleRow]:
    """Cycles by handle, those after the handle `after`; ids everywhere, `state` may be a stage.

    `involving` is a person who was offered or accepted a role, or is named where that gives a part; with `day` also
    one who on that day holds a role at the subject, in the partnership, in the programme or in the whole
    installation. Of several, any.
    """
    wanted = select(cycles)
    same = {"programme": programme, "partnership": partnership, "subject": subject, "workflow": workflow, "year": year}
    for name, value in same.items():
        if value is not None:
            wanted = wanted.where(cycles.c[name] == value)
    if state is not None:
        wanted = wanted.where(or_(cycles.c.state == state, cycles.c.stage == state))
    if final is not None:
        wanted = wanted.where(cycles.c.final == int(final))
    if involving is not None:
        people = (involving,) if isinstance(involving, str) else involving
        wanted = wanted.where(*_involving(connection, people, day))
    if after is not None:
        wanted = wanted.where(cycles.c.handle > after)
    return [cycle_row(row) for row in connection.execute(wanted.order_by(cycles.c.handle, cycles.c.id).limit(limit))]


def _involving(connection: Connection, people: Sequence[str], day: date | None) -> Iterator[ColumnElement[bool]]:
    """What narrows cycles to those in which one of several people has a part.

    The few cycles of one school are looked up; nearly all of a programme are better taken as they come.
    """
    held: dict[str, list[str]] = {}
    if day is not None:
        for scope, kind in connection.execute(held_on(people, day)):
            held.setdefault(kind, []).append(scope)
    if "installation" in held:
        return
    assigned = select(assignments.c.cycle).where(
        assignments.c.person.in_(people), assignments.c.standing.in_(("offered", "accepted"))
    )
    part = (assigned, select(named.c.cycle).where(named.c.person.in_(people)))
    columns = {"organisation": cycles.c.subject, "partnership": cycles.c.partnership, "programme": cycles.c.programme}
    there = [columns[kind].in_(scopes) for kind, scopes in held.items()]
    if "programme" in held:
        yield or_(cycles.c.id.in_(union_all(*part)), *there)
    else:
        yield cycles.c.id.in_(union_all(*part, *(select(cycles.c.id).where(one) for one in there)))


def get_cycles(connection: Connection, ids: Sequence[str]) -> dict[str, CycleRow]:
    """The rows of these cycles, by id; those not known are left out."""
    rows = (row for part in portions(ids) for row in connection.execute(select(cycles).where(cycles.c.id.in_(part))))
    return {row.id: row for row in map(cycle_row, rows)}


def assignments_of(
    connection: Connection, *, cycle: str | None = None, person: str | None = None
) -> list[AssignmentRow]:
    """Every assignment of a cycle, or of a person, as it stands."""
    wanted: Select[Any] = select(*(assignments.c[name] for name in AssignmentRow._fields))
    if cycle is not None:
        wanted = wanted.where(assignments.c.cycle == cycle)
    if person is not None:
        wanted = wanted.where(assignments.c.person == person)
    found = connection.execute(wanted.order_by(assignments.c.cycle, assignments.c.role, assignments.c.person))
    return [AssignmentRow._make((*row[:4], date.fromisoformat(row[4]))) for row in found]


def count_cycles(connection: Connection, programme: str | None = None) -> list[Count]:
    """How many cycles are where, by workflow, stage and state."""
    where = (cycles.c.workflow, cycles.c.stage, cycles.c.state)
    wanted = select(*where, func.count()).group_by(*where).order_by(*where)
    if programme is not None:
        wanted = wanted.where(cycles.c.programme == programme)
    return [Count(*row) for row in connection.execute(wanted)]
