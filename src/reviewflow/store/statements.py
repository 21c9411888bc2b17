"""The statements of the hot paths, as plain text for the driver's cursor.

Written out and not built with SQLAlchemy: building and compiling one per call costs more than the whole append, and a
question that never needs SQLAlchemy should not wait for its import. Standard SQL, the same for every database but for
the placeholder. Every text takes its values by position, in the order its docstring says.
"""

from __future__ import annotations

from typing import Final

COLUMNS: Final = ("position", "recorded_at", "stream", "version", "topic", "body", "command_id", "ordinal")
"""All columns of `records`, in the order of a `ports.Record`."""

_ALL = ", ".join(COLUMNS)
_LAST_OF_STREAM = "(SELECT max(version) FROM records WHERE stream = ?)"
_HEAD_OF_SET = "(SELECT version FROM heads WHERE key = ?)"


class Statements:
    """Texts for one kind of database."""

    def __init__(self, mark: str) -> None:
        """`mark`: the driver's placeholder, `?` or `%s`."""
        self._mark = mark
        self.schema = "SELECT version FROM log_schema"
        """The schema version."""
        self.last = "SELECT position, recorded_at FROM records ORDER BY position DESC LIMIT 1"
        """Position and moment of the last record."""
        self.insert = self._text(f"INSERT INTO records ({_ALL}) VALUES ({', '.join('?' for _ in COLUMNS)})")
        """One record: all columns in their order."""
        self.set_head = self._text(
            "INSERT INTO heads (key, version) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET version = excluded.version"
        )
        """Set, version: put or replaced."""
        self.touch = self._text("INSERT INTO touched (key, stream) VALUES (?, ?) ON CONFLICT DO NOTHING")
        """Key, stream: put unless there."""
        self.stream = self._text(f"SELECT {_ALL} FROM records WHERE stream = ? AND version > ? ORDER BY version")
        """Stream, after: its records with a greater version."""
        self.log = self._text(
            f"SELECT {_ALL} FROM records WHERE position > ? AND position <= ? ORDER BY position LIMIT ?"
        )
        """After, until (positions), limit: records in log order."""
        self.touching = self._text("SELECT stream FROM touched WHERE key = ? ORDER BY stream")
        """Key: the streams that touched it."""
        self._standing: dict[tuple[int, int], str] = {}
        self._commands: dict[int, str] = {}

    def commands(self, number: int) -> str:
        """So many command ids: their records, those of one command by ordinal."""
        found = self._commands.get(number)
        if found is None:
            marks = ", ".join("?" for _ in range(number))
            asked = f"SELECT {_ALL} FROM records WHERE command_id IN ({marks}) ORDER BY command_id, ordinal"
            self._commands[number] = found = self._text(asked)
        return found

    def standing(self, streams: int, sets: int) -> str:
        """So many streams, then so many sets: one row of last position, its moment, and the version of each.

        One look-up a key takes a third of the time that `key IN (...)` takes.
        """
        found = self._standing.get((streams, sets))
        if found is None:
            last = [f"(SELECT {one} FROM records ORDER BY position DESC LIMIT 1)" for one in COLUMNS[:2]]
            asked = ", ".join([*last, *[_LAST_OF_STREAM] * streams, *[_HEAD_OF_SET] * sets])
            self._standing[streams, sets] = found = self._text(f"SELECT {asked}")
        return found

    def _text(self, text: str) -> str:
        return text.replace("?", self._mark)
