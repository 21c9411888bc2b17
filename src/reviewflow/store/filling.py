"""Records written as they are, with positions and moments they have already: for a store that is being filled.

An append decides, gives positions and asks the clock; this does none of it. Heads and touched sets are counted from
the events anew, so that what they were in the store the records come from can be compared with them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import cast

from sqlalchemy import insert, text

from reviewflow.errors import IntegrityBroken
from reviewflow.events import Event
from reviewflow.ports import Record
from reviewflow.store.dialect import Database, retell
from reviewflow.store.links import Link, Links
from reviewflow.store.moments import to_micros
from reviewflow.store.reading import SqlSnapshot
from reviewflow.store.statements import Statements
from reviewflow.store.tables import records

_COUNT = text(
    "INSERT INTO heads AS known (key, version) VALUES (:key, :by)"
    " ON CONFLICT (key) DO UPDATE SET version = known.version + excluded.version"
)
_TOUCH = text("INSERT INTO touched (key, stream) VALUES (:key, :stream) ON CONFLICT DO NOTHING")


class Filling(SqlSnapshot):
    """One transaction that fills: what is there so far can be read in it, also what it has just written."""

    __slots__ = ("_filled",)

    def __init__(self, database: Database, statements: Statements, link: Link) -> None:
        """`link` is in a transaction that may write; whoever began it ends it."""
        super().__init__(database, cast("Links", None), statements)
        link.cursor.execute(statements.last)
        row = link.cursor.fetchone()
        self._position = row[0] if row else 0
        self._link = link
        self._filled = database

    def write(self, more: Sequence[Record]) -> None:
        """Insert records that follow those which are there; `IntegrityBroken` if the database refuses one."""
        rows = [{**record._asdict(), "recorded_at": to_micros(record.recorded_at)} for record in more]
        try:
            self.connection.execute(insert(records), rows)
        except self._filled.errors as error:
            self._refused(more, error)
        self._position = more[-1].position

    def move_heads(self, told: Iterable[tuple[Record, Event]]) -> None:
        """Count the sets that these events touch."""
        bumps: Counter[str] = Counter()
        pairs: dict[tuple[str, str], None] = {}
        for record, event in told:
            for key in dict.fromkeys(event.touches()):
                bumps[key] += 1
                pairs[key, record.stream] = None
        if not bumps:
            return
        self.connection.execute(_COUNT, [{"key": key, "by": by} for key, by in bumps.items()])
        self.connection.execute(_TOUCH, [{"key": key, "stream": stream} for key, stream in pairs])

    def _refused(self, more: Sequence[Record], error: BaseException) -> None:
        cause = getattr(error, "orig", error)
        if isinstance(cause, self._filled.conflict):
            why = f"among positions {more[0].position} to {more[-1].position} one cannot follow: {cause}"
            raise IntegrityBroken(more[0].position, why) from error
        retell(self._filled, error)
