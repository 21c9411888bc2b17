"""Connections to the database: a few idle ones for reading, one for writing, none shared by two threads at a time.

A child process made by fork opens its own: what it got from its parent is set aside, never used and never closed,
because closing it could take away the parent's locks.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, Any
from weakref import WeakSet

from reviewflow.store.dialect import Database, Ears, is_lost, retell
from reviewflow.store.subscription import Bell

if TYPE_CHECKING:
    from sqlalchemy import Connection

_MOST_IDLE = 8
_CLOSING = 2.0
"""Seconds in which whoever still writes may come to an end; then their connection ends with the process."""


class Link:
    """One connection, in three shapes: the driver's, a cursor of it, and SQLAlchemy's for views.

    The last is made when it is first asked for: who reads the log alone need not wait for the import of SQLAlchemy.
    """

    __slots__ = ("_connection", "_wrapped", "cursor", "raw")

    def __init__(self, raw: Any, wrapped: Callable[[Any], Connection]) -> None:
        """`wrapped` makes SQLAlchemy's of the driver's."""
        self.raw = raw
        self.cursor: Any = raw.cursor()
        self._wrapped = wrapped
        self._connection: Connection | None = None

    @classmethod
    def over(cls, connection: Connection) -> Link:
        """One that SQLAlchemy has opened."""
        proxied: Any = connection.connection
        link = cls(proxied.dbapi_connection, lambda _: connection)
        link._connection = connection
        return link

    @property
    def connection(self) -> Connection:
        """The same transaction as a SQLAlchemy connection."""
        if self._connection is None:
            self._connection = self._wrapped(self.raw)
        return self._connection

    def commit(self) -> None:
        """Commit, also what views did through SQLAlchemy."""
        if self._connection is not None and self._connection.in_transaction():
            self._connection.commit()
        else:
            self.raw.commit()

    def rollback(self) -> None:
        """Take everything back."""
        if self._connection is not None and self._connection.in_transaction():
            self._connection.rollback()
        self.raw.rollback()

    def close(self) -> None:
        """Close; the database is left as it was committed last."""
        if self._connection is not None:
            self._connection.close()
        else:
            self.raw.close()

    def discard(self) -> None:
        """Close without a last word to a database that may not answer."""
        if self._connection is not None:
            self._connection.invalidate()
            self._connection.close()
        else:
            self.raw.close()


class Links:
    """The open connections of one store in this process."""

    def __init__(self, connect: Callable[[], Link]) -> None:
        """`connect` opens and checks one."""
        self._connect = connect
        self.closed = False
        self._reset()
        _all.add(self)

    def _reset(self) -> None:
        self.writing = threading.Lock()
        self.bell = Bell()
        self._idle: list[Link] = []
        self._writer: Link | None = None
        self._doubted = False
        self._ears: Ears | None = None
        self._hearing = threading.Lock()

    def take(self) -> Link:
        """A connection for reading; give it back."""
        try:
            return self._idle.pop()
        except IndexError:
            return self._connect()

    def begun(self, database: Database, begin: Callable[[Link], object]) -> Link:
        """A connection on which `begin` was done; give it back. One that broke while it lay idle is replaced once."""
        link = self.take()
        try:
            begin(link)
        except database.errors as error:
            link.discard()
            if not is_lost(database, error):
                retell(database, error)
            self.lose()
        else:
            return link
        link = self.take()
        try:
            begin(link)
        except database.errors as error:
            link.discard()
            retell(database, error)
        return link

    def give_back(self, link: Link) -> None:
        """Keep it for the next reader, or close it when there are enough."""
        if len(self._idle) < _MOST_IDLE and not self.closed:
            self._idle.append(link)
        else:
            link.close()

    def writer(self) -> Link:
        """The one connection for writing, for a turn that begins; only while holding `writing`."""
        if self._doubted and self._writer is not None:
            self._writer.discard()
            self._writer = None
        if self._writer is None:
            self._writer = self._connect()
            self._doubted = False
        return self._writer

    def take_back(self, errors: tuple[type[Exception], ...]) -> None:
        """Roll the writer back; a connection that cannot even do that is dropped. Only while holding `writing`."""
        if self._writer is not None:
            try:
                self._writer.rollback()
            except errors:
                self._writer.discard()
                self._writer = None

    def lose(self) -> None:
        """The server is gone, or no longer the one to write to: so are the connections that lie idle."""
        self._doubted = True  # the writer may be at work in another thread; its next turn begins with a new one
        while self._idle:
            with suppress(IndexError):  # another thread takes one just now
                self._idle.pop().discard()

    def hear(self, listener: Callable[[Callable[[], None]], Ears | None]) -> None:
        """From now on the bell rings also for what other processes commit, where somebody can tell."""
        with self._hearing:
            if self._ears is None and not self.closed:
                self._ears = listener(self.bell.ring)

    def heard(self) -> bool:
        """Whether the bell would ring at once for what another process commits."""
        return self._ears is not None and self._ears.alive

    def close(self) -> None:
        """Close all that nobody is using, the rest when it comes back, and wake who waits."""
        self.closed = True
        self.bell.close()
        with self._hearing:
            if self._ears is not None:
                self._ears.close()
                self._ears = None
        # Ctrl-C between two instructions may have left it held by this very thread: never wait for ever.
        if self.writing.acquire(timeout=_CLOSING):
            try:
                if self._writer is not None:
                    self._writer.close()
                    self._writer = None
            finally:
                self.writing.release()
        while self._idle:
            self._idle.pop().close()

    def set_aside(self) -> None:
        """In a child process: forget what belongs to the parent."""
        _parents.extend(self._idle)
        if self._ears is not None:
            _parents.append(self._ears)
        if self._writer is not None:
            _parents.append(self._writer)
        self._reset()


_all: WeakSet[Links] = WeakSet()
_parents: list[Link | Ears] = []


def _in_child() -> None:
    for links in list(_all):
        links.set_aside()


os.register_at_fork(after_in_child=_in_child)
