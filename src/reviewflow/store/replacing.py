"""A turn to write while nobody reads either, in which tables may be put in the place of others.

On SQLite a reader keeps the tables that were there when it began. On PostgreSQL it would find the new ones, with the
rows that they had when it began: too few. So every snapshot holds a lock there, and this waits for all of them.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Self

from reviewflow.store.dialect import Database
from reviewflow.store.links import Link, Links
from reviewflow.store.reading import SqlSnapshot
from reviewflow.store.statements import Statements
from reviewflow.store.writing import Turn

_NOT_GRANTED = "55P03"
"""What PostgreSQL says when a lock was not granted in time."""


class InUse(Exception):  # not an error: try again later
    """Somebody was reading for all the time that was given; nothing was changed."""


class Held(SqlSnapshot):
    """A snapshot over a turn to write: it also sees what was written in that turn. Its thread alone may use it."""

    __slots__ = ("thread",)

    def __init__(self, database: Database, links: Links, statements: Statements, link: Link) -> None:
        """It is entered already."""
        super().__init__(database, links, statements)
        self.thread = threading.get_ident()
        self._link = link
        link.cursor.execute(statements.last)
        row = link.cursor.fetchone()
        self._position = row[0] if row else 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """The turn ends it."""

    def settle(self) -> None:
        """Nothing: the turn's commit waits for all that was committed before it."""


class _Alone(Turn):
    """A turn for which nobody reads."""

    __slots__ = ("_seconds",)

    def __init__(self, database: Database, links: Links, seconds: float) -> None:
        super().__init__(database, links)
        self._seconds = seconds

    def _begin(self, link: Link) -> None:
        self._database.begin_alone(link.cursor, self._seconds)


@contextmanager
def alone(database: Database, links: Links, statements: Statements, seconds: float) -> Iterator[Held]:
    """Wait at most so many seconds for those who read; `InUse` if that was not enough."""
    try:
        with _Alone(database, links, seconds) as link:
            yield Held(database, links, statements, link)
    except Exception as error:
        if _not_granted(error):
            raise InUse from error
        raise


def _not_granted(error: BaseException | None) -> bool:
    while error is not None:
        cause: Any = getattr(error, "orig", error)
        if getattr(cause, "sqlstate", None) == _NOT_GRANTED:
            return True
        error = error.__cause__
    return False
