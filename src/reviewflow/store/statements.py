"""The statements of the hot paths: built with Core once, kept as text, run on the driver's cursor.

Building and compiling one per call costs more than the whole append. Every text takes its values by
position, in the order its attribute says.
"""

from __future__ import annotations

from functools import cached_property
from typing import Any

from sqlalchemy import ColumnElement, bindparam, func, insert, literal_column, select
from sqlalchemy.engine.interfaces import Dialect

from reviewflow.store.tables import heads, marker, records, touched

_ALL = tuple(records.c)
_ZERO: ColumnElement[int] = literal_column("0")  # in the text, not a value to hand over each time
_ONE: ColumnElement[int] = literal_column("1")


class Statements:
    """Texts for one database; each compiled when first asked for."""

    def __init__(self, dialect: Dialect, upsert: Any) -> None:
        """`upsert` is the dialect's own `insert`, which knows ON CONFLICT."""
        self._dialect = dialect
        self._upsert = upsert
        self._standing: dict[tuple[int, int], str] = {}
        self._commands: dict[int, str] = {}

    def _text(self, statement: Any, *order: str) -> str:
        compiled = statement.compile(dialect=self._dialect)
        if list(compiled.positiontup or ()) != list(order):
            raise AssertionError(f"{compiled}: takes {compiled.positiontup}, not {order}")
        return str(compiled)

    @cached_property
    def schema(self) -> str:
        """The schema version."""
        return self._text(select(marker.c.version))

    @cached_property
    def last(self) -> str:
        """Position and moment of the last record."""
        last = select(records.c.position, records.c.recorded_at).order_by(records.c.position.desc())
        return self._text(last.limit(_ONE).offset(_ZERO))

    @cached_property
    def insert(self) -> str:
        """One record: all columns in their order."""
        return self._text(insert(records), *(column.name for column in _ALL))

    @cached_property
    def set_head(self) -> str:
        """Set, version: put or replaced."""
        put = self._upsert(heads)
        put = put.on_conflict_do_update(index_elements=[heads.c.key], set_={"version": put.excluded.version})
        return self._text(put, "key", "version")

    @cached_property
    def touch(self) -> str:
        """Key, stream: put unless there."""
        return self._text(self._upsert(touched).on_conflict_do_nothing(), "key", "stream")

    @cached_property
    def stream(self) -> str:
        """Stream, after: its records with a greater version."""
        mine = select(*_ALL).where(records.c.stream == bindparam("s"), records.c.version > bindparam("after"))
        return self._text(mine.order_by(records.c.version), "s", "after")

    @cached_property
    def log(self) -> str:
        """After, until (positions), limit: records in log order."""
        part = select(*_ALL).where(records.c.position > bindparam("after"), records.c.position <= bindparam("until"))
        part = part.order_by(records.c.position).limit(bindparam("most", type_=records.c.position.type)).offset(_ZERO)
        return self._text(part, "after", "until", "most")

    @cached_property
    def touching(self) -> str:
        """Key: the streams that touched it."""
        mine = select(touched.c.stream).where(touched.c.key == bindparam("k")).order_by(touched.c.stream)
        return self._text(mine, "k")

    def commands(self, number: int) -> str:
        """So many command ids: their records, those of one command by ordinal."""
        return self._commands.get(number) or self._commands_of(number)

    def _commands_of(self, number: int) -> str:
        names = [f"c{n}" for n in range(number)]
        theirs = select(*_ALL).where(records.c.command_id.in_([bindparam(name) for name in names]))
        text = self._text(theirs.order_by(records.c.command_id, records.c.ordinal), *names)
        self._commands[number] = text
        return text

    def standing(self, streams: int, sets: int) -> str:
        """So many streams, then so many sets: one row of last position, its moment, and the version of each.

        One look-up a key takes a third of the time that `key IN (...)` takes.
        """
        return self._standing.get((streams, sets)) or self._standing_of(streams, sets)

    def _standing_of(self, streams: int, sets: int) -> str:
        last = select(records.c.position).order_by(records.c.position.desc()).limit(_ONE).offset(_ZERO)
        wanted = [last.scalar_subquery(), last.with_only_columns(records.c.recorded_at).scalar_subquery()]
        names = [f"k{number}" for number in range(streams + sets)]
        version = func.max(records.c.version)
        of_stream = [select(version).where(records.c.stream == bindparam(name)) for name in names[:streams]]
        of_set = [select(heads.c.version).where(heads.c.key == bindparam(name)) for name in names[streams:]]
        wanted += [one.scalar_subquery() for one in (*of_stream, *of_set)]
        self._standing[streams, sets] = text = self._text(select(*wanted), *names)
        return text
