"""Replay: cycles folded from their stored records, each record's hash checked, against eventsourcing's stock replay.

Streams of equal length in all. Ours is the fold that commands and questions use, over the records of whole SPP
cycles; theirs is `repository.get`, once of the least aggregate there can be and once of one that says the same as ours.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from bench.commands import against, processor, speed
from bench.courses import SCHOOLS, Partnership, clock_of, opening_id
from bench.large import A_CYCLE, YEARS, large
from bench.places import COUNTY, Clock, opened, settings_for
from bench.table import Row, Size, Table
from bench.turns import Job, Side, in_turn
from reviewflow.cycle.fold import fold
from reviewflow.knowing import recorded
from reviewflow.merkle.leaf import leaf_hash

OURS = (
    "reads the stream, takes SHA-256 over every field of every record and compares it with what was noted before,"
    " decodes, folds a whole SPP cycle: assignments, evidence, forms, two times"
)
BARE = "the same without the hashes"
EQUAL = (
    "reads the stream, decodes, replays an aggregate whose events say all that ours say, into a state of dicts; days"
    " stay texts; no hash, one time"
)
STOCK = "reads the stream, decodes, replays an aggregate of one attribute; no hash, one time"


class Counts(NamedTuple):
    """How much is timed."""

    events: int
    rounds: int
    streams: int


COUNTS = {"tiny": Counts(1_000, 2, 3), "quick": Counts(10_000, 11, 60), "full": Counts(50_000, 41, 100)}


def run(size: Size, store: Path | None = None) -> Table:
    """The table."""
    counts = COUNTS[size]
    with tempfile.TemporaryDirectory() as name:
        made = large(counts.events, store or Path(name))
        ours = {"folder": str(made.folder), "partnerships": made.partnerships}
        stock = {"folder": name, "aggregates": made.partnerships * SCHOOLS, "long": A_CYCLE}
        sides = {
            "ours": Side("bench.replay:folded", {**ours, "hashed": True}),
            "bare": Side("bench.replay:folded", {**ours, "hashed": False}),
            "stock": Side("bench.peers.stock:replay", stock),
            "equal": Side(
                "bench.replay:equal", {"ours": str(made.folder), "partnerships": made.partnerships, "at": name}
            ),
        }
        rates = in_turn(sides, counts.rounds, counts.streams, apart=size != "tiny")
    # A job is a stream; what is told is events.
    rates = rates._replace(
        rounds={side: [one * A_CYCLE for one in found] for side, found in rates.rounds.items()},
        processor={side: [one / A_CYCLE for one in found] for side, found in rates.processor.items()},
    )
    rows: list[Row] = [
        speed(rates, "ours", "ours, hashes checked, events", OURS),
        speed(rates, "bare", "ours without the hashes, events", BARE),
        speed(rates, "stock", "eventsourcing stock replay, events", STOCK),
        speed(rates, "equal", "eventsourcing stock replay of the same courses, events", EQUAL),
        processor(rates, "ours", "processor time of an event, ours"),
        processor(rates, "stock", "processor time of an event, eventsourcing stock"),
        processor(rates, "equal", "processor time of an event, eventsourcing stock, the same courses"),
        against(rates, "ours", "stock", "ours, hashes checked, against eventsourcing stock", 5.0),
        against(rates, "ours", "equal", "ours, hashes checked, against the same courses in eventsourcing", None),
    ]
    return Table("replay", "Replay", rows, f"Streams of {A_CYCLE} events from SQLite, nothing kept between them.")


@contextmanager
def folded(folder: str, partnerships: int, client: int, *, hashed: bool) -> Iterator[Job]:
    """Whole cycles, one after another."""
    del client
    streams = _streams(partnerships)
    with opened(settings_for(Path(folder)), Clock(clock_of(YEARS.stop))) as engine:
        with engine.knowing() as known:
            noted = {stream: [leaf_hash(one) for one in known.snapshot.stream(stream)] for stream in streams}

        def job(n: int) -> None:
            stream = streams[n % len(streams)]
            with engine.store.snapshot() as snapshot:
                records = snapshot.stream(stream)
            if hashed:
                assert [leaf_hash(one) for one in records] == noted[stream]
            cycle = fold([recorded(one) for one in records])
            assert cycle is not None
            assert cycle.version == A_CYCLE

        yield job


@contextmanager
def equal(ours: str, partnerships: int, at: str, client: int) -> Iterator[Job]:
    """The same cycles as aggregates of the library."""
    from bench.peers.stock_course import replay, told

    with opened(settings_for(Path(ours)), Clock(clock_of(YEARS.stop))) as engine, engine.knowing() as known:
        courses = [told(known.snapshot.stream(stream)) for stream in _streams(partnerships)]
    with replay(Path(at) / f"stock-course-{client}.db", iter(courses), A_CYCLE) as job:
        yield job


def _streams(partnerships: int) -> list[str]:
    where = [Partnership(COUNTY, number) for number in range(partnerships)]
    return [f"cycle-{opening_id(of, school, YEARS.start)}" for of in where for school in range(SCHOOLS)]
