"""A statement built once and run as compiled text on the driver's cursor.

Building and compiling one per call costs more than all the rows it changes. Values are given by position, in
the order of the names it was made with.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection, Table, insert
from sqlalchemy.engine.interfaces import Dialect
from sqlalchemy.sql.compiler import SQLCompiler


class Taken(Exception):
    """There is a row with this key already."""


class _Compiled(NamedTuple):
    text: str
    arrange: Callable[[Sequence[Any]], Any] | None
    """Brings the values into the order or the mapping that the driver wants; None where they are right as given."""
    taken: type[Exception]


class Statement:
    """One statement for every dialect, compiled for each when first run there."""

    __slots__ = ("_compiled", "_names", "_statement")

    def __init__(self, statement: Any, *names: str) -> None:
        """`names`: the parameters in the order in which values will be given; others keep the value they have."""
        self._statement, self._names = statement, names
        self._compiled: dict[str, _Compiled] = {}

    @classmethod
    def inserting(cls, table: Table) -> Statement:
        """Puts a row: all columns in their order."""
        return cls(insert(table), *(column.name for column in table.c))

    def run(self, connection: Connection, *values: Any) -> int:
        """How many rows it changed; `Taken` if a key is there already."""
        made, cursor = self._on(connection.dialect), _cursor(connection)
        try:
            cursor.execute(made.text, made.arrange(values) if made.arrange else values)
        except made.taken as error:
            raise Taken(str(error)) from error
        return cursor.rowcount  # type: ignore[no-any-return]

    def run_each(self, connection: Connection, rows: Sequence[Sequence[Any]]) -> None:
        """Run it for several rows; `Taken` if a key is there already."""
        made = self._on(connection.dialect)
        try:
            _cursor(connection).executemany(made.text, [made.arrange(row) for row in rows] if made.arrange else rows)
        except made.taken as error:
            raise Taken(str(error)) from error

    def rows(self, connection: Connection, *values: Any) -> list[tuple[Any, ...]]:
        """The rows it finds."""
        made, cursor = self._on(connection.dialect), _cursor(connection)
        cursor.execute(made.text, made.arrange(values) if made.arrange else values)
        return cursor.fetchall()  # type: ignore[no-any-return]

    def _on(self, dialect: Dialect) -> _Compiled:
        made = self._compiled.get(dialect.name)
        if made is None:
            made = self._compiled[dialect.name] = self._compile(dialect)
        return made

    def _compile(self, dialect: Dialect) -> _Compiled:
        compiled: SQLCompiler = self._statement.compile(dialect=dialect)
        open_ones = {name for name, bind in compiled.binds.items() if bind.required}
        if open_ones - set(self._names) or set(self._names) - compiled.binds.keys():
            raise AssertionError(f"{compiled}: takes {sorted(compiled.binds)}, not {sorted(self._names)}")
        driver: Any = dialect.loaded_dbapi
        fixed = {name: bind.value for name, bind in compiled.binds.items() if name not in self._names}
        return _Compiled(str(compiled), self._arranging(compiled.positiontup, fixed), driver.IntegrityError)

    def _arranging(
        self, positions: Sequence[str] | None, fixed: dict[str, Any]
    ) -> Callable[[Sequence[Any]], Any] | None:
        names = self._names
        if positions is None:
            return lambda values: {**fixed, **dict(zip(names, values, strict=True))}
        if tuple(positions) == names:
            return None
        known, constant = [*names, *fixed], tuple(fixed.values())
        order = [known.index(name) for name in positions]

        def arrange(values: Sequence[Any]) -> tuple[Any, ...]:
            given = (*values, *constant)
            return tuple(given[n] for n in order)

        return arrange


def _cursor(connection: Connection) -> Any:
    return connection.connection.cursor()
