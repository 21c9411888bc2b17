"""SQLite as the database of the log: write-ahead log, full synchronisation, one writer at a time."""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from reviewflow.errors import StoreUnreachable
from reviewflow.ports import Append, Record, Staged, SynchronousView
from reviewflow.store.appending import write
from reviewflow.store.dialect import NAMED
from reviewflow.store.links import Link
from reviewflow.store.planning import Plan
from reviewflow.store.statements import Statements

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine

_NEVER_CHANGE = """
    CREATE TRIGGER records_never_change BEFORE UPDATE ON records BEGIN
        SELECT RAISE(ABORT, 'a record is never changed');
    END"""
_NEVER_GO = """
    CREATE TRIGGER records_never_go BEFORE DELETE ON records BEGIN
        SELECT RAISE(ABORT, 'a record is never removed');
    END"""
# INSERT OR REPLACE removes the old row without asking the other two.
_ONLY_GROW = """
    CREATE TRIGGER records_only_grow BEFORE INSERT ON records BEGIN
        SELECT CASE
            WHEN NEW.position IS NOT (SELECT coalesce(max(position), 0) + 1 FROM records)
            THEN RAISE(ABORT, 'this is not the next position')
            WHEN EXISTS (SELECT 1 FROM records WHERE stream = NEW.stream AND version = NEW.version)
            THEN RAISE(ABORT, 'this stream has this version already')
            WHEN EXISTS (SELECT 1 FROM records WHERE command_id = NEW.command_id AND ordinal = NEW.ordinal)
            THEN RAISE(ABORT, 'this command id is in the log already')
        END;
    END"""

_SETTINGS = (
    "PRAGMA synchronous = FULL",  # an acknowledged event survives a loss of power
    "PRAGMA wal_autocheckpoint = 4000",  # 16 MB; four times the usual, for a tenth off every append
    "PRAGMA trusted_schema = OFF",  # a file made by somebody else runs nothing of ours
)

_AGAIN = "nothing was written; make it right and do it again"
_WHY = {
    sqlite3.SQLITE_FULL: ("there is no room left on the disk", _AGAIN),
    sqlite3.SQLITE_READONLY: ("it may be read but not written", f"it and its folder must be writable; {_AGAIN}"),
    sqlite3.SQLITE_PERM: ("this user may not open it", "give the right to read and write it and its folder"),
    sqlite3.SQLITE_NOTADB: ("this file is not a reviewflow store", NAMED),
    sqlite3.SQLITE_CORRUPT: ("its pages are damaged", "keep this file as it is, and restore a backup beside it"),
}


