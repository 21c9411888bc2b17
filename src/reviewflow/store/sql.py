"""The event store over a database: appends, snapshots, subscriptions, and the transactions that views use."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from os import PathLike
from typing import Any, NoReturn, Protocol, Self

from sqlalchemy import Connection, Engine, insert

from reviewflow.errors import IntegrityBroken, StoreUnreachable, StreamMoved
from reviewflow.ports import Append, Clock, CommandRepeated, Record, SynchronousView
from reviewflow.store.appending import Clash, heads, repeated, write
from reviewflow.store.dialect import database, retell
from reviewflow.store.links import Link, Links
from reviewflow.store.planning import Plan, moved, plan
from reviewflow.store.reading import SqlSnapshot
from reviewflow.store.statements import Statements
from reviewflow.store.subscription import LogSubscription
from reviewflow.store.tables import SCHEMA, marker, metadata


class KeptView(SynchronousView, Protocol):
    """A synchronous view that brings its own tables."""

    def create(self, connection: Connection) -> None:
        """Make the tables, inside the transaction that makes the store."""


class SqlStore:
    """The log in one database. Opens it when first used; safe for threads, and in children made by fork."""

    def __init__(
        self, url: str | PathLike[str], clock: Clock, views: Sequence[KeptView] = (), *, patience: float = 5.0
    ) -> None:
        """`url` as in `sqlite:///reviewflow.db`, or a path; `patience`: seconds to wait for another writer."""
        self._database = database(url, patience)
        self._clock = clock
        self._views = tuple(views)
        self._engine: Engine = self._database.engine()
        self._statements = Statements(self._engine.dialect, self._database.upsert)
        self._links = Links(self._connect)

    def create(self) -> None:
        """Make the store with the tables of its views; refuses a place where there is something already."""
        try:
            link = Link(self._database.engine(create=True))
        except self._database.errors as error:
            retell(self._database, error)
        try:
            self._database.begin_write(link.cursor)
            if not self._database.is_empty(link.cursor):
                raise StoreUnreachable(self._database.what, "there is something already", "name another place, or use it")
            metadata.create_all(link.connection)
            for guard in self._database.guards():
                link.cursor.execute(guard)
            for view in self._views:
                view.create(link.connection)
            link.connection.execute(insert(marker).values(version=SCHEMA))
            link.commit()
        except BaseException as error:
            link.rollback()
            retell(self._database, error)
        finally:
            link.close()

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
        with self._lock() as link:
            yield link.connection

    def append(self, batch: Append) -> list[Record]:
        """Check reads and versions, give positions, insert, update the views, commit durably, answer."""
        return self.append_with(batch, self._views, plan(batch))

    def append_with(self, batch: Append, views: Sequence[SynchronousView], made: Plan) -> list[Record]:
        """The same with other views than the store's own."""
        try:
            with self._lock() as link:
                conflict = self._database.conflict
                records = write(link.cursor, self._statements, batch, made, self._clock.now(), conflict)
                if views:
                    told = [(record, staged.event, staged.after) for record, staged in zip(records, batch.staged, strict=True)]
                    for view in views:
                        view.apply(link.connection, told)
        except Clash as clash:
            self._explain(batch, made, clash)
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

    @contextmanager
    def _lock(self) -> Iterator[Link]:
        """The write lock and a transaction; committed at the end, taken back if anything went wrong."""
        writing = self._links.writing
        if not writing.acquire(timeout=self._database.patience):
            raise self._database.busy()
        try:
            link = self._links.writer()
            try:
                self._database.begin_write(link.cursor)
                yield link
                link.commit()
            except BaseException as error:
                try:
                    link.rollback()
                except self._database.errors:
                    self._links.drop_writer()
                retell(self._database, error)
        finally:
            writing.release()

    def _explain(self, batch: Append, made: Plan, clash: Clash) -> NoReturn:
        with self.snapshot() as snapshot:
            cursor = snapshot.link.cursor
            if repeated(cursor, self._statements, batch):
                raise CommandRepeated from clash
            gone = moved(made.expected, heads(cursor, self._statements, made.keys))
            if gone:
                raise StreamMoved(gone) from clash
            for event in batch.staged:
                cursor.execute(self._statements.place, (event.stream, event.version))
                for (position,) in cursor.fetchall():
                    why = f"{event.stream} has version {event.version}, but its head does not know it"
                    raise IntegrityBroken(position, why) from clash
        raise IntegrityBroken(snapshot.position(), f"the log refused a record: {clash.__cause__}") from clash

    def _connect(self) -> Link:
        if self._links.closed:
            raise StoreUnreachable(self._database.what, "it was closed", "open it again")
        try:
            link = Link(self._engine)
        except self._database.errors as error:
            retell(self._database, error)
        try:
            self._check(link.cursor)
        except BaseException as error:
            link.close()
            retell(self._database, error)
        return link

    def _check(self, cursor: Any) -> None:
        what = self._database.what
        try:
            cursor.execute(self._statements.schema)
        except self._database.errors as error:
            if self._database.unreachable(error) is None:
                raise
            if self._database.is_empty(cursor):
                raise StoreUnreachable(what, "it is empty", "`reviewflow init` sets it up") from error
            raise StoreUnreachable(what, "it holds something else than a reviewflow store", "REVIEWFLOW_STORE names the store") from error
        found = [row[0] for row in cursor.fetchall()]
        if found != [SCHEMA]:
            got = ", ".join(map(str, found)) or "none"
            raise StoreUnreachable(what, f"its tables have version {got}; this release wants {SCHEMA}", "use the release that made it, or a newer one")
