"""A connection of psycopg that saves round trips: while an append holds its lock, nobody else can append.

What views will ask is asked with the call that appends (`foresee`). What they write is gathered and sent with the
commit. While it gathers, a statement is taken to change exactly one row, and is worded so that the server fails if it
does not. Then nothing is committed, and the append is done again without gathering: that finds out what was wrong.
And nobody waits for the answer to a ROLLBACK.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import psycopg
from psycopg import Connection, Cursor
from psycopg.pq import TransactionStatus

_COMMIT = "COMMIT"

Sent = tuple[str, Sequence[Any] | None]
"""A statement and its values."""


_OPEN = (TransactionStatus.INTRANS, TransactionStatus.INERROR)


class Apart(Exception):  # not an error: do it again, statement by statement
    """One of several statements that were sent together failed; nothing was committed."""


class GatheringConnection(Connection[Any]):
    """`gathered` holds (statement, values) that are still to be sent; None while nothing is gathered."""

    gathered: list[Sent] | None = None
    _ahead: tuple[Sent, ...] = ()
    _foreseen: Mapping[Sent, list[Any]] = {}
    _left = False
    _spoilt = False

    def foresee(self, statement: str, values: Sequence[Any]) -> None:
        """A question that will come; nothing that is gathered before it changes the answer."""
        self._ahead += ((statement, values),)

    def begin_with(self, *statements: Sent) -> Any:
        """Run these and ask what was foreseen, in one round trip; the row that the last of them answers."""
        answers = self.together([*statements, *self._ahead])[len(statements) - 1 :]
        self._foreseen = {sent: each.fetchall() for sent, each in zip(self._ahead, answers[1:], strict=True)}
        self._ahead = ()
        return answers[0].fetchone()

    def gather(self) -> None:
        """From now until the end of the transaction."""
        self.gathered = []

    def ask(self, statement: str, values: Sequence[Any]) -> list[Any]:
        """The rows of a question, asked behind what was gathered before it."""
        known = self._foreseen.get((statement, values))
        return self._send(statement, values).fetchall() if known is None else known

    def flush(self) -> None:
        """Send what was gathered, because something else comes next."""
        if self.gathered:
            statement, values = self.gathered.pop()
            self._send(statement, values)

    def commit(self) -> None:
        """Commit, with what was gathered before it."""
        if self.gathered:
            self._send(_COMMIT, None)
        else:
            super().commit()
        self._forget()

    def rollback(self) -> None:
        """Take everything back; what was gathered is never sent. Whether it was done is seen at the next use."""
        self._forget()
        if self._spoilt:
            # psycopg 3.3 takes statements for prepared that the server passed over after the one that failed.
            self.close()
            raise psycopg.OperationalError(
                "several statements were sent together and one failed; want a new connection"
            )
        if not self._left and self.pgconn.transaction_status in _OPEN:
            self.pgconn.send_query(b"ROLLBACK")
            self.pgconn.flush()
            self._left = True

    def wait(self, *args: Any, **more: Any) -> Any:
        """Whatever is done with the connection passes through here."""
        if self._left:
            self._left = False
            while self.pgconn.get_result() is not None:
                """What a broken connection says is said again by what comes next."""
        return super().wait(*args, **more)

    def together(self, statements: Sequence[Sent]) -> list[Cursor[Any]]:
        """Run them in one round trip; their answers. Of several errors the first is raised."""
        answers: list[Cursor[Any]] = []
        first = None
        try:
            with self.pipeline():
                try:
                    for statement, values in statements:
                        answers.append(self.execute(statement, values))
                except psycopg.Error as error:
                    first = error
        except psycopg.Error as error:
            first = first or error
        if first:
            self._spoilt = True
            raise first
        return answers

    def _forget(self) -> None:
        self.gathered, self._ahead, self._foreseen = None, (), {}

    def _send(self, last: str, values: Sequence[Any] | None) -> Cursor[Any]:
        """What was gathered and one statement more."""
        before = self.gathered or []
        self.gathered = []
        try:
            return self.together([*before, (last, values)])[-1] if before else self.execute(last, values)
        except (psycopg.IntegrityError, psycopg.DataError, psycopg.ProgrammingError) as error:
            raise Apart from error
