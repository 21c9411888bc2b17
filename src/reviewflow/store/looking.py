"""A look at a database as it is, whatever is in it: opened without asking whether it is a store, never written to."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from os import PathLike
from typing import Self

from sqlalchemy import Table, func, select

from reviewflow.store.addresses import database
from reviewflow.store.dialect import in_our_words
from reviewflow.store.found import Found
from reviewflow.store.health import health
from reviewflow.store.layout import differences
from reviewflow.store.links import Link
from reviewflow.store.schema import version_of
from reviewflow.store.tables import metadata, records


class Look:
    """Enter it to connect. Each question has a transaction of its own, so that one that fails spoils no other."""

    def __init__(self, url: str | PathLike[str], *, patience: float = 5.0) -> None:
        """Nothing is opened yet; `StoreUnreachable` for what is no address."""
        self._database = database(url, patience)
        self._link: Link | None = None
        self.what = self._database.what

    def __enter__(self) -> Self:
        with in_our_words(self._database):
            self._link = self._database.link()
        return self

    def __exit__(self, *_: object) -> None:
        link, self._link = self._link, None
        if link is not None:
            link.close()

    def version(self) -> int:
        """The version of its tables; `StoreUnreachable` for what is no store."""
        with self._asking() as link:
            return version_of(self._database, link.cursor)

    def differences(self, tables: Sequence[Table] | None = None) -> dict[str, list[str]]:
        """Tables (of the log, or these) that are not as they should be, and what is wrong with each."""
        with self._asking() as link:
            return differences(link.connection, tuple(metadata.tables.values() if tables is None else tables))

    def guards(self) -> Sequence[str]:
        """Triggers and functions of the log that are not there, will not fire, or do something else."""
        with self._asking() as link:
            return health(self._database).guards(link.connection, self._database.guards())

    def server(self) -> str:
        """What the database is, and its version."""
        with self._asking() as link:
            return health(self._database).server(link.connection)

    def settings(self) -> Sequence[Found]:
        """Settings on which durability hangs."""
        with self._asking() as link:
            return health(self._database).settings(link.connection)

    def damage(self, *, deep: bool) -> Sequence[str]:
        """What the database itself finds wrong with its pages or indexes."""
        with self._asking() as link:
            return health(self._database).damage(link.connection, deep=deep)

    def rights(self) -> Sequence[Found]:
        """What this role may do to records, and should not."""
        with self._asking() as link:
            return health(self._database).rights(link.connection)

    def count(self) -> tuple[int, int]:
        """How many records there are, and the last position."""
        asked = select(func.count(), func.coalesce(func.max(records.c.position), 0))
        with self._asking() as link:
            number, last = link.connection.execute(asked).one()
        return int(number), int(last)

    def streams(self, kind: str) -> list[str]:
        """Every stream of a kind, as in `person`."""
        asked = select(records.c.stream).where(records.c.version == 1, records.c.stream.like(f"{kind}-%"))
        with self._asking() as link:
            return [row[0] for row in link.connection.execute(asked)]

    @contextmanager
    def _asking(self) -> Iterator[Link]:
        assert self._link is not None, "enter it first"
        with in_our_words(self._database):
            self._database.begin_read(self._link.cursor)
            try:
                yield self._link
            finally:
                with suppress(*self._database.errors):  # what failed before is what is told
                    self._link.rollback()
