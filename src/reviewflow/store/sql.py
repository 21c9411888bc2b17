"""The event store over a database: appends, snapshots, subscriptions, and the transactions that views use."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from os import PathLike
from typing import NoReturn, Protocol, Self

from sqlalchemy import Connection

from reviewflow.errors import IntegrityBroken, StoreUnreachable
from reviewflow.ports import Append, Clock, CommandRepeated, Record, SynchronousView
from reviewflow.store.addresses import database
from reviewflow.store.appending import Clash, repeated, write
from reviewflow.store.dialect import in_our_words
from reviewflow.store.links import Link, Links
from reviewflow.store.planning import Plan, plan, with_events
from reviewflow.store.reading import SqlSnapshot
from reviewflow.store.schema import check, make
from reviewflow.store.statements import Statements
from reviewflow.store.subscription import LogSubscription
from reviewflow.store.writing import Turn


class KeptView(SynchronousView, Protocol):
    """A synchronous view that brings its own tables."""

    def create(self, connection: Connection) -> None:
        """Make the tables, inside the transaction that makes the store."""


class SqlStore:
    """The log in one database. Opened when first used; safe for threads, and in children made by fork."""

    def __init__(
        self, url: str | PathLike[str], clock: Clock, views: Sequence[KeptView] = (), *, patience: float = 5.0
    ) -> None:
        """`url` as in `sqlite:///reviewflow.db`, or a path; `patience`: seconds to wait for another writer."""
        self._database = database(url, patience)
        self._clock = clock
        self._views = tuple(views)
        self._engine = self._database.engine()
        self._statements = Statements(self._engine.dialect, self._database.upsert)
        self._links = Links(self._connect)

    def create(self) -> None:
        """Make the store with the tables of its views; refuses a place where there is something already."""
        with in_our_words(self._database):
            make(self._database, [view.create for view in self._views])

    def snapshot(self) -> SqlSnapshot:
        """A consistent reading; its `connection` answers the questions of views in the same transaction."""
        return SqlSnapshot(self._database, self._links, self._statements)

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A SQLAlchemy connection in a read transaction, for questions to views alone."""
        with self.snapshot() as snapshot:
            yield snapshot.connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A SQLAlchemy connection in a write transaction, for followers: all or nothing. The log is for `append`."""
        with Turn(self._database, self._links) as link:
            yield link.connection

    @contextmanager
    def changing(self) -> Iterator[Connection]:
        """The same for rows that are not the log (positions, effects, views of followers); appends need not wait."""
        with Turn(self._database, self._links) as link:
            yield link.connection

    def append(self, batch: Append) -> list[Record]:
        """Check reads and versions, give positions, insert, update the views, commit durably, answer."""
        return self.append_planned(batch, plan(batch), self._views)

    def append_planned(self, batch: Append, made: Plan, views: Sequence[SynchronousView]) -> list[Record]:
        """The same with a plan of one's own, and other views than the store's."""
        try:
            with Turn(self._database, self._links) as link:
                conflict = self._database.conflict
                now = self._clock.now()
                records = write(link.cursor, self._statements, batch, made, clock=now, conflict=conflict)
                if views:
                    told = with_events(records, batch)
                    for view in views:
                        view.apply(link.connection, told)
        except Clash as clash:
            self._explain(batch, clash)
        self._links.bell.ring()
        return records

    def subscribe(self, after: int = 0, *, pause: float = 0.05) -> LogSubscription:
        """Records with position > `after` as they are committed, by whatever process."""
        return LogSubscription(self.snapshot, self._links.bell, after, pause)

    def close(self) -> None:
        """Release who waits, and close every connection."""
        self._links.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _explain(self, batch: Append, clash: Clash) -> NoReturn:
        """Say why the database refused a record though all versions were right."""
        with self.snapshot() as snapshot:
            if repeated(snapshot.link.cursor, self._statements, batch):
                raise CommandRepeated from clash
            raise IntegrityBroken(snapshot.position() + 1, f"the log refused it: {clash.__cause__}") from clash

    def _connect(self) -> Link:
        if self._links.closed:
            raise StoreUnreachable(self._database.what, "it was closed", "open it again")
        with in_our_words(self._database):
            link = Link(self._engine)
            try:
                check(self._database, link.cursor, self._statements.schema)
            except BaseException:
                link.close()
                raise
            return link
