"""Making the tables of a store, and knowing one when it is opened."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NoReturn

from sqlalchemy import Connection, insert

from reviewflow.errors import StoreUnreachable
from reviewflow.store.dialect import NAMED, Database
from reviewflow.store.links import Link
from reviewflow.store.tables import ARRIVING, SCHEMA, marker, metadata


def make(database: Database, others: Sequence[Callable[[Connection], None]] = ()) -> None:
    """Make all tables in one transaction; `others` make those of the views. Refuses what is not empty."""
    link = Link(database.engine(create=True))
    try:
        database.begin_write(link.cursor)
        make_tables(database, link, others)
        mark_made(link.connection)
        link.commit()
    finally:
        link.rollback()
        link.close()


def make_tables(database: Database, link: Link, others: Sequence[Callable[[Connection], None]]) -> None:
    """All tables and guards, but not the mark that makes a store of them; inside a transaction that may write."""
    if database.tables(link.cursor):
        _refuse(database, "there is something already", "name another place, or use it as it is")
    metadata.create_all(link.connection, checkfirst=False)  # the check would see other schemas too
    for guard in database.guards():
        link.cursor.execute(guard)
    for other in others:
        other(link.connection)


def mark_made(connection: Connection) -> None:
    """From now on it is a store of this release."""
    connection.execute(insert(marker).values(version=SCHEMA))


def check(database: Database, cursor: Any, asking: str) -> None:
    """Raise `StoreUnreachable` unless this is a store that this release can read; `asking` reads its marker."""
    found = version_of(database, cursor, asking)
    if found != SCHEMA:
        remedy = "run `reviewflow store upgrade`" if found < SCHEMA else "use the release that made it, or a newer one"
        _refuse(database, f"its tables have version {found}; this release wants {SCHEMA}", remedy)


def version_of(database: Database, cursor: Any, asking: str = "SELECT version FROM log_schema") -> int:
    """The version of the tables, whichever it is; `StoreUnreachable` for what is no store."""
    tables = database.tables(cursor)
    if not tables:
        _refuse(database, "it is empty", "`reviewflow init` sets it up")
    if marker.name not in tables:
        _refuse(database, "it holds something else than a reviewflow store", NAMED)
    if ARRIVING in tables:
        _refuse(database, "a copy or a restore into it is not finished", "run that again: it goes on")
    cursor.execute(asking)
    found = [row[0] for row in cursor.fetchall()]
    if len(found) != 1 or found[0] < 1:
        got = ", ".join(map(str, found)) or "no version"
        _refuse(database, f"its table log_schema says {got}; want one version", "restore a backup")
    return int(found[0])


def _refuse(database: Database, why: str, remedy: str) -> NoReturn:
    raise StoreUnreachable(database.what, why, remedy)
