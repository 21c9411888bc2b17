"""A whole command against raw sqlite3 and against eventsourcing's stock load and save, in turn, in one run.

Ours: permission, facts folded, rules, form, sealing, reads checked, one event, all synchronous views, FULL.
Raw: one INSERT of as many bytes into a table with the same unique keys, one transaction each, FULL.
Stock: load an aggregate of ten events, trigger one, save, by eventsourcing's own SQLite module; no rules, no
sealing, no views, no reads checked.
"""

from __future__ import annotations

import cProfile
import io
import os
import pstats
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from eventsourcing.application import Application
from eventsourcing.domain import Aggregate, event

from bench.stores import installation, open_many

ROUNDS, A_ROUND, CYCLES = 9, 150, 40


class Note(Aggregate):
    """The least an aggregate can be."""

    @event("Created")
    def __init__(self) -> None:
        """Nothing written yet."""
        self.text = ""

    @event("Written")
    def write(self, text: str) -> None:
        """One event."""
        self.text = text


def raw(folder: Path) -> Callable[[int], None]:
    """One record, straight into SQLite."""
    connection = sqlite3.connect(folder / "raw.db", isolation_level=None)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute(
        "CREATE TABLE records (position INTEGER PRIMARY KEY, recorded_at INTEGER, stream TEXT, version INTEGER,"
        " topic TEXT, body BLOB, command_id TEXT, ordinal INTEGER, UNIQUE (stream, version),"
        " UNIQUE (command_id, ordinal))"
    )
    body = os.urandom(600)

    def one(n: int) -> None:
        connection.execute("BEGIN IMMEDIATE")
        row = (n, f"cycle-{n % CYCLES}", n, "cycle.act-recorded/1", body, f"command-{n}", 0)
        connection.execute("INSERT INTO records VALUES (NULL, ?, ?, ?, ?, ?, ?, ?)", row)
        connection.execute("COMMIT")

    return one


def stock(folder: Path) -> Callable[[int], None]:
    """Load and save by eventsourcing's own SQLite module."""
    application: Application = Application(
        env={"PERSISTENCE_MODULE": "eventsourcing.sqlite", "SQLITE_DBNAME": str(folder / "stock.db")}
    )
    ids = []
    for _ in range(CYCLES):
        note = Note()
        for number in range(9):
            note.write(str(number))
        application.save(note)
        ids.append(note.id)

    def one(n: int) -> None:
        note = application.repository.get(ids[n % CYCLES])
        note.write("x" * 400)
        application.save(note)

    return one


def run() -> list[tuple[str, str]]:
    """Rows of (what, figure), the profile printed on the way."""
    with tempfile.TemporaryDirectory() as name, installation(Path(name)) as world:
        folder = Path(name)
        cycles = open_many(world, CYCLES)
        for school in range(CYCLES // 10):
            world.role("hanna", "head", f"school-{school}")

        def ours(n: int) -> None:
            world.names["cycle"] = cycles[n % CYCLES]
            world.do("choose_focus", "hanna", focus_areas=["Pupils' writing at greater length"])

        sides = {"raw sqlite3": raw(folder), "eventsourcing stock": stock(folder), "reviewflow": ours}
        counts = dict.fromkeys(sides, 0)
        rates: dict[str, list[float]] = {name: [] for name in sides}
        for number in range(ROUNDS + 1):
            for side, one in sides.items():
                started = time.perf_counter()
                for _ in range(A_ROUND):
                    counts[side] += 1
                    one(counts[side])
                if number:  # the first round warms up
                    rates[side].append(A_ROUND / (time.perf_counter() - started))
        profile = cProfile.Profile()
        profile.enable()
        for _ in range(A_ROUND):
            counts["reviewflow"] += 1
            ours(counts["reviewflow"])
        profile.disable()
    text = io.StringIO()
    pstats.Stats(profile, stream=text).sort_stats("tottime").print_stats(18)
    print(text.getvalue())
    middle = {side: statistics.median(found) for side, found in rates.items()}
    against_raw = statistics.median(o / r for o, r in zip(rates["reviewflow"], rates["raw sqlite3"], strict=True))
    against_stock = statistics.median(
        o / s for o, s in zip(rates["reviewflow"], rates["eventsourcing stock"], strict=True)
    )
    return [
        *((f"{side}, commands a second", f"{rate:,.0f}") for side, rate in middle.items()),
        ("whole command / raw sqlite3 (promise 0.30, aim 0.40)", f"{against_raw:.2f}"),
        ("whole command / eventsourcing stock load and save (promise 2, aim 2.5)", f"{against_stock:.2f}"),
    ]
