"""PostgreSQL as the database of the log, by psycopg 3 and SQLAlchemy's dialect. A schema is one store."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Sequence
from datetime import datetime
from secrets import randbits
from typing import Any

import psycopg
from psycopg.types.numeric import Int8Dumper
from sqlalchemy import Engine, NullPool, create_engine
from sqlalchemy.event import listen
from sqlalchemy.exc import DBAPIError

from reviewflow.errors import ReviewflowError, StoreUnreachable
from reviewflow.ports import Append, Record, Staged, SynchronousView
from reviewflow.store import postgresql_errors, postgresql_schema
from reviewflow.store.links import Link
from reviewflow.store.planning import Plan
from reviewflow.store.postgresql_address import name_of, read
from reviewflow.store.postgresql_append import append
from reviewflow.store.postgresql_connection import Apart, GatheringConnection
from reviewflow.store.postgresql_errors import NotConnected
from reviewflow.store.postgresql_listening import Listener
from reviewflow.store.statements import Statements

OLDEST = 14
"""The oldest PostgreSQL that is supported by its makers."""

_READ = "BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY"
_WRITE = "BEGIN ISOLATION LEVEL READ COMMITTED"
# Taken before the first question fixes what is seen: who puts tables in the place of others waits for all snapshots.
_NO_SWAP = "LOCK TABLE log_schema IN ACCESS SHARE MODE"
_SWAP = "LOCK TABLE log_schema IN ACCESS EXCLUSIVE MODE"

# What every connection asks once. Who set synchronous_commit to off for the whole server thought of something else;
# who does so in the address has asked for it. A client that vanished must not hold the append lock for hours.
_SETTINGS = """
SELECT set_config('lock_timeout', %s, false), set_config('tcp_keepalives_idle', '10', false),
    set_config('tcp_keepalives_interval', '5', false), set_config('tcp_keepalives_count', '3', false),
    (SELECT set_config('synchronous_commit', 'on', false) FROM pg_settings
        WHERE name = 'synchronous_commit' AND setting = 'off' AND source <> 'client'),
    current_setting('synchronous_commit') <> 'off', current_schema(), current_setting('server_encoding')"""

# A lock that all connections of one process share, as long as they lead to the same life of the same server. It is
# gone when the server's memory is gone, and with it whatever was shown that was not on the disk.
_LIFE = 0x7268
_SHARE = f"""
WITH known AS MATERIALIZED (
    SELECT EXISTS (
        SELECT FROM pg_locks WHERE locktype = 'advisory' AND classid = {_LIFE} AND objid = %(now)s AND objsubid = 2
            AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
    ) AS lives
)
SELECT lives, pg_advisory_lock_shared({_LIFE}, CASE WHEN lives THEN %(now)s ELSE %(new)s END) FROM known"""  # noqa: S608


def _in_order(connection: Any, *_: object) -> None:
    """What a view has its statement run by SQLAlchemy for comes behind what was gathered before it."""
    connection.connection.dbapi_connection.flush()


class Postgresql:
    """One schema of one PostgreSQL database."""

    mark = "%s"
    conflict: type[Exception] = psycopg.IntegrityError
    errors: tuple[type[Exception], ...] = (psycopg.Error, DBAPIError)
    one_writer = False
    apart: tuple[type[Exception], ...] = (Apart,)

    def __init__(self, url: str, patience: float) -> None:
        """`patience`: seconds to wait for another writer."""
        self._told = read(url)
        self.patience = patience
        self.what = name_of(self._told)
        self._reached = False
        self._engine: Engine | None = None
        self._life, self._shared = 0, randbits(31)
        self._first, self._process = threading.Lock(), os.getpid()

    def link(self, *, create: bool = False) -> Link:  # noqa: ARG002 - an administrator makes the database
        """A connection; libpq finds the server among several."""
        link = Link.over(self._over().connect())
        link.cursor = link.raw.prompt
        return link

    def _over(self) -> Engine:
        if self._engine is not None:
            return self._engine
        self._engine = made = create_engine(
            "postgresql+psycopg://", creator=self.connect, poolclass=NullPool, paramstyle="format",
            use_native_hstore=False, pool_reset_on_return=None,
        )  # fmt: skip
        listen(made, "before_cursor_execute", _in_order)
        return made

    def connect(self) -> GatheringConnection:
        """A connection of the driver; transactions on it are begun in so many words."""
        raw = None
        try:
            raw = GatheringConnection.connect(**self._told, autocommit=True, prepare_threshold=None)  # type: ignore[arg-type]
            row = raw.execute(_SETTINGS, (f"{round(self.patience * 1000)}ms",), prepare=False).fetchone()
            raw.life = self._life_of(raw)
        except psycopg.Error as error:
            if raw is not None:
                raw.close()
            missed = NotConnected(str(error))
            missed.sqlstate = error.sqlstate
            missed.lost = self._reached
            raise missed from error
        assert row is not None
        raw.waits = row[-3]
        raw.adapters.register_dumper(int, Int8Dumper)  # one type, so that one prepared statement does for all
        try:
            self._check(raw.info.server_version, *row[-2:])
        except BaseException:
            raw.close()
            raise
        self._reached = True
        return raw

    def _life_of(self, raw: GatheringConnection) -> int:
        """The same as that of the other connections, if they are still there; else a new one."""
        if self._process != os.getpid():  # in a child nobody would let go of its parent's lock
            self._first, self._process = threading.Lock(), os.getpid()
        with self._first:  # of several that connect at once, one
            keys = {"now": self._shared, "new": randbits(31)}
            row = raw.execute(_SHARE, keys, prepare=False).fetchone()
            assert row is not None
            if not row[0]:
                self._life, self._shared = self._life + 1, keys["new"]
            return self._life

    def _check(self, version: int, schema: str | None, encoding: str) -> None:
        if version < OLDEST * 10_000:
            raise StoreUnreachable(self.what, f"PostgreSQL {version // 10_000} is too old", f"want {OLDEST} or newer")
        if encoding != "UTF8":
            remedy = "make a database with ENCODING 'UTF8'"
            raise StoreUnreachable(self.what, f"its encoding is {encoding}, which has not every letter", remedy)
        if schema is None:
            remedy = "CREATE SCHEMA, or name one: ?options=-csearch_path%3Dname"
            raise StoreUnreachable(self.what, "no schema of its search path is there", remedy)

    def begin_read(self, cursor: Any) -> None:
        """Begin; the first statement fixes what is seen."""
        cursor.execute(_READ)

    def begin_snapshot(
        self, cursor: Any, last: str, ahead: Callable[[], Sequence[tuple[str, list[str]]]],  # noqa: ARG002
    ) -> Any:  # fmt: skip
        """In one round trip; and nobody puts tables in the place of others until it ends."""
        raw: GatheringConnection = cursor.connection
        for text, values in ahead():
            raw.foresee(text, tuple(values))
        *_, found = raw.begin_with((_READ, None), (_NO_SWAP, None))
        return found[0] if found else None

    def begin_write(self, cursor: Any) -> None:
        """Begin and take the append lock of this schema."""
        cursor.execute(f"{_WRITE}; SELECT {postgresql_schema.LOCK}", prepare=False)

    def begin_change(self, cursor: Any) -> None:
        """Begin; the rows that are changed are locked one by one."""
        cursor.execute(_WRITE)

    def begin_append(self, cursor: Any) -> None:
        """Nothing yet: it goes with the call that appends."""

    def begin_alone(self, cursor: Any, seconds: float) -> None:
        """Wait for the snapshots that are open; those that come meanwhile wait behind us."""
        patience = f"SET LOCAL lock_timeout = '{round(seconds * 1000)}ms'"
        # The append lock comes last: whoever has a snapshot open may be about to append, and must be able to.
        cursor.execute(f"{_WRITE}; {patience}; {_SWAP}; SELECT {postgresql_schema.LOCK}", prepare=False)

    def append(
        self, link: Link, statements: Statements, batch: Append, made: Plan, clock: datetime  # noqa: ARG002
    ) -> list[Record]:  # fmt: skip
        """Begin, and everything but the views."""
        return append(link, batch, made, clock)

    def foresee(self, link: Link, views: Sequence[SynchronousView], staged: Sequence[Staged]) -> None:
        """Questions that are asked with the call."""
        for view in views:
            foresee = getattr(view, "foresee", None)  # a protocol would take as long to check as a round trip
            if foresee is not None:
                foresee(link.connection, staged)

    def gather(self, link: Link) -> None:
        """What views write is sent with the commit."""
        link.raw.gather()

    def life(self, raw: Any) -> int:
        """As it was found when it was connected: a server does not die under a connection."""
        life: int = raw.life
        return life

    def settle(self, link: Link) -> None:
        """A commit of our own, which is waited for as every other."""
        link.raw.settle()

    def tables(self, cursor: Any) -> set[str]:
        """The names of all tables in our schema."""
        found = cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = current_schema()")
        return {row[0] for row in found}

    def guards(self) -> Sequence[str]:
        """The trigger that refuses to change or remove a record, and the function that appends."""
        return postgresql_schema.GUARDS

    def listener(self, ring: Callable[[], None]) -> Listener:
        """Rings when another process has appended."""
        return Listener(self.connect, self.errors, ring)

    def unreachable(self, error: BaseException) -> ReviewflowError | None:
        """What a fault of PostgreSQL means to a person."""
        return postgresql_errors.told(self.what, self.patience, error)

    def busy(self) -> StoreUnreachable:
        """Somebody else has been writing for too long."""
        return postgresql_errors.busy(self.what, self.patience)
