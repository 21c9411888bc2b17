"""All views of a large store rebuilt while commands go on: how long, how fast, how much memory, and is it right?

`reviewflow views rebuild` as a process of its own, beside one that writes; then `reviewflow views check`, which fills
the views once more in a temporary file and compares them row by row with those that were put in place.
"""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any, NamedTuple

from bench.large import a_copy, large
from bench.places import environment
from bench.processes import REVIEWFLOW, run_once
from bench.table import Row, Size, Table
from bench.writing import meanwhile, written

MEMORY = 150.0
"""MB: no process of the command line may hold more."""
PAUSE = 0.02
"""Seconds between two commands of the writer: dozens a second, and some processor is left for the rebuild."""


class Counts(NamedTuple):
    """How much is timed."""

    events: int
    alone: int


COUNTS = {"tiny": Counts(1_000, 7), "quick": Counts(50_000, 200), "full": Counts(1_000_000, 1_000)}


def run(size: Size, store: Path | None = None) -> Table:
    """The table."""
    counts = COUNTS[size]
    with tempfile.TemporaryDirectory() as name, a_copy(large(counts.events, store or Path(name))) as copy:
        said, where = Path(name) / "said.json", environment(copy.settings)
        alone = written(copy, 0, counts.alone, apart=size != "tiny")
        with meanwhile(copy, counts.alone, PAUSE) as end:
            ran = run_once([REVIEWFLOW, "views", "rebuild", "--json"], where, said)
            wrote = end()
        rebuilt = _views(said)
        reached = max(view["position"] for view in rebuilt)
        checked = run_once([REVIEWFLOW, "views", "check", "--json"], where, said)
        right = all(view["equal"] for view in _views(said) if view["compared_at"])
    compared = [view for view in rebuilt if view["compared_at"] is not None]
    same = right and bool(compared) and all(view["equal"] for view in compared)
    rows = [
        Row("seconds", f"`reviewflow views rebuild`, {reached:,} records, {len(rebuilt)} views", ran.median, " s",
            memory=ran.peak, processor=ran.processor),
        Row("rate", "records a second, all views together", reached / ran.median, "/s"),
        Row("memory", "peak memory of the rebuild", ran.peak, " MB", None, f"at most {MEMORY:g} MB",
            ran.peak <= MEMORY),
        Row("commands", "commands done meanwhile; a refused one would have stopped the bench", wrote.commands, "",
            None, "nothing refused", wrote.commands > 0),
        Row("equal", "views that differ: live against rebuilt when they were swapped, and checked once more after it",
            0 if same else 1, "", None, "none", same),
        Row("p50", "a command meanwhile, median", wrote.p50, " ms"),
        Row("p99", "a command meanwhile, p99", wrote.p99, " ms"),
        Row("most", "a command meanwhile, the longest", wrote.most, " ms"),
        Row("alone-p50", "a command before, alone, median", alone.p50, " ms"),
        Row("alone-p99", "a command before, alone, p99", alone.p99, " ms"),
        Row("check", f"`reviewflow views check`, {reached:,} records", checked.median, " s", memory=checked.peak,
            processor=checked.processor),
    ]  # fmt: skip
    return Table(
        "rebuilding",
        "All views rebuilt while commands go on",
        rows,
        f"SQLite in WAL mode with `synchronous=FULL`; one process rebuilds, one writes and rests {PAUSE * 1000:g} ms"
        " after each command.",
    )


def _views(said: Path) -> list[dict[str, Any]]:
    return list(json.loads(said.read_text(encoding="utf-8"))["views"])
