"""Backup, restore, a move to another place, the doctor: whole commands on a large store, each in its own process."""

from __future__ import annotations

import tempfile
from pathlib import Path
from statistics import median
from typing import NamedTuple

from bench.large import a_copy, large
from bench.places import environment
from bench.processes import REVIEWFLOW, Ran, run_once
from bench.table import Row, Size, Table
from bench.turns import middle_half

MEMORY = 150.0
"""MB: no process of the command line may hold more."""


class Counts(NamedTuple):
    """How much is timed."""

    events: int
    rounds: int


COUNTS = {"tiny": Counts(1_000, 1), "quick": Counts(50_000, 1), "full": Counts(100_000, 3)}
WORDS = {
    "backup": "`reviewflow backup FILE`",
    "check": "`reviewflow restore FILE --check`",
    "restore": "`reviewflow restore FILE --to PLACE`",
    "copy": "`reviewflow store copy --to PLACE`",
    "doctor": "`reviewflow doctor`",
}


def run(size: Size, store: Path | None = None) -> Table:
    """The table."""
    counts = COUNTS[size]
    ran: dict[str, list[Ran]] = {}
    with tempfile.TemporaryDirectory() as name:
        folder, made = Path(name), large(counts.events, store or Path(name))
        for number in range(counts.rounds):
            with a_copy(made, folder) as copy:
                where, said = environment(copy.settings), folder / "said.json"
                file = folder / f"{number}.backup"
                words = {
                    "backup": ["backup", str(file)],
                    "check": ["restore", str(file), "--check"],
                    "restore": ["restore", str(file), "--to", f"sqlite:///{folder / f'{number}.db'}"],
                    "doctor": ["doctor"],
                    "copy": ["store", "copy", "--to", f"sqlite:///{folder / f'{number}-copy.db'}"],
                }
                if size == "tiny":
                    words = {"backup": words["backup"]}
                for what, each in words.items():
                    ran.setdefault(what, []).append(run_once([REVIEWFLOW, *each, "--json"], where, said))
            size_of_file = file.stat().st_size
    rows = []
    for what, found in ran.items():
        seconds = [one.median for one in found]
        peak = max(one.peak for one in found)
        rows.append(Row(
            what, f"{WORDS[what]}, {made.events:,} events", median(seconds), " s", middle_half(seconds),
            f"at most {MEMORY:g} MB", peak <= MEMORY, memory=peak, processor=median(one.processor for one in found),
        ))  # fmt: skip
        if what != "doctor":
            rates = [made.events / one for one in seconds]
            rows.append(Row(f"{what}-rate", f"{WORDS[what]}, events", median(rates), "/s", middle_half(rates)))
    rows.append(Row("size", "size of the backup", size_of_file / made.events, " bytes/event"))
    return Table(
        "keeping",
        "Backup, restore, move",
        rows,
        "SQLite; the same disk for both ends. A restore recomputes and proves what it brought back, views included.",
    )
