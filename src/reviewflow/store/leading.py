"""Which of several processes does what one alone would do as well. It only saves work: nothing depends on it."""

from __future__ import annotations

from typing import Any, Self

from reviewflow.store.dialect import Database, retell
from reviewflow.store.links import Link

# A lock of the session, in a space of its own beside the append lock's (`postgresql_schema`); one for each schema.
_SPACE = 0x7267
_TAKE = f"SELECT pg_try_advisory_lock({_SPACE}::bigint << 32 | current_schema()::regnamespace::oid::bigint)"


class Leadership:
    """Leads as long as its connection lives, if no other does. Where all writers wait for one another, all lead."""

    def __init__(self, database: Database) -> None:
        """Nothing is asked yet; for one thread."""
        self._database = database
        self._link: Link | None = None
        self._leads = False

    def __call__(self) -> bool:
        """Whether this process leads now. Raises `StoreUnreachable` if nobody answers; ask again later."""
        if self._database.one_writer:
            return True
        try:
            if self._link is None:
                self._link = self._database.link()
            if self._leads:
                self._link.cursor.execute("SELECT 1")  # the lock is gone with the connection
            else:
                self._leads = self._taken(self._link)
        except self._database.errors as error:
            self.close()
            retell(self._database, error)
        return self._leads

    def close(self) -> None:
        """Let another lead."""
        link, self._link, self._leads = self._link, None, False
        if link is not None:
            link.discard()  # the server lets go of the lock when it notices

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @staticmethod
    def _taken(link: Link) -> bool:
        row: Any = link.cursor.execute(_TAKE).fetchone()
        return bool(row[0])
