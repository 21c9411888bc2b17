"""What a database must be able to do to keep the log; everything else is the same code for all of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, NoReturn, Protocol

from sqlalchemy import Engine

from reviewflow.errors import StoreUnreachable

NAMED = "REVIEWFLOW_STORE names the store"


class Database(Protocol):
    """One kind of database, at one place."""

    what: str
    """The store's name in an error."""
    patience: float
    """Seconds to wait for another writer."""
    conflict: type[Exception]
    """What the driver raises when a unique key is taken."""
    errors: tuple[type[Exception], ...]
    """What the driver raises at all."""
    upsert: Any
    """The dialect's own `insert`, which knows ON CONFLICT."""

    def engine(self, *, create: bool = False) -> Engine:
        """An engine without a pool; it makes a missing database only with `create`."""

    def begin_read(self, cursor: Any) -> None:
        """Begin a transaction whose every statement sees one state of the database."""

    def begin_write(self, cursor: Any) -> None:
        """Begin a transaction and wait until no other may write: positions and heads hold still."""

    def tables(self, cursor: Any) -> set[str]:
        """The names of all tables."""

    def guards(self) -> Sequence[str]:
        """Statements that make `records` refuse to be changed."""

    def unreachable(self, error: BaseException) -> StoreUnreachable | None:
        """The error in our words: what, why, remedy; None if the store is not to blame."""

    def busy(self) -> StoreUnreachable:
        """Somebody else has been writing for longer than our patience."""


def retell(database: Database, error: BaseException) -> NoReturn:
    """Raise the error in our words if the store is to blame, else as it is."""
    known = database.unreachable(error)
    if known is None:
        raise error
    raise known from error


@contextmanager
def in_our_words(database: Database) -> Iterator[None]:
    """Whatever the driver raises inside is retold."""
    try:
        yield
    except database.errors as error:
        retell(database, error)
