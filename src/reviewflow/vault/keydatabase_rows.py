"""The tables of a keys database, and all their rows at once. THIS IS A STORED FORMAT."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

from reviewflow.vault.keydatabase_link import Link
from reviewflow.vault.keys import CHUNK, INSTALLATION, ForgottenStream, Wrapped

FORMAT: Final = 1
TABLES: Final = (
    'CREATE TABLE vault_keys (owner text COLLATE "C" PRIMARY KEY, wrapped bytea NOT NULL)',
    """CREATE TABLE vault_forgotten (
        number bigint PRIMARY KEY, stream text COLLATE "C" NOT NULL UNIQUE, at text NOT NULL)""",
    "CREATE TABLE vault_backups (made_at text NOT NULL, destroy_by text NOT NULL)",
    """CREATE TABLE vault_state (
        one boolean PRIMARY KEY CHECK (one), format integer NOT NULL, changes bigint NOT NULL,
        lease_milliseconds integer NOT NULL CHECK (lease_milliseconds >= 0))""",
)
NAMES: Final = ("vault_keys", "vault_forgotten", "vault_backups", "vault_state")


class DatabaseRows:
    """The `Change` of a keys database, inside a transaction that somebody else began."""

    def __init__(self, link: Link) -> None:
        """`link` is in a transaction, with one snapshot or with the lock of `vault_state`."""
        self._link = link

    def mark(self) -> bytes:
        """The wrapped key of the installation; empty if there is none."""
        query = "SELECT wrapped FROM vault_keys WHERE owner = %s"
        row = self._link.execute(query, (INSTALLATION,)).fetchone()
        return bytes(row[0]) if row else b""

    def count(self) -> int:
        """How many keys there are."""
        return int(self._row("SELECT count(*) FROM vault_keys")[0])

    def chunks(self) -> Iterator[list[Wrapped]]:
        """All keys in the order of their owners, some at a time; what was read may be written meanwhile."""
        query, last = "SELECT owner, wrapped FROM vault_keys WHERE owner > %s ORDER BY owner LIMIT %s", ""
        while rows := self._link.execute(query, (last, CHUNK)).fetchall():
            yield [(owner, bytes(wrapped)) for owner, wrapped in rows]
            last = rows[-1][0]

    def forgotten(self) -> list[ForgottenStream]:
        """Everything ever forgotten, in order."""
        return forgotten_after(self._link, 0)

    def put(self, rows: Sequence[Wrapped]) -> None:
        """Write keys, over those of the same owners."""
        self._link.execute(
            "INSERT INTO vault_keys SELECT * FROM unnest(%s::text[], %s::bytea[])"
            " ON CONFLICT (owner) DO UPDATE SET wrapped = excluded.wrapped",
            ([owner for owner, _ in rows], [wrapped for _, wrapped in rows]),
        )

    def clear(self) -> None:
        """Delete every key and the list of the forgotten."""
        self._link.execute("DELETE FROM vault_keys")
        self._link.execute("DELETE FROM vault_forgotten")

    def note_forgotten(self, rows: Iterable[tuple[str, str]]) -> None:
        """Put (stream, moment) on the list of the forgotten, in this order; no key is touched."""
        given = list(rows)
        self._link.execute(
            "INSERT INTO vault_forgotten"
            " SELECT (SELECT coalesce(max(number), 0) FROM vault_forgotten) + n, stream, at"
            " FROM unnest(%s::text[], %s::text[]) WITH ORDINALITY AS given (stream, at, n)"
            " ON CONFLICT (stream) DO NOTHING",
            ([stream for stream, _ in given], [at for _, at in given]),
        )

    def _row(self, query: str) -> tuple[Any, ...]:
        row = self._link.execute(query.encode()).fetchone()
        assert row is not None
        return row


def forgotten_after(link: Link, number: int) -> list[ForgottenStream]:
    """Everything forgotten with a number above this one, in order."""
    query = "SELECT number, stream, at FROM vault_forgotten WHERE number > %s ORDER BY number"
    return [ForgottenStream(*row) for row in link.execute(query, (number,)).fetchall()]
