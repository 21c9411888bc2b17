"""From stored records to what views are told: each event decoded once, with its cycle folded up to right after it.

Cycles that changed last stay folded, of all others the stream is read again: memory is bounded, whatever the log
holds. A teller may be kept from batch to batch, each with a snapshot of its own.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from reviewflow.cycle.events import CycleEvent
from reviewflow.cycle.fold import evolve, fold
from reviewflow.cycle.state import Cycle
from reviewflow.events import Recorded, decode
from reviewflow.ports import Record, Snapshot
from reviewflow.views.view import Told

MOST_CYCLES: Final = 512
MOST_BYTES: Final = 32_000_000
"""What their events have as stored: folded they take about as much, and a text may be long."""


class _Kept(NamedTuple):
    """A folded cycle, and how many bytes its events have."""

    cycle: Cycle
    size: int


class Teller:
    """Turns records into `Told`, in the order of the log. For one thread at a time."""

    def __init__(self, most: int = MOST_CYCLES, most_bytes: int = MOST_BYTES) -> None:
        """`most` cycles stay folded, fewer where their events have more than `most_bytes`."""
        self._most, self._most_bytes = most, most_bytes
        self._kept: OrderedDict[str, _Kept] = OrderedDict()
        self._size = 0

    def tell(self, snapshot: Snapshot, records: Iterable[Record]) -> list[Told]:
        """(record, event, its cycle right after it) of each; the snapshot must hold these records.

        They need not follow those told last: a cycle that went on meanwhile is read again. Raises
        `ImpossibleHistory` or `IntegrityBroken` for a record that cannot be.
        """
        return [self._tell(snapshot, record) for record in records]

    def _tell(self, snapshot: Snapshot, record: Record) -> Told:
        event = decode(record.topic, record.body, record.position)
        if not isinstance(event, CycleEvent):
            return record, event, None
        before, size = self._before(snapshot, record)

        def earlier() -> Iterator[Recorded]:
            return map(_recorded, _earlier(snapshot, record))

        place = Recorded(record.position, record.recorded_at, record.stream, record.version, event)
        after = evolve(before, place, earlier)
        self._keep(record.stream, _Kept(after, size + len(record.body)))
        return record, event, after

    def _before(self, snapshot: Snapshot, record: Record) -> tuple[Cycle | None, int]:
        """The cycle right before a record, and how many bytes its events have; not kept any more."""
        kept = self._kept.pop(record.stream, None)
        if kept is not None:
            self._size -= kept.size
            if kept.cycle.version == record.version - 1:
                return kept
        if record.version == 1:
            return None, 0
        records = _earlier(snapshot, record)
        return fold(map(_recorded, records)), sum(len(one.body) for one in records)

    def _keep(self, stream: str, kept: _Kept) -> None:
        self._kept[stream] = kept
        self._size += kept.size
        while len(self._kept) > self._most or (self._size > self._most_bytes and len(self._kept) > 1):
            _, oldest = self._kept.popitem(last=False)
            self._size -= oldest.size


def _earlier(snapshot: Snapshot, record: Record) -> list[Record]:
    return [one for one in snapshot.stream(record.stream) if one.version < record.version]


def _recorded(record: Record) -> Recorded:
    event = decode(record.topic, record.body, record.position)
    return Recorded(record.position, record.recorded_at, record.stream, record.version, event)
