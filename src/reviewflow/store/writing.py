"""A turn to write: the write lock and one transaction, committed at the end, taken back if anything goes wrong."""

from __future__ import annotations

from reviewflow.store.dialect import Database, retell
from reviewflow.store.links import Link, Links


class Turn:
    """Entering it waits for the other writers, of this process and of all others; for one thread at a time.

    A class and not a generator: it is entered once an append, and this costs a quarter.
    """

    __slots__ = ("_database", "_links")

    def __init__(self, database: Database, links: Links) -> None:
        """Nothing happens yet."""
        self._database = database
        self._links = links

    def __enter__(self) -> Link:
        if not self._links.writing.acquire(timeout=self._database.patience):
            raise self._database.busy()
        try:
            link = self._links.writer()
            self._database.begin_write(link.cursor)
        except BaseException as error:
            self._give_up(error)
            raise
        return link

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        if error is None:
            try:
                self._links.writer().commit()
            except BaseException as fault:
                self._give_up(fault)
                raise
            self._links.writing.release()
        else:
            self._give_up(error)

    def _give_up(self, error: BaseException) -> None:
        try:
            self._links.take_back(self._database.errors)
        finally:
            self._links.writing.release()
        if isinstance(error, self._database.errors):
            retell(self._database, error)
