"""Who did what where: one row an event, ids only. Kept by a follower, behind the log.

Asked for a person's events without reading the whole log. Whoever asks reads on in the log from the follower's
position, so that the answer is complete however far behind it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Column, Connection, Index, bindparam, select

from reviewflow.cycle.events import CycleOpened
from reviewflow.ports import Record
from reviewflow.views.statement import Statement
from reviewflow.views.table import Whole, make, micros, table, whole, word
from reviewflow.views.view import Told, impossible

activity = table(
    "activity",
    Column("position", Whole, primary_key=True, autoincrement=False),
    word("stream"),
    whole("version"),
    word("topic"),
    word("person"),
    word("role"),
    word("on_behalf_of", optional=True),
    word("entered_by", optional=True),
    word("happened_on"),
    whole("recorded_at"),
    word("cycle", optional=True),
    word("organisation", optional=True),
    Index("activity_by_person", "person", "position"),
)
"""`person`: who acted. `entered_by`: who was signed in, where that was a person. `recorded_at` in microseconds since
1970, UTC. `organisation`: whose stream it is, or the subject of the cycle."""

subjects = table("activity_subjects", word("cycle", key=True), word("organisation"))
"""The subject of each cycle: only its opening says it."""

_ADD = Statement.inserting(activity)
_OPEN = Statement.inserting(subjects)
_SUBJECT = Statement(select(subjects.c.organisation).where(subjects.c.cycle == bindparam("of")), "of")

_MOST_KEPT = 50_000


class ActivityView:
    """One row an event. It needs no folded cycle."""

    name = "activity"
    tables = (activity, subjects)

    def __init__(self) -> None:
        """Subjects of cycles are remembered: the log never changes them."""
        self._subjects: dict[str, str] = {}

    def create(self, connection: Connection) -> None:
        """Make the tables."""
        make(connection, self.tables)

    def apply(self, connection: Connection, records: Sequence[Told]) -> None:
        """Put the rows; raises `ImpossibleHistory` for an event of a cycle that was never opened."""
        rows: list[tuple[Any, ...]] = []
        opened: list[tuple[str, str]] = []
        for record, event, _ in records:
            kind, _, one = record.stream.partition("-")
            cycle = organisation = None
            if kind == "cycle":
                cycle = one
                if isinstance(event, CycleOpened):
                    organisation = event.subject
                    opened.append((cycle, organisation))
                    self._remember(cycle, organisation)
                else:
                    organisation = self._subjects.get(cycle) or self._subject(connection, record, cycle)
            elif kind == "organisation":
                organisation = one
            entered = event.entered_by if isinstance(event.entered_by, str) else None
            rows.append((
                record.position, record.stream, record.version, record.topic, event.by, event.role,
                event.on_behalf_of, entered, event.happened.on.isoformat(), micros(record.recorded_at),
                cycle, organisation,
            ))  # fmt: skip
        if opened:
            _OPEN.run_each(connection, opened)
        _ADD.run_each(connection, rows)

    def _subject(self, connection: Connection, record: Record, cycle: str) -> str:
        found = _SUBJECT.rows(connection, cycle)
        if not found:
            raise impossible(record, "the cycle was never opened")
        return self._remember(cycle, found[0][0])

    def _remember(self, cycle: str, subject: str) -> str:
        if len(self._subjects) >= _MOST_KEPT:
            self._subjects.clear()
        self._subjects[cycle] = subject
        return subject


def positions_of(
    connection: Connection,
    person: str,
    *,
    after: int = 0,
    until: int,
    last_first: bool = False,
    limit: int = 500,
) -> list[int]:
    """Where somebody acted: positions > `after` and <= `until`, at most `limit`, in that order or the last first."""
    wanted = select(activity.c.position).where(
        activity.c.person == person, activity.c.position > after, activity.c.position <= until
    )
    order = activity.c.position.desc() if last_first else activity.c.position
    return list(connection.execute(wanted.order_by(order).limit(limit)).scalars())
