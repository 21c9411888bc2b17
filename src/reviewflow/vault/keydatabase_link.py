"""The one connection to a keys database: opened when it is needed, opened again when it was lost."""

from __future__ import annotations

import os
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any, Final, TypeVar

import psycopg
from psycopg import conninfo, errors, sql

from reviewflow.errors import ConnectionLost, StoreUnreachable

Found = TypeVar("Found")
Link = psycopg.Connection[tuple[Any, ...]]

BUSY_SECONDS: Final = 10
_DEFAULTS: Final = {
    "application_name": "reviewflow keys",
    "connect_timeout": "10",
    "tcp_user_timeout": "15000",  # a server that vanished without a word
    "target_session_attrs": "read-write",  # a standby may lag behind: it would not know what was just forgotten
}
# A key in use must be on the disks that the server promises, whatever its own default is; remote_apply is even more.
_DURABLE: Final = (
    "SELECT set_config('synchronous_commit', 'on', true)"
    " WHERE current_setting('synchronous_commit') NOT IN ('on', 'remote_apply')"
)


def plain_url(url: str) -> str:
    """The URL as libpq reads it: a driver's name in it is for others."""
    return re.sub(r"^postgres(ql)?(\+\w+)?://", "postgresql://", url, flags=re.IGNORECASE)


def told_name(url: str) -> str:
    """How messages call the database: where it is, never with a password."""
    try:
        parts = conninfo.conninfo_to_dict(plain_url(url))
    except psycopg.Error:
        return "the keys database"
    where = parts.get("host") or parts.get("hostaddr") or "this machine"
    return f"the keys database {parts.get('dbname') or parts.get('user') or ''} on {where}"


class KeyLink:
    """A connection for all threads of a process; in autocommit, transactions are said."""

    def __init__(self, url: str) -> None:
        """Connects when it is first used."""
        self.name = told_name(url)
        try:
            given = conninfo.conninfo_to_dict(plain_url(url))
        except psycopg.Error as error:
            # What libpq says of it could hold the password.
            raise StoreUnreachable(self.name, "its URL cannot be read", "want postgresql://host/database") from error
        self._conninfo = conninfo.make_conninfo("", **{**_DEFAULTS, **given})
        self._lock = threading.RLock()
        self._link: Link | None = None
        self._pid = os.getpid()
        self._met = self._closed = False

    def do(self, work: Callable[[Link], Found]) -> Found:
        """Do something that may be done twice: once more on a new connection if the old one turns out to be lost."""
        with self._lock:
            again = self._link is not None
            try:
                return self._tried(work)
            except ConnectionLost:
                if not again:
                    raise
                return self._tried(work)

    def do_once(self, work: Callable[[Link], Found]) -> Found:
        """Do something that may not be done twice."""
        with self._lock:
            return self._tried(work)

    @contextmanager
    def transaction(self, begin: str = "BEGIN", *, durable: bool = False) -> Iterator[Link]:
        """A transaction on the connection of this moment; never tried again. For `do` and `do_once`, and by itself."""
        with self._lock, self._told():
            link = self._open()
            link.execute(begin.encode())
            try:
                if durable:
                    link.execute(_DURABLE)
                yield link
                link.execute("COMMIT")
            except BaseException:
                with suppress(psycopg.Error):
                    link.execute("ROLLBACK")
                raise

    def close(self) -> None:
        """Give the connection back, for good. Idempotent."""
        with self._lock:
            self._closed = True
            self._drop()

    def _tried(self, work: Callable[[Link], Found]) -> Found:
        with self._told():
            return work(self._open())

    def _open(self) -> Link:
        if self._closed:
            raise StoreUnreachable(self.name, "it was closed")
        if self._pid != os.getpid():  # a connection does not come along over a fork, nor may the child close it
            self._pid, self._link = os.getpid(), None
        if self._link is None or self._link.closed:
            self._link = psycopg.connect(self._conninfo, autocommit=True)
            for setting, value in (("lock_timeout", f"{BUSY_SECONDS}s"), ("idle_in_transaction_session_timeout", "0")):
                self._link.execute(sql.SQL("SET {} = {}").format(sql.Identifier(setting), sql.Literal(value)))
            [standby] = self._link.execute("SELECT pg_is_in_recovery()").fetchone() or (True,)
            if standby:
                self._drop()
                raise StoreUnreachable(self.name, "this server is a standby", "name the one that writes")
            self._met = True
        return self._link

    def _drop(self) -> None:
        if self._link is not None:
            self._link.close()
            self._link = None

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except psycopg.Error as error:
            raise self._unreachable(error) from error

    def _unreachable(self, error: psycopg.Error) -> StoreUnreachable:
        why = (str(error).strip().splitlines() or [type(error).__name__])[0]
        match error:
            case errors.LockNotAvailable():
                return StoreUnreachable(
                    self.name, why, f"another process kept it for {BUSY_SECONDS} seconds; try again"
                )
            case errors.UndefinedTable():
                return StoreUnreachable(self.name, "there are no keys of ours in it", "run `reviewflow init`")
            case errors.InsufficientPrivilege():
                return StoreUnreachable(self.name, why, "grant this role SELECT, INSERT, UPDATE, DELETE on its tables")
            case errors.DiskFull():
                return StoreUnreachable(self.name, why, "make room on the server's disk and try again")
        lost = self._link is None or self._link.closed or isinstance(error, errors.ReadOnlySqlTransaction)
        if lost and self._met:
            self._drop()
            return ConnectionLost(self.name, f"the connection was lost: {why}", "try again once the server answers")
        if lost:
            return StoreUnreachable(self.name, why, "start the server, or name the right one with REVIEWFLOW_KEYS")
        return StoreUnreachable(self.name, why)
