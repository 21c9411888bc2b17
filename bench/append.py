"""The append alone, one event each: our store against eventsourcing's stock recorders, on SQLite and on PostgreSQL.

No deciding, no sealing. Ours checks what was read, moves heads, keeps command ids and positions without gaps; once
through its own interface and once as a persistence module of eventsourcing.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import NamedTuple
from uuid import UUID

from bench.borrowed import postgresql, version
from bench.commands import RAW, against, speed
from bench.peers import missing, told
from bench.peers.stock import POOL
from bench.places import Clock
from bench.table import Size, Table
from bench.turns import Job, Side, in_turn
from reviewflow.events import Event, Happened
from reviewflow.ports import Append, Staged
from reviewflow.store.sql import SqlStore

BODY = b'{"by":"p1","role":"head","entered_by":"p1","door":"cli","note":"' + b"x" * 400 + b'"}'
STREAMS = 200
OURS = "what was read checked, heads moved, a command id, positions without gaps; no deciding, no views"
STOCK = "the recorder alone: versions unique, positions; no reads checked, no command ids, no views"
MODULE = "our recorder behind the library's interface"


class Counts(NamedTuple):
    """How much is timed."""

    rounds: int
    things: int


COUNTS = {"tiny": Counts(2, 3), "quick": Counts(9, 100), "full": Counts(31, 150)}


class Noted(Event):
    """Stands for any event; the store never looks into one."""


NOTED = Noted(by="p1", role="head", entered_by="p1", door="cli", happened=Happened(on=date(2026, 3, 2)), cause="bench")


def run(size: Size, _store: Path | None = None) -> Table:
    """The table."""
    counts = COUNTS[size]
    with tempfile.TemporaryDirectory() as name, postgresql(size) as running:
        urls = {side: running.database(side.replace("-", "_")) for side in ("ours-pg", "raw-pg", "stock-pg")}
        server = version(running, urls["ours-pg"])
        sides = {
            "ours": Side("bench.append:ours", {"url": f"sqlite:///{name}/ours.db"}),
            "raw": Side("bench.peers.raw:sqlite", {"folder": name}),
            "stock": Side("bench.append:library", {"environment": {
                "PERSISTENCE_MODULE": "eventsourcing.sqlite", "SQLITE_DBNAME": f"{name}/stock.db"}}),
            "module": Side("bench.append:library", {"environment": {
                "PERSISTENCE_MODULE": "reviewflow.store.persistence", "REVIEWFLOW_STORE": f"{name}/module.db"}}),
            "ours-pg": Side("bench.append:ours", {"url": urls["ours-pg"]}),
            "raw-pg": Side("bench.peers.raw:postgresql", {"url": urls["raw-pg"]}),
            "stock-pg": Side("bench.append:stock_postgresql", {"url": urls["stock-pg"]}),
        }  # fmt: skip
        absent = missing(POOL)
        if absent:
            del sides["stock-pg"]
        rates = in_turn(sides, counts.rounds, counts.things, apart=size != "tiny")
    rows = [
        speed(rates, "ours", "our append, SQLite", OURS),
        speed(rates, "raw", "raw sqlite3", RAW),
        speed(rates, "stock", "eventsourcing's recorder, SQLite", STOCK),
        speed(rates, "module", "ours as a module of eventsourcing, SQLite", MODULE),
        speed(rates, "ours-pg", "our append, PostgreSQL", OURS),
        speed(rates, "raw-pg", "raw psycopg", RAW),
        against(rates, "ours", "raw", "our append against raw sqlite3", None),
        against(rates, "ours", "stock", "our append against eventsourcing's recorder, SQLite", None),
        against(rates, "ours-pg", "raw-pg", "our append against raw psycopg", None),
    ]
    if not absent:
        rows += [
            speed(rates, "stock-pg", "eventsourcing's recorder, PostgreSQL", STOCK),
            against(rates, "ours-pg", "stock-pg", "our append against eventsourcing's recorder, PostgreSQL", None),
        ]
    return Table(
        "append",
        "The append alone",
        rows,
        f"SQLite in WAL mode with `synchronous=FULL`; PostgreSQL {server} with `fsync=on`, `synchronous_commit=on`;"
        " one client each.",
        told(absent),
    )


@contextmanager
def ours(url: str, client: int) -> Iterator[Job]:
    """Our append; every tenth event touches a set."""
    del client
    with SqlStore(url, Clock()) as store:
        store.create()

        def job(number: int) -> None:
            stream, version = _place(number)
            name = f"cycle-{stream}"
            touches = () if number % 10 else (f"visits-of:{stream}",)
            reads = {name: version - 1, "programme-1": 0, f"cycles-of:{stream}": 0}
            staged = Staged(name, version, "cycle.noted/1", BODY, NOTED, touches)
            store.append(Append((staged,), f"command-{number}", reads))

        yield job


@contextmanager
def library(environment: dict[str, str], client: int) -> Iterator[Job]:
    """The application recorder of a persistence module of eventsourcing."""
    del client
    from eventsourcing.persistence import InfrastructureFactory, StoredEvent
    from eventsourcing.utils import Environment

    factory = InfrastructureFactory.construct(Environment(env=environment))
    recorder = factory.application_recorder()

    def job(number: int) -> None:
        stream, version = _place(number)
        recorder.insert_events([StoredEvent(UUID(int=stream), version, "cycle.noted/1", BODY)])

    yield job
    factory.close()


@contextmanager
def stock_postgresql(url: str, client: int) -> Iterator[Job]:
    """The library's own recorder on a server."""
    from bench.peers.stock import postgresql_environment

    with library(postgresql_environment(url), client) as job:
        yield job


def _place(number: int) -> tuple[int, int]:
    """Event number -> (stream, version): streams take turns."""
    return number % STREAMS, number // STREAMS + 1
