"""A store of the corpus in PostgreSQL: its log as it is, at its own version. Views are left out, as a copy does."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import psycopg

from store.laid_out import made_as_of

LOG = ("records", "heads", "touched")


def into_postgresql(file: Path, url: str) -> None:
    """Every row of the log, in an empty database; triggers come with the upgrade."""
    with closing(sqlite3.connect(file)) as old, psycopg.connect(url) as new:
        [(version,)] = old.execute("SELECT version FROM log_schema").fetchall()
        made_as_of(url, version)
        for table in LOG:
            rows = old.execute(f"SELECT * FROM {table}").fetchall()
            marks = ", ".join(["%s"] * len(rows[0]))
            new.cursor().executemany(f"INSERT INTO {table} VALUES ({marks})", rows)
