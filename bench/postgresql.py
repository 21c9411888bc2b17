"""A whole command on PostgreSQL against raw psycopg and eventsourcing's stock load and save: one client, and four.

All on one cluster that waits for the disk at every commit, every client in a process of its own. The several clients
also where each flush takes some milliseconds more, as on most disks, and wherever a standby is waited for.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
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
SLOW = 3.0
"""Milliseconds that each flush takes longer in the second part."""
NAMES = {"ours1": "our client", "raw1": "psycopg's client", "stock1": "eventsourcing's client"}


def run(size: Size, _store: Path | None = None) -> Table:
    """The table."""
    counts, absent = COUNTS[size], missing(POOL)
    with tempfile.TemporaryDirectory() as name, postgresql(size) as running:
        folder, sides = Path(name), dict[str, Side]()
        for clients in (1, counts.clients):
            sides |= _sides(running, folder, counts.cycles, clients, absent)
        rates = in_turn(sides, counts.rounds, counts.things, apart=size != "tiny")
        slow = _sides(running, folder, counts.cycles, counts.clients, absent, "slow")
        with running.slower(SLOW):
            slowly = in_turn(slow, counts.rounds, counts.things, apart=size != "tiny")
        server = version(running, running.database("other"))
        many = list(_many(counts.filled, folder, running))
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
    who = f"{counts.clients} clients, slower disk"
    ours, stock_one = (f"{side}{counts.clients}slow" for side in ("ours", "stock"))
    rows.append(speed(slowly, ours, f"whole command, ours, {who}", OURS))
    if not absent:
        rows += [
            speed(slowly, stock_one, f"eventsourcing, stock, {who}", STOCK),
            against(slowly, ours, stock_one, f"ours against eventsourcing stock, {who}", None),
        ]
    rows += [processor(rates, side, f"processor time of one, {what}") for side, what in NAMES.items() if side in sides]
    return Table(
        "postgresql",
        "A whole command, PostgreSQL",
        [*rows, *many],
        f"PostgreSQL {server} on the same machine, reached over the loopback; `fsync=on`, `synchronous_commit=on` on"
        " every side; server and clients share the processors. Slower disk: every flush takes"
        f" {SLOW:g} ms longer (`commit_delay`).",
        told(absent),
    )


def _sides(
    running: Running, folder: Path, cycles: int, clients: int, absent: Sequence[str], which: str = ""
) -> dict[str, Side]:
    """So many clients of each, in new databases."""
    name = f"{clients}{which}"
    url, own = running.database(f"ours{name}"), folder / name
    own.mkdir()
    prepare(own, cycles, url)
    given = {"folder": str(own), "cycles": cycles, "clients": clients, "url": url}
    sides = {f"ours{name}": Side("bench.ours:commands", given, clients)}
    if not which:
        sides[f"raw{name}"] = Side("bench.peers.raw:postgresql", {"url": running.database(f"raw{name}")}, clients)
    if not absent:
        stock = {"url": running.database(f"stock{name}")}
        sides[f"stock{name}"] = Side("bench.peers.stock:postgresql", stock, clients)
    return sides


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
