"""All views afresh from the log, and whether they are what the live ones are.

Cycles are folded on the way; of so many at a time that memory stays bounded, the others are read again.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection, Table, select

from reviewflow.cycle.events import CycleEvent
from reviewflow.cycle.fold import evolve, fold
from reviewflow.cycle.state import Cycle
from reviewflow.events import Recorded, decode
from reviewflow.ports import Record, Snapshot
from reviewflow.views.view import Told, View


def rebuild(
    snapshot: Snapshot, connection: Connection, views: Sequence[View], *, batch: int = 500, most: int = 4096
) -> int:
    """Make the tables where `connection` is, and apply the whole log; the last position it has.

    The caller commits. `most` cycles are kept folded.
    """
    for view in views:
        view.create(connection)
    cycles = _Cycles(snapshot, most)
    position = 0
    while records := snapshot.log(position, batch):
        told = [cycles.follow(record) for record in records]
        for view in views:
            view.apply(connection, told)
        position = records[-1].position
    return position


class _Cycles:
    """The cycles that were changed last, folded up to the record that was followed last."""

    def __init__(self, snapshot: Snapshot, most: int) -> None:
        self._snapshot, self._most = snapshot, most
        self._kept: OrderedDict[str, Cycle] = OrderedDict()

    def follow(self, record: Record) -> Told:
        event = decode(record.topic, record.body, record.position)
        if not isinstance(event, CycleEvent):
            return record, event, None
        before = self._kept.pop(record.stream, None)

        def earlier() -> Iterator[Recorded]:
            return (_recorded(r) for r in self._snapshot.stream(record.stream) if r.version < record.version)

        if before is None and record.version > 1:
            before = fold(earlier())
        place = Recorded(record.position, record.recorded_at, record.stream, record.version, event)
        after = self._kept[record.stream] = evolve(before, place, earlier)
        if len(self._kept) > self._most:
            self._kept.popitem(last=False)
        return record, event, after


def _recorded(record: Record) -> Recorded:
    event = decode(record.topic, record.body, record.position)
    return Recorded(record.position, record.recorded_at, record.stream, record.version, event)


class Difference(NamedTuple):
    """The first row in which two sets of tables differ; None where there is no such row."""

    view: str
    table: str
    key: tuple[Any, ...]
    live: dict[str, Any] | None
    rebuilt: dict[str, Any] | None

    def __str__(self) -> str:
        place = f"view {self.view}: {self.table} {', '.join(map(str, self.key))}"
        if self.live is None or self.rebuilt is None:
            return f"{place}: is {'not in the live view' if self.live is None else 'in the live view only'}"
        rebuilt = self.rebuilt
        apart = (f"{k} is {v!r}, rebuilt {rebuilt[k]!r}" for k, v in self.live.items() if v != rebuilt[k])
        return f"{place}: {'; '.join(apart)}"


def compare(live: Connection, rebuilt: Connection, views: Sequence[View]) -> Difference | None:
    """The first row that differs, table by table in the order of their keys; None if all are equal."""
    for view in views:
        for table in view.tables:
            found = _compare(live, rebuilt, table)
            if found is not None:
                return Difference(view.name, table.name, *found)
    return None


def _compare(live: Connection, rebuilt: Connection, table: Table) -> tuple[Any, Any, Any] | None:
    ours, theirs = _rows(live, table), _rows(rebuilt, table)
    keys = [column.name for column in table.primary_key]
    while True:
        one, other = next(ours, None), next(theirs, None)
        if one is None and other is None:
            return None
        if one == other:
            continue
        places = [tuple(row[key] for key in keys) for row in (one, other) if row is not None]
        first = min(places)
        # Both stand in the order of the key: a row that only one has comes before what the other has instead.
        return (
            first,
            one if one and tuple(one[key] for key in keys) == first else None,
            other if other and tuple(other[key] for key in keys) == first else None,
        )


def _rows(connection: Connection, table: Table) -> Iterator[dict[str, Any]]:
    found = connection.execute(select(table).order_by(*table.primary_key))
    return (dict(row) for row in found.mappings())
