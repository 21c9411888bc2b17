"""A statement built once and run as compiled text on the driver's cursor.

Building and compiling one per call costs more than all the rows it changes. Values are given by position, in
the order of the names it was made with.

A store across a network gathers what is written and sends it with the commit: its driver's connection has a list
`gathered` then, and takes it that each statement changes one row. `sure` is the same statement, worded so that it
fails if it does not.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection, Table, insert
from sqlalchemy.engine.interfaces import Dialect
from sqlalchemy.sql.compiler import SQLCompiler

from reviewflow.views.beside import Beside


class Taken(Exception):
    """There is a row with this key already."""


_WORTH_COPYING: Final = 16
"""Rows that are worth the two more answers that a COPY takes."""


class _Compiled(NamedTuple):
    text: str
    arrange: Callable[[Sequence[Any]], Any] | None
    """Brings the values into the order or the mapping that the driver wants; None where they are right as given."""
    taken: type[Exception]
    sure: str | None
    copy: str
    """What takes many rows at once, in a fraction of the time, where the database has such a thing; else empty."""


class Statement:
    """One statement for every dialect, compiled for each when first run there."""

    __slots__ = ("_compiled", "_into", "_names", "_statement")

    def __init__(self, statement: Any, *names: str) -> None:
        """`names`: the parameters in the order in which values will be given; others keep the value they have."""
        self._statement, self._names = statement, names
        self._into = ""
        self._compiled: dict[str | tuple[str, str], _Compiled] = {}

    @classmethod
    def inserting(cls, table: Table) -> Statement:
        """Puts a row: all columns in their order."""
        names = [column.name for column in table.c]
        made = cls(insert(table), *names)
        made._into = f"{table.name} ({', '.join(names)})"
        return made

    def run(self, connection: Connection, *values: Any) -> int:
        """How many rows it changed; `Taken` if a key is there already."""
        made = self._on(connection)
        if made.sure and (gathered := _driver(connection).gathered) is not None:
            gathered.append((made.sure, made.arrange(values) if made.arrange else values))
            return 1
        cursor = _cursor(connection)
        try:
            cursor.execute(made.text, made.arrange(values) if made.arrange else values)
        except made.taken as error:
            raise Taken(str(error)) from error
        return cursor.rowcount  # type: ignore[no-any-return]

    def run_each(self, connection: Connection, rows: Sequence[Sequence[Any]]) -> int:
        """Run it for several rows; how many it changed altogether. `Taken` if a key is there already."""
        made = self._on(connection)
        if made.sure and (gathered := _driver(connection).gathered) is not None:
            gathered.extend([(made.sure, made.arrange(row) if made.arrange else row) for row in rows])
            return len(rows)
        cursor = _cursor(connection)
        try:
            if made.copy and len(rows) >= _WORTH_COPYING:
                cursor = connection.connection.cursor()
                with cursor.copy(made.copy) as copy:
                    for row in rows:
                        copy.write_row(row)
            else:
                cursor.executemany(made.text, [made.arrange(row) for row in rows] if made.arrange else rows)
        except made.taken as error:
            raise Taken(str(error)) from error
        return cursor.rowcount  # type: ignore[no-any-return]

    def rows(self, connection: Connection, *values: Any) -> list[tuple[Any, ...]]:
        """The rows it finds."""
        made = self._on(connection)
        given = made.arrange(values) if made.arrange else values
        if made.sure and _driver(connection).gathered is not None:
            return _driver(connection).ask(made.text, given)  # type: ignore[no-any-return]
        cursor = _cursor(connection)
        cursor.execute(made.text, given)
        return cursor.fetchall()  # type: ignore[no-any-return]

    def foresee(self, connection: Connection, *values: Any) -> None:
        """Say that `rows` will be asked this, and that nothing written before then changes the answer."""
        made = self._on(connection)
        if made.sure:
            _driver(connection).foresee(made.text, made.arrange(values) if made.arrange else values)

    def _on(self, connection: Connection | Beside) -> _Compiled:
        key = connection.key if type(connection) is Beside else connection.dialect.name
        made = self._compiled.get(key)
        if made is None:
            made = self._compile(connection.dialect)
            if isinstance(connection, Beside):
                tables = self._tables()
                text, copy = connection.text(made.text, tables), connection.text(made.copy, tables)
                made = made._replace(text=text, sure=None, copy=copy)
            self._compiled[key] = made
        return made

    def _tables(self) -> list[str]:
        from sqlalchemy.sql.util import find_tables

        every = {"check_columns": True, "include_joins": True, "include_selects": True, "include_crud": True}
        return [found.name for found in find_tables(self._statement, **every) if isinstance(found, Table)]

    def _compile(self, dialect: Dialect) -> _Compiled:
        compiled: SQLCompiler = self._statement.compile(dialect=dialect)
        open_ones = {name for name, bind in compiled.binds.items() if bind.required}
        if open_ones - set(self._names) or set(self._names) - compiled.binds.keys():
            raise AssertionError(f"{compiled}: takes {sorted(compiled.binds)}, not {sorted(self._names)}")
        driver: Any = dialect.loaded_dbapi
        fixed = {name: bind.value for name, bind in compiled.binds.items() if name not in self._names}
        arrange = self._arranging(compiled.positiontup, fixed)
        copy = f"COPY {self._into} FROM STDIN" if self._into and dialect.name == "postgresql" else ""
        return _Compiled(str(compiled), arrange, driver.IntegrityError, self._sure(str(compiled), dialect), copy)

    def _sure(self, text: str, dialect: Dialect) -> str | None:
        if dialect.name != "postgresql":
            return None
        plain = self._statement.is_insert and "ON CONFLICT" not in text  # puts its row, or a key is taken
        if self._statement.is_dml and not plain:
            return f"WITH changed AS ({text} RETURNING 1) SELECT 1 / (count(*) = 1)::int FROM changed"  # noqa: S608
        return text

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


def _driver(connection: Connection) -> Any:
    return connection.connection.dbapi_connection


def _cursor(connection: Connection) -> Any:
    """A store across a network has one that sends less."""
    return getattr(_driver(connection), "prompt", None) or connection.connection.cursor()
