"""As much of a cursor as the store and the views need, over `postgresql_trip`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, Self

from reviewflow.store.postgresql_trip import Answer, Sent

if TYPE_CHECKING:
    from psycopg import Cursor

    from reviewflow.store.postgresql_connection import GatheringConnection


class PromptCursor:
    """A statement with values is prepared once and answered in one packet; one without goes by psycopg's cursor."""

    def __init__(self, connection: GatheringConnection) -> None:
        """For as long as the connection lives."""
        self.connection = connection
        self._plain: Cursor[Any] = connection.cursor()
        self._answer: Answer | None = None
        self.rowcount = -1

    def execute(self, text: str, values: Sequence[Any] | None = None, **how: Any) -> Self:
        """Run it; of several statements without values the last answer counts."""
        if values is None:
            self._answer = None
            self._plain.execute(text, **how)
            while self._plain.nextset():
                """The last answer is what was asked."""
            self.rowcount = self._plain.rowcount
        else:
            rows = self.connection.foreseen(text, values)
            [answer] = [Answer(rows, len(rows))] if rows is not None else self.connection.together([(text, values)])
            self._take(answer)
        return self

    def executemany(self, text: str, rows: Sequence[Sequence[Any]]) -> None:
        """Run it for each, all in one packet; `rowcount` is the sum."""
        each: list[Sent] = [(text, row) for row in rows]
        answers = self.connection.together(each) if each else []
        self._take(Answer([], sum(answer.changed for answer in answers)))

    def fetchone(self) -> Any:
        """The first row."""
        if self._answer is None:
            return self._plain.fetchone()
        return self._answer.rows[0] if self._answer.rows else None

    def fetchall(self) -> list[Any]:
        """All rows."""
        return self._plain.fetchall() if self._answer is None else self._answer.rows

    def __iter__(self) -> Iterator[Any]:
        return iter(self.fetchall())

    def _take(self, answer: Answer) -> None:
        self._answer, self.rowcount = answer, answer.changed
