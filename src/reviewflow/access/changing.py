"""A turn to change what access keeps; and the same once more where two came together."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from typing import Any, Final, Protocol, TypeVar

from reviewflow.errors import StreamMoved

T = TypeVar("T")
_TRIES: Final = 5


class AccessStore(Protocol):
    """What access needs of a store."""

    def reading(self) -> AbstractContextManager[Any]:
        """A connection in a reading of its own."""

    def changing(self) -> AbstractContextManager[Any]:
        """A connection in a transaction that leaves the log as it is."""


@contextmanager
def lasting(store: AccessStore) -> Iterator[Any]:
    """A turn for what goes along when a store is copied elsewhere; `StoreMoved` at a store that was.

    The mark is looked for at the end: whoever copies holds these tables until it is there (`access/carrying.py`), so
    what is written here is carried, or refused.
    """
    from reviewflow.store.moved import moved_to

    with store.changing() as connection:
        yield connection
        if (gone := moved_to(connection)) is not None:
            raise gone.refusal("the store")


def together(change: Callable[[], T]) -> T:
    """Do it; again if somebody else wrote the same row at the same moment, so that nothing was done."""
    from reviewflow.views.statement import Taken

    for _ in range(_TRIES - 1):
        with suppress(Taken, StreamMoved):
            return change()
    try:
        return change()
    except Taken as taken:
        raise StreamMoved from taken
