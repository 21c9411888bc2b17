"""A store that is being filled from elsewhere, by a copy or a restore: shut for everybody else until it is full.

It has every table of a store, and one more, `arriving`, with one row: what fills it, from where, and the turn of the
program that does. It lacks the mark of a store. Both keep everybody out, for reading and for writing, this release
and older ones. `finish` takes the table away and sets the mark, in one transaction.

Every transaction looks for its own turn first. A program that begins takes the turn; one that was filling before it
finds that out with its next transaction, and stops: two never fill one place, whatever they were told.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import NamedTuple, Self

from sqlalchemy import Column, Connection, MetaData, Table, Text, delete, insert, select

from reviewflow.errors import StoreUnreachable
from reviewflow.store.dialect import Database, in_our_words
from reviewflow.store.filling import Filling
from reviewflow.store.links import Link
from reviewflow.store.making import make_tables, mark_made
from reviewflow.store.schema import ARRIVING
from reviewflow.store.sqlite import Sqlite
from reviewflow.store.statements import Statements
from reviewflow.store.tables import marker

arriving = Table(
    ARRIVING,
    MetaData(),
    Column("what", Text, nullable=False),
    Column("origin", Text, nullable=False),
    Column("turn", Text, nullable=False),
    sqlite_strict=True,
)


class Begun(NamedTuple):
    """What fills a place (`copy`, `restore`), from where, and the last position it has."""

    what: str
    origin: str
    position: int


class Arrival:
    """One place to be filled. For one thread; close it."""

    def __init__(self, database: Database, others: Sequence[Callable[[Connection], None]]) -> None:
        """`others` make the tables that are not the log's."""
        self._database = database
        self._others = tuple(others)
        self._statements = Statements(database.mark)
        self._turn = secrets.token_hex(16)
        self._kept: Link | None = None
        self._at_once = False

    @property
    def what(self) -> str:
        """What errors call it."""
        return self._database.what

    def look(self) -> Begun | None:
        """What fills it already; None for a place with nothing in it. Makes nothing.

        Raises `StoreUnreachable` for a place that holds something else, also for a store that is finished.
        """
        if isinstance(self._database, Sqlite) and not self._database.path.exists():
            self._refuse_leftovers(self._database)
            return None
        with in_our_words(self._database):
            link = self._database.link()
            try:
                return self._look(link)
            finally:
                with suppress(*self._database.errors):  # what failed before is what is told
                    link.rollback()
                link.close()

    def begin(self, what: str, origin: str, *, at_once: bool = False) -> int:
        """Make the tables, or take the turn where that was done; the last position that is there.

        `at_once`: everything until `finish` is one transaction, and nothing of it is seen or stays without it.
        """
        self._at_once = at_once
        if isinstance(self._database, Sqlite):
            self._refuse_leftovers(self._database)
        with in_our_words(self._database):
            self._kept = link = self._database.link(create=True)
            self._database.begin_write(link.cursor)
            found = self._look(link)
            if found is None:
                make_tables(self._database, link, self._others)
                arriving.create(link.connection)
            link.connection.execute(delete(arriving))
            link.connection.execute(insert(arriving).values(what=what, origin=origin, turn=self._turn))
            if not at_once:
                link.commit()
        return found.position if found else 0

    def shut(self, what: str, origin: str, position: int) -> None:
        """Shut a store that is open, as if its filling had never been finished.

        Raises `StoreUnreachable` unless its last position is this one: what was recorded there since would be lost.
        """
        with in_our_words(self._database):
            self._kept = link = self._database.link()
            self._database.begin_write(link.cursor)
            tables = self._database.tables(link.cursor)
            if marker.name not in tables or ARRIVING in tables:
                raise StoreUnreachable(self.what, "it is no store that is open", "look what it is first")
            link.cursor.execute(self._statements.last)
            last = link.cursor.fetchone()
            if (last[0] if last else 0) != position:
                why = f"its last position is {last[0] if last else 0}, not {position}: it has records of its own"
                raise StoreUnreachable(self.what, why, "go on with it, or copy it to a third place")
            arriving.create(link.connection)
            link.connection.execute(insert(arriving).values(what=what, origin=origin, turn=self._turn))
            link.connection.execute(delete(marker))
            link.commit()

    @contextmanager
    def filling(self) -> Iterator[Filling]:
        """One transaction, committed at the end unless all is to be `at_once`."""
        link = self._open()
        with in_our_words(self._database):
            try:
                if not self._at_once:
                    self._database.begin_write(link.cursor)
                    self._check_turn(link)
                yield Filling(self._database, self._statements, link)
                if not self._at_once:
                    link.commit()
            except BaseException:
                with suppress(*self._database.errors):  # as above
                    link.rollback()
                raise

    def finish(self) -> None:
        """Open it for everybody; from now on it is a store like any other."""
        with self.filling() as filling:
            arriving.drop(filling.connection)
            mark_made(filling.connection)
        self.commit()

    def commit(self) -> None:
        """What was to be done at once is done."""
        with in_our_words(self._database):
            self._open().commit()

    def close(self) -> None:
        """Let go of it; what was not committed is gone."""
        link, self._kept = self._kept, None
        if link is not None:
            try:
                link.rollback()
            except self._database.errors:
                link.discard()
            else:
                link.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _open(self) -> Link:
        if self._kept is None:
            raise RuntimeError("a place is filled between `begin` and `close` only")
        return self._kept

    def _look(self, link: Link) -> Begun | None:
        tables = self._database.tables(link.cursor)
        if not tables:
            return None
        if ARRIVING in tables:
            row = link.connection.execute(select(arriving.c.what, arriving.c.origin)).one()
            link.cursor.execute(self._statements.last)
            last = link.cursor.fetchone()
            return Begun(row.what, row.origin, last[0] if last else 0)
        why = "there is a store already" if marker.name in tables else "it holds something else"
        raise StoreUnreachable(self.what, why, "name a place where there is nothing yet; nothing was changed")

    def _check_turn(self, link: Link) -> None:
        there = ARRIVING in self._database.tables(link.cursor)
        if not there or link.connection.execute(select(arriving.c.turn)).scalar() != self._turn:
            remedy = "let that one go on; this one stops here"
            raise StoreUnreachable(self.what, "another program has begun to fill it or has finished it", remedy)

    def _refuse_leftovers(self, database: Sqlite) -> None:
        if database.path.exists():
            return
        for end in ("-wal", "-shm", "-journal"):
            left = database.path.with_name(database.path.name + end)
            if left.exists():
                remedy = "move it away: SQLite would take it for a part of the new store"
                raise StoreUnreachable(self.what, f"there is a file {left} of another store", remedy)
