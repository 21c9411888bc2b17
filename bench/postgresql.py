"""A whole command on PostgreSQL against raw psycopg and eventsourcing's stock load and save: one client, and four.

All on one cluster that waits for the disk at every commit, every client in a process of its own.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from bench.borrowed import Running, postgresql, version
from bench.commands import OURS, RAW, STOCK, against, processor, speed
from bench.large import SHARED_FROM, filled
from bench.ours import prepare
from bench.peers import missing, told
from bench.peers.stock import POOL
from bench.table import Row, Size, Table
from bench.turns import Side, in_turn


class Counts(NamedTuple):
    """How much is timed."""

    rounds: int
    things: int
    clients: int
    cycles: int
    filled: int


COUNTS = {
    "tiny": Counts(1, 3, 2, 10, 300),
    "quick": Counts(9, 60, 4, 80, 10_000),
    "full": Counts(41, 80, 4, 80, 100_000),
}
NAMES = {"ours1": "our client", "raw1": "psycopg's client", "stock1": "eventsourcing's client"}


def run(size: Size, _store: Path | None = None) -> Table:
    """The table."""
    counts, absent = COUNTS[size], missing(POOL)
    with tempfile.TemporaryDirectory() as name, postgresql(size) as running:
        sides: dict[str, Side] = {}
        for clients in (1, counts.clients):
            url, folder = running.database(f"ours{clients}"), Path(name) / str(clients)
            folder.mkdir()
            prepare(folder, counts.cycles, url)
            given = {"folder": str(folder), "cycles": counts.cycles, "clients": clients, "url": url}
            sides[f"ours{clients}"] = Side("bench.ours:commands", given, clients)
            raw = {"url": running.database(f"raw{clients}")}
            sides[f"raw{clients}"] = Side("bench.peers.raw:postgresql", raw, clients)
            if not absent:
                stock = {"url": running.database(f"stock{clients}")}
                sides[f"stock{clients}"] = Side("bench.peers.stock:postgresql", stock, clients)
        rates = in_turn(sides, counts.rounds, counts.things, apart=size != "tiny")
        server = version(running, url)
        many = list(_many(counts.filled, Path(name), running))
    rows = []
    for clients in (1, counts.clients):
        who = "one client" if clients == 1 else f"{clients} clients"
        ours, raw_one, stock_one = (f"{side}{clients}" for side in ("ours", "raw", "stock"))
        least = None if clients == 1 else 2.0
        rows += [
            speed(rates, ours, f"whole command, ours, {who}", OURS),
            speed(rates, raw_one, f"raw psycopg, {who}", RAW),
            against(rates, ours, raw_one, f"ours against raw psycopg, {who}", None),
        ]
        if not absent:
            rows += [
                speed(rates, stock_one, f"eventsourcing, stock, {who}", STOCK),
                against(rates, ours, stock_one, f"ours against eventsourcing stock, {who}", least),
            ]
    rows += [processor(rates, side, f"processor time of one, {what}") for side, what in NAMES.items() if side in sides]
    return Table(
        "postgresql",
        "A whole command, PostgreSQL",
        [*rows, *many],
        f"PostgreSQL {server} on the same machine, reached over the loopback; `fsync=on`, `synchronous_commit=on` on"
        " every side; server and clients share the processors.",
        told(absent),
    )


def _many(events: int, folder: Path, running: Running) -> Iterator[Row]:
    """A large store made on the server: how fast in batches, and how many bytes."""
    url, size = running.database("many"), "SELECT pg_database_size(current_database())"
    empty, of = running.ask(size, url), folder / "many"
    of.mkdir()
    made = filled(events, of, url)
    full = running.ask(size, url)
    who = "two processes" if events >= SHARED_FROM else "one process"
    yield Row("batches", f"commands in batches by {who}, {made.events:,} events", made.events / made.seconds, "/s")
    yield Row("size", "size of the log with its views", (full - empty) / made.events, " bytes/event")
