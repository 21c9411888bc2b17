"""A connection of psycopg that saves round trips: while an append holds its lock, nobody else can append.

What views will ask is asked with the call that appends (`foresee`). What they write is gathered and sent with the
commit. While it gathers, a statement is taken to change exactly one row, and is worded so that the server fails if it
does not. Then nothing is committed, and the append is done again without gathering: that finds out what was wrong.
And nobody waits for the answer to a ROLLBACK.

An append lets go of its lock before its commit is on the disk, and waits for that afterwards (`afterwards`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import psycopg
from psycopg import Connection
from psycopg.errors import Diagnostic
from psycopg.pq import TransactionStatus

from reviewflow.store.postgresql_cursor import PromptCursor
from reviewflow.store.postgresql_errors import NotWaitedFor
from reviewflow.store.postgresql_trip import Answer, Part, Rows, Sent, Trips, drained

_COMMIT = "COMMIT"
# A transaction that writes something and changes nothing: its commit is waited for as the session's
# synchronous_commit says, and whatever was committed before it stands before it in the write-ahead log. A standby
# cannot write one.
_WAIT = "SELECT CASE WHEN NOT pg_is_in_recovery() THEN pg_logical_emit_message(true, 'reviewflow', '') END"
_OPEN = (TransactionStatus.INTRANS, TransactionStatus.INERROR)
_CANCELLED = "01000"
"""The warning that a wait for a standby was cut short has no code of its own."""


class Apart(Exception):  # not an error: do it again, statement by statement
    """One of several statements that were sent together failed; nothing was committed."""


class GatheringConnection(Connection[Any]):
    """`gathered` holds (statement, values) that are still to be sent; None while nothing is gathered."""

    gathered: list[Sent] | None = None
    life = 0
    """Which life of the store it leads to."""
    waits = True
    """Whether commits are waited for at all: an address can say that they are not."""
    _afterwards = False
    _ahead: tuple[Sent, ...] = ()
    _foreseen: Mapping[Sent, Rows] = {}
    _left = False

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self._trips = Trips(self)
        self.prompt = PromptCursor(self)
        self._warned = warned = list[str]()

        def hear(said: Diagnostic) -> None:
            if said.sqlstate == _CANCELLED:
                warned.append(said.message_primary or "")

        self.add_notice_handler(hear)

    def foresee(self, statement: str, values: Sequence[Any]) -> None:
        """A question that will come; nothing that is gathered before it changes the answer."""
        self._ahead += ((statement, values),)

    def begin_with(self, *statements: Sent) -> list[Rows]:
        """Run these and ask what was foreseen, in one round trip; the rows that each answers."""
        ahead, self._ahead = self._ahead, ()
        found = [answer.rows for answer in self.together([*statements, *ahead])]
        self._foreseen = dict(zip(ahead, found[len(statements) :], strict=True))
        return found

    def gather(self) -> None:
        """From now until the end of the transaction."""
        self.gathered = []

    def afterwards(self) -> None:
        """This transaction commits without waiting for the disk (it said so to the server); `commit` waits after it."""
        self._afterwards = True

    def foreseen(self, statement: str, values: Sequence[Any]) -> Rows | None:
        """What was answered beforehand; None if that was not asked."""
        return self._foreseen.get((statement, tuple(values))) if self._foreseen else None

    def ask(self, statement: str, values: Sequence[Any]) -> Rows:
        """The rows of a question, asked behind what was gathered before it."""
        known = self.foreseen(statement, values)
        return self._send(statement, values) if known is None else known

    def flush(self) -> None:
        """Send what was gathered, because something else comes next."""
        if self.gathered:
            self._send(*self.gathered.pop())

    def commit(self) -> None:
        """Commit, with what was gathered before it; return when it is where the session wants it to be."""
        self._warned.clear()
        if self.gathered or self._afterwards:
            statements, wait = [*(self.gathered or ()), (_COMMIT, None)], self._afterwards and self.waits
            done, *waited = self._go(statements, *([(_WAIT, None)],) * wait)
            if done.error is not None:
                raise _apart(done.error)
            self._forget()
            self._look_at(*waited)
        else:
            super().commit()
            self._forget()
            self._look_at()

    def settle(self) -> None:
        """End the transaction, which only read; return when all that was committed before is where it is to be."""
        self.rollback()
        if self.waits:
            self._warned.clear()
            self._look_at(*self._go([(_WAIT, None)]))

    def rollback(self) -> None:
        """Take everything back; what was gathered is never sent. Whether it was done is seen at the next use."""
        self._forget()
        if not self._left and self.pgconn.transaction_status in _OPEN:
            self.pgconn.send_query(b"ROLLBACK")
            self.pgconn.flush()
            self._left = True

    def wait(self, *args: Any, **more: Any) -> Any:
        """Whatever is done with the connection passes through here."""
        if self._left:
            self._left = False
            super().wait(drained(self.pgconn))
        return super().wait(*args, **more)

    def together(self, statements: Sequence[Sent]) -> list[Answer]:
        """Run them in one round trip; their answers. Of several errors the first is raised."""
        [part] = self._go(statements)
        if part.error is not None:
            raise part.error
        return part.answers

    def _go(self, *parts: Sequence[Sent]) -> list[Part]:
        with self.lock:
            if self._left:
                self._left = False
                super().wait(drained(self.pgconn))
            if self.closed:
                raise psycopg.OperationalError("the connection is closed")
            packed = self._trips.pack(*parts)
            try:
                return self._trips.read(super().wait(self._trips.send(packed)))
            except BaseException:
                self.pgconn.finish()  # answers may still be on their way
                raise

    def _look_at(self, waited: Part | None = None) -> None:
        """Raise unless what was committed was waited for."""
        if waited is not None and waited.error is not None:
            raise NotWaitedFor(str(waited.error)) from waited.error
        if waited is not None and waited.answers[0].rows[0][0] is None:
            raise NotWaitedFor("this server is a standby, which cannot tell")
        if self._warned:
            raise NotWaitedFor(self._warned[0])

    def _forget(self) -> None:
        self.gathered, self._ahead, self._foreseen, self._afterwards = None, (), {}, False

    def _send(self, last: str, values: Sequence[Any] | None) -> Rows:
        """What was gathered and one statement more."""
        before, self.gathered = self.gathered or [], []
        try:
            return self.together([*before, (last, values)])[-1].rows
        except psycopg.Error as error:
            raise _apart(error) from error


def _apart(error: psycopg.Error) -> Exception:
    """Several statements went together and one failed: which one, and what that means, is found out one by one."""
    if isinstance(error, psycopg.IntegrityError | psycopg.DataError | psycopg.ProgrammingError):
        apart = Apart()
        apart.__cause__ = error
        return apart
    return error
