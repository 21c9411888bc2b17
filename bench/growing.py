"""Is it flat? A whole command's time and memory, and the size of the store, from a thousand events to a million.

Commands go to schools all over the county, in a process that was just started, so that what they need is read from
the store and not remembered.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, nullcontext
from pathlib import Path
from statistics import median
from typing import NamedTuple

from bench.large import Large, a_copy, large, sizes
from bench.table import Row, Size, Table
from bench.turns import middle_half
from bench.writing import Wrote, written

FLAT = 1.5
"""Times what it takes in the smallest store: no more in the largest."""


class Counts(NamedTuple):
    """How much is timed."""

    events: tuple[int, ...]
    rounds: int
    commands: int


COUNTS = {
    "tiny": Counts((1_000,), 1, 14),
    "quick": Counts((1_000, 10_000, 50_000), 3, 490),
    "full": Counts((1_000, 10_000, 100_000, 1_000_000), 9, 490),
}


def run(size: Size, store: Path | None = None) -> Table:
    """The table."""
    counts = COUNTS[size]
    rows: list[Row] = []
    with tempfile.TemporaryDirectory() as name, ExitStack() as stack:
        stores = [large(events, store or Path(name)) for events in counts.events]
        for events, one in zip(counts.events, stores, strict=True):
            rows += _sizes(events, one)
        largest = stack.enter_context(a_copy(stores[-1]))
        found: list[list[Wrote]] = [[] for _ in stores]
        for number in range(counts.rounds):
            for wrote, one in zip(found, stores, strict=True):
                # A small store is taken afresh each time, so that it stays small; a large one grows hardly at all.
                again = one is stores[-1]
                first = number * counts.commands if again else 0  # a few schools soon come to years that no form takes
                with nullcontext(largest) if again else a_copy(one) as copy:
                    wrote.append(written(copy, first, counts.commands, apart=size != "tiny"))
        for events, wrote in zip(counts.events, found, strict=True):
            rows += _times(events, wrote)
        rows += _flat(counts.events, found, rows)
    seconds = ", ".join(f"{one.events:,} in {one.seconds:,.0f} s" for one in stores)
    return Table(
        "growing",
        "From a thousand events to a million",
        rows,
        "SQLite in WAL mode with `synchronous=FULL`, one process that writes: first steps of new cycles, one by one.",
        [f"The stores were made through the engine in batches, every event decided and sealed: {seconds}."],
    )


def _sizes(events: int, one: Large) -> Iterator[Row]:
    told = sizes(one.folder)
    what = f"size of the store, {events:,} events"
    yield Row(f"size-{events}", f"{what}: the log with its views", told["reviewflow.db"] / one.events, " bytes/event")
    yield Row(f"keys-{events}", f"{what}: the keys", told["reviewflow.keys"] / one.events, " bytes/event")


def _times(events: int, wrote: list[Wrote]) -> Iterator[Row]:
    what = f"{events:,} events in the store"
    for name in ("p50", "p95", "p99"):
        found = [getattr(one, name) for one in wrote]
        memory = max(one.peak for one in wrote) if name == "p50" else None
        label = f"whole command, {name}, {what}"
        yield Row(f"{name}-{events}", label, median(found), " ms", middle_half(found), memory=memory)
    found = [one.opening for one in wrote]
    yield Row(f"opening-{events}", f"opening the store, {what}", median(found), " ms", middle_half(found))


def _flat(events: tuple[int, ...], found: list[list[Wrote]], rows: list[Row]) -> Iterator[Row]:
    """The largest against the smallest, round against round."""
    first, last = found[0], found[-1]
    if first is last:
        return
    where = f"{events[-1]:,} events against {events[0]:,}"
    for name in ("p50", "p99", "peak"):
        ratios = [getattr(b, name) / getattr(a, name) for a, b in zip(first, last, strict=True)]
        what = "memory" if name == "peak" else f"whole command, {name}"
        value = median(ratios)
        yield Row(
            f"flat-{name}", f"{what}, {where}", value, " x", middle_half(ratios), f"at most {FLAT:g}", value <= FLAT
        )
    by_key = {row.key: row.value for row in rows}
    value = by_key[f"size-{events[-1]}"] / by_key[f"size-{events[0]}"]
    yield Row("flat-size", f"bytes for an event, {where}", value, " x", None, f"at most {FLAT:g}", value <= FLAT)
