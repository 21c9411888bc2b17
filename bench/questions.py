"""How long a person waits for an answer on the command line, and how much memory that takes: whole processes.

Once in a store of 22,000 cycles that are hardly begun, once in a store of a million events in cycles of forty.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from bench.courses import CHAMPION, Partnership
from bench.large import YEARS, Large, large, with_cycles
from bench.places import COUNTY, environment
from bench.processes import REVIEWFLOW, run_in_turn
from bench.table import Row, Size, Table
from bench.turns import middle_half

MEMORY = 150.0
"""MB: no process of the command line may hold more."""
ONE, SOON = 0.5, 0.15
"""Seconds: a question about one cycle; help."""


class Counts(NamedTuple):
    """How much is timed."""

    cycles: int
    events: int
    rounds: int


COUNTS = {"tiny": Counts(100, 1_000, 1), "quick": Counts(22_000, 50_000, 3), "full": Counts(22_000, 1_000_000, 9)}


class Question(NamedTuple):
    """What is asked; `aim` in seconds."""

    key: str
    words: tuple[str, ...]
    aim: float | None = None


def of_one_cycle(handle: str) -> Iterator[Question]:
    """Every way to read one cycle."""
    yield Question("show", ("cycle", "show", handle), ONE)
    yield Question("next", ("cycle", "next", handle), ONE)
    yield Question("show-as-of", ("cycle", "show", handle, "--as-of", f"{YEARS.start}-11-20"), ONE)
    yield Question("log-cycle", ("audit", "log", handle), ONE)
    yield Question("replay", ("audit", "replay", handle), ONE)
    yield Question("diff", ("audit", "diff", handle, "--from-as-of", f"{YEARS.start}-11-10"), ONE)


def of_many() -> Iterator[Question]:
    """Questions about all that there is, or about one of very many."""
    near = Partnership(COUNTY, 0)
    yield Question("list", ("cycle", "list"))
    yield Question("list-running", ("cycle", "list", "--running", "--partnership", "cluster-0"))
    yield Question("inbox", ("inbox",))
    yield Question("inbox-person", ("inbox", "--person", near.id("hanna", 0)))
    yield Question("log", ("audit", "log"))
    yield Question("log-by", ("audit", "log", "--by", near.id(CHAMPION, 0)))
    yield Question("person", ("person", "show", near.id(CHAMPION, 0)))
    yield Question("status", ("status",))


def run(size: Size, store: Path | None = None) -> Table:
    """The table."""
    counts = COUNTS[size]
    with tempfile.TemporaryDirectory() as name:
        within = store or Path(name)
        many, deep = with_cycles(counts.cycles, within), large(counts.events, within)
        start = [
            Question("help", ("--help",), SOON),
            Question("imports", ("-c", "import sqlalchemy, pydantic")),
        ]
        few, whole = Partnership(COUNTY, 0).handle(0, YEARS.start), Partnership(COUNTY, 0).handle(3, YEARS.start)
        rows = list(_rows("", start, many, counts.rounds))
        ends = slice(None, None, 13 if size == "tiny" else 1)
        asked = [*of_one_cycle(few), *of_many()][ends]
        rows += _rows(f"{counts.cycles:,} cycles", asked, many, counts.rounds, "many-")
        asked = [*of_one_cycle(whole), *of_many()][ends]
        rows += _rows(f"{deep.events:,} events", asked, deep, counts.rounds, "deep-")
    return Table(
        "questions",
        "Questions on the command line",
        rows,
        "Whole processes, started afresh for each question, the store's file in the machine's memory; SQLite. The"
        " second store holds whole SPP cycles of forty events, and five for each school.",
    )


def _rows(where: str, asked: Iterable[Question], of: Large, rounds: int, mark: str = "") -> Iterator[Row]:
    questions = list(asked)
    commands = {one.key: [sys.executable if one.words[0] == "-c" else REVIEWFLOW, *one.words] for one in questions}
    ran = run_in_turn(commands, environment(of.settings), rounds, warm=1 if rounds > 1 else 0)
    for one in questions:
        took = ran[one.key]
        command = f"python -c '{one.words[1]}'" if one.words[0] == "-c" else f"reviewflow {_short(one.words)}"
        aims = [] if one.aim is None else [f"at most {one.aim:g} s"]
        met = one.aim is None or round(took.median, 2) <= one.aim
        if mark:
            aims.append(f"{MEMORY:g} MB")
            met = met and took.peak <= MEMORY
        what = f"`{command}`{f', {where}' if where else ''}"
        yield Row(
            f"{mark}{one.key}", what, took.median, " s", middle_half(took.seconds), " and ".join(aims),
            met if aims else None, memory=took.peak, processor=took.processor,
        )  # fmt: skip


def _short(words: tuple[str, ...]) -> str:
    """Ids of people as their role, so that a row has the same name everywhere."""
    near = Partnership(COUNTY, 0)
    known = {near.id("hanna", 0): "HEAD", near.id(CHAMPION, 0): "CHAMPION"}
    return " ".join(known.get(word, word) for word in words)
