"""The tables of a view under other names, beside those that are in use: how one is filled while the other answers.

A view is told to make and fill its tables as always. What it is given for a connection knows text only, and puts the
other names into it; whatever would reach the tables in use by another way fails.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any, Final, cast

from sqlalchemy import Connection, Table
from sqlalchemy.engine.interfaces import Dialect

NEW: Final = "__new"
OLD: Final = "__old"

_INDEX = re.compile(r"^\s*CREATE (?:UNIQUE )?INDEX (\w+) ON ", re.IGNORECASE)


class Beside:
    """A connection on which the tables of one view have names with `__new`. Cheap; as good as its connection is."""

    __slots__ = ("_called", "_connection", "_names", "_pattern", "dialect", "key")

    def __init__(
        self, connection: Connection, tables: Sequence[Table], called: Callable[[str], str] | None = None
    ) -> None:
        """`called`: what an index that is made is called here; in a database each has a name of its own."""
        clash = {table.name for table in tables} & {column.name for table in tables for column in table.c}
        if clash:
            raise AssertionError(f"a column is called like a table: {', '.join(sorted(clash))}")
        self._connection, self._called = connection, called
        self._names = {table.name: table.name + NEW for table in tables}
        self._pattern = re.compile(rf"\b({'|'.join(self._names)})\b")
        self.dialect: Dialect = connection.dialect
        self.key = (self.dialect.name, NEW)
        """What statements are kept under."""

    @property
    def connection(self) -> Any:
        """The driver's connection."""
        return self._connection.connection

    def text(self, text: str, tables: Sequence[str]) -> str:
        """A statement that reads or writes these tables, with the names they have here."""
        others = set(tables) - self._names.keys()
        if others:
            raise AssertionError(f"{text}: a view may use its own tables only, not {', '.join(sorted(others))}")
        return self._renamed(text)

    def exec_driver_sql(self, text: str) -> None:
        """Make a table or an index."""
        named = _INDEX.match(text)
        if named and self._called:
            text = f"{text[: named.start(1)]}{self._called(named[1])}{text[named.end(1) :]}"
        self._connection.exec_driver_sql(self._renamed(text))

    def _renamed(self, text: str) -> str:
        # Whole words: no column is called like a table, and values are never part of a text.
        return self._pattern.sub(lambda found: self._names[found[0]], text)


def beside(connection: Connection, tables: Sequence[Table], called: Callable[[str], str] | None = None) -> Connection:
    """The same, for a view that asks for a connection."""
    return cast("Connection", Beside(connection, tables, called))