class Sqlite:
    """One SQLite file."""

    mark = "?"
    conflict: type[Exception] = sqlite3.IntegrityError
    one_writer = True
    apart: tuple[type[Exception], ...] = ()

    def __init__(self, path: Path, patience: float) -> None:
        """`patience`: seconds to wait for another writer."""
        self.path = path.absolute()
        self.patience = patience
        self.what = f"the store {path}"
        self._errors: tuple[type[Exception], ...] = (sqlite3.Error,)
        self._engine: Engine | None = None
        self._given = threading.local()

    @property
    def errors(self) -> tuple[type[Exception], ...]:
        """SQLAlchemy's too, once it is in use."""
        return self._errors

    def link(self, *, create: bool = False) -> Link:
        """A connection to this file; it makes a missing one only with `create`."""
        place = f"file:{quote(bytes(self.path))}?mode={'rwc' if create else 'rw'}"
        raw = sqlite3.connect(
            place, self.patience, isolation_level=None, check_same_thread=False, cached_statements=512, uri=True
        )
        try:
            if create and not self.tables(raw):  # never touch what somebody else has made
                raw.execute("PRAGMA journal_mode = WAL")
            for setting in _SETTINGS:
                raw.execute(setting)
        except BaseException:
            raw.close()
            raise
        return Link(raw, self._wrapped)

    def _wrapped(self, raw: sqlite3.Connection) -> Connection:
        engine = self._engine or self._made_engine()
        self._given.raw = raw
        return engine.connect()

    def _made_engine(self) -> Engine:
        from sqlalchemy import NullPool, create_engine
        from sqlalchemy.exc import DBAPIError

        self._errors = (sqlite3.Error, DBAPIError)
        engine = create_engine("sqlite+pysqlite://", creator=lambda: self._given.raw, poolclass=NullPool)
        # An engine looks around in its first connection, and rolls back what was begun there: so not in one of ours.
        self._given.raw = sqlite3.connect(":memory:")
        engine.connect().close()
        self._engine = engine
        return engine

    def begin_read(self, cursor: Any) -> None:
        """Begin; the first statement fixes what is seen."""
        cursor.execute("BEGIN")

    def begin_snapshot(self, cursor: Any, last: str, ahead: object) -> Any:  # noqa: ARG002 - there is no way to go
        """The same, and that first statement."""
        cursor.execute("BEGIN")
        cursor.execute(last)
        return cursor.fetchone()

    def begin_write(self, cursor: Any) -> None:
        """Begin with the one write lock of the file."""
        cursor.execute("BEGIN IMMEDIATE")

    begin_change = begin_append = begin_write

    def append(self, link: Link, statements: Statements, batch: Append, made: Plan, clock: datetime) -> list[Record]:
        """Everything but the views."""
        return write(link.cursor, statements, batch, made, clock=clock, conflict=self.conflict)

    def foresee(self, link: Link, views: Sequence[SynchronousView], staged: Sequence[Staged]) -> None:
        """There is no way to go."""

    def gather(self, link: Link) -> None:
        """There is no way to go."""

    def begin_alone(self, cursor: Any, seconds: float) -> None:  # noqa: ARG002 - a reader keeps what it began with
        """The same: nobody need be waited for."""
        self.begin_write(cursor)

    def life(self, raw: Any) -> int:  # noqa: ARG002
        """There is but one: what the file shows is lost with the machine only, and all that read it with it."""
        return 0

    def settle(self, link: Link) -> None:  # noqa: ARG002 - it is a file, whoever reads it
        """Wait for the disk: the process that wrote may have died while it did.

        What a reader sees is in the main file, which a checkpoint has waited for, or in the log beside it. SQLite locks
        the main file and the shared memory only, so that closing this handle gives no lock away.
        """
        try:
            handle = os.open(f"{self.path.resolve()}-wal", os.O_RDONLY)
            try:
                os.fsync(handle)
            finally:
                os.close(handle)
        except FileNotFoundError:
            """All of it is in the main file."""
        except OSError as error:
            remedy = "check the disk before you go on; then do it again with the same command id"
            raise StoreUnreachable(self.what, f"the disk failed: {error.strerror}", remedy) from error

    def tables(self, cursor: Any) -> set[str]:
        """The names of all tables."""
        return {row[0] for row in cursor.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}

    def guards(self) -> Sequence[str]:
        """Triggers that refuse to change, remove or replace a record."""
        return _NEVER_CHANGE, _NEVER_GO, _ONLY_GROW

    def listener(self, ring: Callable[[], None]) -> None:
        """A file tells nobody."""

    def unreachable(self, error: BaseException) -> StoreUnreachable | None:
        """What a fault of SQLite means to a person."""
        cause = getattr(error, "orig", error)
        if not isinstance(cause, sqlite3.Error):
            return None
        code = getattr(cause, "sqlite_errorcode", 0) & 0xFF
        if code in _WHY:
            return StoreUnreachable(self.what, *_WHY[code])
        if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
            return self.busy()
        if code == sqlite3.SQLITE_CANTOPEN:
            return self._not_opened()
        if getattr(cause, "sqlite_errorcode", 0) == sqlite3.SQLITE_IOERR_SHMSIZE:
            why = "there is no room left on the disk for the file that SQLite keeps beside it, even to read"
            return StoreUnreachable(self.what, why, _AGAIN)
        if code == sqlite3.SQLITE_IOERR:
            return StoreUnreachable(self.what, f"the disk failed: {cause}", "check the disk before you go on")
        if code == sqlite3.SQLITE_ERROR and "no such" in str(cause):
            why = f"its tables are not those of this release: {cause}"
            return StoreUnreachable(self.what, why, "`reviewflow doctor` says more")
        return None

    def busy(self) -> StoreUnreachable:
        """Somebody else has been writing for too long."""
        why = f"somebody else has been writing to it for more than {self.patience:g} seconds"
        return StoreUnreachable(self.what, why, "nothing was written; try again, or find the program that holds it")

    def _not_opened(self) -> StoreUnreachable:
        if not self.path.parent.is_dir():
            return StoreUnreachable(self.what, f"there is no folder {self.path.parent}", "make it first")
        if self.path.is_dir():
            return StoreUnreachable(self.what, "it is a folder", f"want a file; {NAMED}")
        if not os.access(self.path.parent, os.W_OK | os.X_OK, effective_ids=True):
            what = "it may not be opened" if self.path.exists() else "there is no such file"
            remedy = f"SQLite keeps files beside the store; {NAMED}"
            return StoreUnreachable(self.what, f"{what}, and this user may not write into its folder", remedy)
        if not self.path.exists():
            return StoreUnreachable(self.what, "there is no such file", f"{NAMED}; `reviewflow init` makes it")
        return StoreUnreachable(self.what, "it may not be opened", "give this user the right to read and write it")
