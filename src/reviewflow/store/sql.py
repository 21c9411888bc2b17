"""The event store over a database: appends, snapshots, subscriptions, and the transactions that views use."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property
from os import PathLike
from threading import get_ident
from typing import TYPE_CHECKING, NoReturn, Protocol, Self

from reviewflow.errors import IntegrityBroken, StoreUnreachable, StreamMoved
from reviewflow.ports import Append, Clock, CommandRepeated, Record, SynchronousView
from reviewflow.store.addresses import database
from reviewflow.store.appending import repeated
from reviewflow.store.dialect import Clash, in_our_words
from reviewflow.store.links import Link, Links
from reviewflow.store.planning import Plan, plan, with_events
from reviewflow.store.reading import SqlSnapshot
from reviewflow.store.replacing import Held, alone
from reviewflow.store.schema import check
from reviewflow.store.statements import Statements
from reviewflow.store.subscription import LogSubscription
from reviewflow.store.writing import Appending, AppendingBeside, Changing, Turn

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from reviewflow.store.arriving import Arrival
    from reviewflow.store.leading import Leadership
    from reviewflow.store.moved import Moved


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
        views: Sequence[KeptView] | Callable[[], Sequence[KeptView]] = (),
        *,
        patience: float = 5.0,
        beside: Sequence[Callable[[Connection], None]] | Callable[[], Sequence[Callable[[Connection], None]]] = (),
    ) -> None:
        """`url` as in `sqlite:///reviewflow.db`, or a path; `patience`: seconds to wait for another writer.

        `beside`: what makes tables that no append changes, when the store is made. Given as functions, both are called
        when they are first needed: a store that is only read never does.
        """
        self._database = database(url, patience)
        self._clock = clock
        self._given_views, self._given_beside = views, beside
        self._statements = Statements(self._database.mark)
        self._links = Links(self._connect)
        self._held: Held | None = None

    def create(self) -> None:
        """Make the store with all its tables; refuses a place where there is something already."""
        from reviewflow.store.making import make

        with in_our_words(self._database):
            make(self._database, self._others())

    @property
    def one_writer(self) -> bool:
        """Whether all that write wait for one another, whatever they write."""
        return self._database.one_writer

    def snapshot(self, command_id: str = "", keys: Sequence[str] = ()) -> SqlSnapshot:
        """A consistent reading; its `connection` answers the questions of views in the same transaction.

        `command_id` and `keys` (heads) are what it will probably be asked.
        """
        held = self._held
        if held is not None and held.thread == get_ident():
            return held
        return SqlSnapshot(self._database, self._links, self._statements, command_id, keys)

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
    def changing(self, life: int | None = None) -> Iterator[Connection]:
        """The same for rows that are not the log (positions, effects, views of followers).

        Where a database has several writers, appends go on meanwhile; never append inside. `life` is that of the
        snapshot in which was read what is written because of it: raises `StreamMoved` if the store has begun another.
        """
        turn = Turn if self._database.one_writer else Changing
        with turn(self._database, self._links) as link:
            self._same(life, link)
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
        turn = Appending if self._database.one_writer else AppendingBeside
        with turn(self._database, self._links) as link:
            self._same(batch.life, link)
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

        return Arrival(self._database, self._others())

    def moved(self) -> Moved | None:
        """Where this store was moved; None if it was not."""
        from reviewflow.store.moved import moved_to

        with self.reading() as connection:
            return moved_to(connection)

    def leadership(self) -> Leadership:
        """Whether this process leads among those that follow the log; close it."""
        from reviewflow.store.leading import Leadership

        return Leadership(self._database)

    def close(self) -> None:
        """Release who waits, and close every connection."""
        self._links.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @cached_property
    def _views(self) -> tuple[KeptView, ...]:
        given = self._given_views
        return tuple(given() if callable(given) else given)

    def _others(self) -> list[Callable[[Connection], None]]:
        """What makes the tables that are not the log's."""
        beside = self._given_beside
        return [*(view.create for view in self._views), *(beside() if callable(beside) else beside)]

    def _same(self, life: int | None, link: Link) -> None:
        if life is not None and self._database.life(link.raw) != life:
            raise StreamMoved

    def _explain(self, batch: Append, clash: Clash) -> NoReturn:
        """Say why the database refused a record though all versions were right."""
        from reviewflow.store.moved import moved_to

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
            link = self._database.link()
            try:
                check(self._database, link.cursor, self._statements.schema)
            except BaseException:
                link.close()
                raise
            return link
