"""A turn to write: the write lock and one transaction, committed at the end, taken back if anything goes wrong."""

from __future__ import annotations

from reviewflow.errors import ConnectionLost
from reviewflow.store.dialect import Database, is_lost, retell
from reviewflow.store.links import Link, Links


class Turn:
    """Entering it waits for the other writers, of this process and of all others; for one thread at a time.

    A class and not a generator: it is entered once an append, and this costs a quarter.
    """

    __slots__ = ("_database", "_link", "_links")

    def __init__(self, database: Database, links: Links) -> None:
        """Nothing happens yet."""
        self._database = database
        self._links = links
        self._link: Link | None = None

    def __enter__(self) -> Link:
        if not self._links.writing.acquire(timeout=self._database.patience):
            raise self._database.busy()
        try:
            self._link = link = self._begun()
        except BaseException as error:
            self._give_up(error)
            raise
        return link

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        if error is None:
            assert self._link is not None
            try:
                self._link.commit()
            except BaseException as fault:
                self._give_up(fault)
                raise
            self._links.writing.release()
        else:
            self._give_up(error)

    def _begun(self) -> Link:
        link = self._links.writer()
        try:
            self._begin(link)
        except self._database.errors as error:
            if not is_lost(self._database, error):
                raise
            # It broke while it lay idle, and nothing was under way: a new one will do.
            self._links.lose()
            link = self._links.writer()
            self._begin(link)
        return link

    def _begin(self, link: Link) -> None:
        self._database.begin_write(link.cursor)

    def _give_up(self, error: BaseException) -> None:
        try:
            self._links.take_back(self._database.errors)
            if isinstance(error, ConnectionLost) or is_lost(self._database, error):
                self._links.lose()
        finally:
            self._links.writing.release()
        if isinstance(error, self._database.errors):
            retell(self._database, error)


class Appending(Turn):
    """A turn for one append."""

    __slots__ = ()

    def _begin(self, link: Link) -> None:
        self._database.begin_append(link.cursor)


class Changing:
    """A transaction beside those of other writers, on a connection of its own; for databases that have several."""

    __slots__ = ("_database", "_link", "_links")

    def __init__(self, database: Database, links: Links) -> None:
        """Nothing happens yet."""
        self._database = database
        self._links = links
        self._link: Link | None = None

    def __enter__(self) -> Link:
        self._link = link = self._links.begun(self._database, self._begin)
        return link

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        link, self._link = self._link, None
        assert link is not None
        fault = error
        if error is None:
            try:
                link.commit()
            except BaseException as broken:  # noqa: BLE001 - raised again once the connection is seen to
                fault = broken
        if fault is None:
            self._links.give_back(link)
            return
        self._give_up(link, fault)
        if isinstance(fault, self._database.errors):
            retell(self._database, fault)
        if fault is not error:
            raise fault

    def _begin(self, link: Link) -> None:
        self._database.begin_change(link.cursor)

    def _give_up(self, link: Link, fault: BaseException) -> None:
        """Take everything back; a connection that cannot even do that is dropped."""
        lost = isinstance(fault, ConnectionLost) or is_lost(self._database, fault)
        try:
            link.rollback()
        except self._database.errors:
            link.discard()
        else:
            self._links.give_back(link)
        if lost:
            self._links.lose()


class AppendingBeside(Changing):
    """The same for one append: it waits for other appends on the server, and for none when it waits for the disk."""

    __slots__ = ()

    def _begin(self, link: Link) -> None:
        self._database.begin_append(link.cursor)
