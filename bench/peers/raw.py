"""The databases themselves: one row of as many bytes as an event has, one transaction each, as durable as ours."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.turns import Job

CYCLES = 40
COLUMNS = (
    "recorded_at bigint, stream text, version bigint, topic text, body {bytes}, command_id text, ordinal integer,"
    " UNIQUE (stream, version), UNIQUE (command_id, ordinal)"
)


@contextmanager
def sqlite(folder: str, client: int) -> Iterator[Job]:
    """The sqlite3 module: WAL, synchronous=FULL."""
    connection = sqlite3.connect(Path(folder) / "raw.db", isolation_level=None)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute(f"CREATE TABLE records (position INTEGER PRIMARY KEY, {COLUMNS.format(bytes='BLOB')})")

    def job(n: int) -> None:
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("INSERT INTO records VALUES (NULL, ?, ?, ?, ?, ?, ?, ?)", _row(n, client))
        connection.execute("COMMIT")

    yield job
    connection.close()


@contextmanager
def postgresql(url: str, client: int) -> Iterator[Job]:
    """psycopg: a prepared INSERT, then COMMIT; `synchronous_commit` as the server has it."""
    import psycopg

    with psycopg.connect(url, prepare_threshold=1) as connection:
        connection.execute("SELECT pg_advisory_xact_lock(7)")  # clients that start at once make one table
        columns = COLUMNS.format(bytes="bytea")
        connection.execute(f"CREATE TABLE IF NOT EXISTS raw_records (position bigserial PRIMARY KEY, {columns})")
        connection.commit()
        statement = (
            "INSERT INTO raw_records (recorded_at, stream, version, topic, body, command_id, ordinal)"
            " VALUES (%s, %s, %s, %s, %s, %s, %s)"
        )

        def job(n: int) -> None:
            connection.execute(statement, _row(n, client))
            connection.commit()

        yield job


_BODY = os.urandom(600)


def _row(n: int, client: int) -> tuple[object, ...]:
    return (n, f"cycle-{client}-{n % CYCLES}", n, "cycle.act-recorded/1", _BODY, f"command-{client}-{n}", 0)
