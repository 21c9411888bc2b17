"""A follower behind the log: batches of 500 against one record at a time, each with its position in its transaction."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import delete

from bench.commands import against, processor, speed
from bench.large import large
from bench.places import Clock, settings_for
from bench.table import Size, Table
from bench.turns import Job, Side, in_turn
from reviewflow import wiring
from reviewflow.following import positions
from reviewflow.following.follower import BATCH, Outcome, ViewFollower, step

DOES = "decodes, writes a row for each event, moves its position by compare-and-set, commit waited for"


class Counts(NamedTuple):
    """How much is timed: events in the store, steps a round of each kind."""

    events: int
    rounds: int
    batches: int
    singles: int


COUNTS = {"tiny": Counts(1_000, 1, 1, 2), "quick": Counts(50_000, 7, 4, 60), "full": Counts(100_000, 21, 8, 100)}


def run(size: Size, store: Path | None = None) -> Table:
    """The table."""
    counts = COUNTS[size]
    with tempfile.TemporaryDirectory() as name:
        made = large(counts.events, store or Path(name))
        limits = {"batches": BATCH, "singles": 1}
        sides = {}
        for side, limit in limits.items():
            folder = Path(name) / side
            shutil.copytree(made.folder, folder)
            sides[side] = Side("bench.following:followed", {"folder": str(folder), "limit": limit})
        steps = {"batches": counts.batches, "singles": counts.singles}
        rates = in_turn(sides, counts.rounds, steps, apart=size != "tiny")
    # A job is a step; what is told is records.
    rates = rates._replace(
        rounds={side: [one * limits[side] for one in found] for side, found in rates.rounds.items()},
        processor={side: [one / limits[side] for one in found] for side, found in rates.processor.items()},
    )
    rows = [
        speed(rates, "batches", f"batches of {BATCH}, records", DOES),
        speed(rates, "singles", "one by one, records", DOES),
        processor(rates, "batches", f"processor time of a record, batches of {BATCH}"),
        against(rates, "batches", "singles", f"batches of {BATCH} against one by one", None),
    ]
    return Table(
        "following",
        "A follower",
        rows,
        "SQLite in WAL mode with `synchronous=FULL`; the view `activity`, who did what where, one row an event.",
    )


@contextmanager
def followed(folder: str, limit: int, client: int) -> Iterator[Job]:
    """Steps of the follower of `activity` from the beginning of the log."""
    del client
    clock = Clock()
    with wiring.open_installation(settings_for(Path(folder)), clock) as opened:
        follower = ViewFollower(next(view for view in opened.views.following if view.name == "activity"))
        with opened.store.changing() as connection:
            positions.forget(connection, follower.name)  # it had come to the end
            for table in follower.view.tables:
                connection.execute(delete(table))
        step(opened.store, follower, clock)  # takes its place before the first record

        def job(n: int) -> None:
            del n
            outcome = step(opened.store, follower, clock, limit=limit).outcome
            if outcome is not Outcome.MOVED:
                raise RuntimeError(f"the log was too short for so many rounds: {outcome}")

        yield job
