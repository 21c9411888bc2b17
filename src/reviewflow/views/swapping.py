"""The tables of a view made beside those in use, and put in their place: names change, no row is touched.

On PostgreSQL everything has its usual name afterwards. SQLite cannot rename an index: those of every second rebuild
have a `__2` at the end of their names.
"""

from __future__ import annotations

from sqlalchemy import Connection, inspect

from reviewflow.views import parts
from reviewflow.views.beside import NEW, OLD, beside
from reviewflow.views.shape import shape
from reviewflow.views.view import View

_SECOND = "__2"


def new_tables(connection: Connection, view: View) -> Connection:
    """The connection on which the view writes its new tables."""
    return beside(connection, view.tables)


def make_new(connection: Connection, view: View) -> None:
    """Make them, empty; whatever was left of an earlier rebuild goes first."""
    drop(connection, view, NEW)
    drop(connection, view, OLD)
    if parts.have_names(connection):
        view.create(beside(connection, view.tables, lambda name: name + NEW))
        return
    taken = set(connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'index'").scalars())
    view.create(beside(connection, view.tables, lambda name: name + _SECOND if name in taken else name))


def whole(connection: Connection, view: View) -> bool:
    """Whether the new tables are there, as this release makes them."""
    return not any(shape(connection, table, table.name + NEW) for table in view.tables)


def drop(connection: Connection, view: View, ending: str) -> None:
    """Take away those whose names end so; they need not be there."""
    for table in view.tables:
        connection.exec_driver_sql(f"DROP TABLE IF EXISTS {table.name}{ending}")


def swap(connection: Connection, view: View) -> None:
    """Put the new tables in the place of those in use, which are `__old` from now on; those may be missing."""
    drop(connection, view, OLD)
    there = set(inspect(connection).get_table_names())
    _hand_down(connection, view, there)
    for table in view.tables:
        name, new = table.name, table.name + NEW
        if name in there:
            if parts.have_names(connection):
                parts.rename(connection, name, lambda part: part.removesuffix(OLD) + OLD)
            connection.exec_driver_sql(f"ALTER TABLE {name} RENAME TO {name}{OLD}")
        if parts.have_names(connection):
            parts.rename(connection, new, lambda part: part.replace(NEW, ""))
        connection.exec_driver_sql(f"ALTER TABLE {new} RENAME TO {name}")


def _hand_down(connection: Connection, view: View, there: set[str]) -> None:
    """Whoever may use a table may use the new one; one that an earlier release did not have, as its siblings."""
    sibling = next((table.name for table in view.tables if table.name in there), None)
    if sibling is None or not parts.have_names(connection):
        return
    for table in view.tables:
        parts.hand_down(connection, table.name if table.name in there else sibling, table.name + NEW)
