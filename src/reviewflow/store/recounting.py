"""Sets counted from the events anew, to be compared with what the log keeps of them.

In a temporary database that goes to the disk when it grows: there may be more sets than fit into memory. They are
names of ours, with ids and register numbers in them; nothing about a person.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any, Self

from sqlalchemy import Connection, func, select

from reviewflow.store.tables import heads, touched

_PUT = "INSERT INTO heads VALUES (?, 1) ON CONFLICT (key) DO UPDATE SET version = version + 1"
_TOUCH = "INSERT OR IGNORE INTO touched VALUES (?, ?)"
_MOST = 3
"""So many differences are told."""


class Recount:
    """Counts what it is given; close it."""

    def __init__(self) -> None:
        """Nothing counted yet."""
        self._counted = sqlite3.connect("", isolation_level=None, check_same_thread=False)
        for statement in (
            "PRAGMA journal_mode = OFF",
            "PRAGMA synchronous = OFF",
            "CREATE TABLE heads (key TEXT PRIMARY KEY, version INTEGER NOT NULL) WITHOUT ROWID",
            "CREATE TABLE touched (key TEXT, stream TEXT, PRIMARY KEY (key, stream)) WITHOUT ROWID",
        ):
            self._counted.execute(statement)

    def add(self, touches: Iterable[tuple[str, str]]) -> None:
        """Each (set, stream) of an event that touched it."""
        pairs = list(touches)
        self._counted.executemany(_PUT, [(key,) for key, _ in pairs])
        self._counted.executemany(_TOUCH, pairs)

    def differences(self, connection: Connection) -> list[str]:
        """The first sets that the log counts otherwise, in words; empty if all are the same."""
        return list(islice(self._differences(connection), _MOST))

    def _differences(self, connection: Connection) -> Iterator[str]:
        asked = "SELECT version FROM heads WHERE key = ?"
        for key, version in connection.execute(select(heads.c.key, heads.c.version)):
            found = self._one(asked, key)
            if found is None:
                yield f"{key} is counted {version} times, no event touches it"
            elif found != version:
                yield f"{key} is counted {version} times, events touch it {found} times"
        for key, stream in connection.execute(select(touched.c.key, touched.c.stream)):
            if self._one("SELECT 1 FROM touched WHERE key = ? AND stream = ?", key, stream) is None:
                yield f"{key} names {stream}, no event of which touches it"
        for table in (heads, touched):
            kept = connection.execute(select(func.count()).select_from(table)).scalar_one()
            counted = self._one(f"SELECT count(*) FROM {table.name}")  # noqa: S608 - the name of our own table
            if kept < counted:
                yield f"{table.name} lacks {counted - kept} of {counted} rows"

    def _one(self, question: str, *values: Any) -> Any:
        row = self._counted.execute(question, values).fetchone()
        return row[0] if row else None

    def close(self) -> None:
        """Throw it away."""
        self._counted.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
