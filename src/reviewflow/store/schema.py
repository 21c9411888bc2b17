"""Knowing a store when it is opened: the version of its tables, and what keeps it shut."""

from __future__ import annotations

from typing import Any, Final, NoReturn

from reviewflow.errors import StoreUnreachable
from reviewflow.store.dialect import NAMED, Database

SCHEMA: Final = 3
"""The version of the tables in `tables.py`, and of those beside it, written into every store when it is made."""

MARKER: Final = "log_schema"
"""The table that says so, with one row."""

ARRIVING: Final = "arriving"
"""A table that only a store has which a copy or a restore still fills (`store/arriving.py`): nobody may open it."""


def check(database: Database, cursor: Any, asking: str) -> None:
    """Raise `StoreUnreachable` unless this is a store that this release can read; `asking` reads its marker."""
    found = version_of(database, cursor, asking)
    if found != SCHEMA:
        remedy = "run `reviewflow store upgrade`" if found < SCHEMA else "use the release that made it, or a newer one"
        refuse(database, f"its tables have version {found}; this release wants {SCHEMA}", remedy)


def version_of(database: Database, cursor: Any, asking: str = "SELECT version FROM log_schema") -> int:
    """The version of the tables, whichever it is; `StoreUnreachable` for what is no store."""
    tables = database.tables(cursor)
    if not tables:
        refuse(database, "it is empty", "`reviewflow init` sets it up")
    if MARKER not in tables:
        refuse(database, "it holds something else than a reviewflow store", NAMED)
    if ARRIVING in tables:
        refuse(database, "a copy or a restore into it is not finished", "run that again: it goes on")
    cursor.execute(asking)
    found = [row[0] for row in cursor.fetchall()]
    if len(found) != 1 or found[0] < 1:
        got = ", ".join(map(str, found)) or "no version"
        refuse(database, f"its table log_schema says {got}; want one version", "restore a backup")
    return int(found[0])


def refuse(database: Database, why: str, remedy: str) -> NoReturn:
    """Raise `StoreUnreachable`."""
    raise StoreUnreachable(database.what, why, remedy)
