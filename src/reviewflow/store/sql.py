"""The event store over a database: appends, snapshots, subscriptions, and the transactions that views use."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from os import PathLike
from threading import get_ident
from typing import TYPE_CHECKING, NoReturn, Protocol, Self

from sqlalchemy import Connection

from reviewflow.errors import IntegrityBroken, StoreUnreachable
from reviewflow.ports import Append, Clock, CommandRepeated, Record, SynchronousView
from reviewflow.store.addresses import database
from reviewflow.store.appending import repeated
from reviewflow.store.dialect import Clash, in_our_words
from reviewflow.store.links import Link, Links
from reviewflow.store.moved import Moved, moved_to
from reviewflow.store.planning import Plan, plan, with_events
from reviewflow.store.reading import SqlSnapshot
from reviewflow.store.replacing import Held, alone
from reviewflow.store.schema import check, make
from reviewflow.store.statements import Statements
from reviewflow.store.subscription import LogSubscription
from reviewflow.store.writing import Appending, Changing, Turn

if TYPE_CHECKING:
    from reviewflow.store.arriving import Arrival
    from reviewflow.store.leading import Leadership


class KeptView(SynchronousView, Protocol):
    """A synchronous view that brings its own tables."""

    def create(self, connection: Connection) -> None:
        """Make the tables, inside the transaction that makes the store."""


class SqlStore:
    """The log in one database. Opened when first used; safe for threads, and in children made by fork."""

    def __init__(
        self,
        url: str | PathLike[str],
        clock: Clock,
        views: Sequence[KeptView] = (),
        *,
        patience: float = 5.0,
        beside: Sequence[Callable[[Connection], None]] = (),
    ) -> None:
        """`url` as in `sqlite:///reviewflow.db`, or a path; `patience`: seconds to wait for another writer.

        `beside`: what makes tables that no append changes, when the store is made.
        """
        self._database = database(url, patience)
        self._clock = clock
        self._views = tuple(views)
        self._beside = tuple(beside)
        self._engine = self._database.engine()
        self._statements = Statements(self._engine.dialect, self._database.upsert)
        self._links = Links(self._connect)
        self._held: Held | None = None

    def create(self) -> None:
        """Make the store with all its tables; refuses a place where there is something already."""
        with in_our_words(self._database):
            make(self._database, [*(view.create for view in self._views), *self._beside])

    @property
    def one_writer(self) -> bool:
        """Whether all that write wait for one another, whatever they write."""
        return self._database.one_writer

    def snapshot(self) -> SqlSnapshot:
        """A consistent reading; its `connection` answers the questions of views in the same transaction."""
        held = self._held
        if held is not None and held.thread == get_ident():
            return held
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
        """The same for rows that are not the log (positions, effects, views of followers).

        Where a database has several writers, appends go on meanwhile; never append inside.
        """
        turn = Turn if self._database.one_writer else Changing
        with turn(self._database, self._links) as link:
            yield link.connection

    @contextmanager
    def replacing(self, seconds: float = 0.5) -> Iterator[SqlSnapshot]:
        """As `writing`, for tables that are put in the place of others; its `connection` may write, all or nothing.

        Nobody reads meanwhile who could see them change places. Waits at most so many seconds for those who do; then
        `InUse`. Whatever this thread reads inside, it reads here.
        """
        with alone(self._database, self._links, self._statements, seconds) as held:
            self._held = held
            try:
                yield held
            finally:
                self._held = None

    def append(self, batch: Append) -> list[Record]:
        """Check reads and versions, give positions, insert, update the views, commit durably, answer."""
        return self.append_planned(batch, plan(batch), self._views)

    def append_planned(self, batch: Append, made: Plan, views: Sequence[SynchronousView]) -> list[Record]:
        """The same with a plan of one's own, and other views than the store's."""
        try:
            try:
                records = self._append(batch, made, views, gather=True)
            except self._database.apart:
                records = self._append(batch, made, views, gather=False)
        except Clash as clash:
            self._explain(batch, clash)
        self._links.bell.ring()
        return records

    def _append(self, batch: Append, made: Plan, views: Sequence[SynchronousView], *, gather: bool) -> list[Record]:
        with Appending(self._database, self._links) as link:
            if gather:
                self._database.foresee(link, views, batch.staged)
            records = self._database.append(link, self._statements, batch, made, self._clock.now())
            if views:
                if gather:
                    self._database.gather(link)
                told = with_events(records, batch)
                for view in views:
                    view.apply(link.connection, told)
        return records

    def subscribe(self, after: int = 0, *, pause: float = 0.05) -> LogSubscription:
        """Records with position > `after` as they are committed, by whatever process.

        `pause`: seconds between two looks, where the database does not tell what other processes commit.
        """
        self._links.hear(self._database.listener)
        return LogSubscription(self.snapshot, self._links.bell, after, pause, self._links.heard)

    def arrival(self) -> Arrival:
        """This place as one to be filled from elsewhere: what `create` makes, shut for everybody until it is full."""
        from reviewflow.store.arriving import Arrival

        return Arrival(self._database, [*(view.create for view in self._views), *self._beside])

    def moved(self) -> Moved | None:
        """Where this store was moved; None if it was not."""
        with self.reading() as connection:
            return moved_to(connection)

    def leadership(self) -> Leadership:
        """Whether this process leads among those that follow the log; close it."""
        from reviewflow.store.leading import Leadership

        return Leadership(self._database, self._engine)

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
            gone = moved_to(snapshot.connection)
            if gone is not None:
                raise gone.refusal(self._database.what) from clash
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
