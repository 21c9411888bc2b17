"""A snapshot: one read transaction, so that facts, heads and views are of one moment."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, Self

from reviewflow.ports import Record
from reviewflow.store.appending import Question, commands, heads_of, look_up, standing
from reviewflow.store.dialect import Database, in_our_words, retell
from reviewflow.store.links import Link, Links
from reviewflow.store.moments import to_micros
from reviewflow.store.planning import sort_out
from reviewflow.store.rows import records_of
from reviewflow.store.statements import Statements

if TYPE_CHECKING:
    from sqlalchemy import Connection


class SqlSnapshot:
    """Reads as of the moment it was entered; short-lived, for one thread at a time."""

    __slots__ = ("_database", "_likely", "_link", "_links", "_position", "_statements")

    def __init__(
        self, database: Database, links: Links, statements: Statements, command_id: str = "", keys: Sequence[str] = ()
    ) -> None:
        """Entering it takes a connection; leaving gives it back."""
        self._likely = (command_id, keys)
        self._database = database
        self._links = links
        self._statements = statements
        self._link: Link | None = None

    def __enter__(self) -> Self:
        self._position = 0
        self._link = self._links.begun(self._database, self._begin)
        return self

    def _begin(self, link: Link) -> None:
        row = self._database.begin_snapshot(link.cursor, self._statements.last, self._ahead)
        self._position = (row[0] or 0) if row else 0

    def _ahead(self) -> list[Question]:
        """What will probably be asked, as it will be asked; the last of them also tells where the log ends."""
        command_id, keys = self._likely
        last = heads_of(self._statements, keys) or [(self._statements.last, [])]
        return [*look_up(self._statements, [command_id] * bool(command_id)), *last]

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        link, self._link = self._link, None
        if link is None:
            return
        try:
            link.rollback()
        except self._database.errors:
            link.discard()
        else:
            self._links.give_back(link)
        if isinstance(error, self._database.errors):  # a view's question, asked through `connection`
            retell(self._database, error)

    @property
    def connection(self) -> Connection:
        """The same transaction as a SQLAlchemy connection, for the questions of views. Only for reading."""
        return self.link.connection

    @property
    def link(self) -> Link:
        """The open connection, for this package."""
        if self._link is None:
            raise RuntimeError("a snapshot is read inside its `with` block only")
        return self._link

    def _rows(self, text: str, values: Sequence[Any]) -> list[Any]:
        cursor = self.link.cursor
        try:
            cursor.execute(text, values)
            return cursor.fetchall()  # type: ignore[no-any-return]
        except self._database.errors as error:
            retell(self._database, error)

    def _records(self, text: str, values: Sequence[Any]) -> list[Record]:
        return records_of(self._rows(text, values))

    def life(self) -> int:
        """Which life of the store this is."""
        return self._database.life(self.link.raw)

    def settle(self) -> None:
        """Return once all that this can see is where acknowledged events must be. The last thing to ask of it."""
        with in_our_words(self._database):
            self._database.settle(self.link)

    def position(self) -> int:
        """The last position, 0 for an empty log."""
        return self._position

    def heads(self, keys: Sequence[str]) -> dict[str, int]:
        """The version of each key; 0 for one that nobody touched."""
        try:
            *_, found = standing(self.link.cursor, self._statements, *sort_out(keys))
        except self._database.errors as error:
            retell(self._database, error)
        return dict.fromkeys(keys, 0) | found

    def stream(self, stream: str, after: int = 0) -> list[Record]:
        """Records of one stream with version > `after`, in order."""
        return self._records(self._statements.stream, (stream, after))

    def touching(self, key: str) -> list[str]:
        """The streams whose events touched this set, sorted."""
        return [row[0] for row in self._rows(self._statements.touching, (key,))]

    def command(self, command_id: str) -> list[Record]:
        """The records appended under a command id, by ordinal."""
        return self.commands([command_id]).get(command_id, [])

    def commands(self, command_ids: Sequence[str]) -> dict[str, list[Record]]:
        """The same for many, in few questions; ids under which nothing was appended are left out."""
        found: dict[str, list[Record]] = {}
        try:
            for record in records_of(commands(self.link.cursor, self._statements, command_ids)):
                found.setdefault(str(record.command_id), []).append(record)
        except self._database.errors as error:
            retell(self._database, error)
        return found

    def log(self, after: int = 0, limit: int = 500, until: datetime | None = None) -> list[Record]:
        """Records with position > `after` (recorded not after `until`), in log order."""
        rows = self._rows(self._statements.log, (after, self._position, limit))
        if until is not None:
            last = to_micros(until)
            # The moments never run backwards, so what was known by then is a prefix.
            rows = [row for row in rows if row[1] <= last]
        return records_of(rows)
