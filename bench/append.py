"""Appends a second, one event each, to SQLite files with the same durability (WAL, FULL): `python bench/append.py`.

Rounds of the contenders alternate, so that what else the machine does falls on all; the table shows medians.
"""

from __future__ import annotations

import argparse
import sqlite3
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, date, datetime
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import UUID

from eventsourcing.persistence import StoredEvent
from eventsourcing.sqlite import SQLiteFactory
from sqlalchemy import Column, Connection, Integer, MetaData, Table, Text
from sqlalchemy.dialects.sqlite import insert

from reviewflow.events import Event, Happened
from reviewflow.ports import Append, Record, Staged
from reviewflow.store.persistence import LogFactory
from reviewflow.store.sql import SqlStore

BODY = b'{"by":"p1","role":"head","entered_by":"p1","door":"cli","note":"' + b"x" * 400 + b'"}'
STREAMS = 200
Job = Callable[[int], object]


class Now:
    """The machine's clock."""

    def now(self) -> datetime:
        """The moment."""
        return datetime.now(UTC)  # noqa: TID251 - this is the clock


def next_version() -> Callable[[int], tuple[int, int]]:
    """Event number -> (stream, version): streams take turns."""
    return lambda number: (number % STREAMS, number // STREAMS + 1)


@contextmanager
def raw(folder: Path) -> Iterator[Job]:
    """The sqlite3 module: one table, one unique key, one insert a transaction."""
    connection = sqlite3.connect(folder / "raw.db", isolation_level=None)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute(
        "CREATE TABLE events (position INTEGER PRIMARY KEY, stream TEXT, version INTEGER, topic TEXT, body BLOB,"
        " UNIQUE (stream, version))"
    )
    place = next_version()

    def job(number: int) -> None:
        stream, version = place(number)
        connection.execute("BEGIN IMMEDIATE")
        row = (number + 1, f"cycle-{stream}", version, "cycle.noted/1", BODY)
        connection.execute("INSERT INTO events VALUES (?, ?, ?, ?, ?)", row)
        connection.execute("COMMIT")

    yield job
    connection.close()


class Noted(Event):
    """Stands for any event; the store never looks into one."""


NOTED = Noted(by="p1", role="head", entered_by="p1", door="cli", happened=Happened(on=date(2026, 3, 2)), cause="bench")
status = Table("status", MetaData(), Column("stream", Text, primary_key=True), Column("version", Integer))
_put = insert(status)
PUT = _put.on_conflict_do_update(index_elements=[status.c.stream], set_={"version": _put.excluded.version})


class Status:
    """A view of one row a stream, as plain SQLAlchemy Core (`text=False`) or as its compiled text."""

    name = "status"

    def __init__(self, *, text: bool) -> None:
        """`text`: run the compiled text."""
        self._text = text

    def create(self, connection: Connection) -> None:
        """The table."""
        status.metadata.create_all(connection)
        self._put = str(PUT.compile(dialect=connection.dialect))

    def apply(self, connection: Connection, records: list[tuple[Record, Event, Any]]) -> None:
        """One upsert a record."""
        for record, _event, _after in records:
            if self._text:
                connection.exec_driver_sql(self._put, (record.stream, record.version))
            else:
                connection.execute(PUT, {"stream": record.stream, "version": record.version})


@contextmanager
def ours(folder: Path, *views: Status) -> Iterator[Job]:
    """Our append: reads checked, heads moved, a command id, and a set touched by every tenth event."""
    with SqlStore(folder / f"ours{len(list(folder.glob('ours*')))}.db", Now(), views) as store:
        store.create()
        place = next_version()

        def job(number: int) -> None:
            stream, version = place(number)
            name = f"cycle-{stream}"
            touches = () if number % 10 else (f"visits-of:{stream}",)
            reads = {name: version - 1, "programme-1": 0, f"cycles-of:{stream}": 0}
            staged = Staged(name, version, "cycle.noted/1", BODY, NOTED, touches)
            store.append(Append((staged,), f"command-{number}", reads))

        yield job


@contextmanager
def library(factory: Any) -> Iterator[Job]:
    """A recorder of the eventsourcing library."""
    recorder = factory.application_recorder()
    place = next_version()

    def job(number: int) -> None:
        stream, version = place(number)
        recorder.insert_events([StoredEvent(UUID(int=stream), version, "cycle.noted/1", BODY)])

    yield job
    factory.close()


def contenders(folder: Path) -> dict[str, Any]:
    """Name -> context that gives a job."""
    return {
        "raw sqlite3, one insert": raw(folder),
        "reviewflow append, no views": ours(folder),
        "reviewflow append, a view as text": ours(folder, Status(text=True)),
        "reviewflow append, a view in Core": ours(folder, Status(text=False)),
        "eventsourcing.sqlite recorder": library(SQLiteFactory({"SQLITE_DBNAME": str(folder / "stock.db")})),
        "reviewflow as eventsourcing module": library(LogFactory({"REVIEWFLOW_STORE": str(folder / "lib.db")})),
    }


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--events", type=int, default=400, help="events a round")
    parser.add_argument("--folder", type=Path, help="where the files are made: durability costs what this disk costs")
    asked = parser.parse_args()
    with TemporaryDirectory(dir=asked.folder) as folder, ExitStack() as stack:
        jobs = {name: stack.enter_context(made) for name, made in contenders(Path(folder)).items()}
        numbers = {name: count() for name in jobs}
        took: dict[str, list[float]] = {name: [] for name in jobs}
        for _ in range(asked.rounds + 1):
            for name, job in jobs.items():
                start = time.perf_counter()
                for _event in range(asked.events):
                    job(next(numbers[name]))
                took[name].append((time.perf_counter() - start) / asked.events)
    first, *_ = jobs
    medians = {name: statistics.median(rounds[1:]) for name, rounds in took.items()}  # the first round warms up
    print(f"{'':36} {'us':>6} {'a second':>9} {'x raw':>6}")
    for name, median in medians.items():
        print(f"{name:36} {median * 1e6:6.0f} {1 / median:9,.0f} {medians[first] / median:6.2f}")


if __name__ == "__main__":
    main()
