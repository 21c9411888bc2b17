"""Making the tables of a store, and knowing one when it is opened."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NoReturn

from sqlalchemy import Connection, insert

from reviewflow.errors import StoreUnreachable
from reviewflow.store.dialect import NAMED, Database
from reviewflow.store.links import Link
from reviewflow.store.tables import SCHEMA, marker, metadata


def make(database: Database, others: Sequence[Callable[[Connection], None]] = ()) -> None:
    """Make all tables in one transaction; `others` make those of the views. Refuses what is not empty."""
    link = Link(database.engine(create=True))
    try:
        database.begin_write(link.cursor)
        if database.tables(link.cursor):
            _refuse(database, "there is something already", "name another place, or use it as it is")
        metadata.create_all(link.connection)
        for guard in database.guards():
            link.cursor.execute(guard)
        for other in others:
            other(link.connection)
        link.connection.execute(insert(marker).values(version=SCHEMA))
        link.commit()
    finally:
        link.rollback()
        link.close()


def check(database: Database, cursor: Any, asking: str) -> None:
    """Raise `StoreUnreachable` unless this is a store that this release can read; `asking` reads its marker."""
    tables = database.tables(cursor)
    if not tables:
        _refuse(database, "it is empty", "`reviewflow init` sets it up")
    if marker.name not in tables:
        _refuse(database, "it holds something else than a reviewflow store", NAMED)
    cursor.execute(asking)
    found = [row[0] for row in cursor.fetchall()]
    if found != [SCHEMA]:
        got = ", ".join(map(str, found)) or "none"
        remedy = "use the release that made it, or a newer one"
        _refuse(database, f"its tables have version {got}; this release wants {SCHEMA}", remedy)


def _refuse(database: Database, why: str, remedy: str) -> NoReturn:
    raise StoreUnreachable(database.what, why, remedy)
