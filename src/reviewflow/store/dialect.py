"""What a database must be able to do to keep the log; everything else is the same code for all of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Any, NoReturn, Protocol

from reviewflow.errors import ConnectionLost, ReviewflowError, StoreUnreachable
from reviewflow.ports import Append, Record, Staged, SynchronousView
from reviewflow.store.planning import Plan

if TYPE_CHECKING:
    from reviewflow.store.links import Link
    from reviewflow.store.statements import Statements

NAMED = "REVIEWFLOW_STORE names the store"


class Clash(Exception):
    """The database refused a record although all versions were right; told in our words by whoever catches it."""


class Ears(Protocol):
    """Hears of what other processes commit."""

    alive: bool
    """Whether it would hear of it now."""

    def close(self) -> None:
        """Hear no more."""


class Database(Protocol):
    """One kind of database, at one place."""

    what: str
    """The store's name in an error."""
    patience: float
    """Seconds to wait for another writer."""
    conflict: type[Exception]
    """What the driver raises when a unique key is taken."""
    mark: str
    """The placeholder of a value in a statement."""
    one_writer: bool
    """Whether all that write wait for one another, whatever they write."""
    apart: tuple[type[Exception], ...]
    """What says that an append must be done again without `gather`."""

    @property
    def errors(self) -> tuple[type[Exception], ...]:
        """What the driver raises at all, or SQLAlchemy for it."""

    def link(self, *, create: bool = False) -> Link:
        """A new connection; it makes a missing database only with `create`."""

    def begin_read(self, cursor: Any) -> None:
        """Begin a transaction whose every statement sees one state of the database."""

    def begin_snapshot(self, cursor: Any, last: str, ahead: Callable[[], Sequence[tuple[str, list[str]]]]) -> Any:
        """The same, and the row that the question `last` finds; tables keep their places until it ends.

        `ahead`: what will probably be asked next, in the same words; it may be asked at once. The last of them may be
        asked instead of `last`: its row begins as that one's.
        """

    def begin_write(self, cursor: Any) -> None:
        """Begin a transaction and wait until no other may write: positions and heads hold still."""

    def begin_change(self, cursor: Any) -> None:
        """Begin a transaction that leaves the log as it is; where there is not `one_writer`, appends go on."""

    def begin_append(self, cursor: Any) -> None:
        """Begin what `append` goes on with."""

    def append(self, link: Link, statements: Statements, batch: Append, made: Plan, clock: datetime) -> list[Record]:
        """Everything of an append but the views, after `begin_append`; the caller commits.

        Raises `StreamMoved`, `CommandRepeated`, or `Clash` when the database itself refused a record.
        """

    def foresee(self, link: Link, views: Sequence[SynchronousView], staged: Sequence[Staged]) -> None:
        """Before `append`: what views will ask may be asked with it.

        A view says so by a method `foresee(connection, staged)`, which calls `Statement.foresee`.
        """

    def gather(self, link: Link) -> None:
        """What views write from now on may be sent together, with the commit at the latest."""

    def begin_alone(self, cursor: Any, seconds: float) -> None:
        """The same, and no snapshot is open meanwhile if it could see tables change places under it.

        Waits at most so many seconds for those that are open, and later in the transaction for any other lock.
        """

    def life(self, raw: Any) -> int:
        """Which life of the store a connection of the driver leads to: see `Snapshot.life`."""

    def settle(self, link: Link) -> None:
        """End the transaction; return once all that it could see is where acknowledged events must be."""

    def tables(self, cursor: Any) -> set[str]:
        """The names of all tables."""

    def guards(self) -> Sequence[str]:
        """Statements that make `records` refuse to be changed, and whatever an append calls; may be run again."""

    def listener(self, ring: Callable[[], None]) -> Ears | None:
        """Calls `ring` whenever another process has committed; None where nobody can tell."""

    def unreachable(self, error: BaseException) -> ReviewflowError | None:
        """The error in our words: what, why, remedy; None if the store is not to blame.

        `ConnectionLost` if it is not known what was done, `StreamMoved` if nothing was and it may be tried again.
        """

    def busy(self) -> StoreUnreachable:
        """Somebody else has been writing for longer than our patience."""


def is_lost(database: Database, error: BaseException) -> bool:
    """Whether the connection broke, or leads to a server that is no longer the one to write to."""
    return isinstance(error, database.errors) and isinstance(database.unreachable(error), ConnectionLost)


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
