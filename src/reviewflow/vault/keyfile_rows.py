"""All rows of a keys file at once, inside a transaction that somebody else began."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence

from reviewflow.vault.keys import CHUNK, INSTALLATION, ForgottenStream, Wrapped


class FileRows:
    """The `Change` of a keys file."""

    def __init__(self, db: sqlite3.Connection) -> None:
        """`db` is in a transaction."""
        self._db = db

    def mark(self) -> bytes:
        """The wrapped key of the installation; empty if there is none."""
        row = self._db.execute("SELECT wrapped FROM keys WHERE owner = ?", (INSTALLATION,)).fetchone()
        return bytes(row[0]) if row else b""

    def count(self) -> int:
        """How many keys there are."""
        return int(self._db.execute("SELECT count(*) FROM keys").fetchone()[0])

    def chunks(self) -> Iterator[list[Wrapped]]:
        """All keys in the order of their owners, some at a time; what was read may be written meanwhile."""
        query, last = "SELECT owner, wrapped FROM keys WHERE owner > ? ORDER BY owner LIMIT ?", ""
        while rows := self._db.execute(query, (last, CHUNK)).fetchall():
            yield rows
            last = rows[-1][0]

    def forgotten(self) -> list[ForgottenStream]:
        """Everything ever forgotten, in order."""
        return forgotten_after(self._db, 0)

    def put(self, rows: Sequence[Wrapped]) -> None:
        """Write keys, over those of the same owners: in place where they are as long, so that no copy is left."""
        self._db.executemany(
            "INSERT INTO keys VALUES (?, ?) ON CONFLICT (owner) DO UPDATE SET wrapped = excluded.wrapped", rows
        )

    def clear(self) -> None:
        """Delete every key and the list of the forgotten."""
        self._db.execute("DELETE FROM keys")
        self._db.execute("DELETE FROM forgotten")

    def note_forgotten(self, rows: Iterable[tuple[str, str]]) -> None:
        """Put (stream, moment) on the list of the forgotten, in this order; no key is touched."""
        self._db.executemany("INSERT OR IGNORE INTO forgotten (stream, at) VALUES (?, ?)", rows)


def forgotten_after(db: sqlite3.Connection, number: int) -> list[ForgottenStream]:
    """Everything forgotten with a number above this one, in order."""
    query = "SELECT number, stream, at FROM forgotten WHERE number > ? ORDER BY number"
    return [ForgottenStream(*row) for row in db.execute(query, (number,)).fetchall()]
