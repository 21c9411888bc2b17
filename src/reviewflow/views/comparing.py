"""Whether two sets of a view's tables hold the same, and the first row that differs.

Read page by page in the order of the key: memory is bounded, whatever they hold.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection, Table, bindparam, select, tuple_

from reviewflow.views.shape import shape
from reviewflow.views.statement import Statement
from reviewflow.views.view import View

_PAGE: Final = 1000
_LONGEST: Final = 80

Row = tuple[Any, ...]


class Difference(NamedTuple):
    """The first row in which two sets of tables differ; None where there is no such row.

    `shape`: the live table itself is another than the view's, in words; then there is no row.
    """

    view: str
    table: str
    key: tuple[Any, ...] = ()
    live: dict[str, Any] | None = None
    rebuilt: dict[str, Any] | None = None
    shape: str = ""

    @property
    def columns(self) -> dict[str, tuple[Any, Any]]:
        """Column -> (live, rebuilt) where both have the row and differ."""
        live, rebuilt = self.live, self.rebuilt
        if live is None or rebuilt is None:
            return {}
        return {name: (value, rebuilt[name]) for name, value in live.items() if value != rebuilt[name]}

    def __str__(self) -> str:
        if self.shape:
            return f"view {self.view}: {self.table}: {self.shape}"
        place = f"view {self.view}: {self.table} {', '.join(map(str, self.key))}"
        if self.live is None or self.rebuilt is None:
            return f"{place}: is {'not in the live view' if self.live is None else 'in the live view only'}"
        apart = (f"{name} is {_short(live)}, rebuilt {_short(new)}" for name, (live, new) in self.columns.items())
        return f"{place}: {'; '.join(apart)}"


def _short(value: Any) -> str:
    told = repr(value)
    return told if len(told) <= _LONGEST else f"{told[:_LONGEST]}..."


def misshapen(live: Connection, view: View) -> Difference | None:
    """The first table in use that is another than the view's; None if rows of all of them can be compared."""
    found = ((table, shape(live, table)) for table in view.tables)
    return next((Difference(view.name, table.name, shape=other) for table, other in found if other), None)


def compare(live: Connection, rebuilt: Connection, views: Sequence[View]) -> Difference | None:
    """The first row that differs, table by table in the order of their keys; None if all are equal."""
    for view in views:
        other = misshapen(live, view)
        if other is not None:
            return other
        for table in view.tables:
            found = _compare(live, rebuilt, table)
            if found is not None:
                return Difference(view.name, table.name, *found)
    return None


def _compare(live: Connection, rebuilt: Connection, table: Table) -> tuple[Any, ...] | None:
    names = [column.name for column in table.c]
    ours, theirs = _rows(live, table), _rows(rebuilt, table)
    while True:
        one, other = next(ours, None), next(theirs, None)
        if one == other:
            if one is None:
                return None
            continue
        # Both stand in the order of the key: a row that only one has comes before what the other has instead.
        first = min(_key(table, row) for row in (one, other) if row is not None)
        there = (row if row is not None and _key(table, row) == first else None for row in (one, other))
        return first, *(None if row is None else dict(zip(names, row, strict=True)) for row in there)


def _key(table: Table, row: Row) -> Row:
    return tuple(row[place] for place in _pages(table).key)


def _rows(connection: Connection, table: Table) -> Iterator[Row]:
    pages = _pages(table)
    page = pages.first.rows(connection)
    while page:
        yield from page
        if len(page) < _PAGE:
            return
        page = pages.after.rows(connection, *(page[-1][place] for place in pages.key))


class _Pages(NamedTuple):
    first: Statement
    after: Statement
    key: tuple[int, ...]
    """Where the columns of the key stand in a row."""


@cache
def _pages(table: Table) -> _Pages:
    key = tuple(table.primary_key)
    wanted = select(*table.c).order_by(*key).limit(_PAGE)
    names = [f"after_{column.name}" for column in key]
    after = tuple_(*key) > tuple_(*(bindparam(name, type_=c.type) for name, c in zip(names, key, strict=True)))
    places = tuple(list(table.c).index(column) for column in key)
    return _Pages(Statement(wanted), Statement(wanted.where(after), *names), places)
