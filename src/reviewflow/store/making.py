"""Making the tables of a store."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress

from sqlalchemy import Connection, insert

from reviewflow.store.dialect import Database
from reviewflow.store.links import Link
from reviewflow.store.schema import SCHEMA, refuse
from reviewflow.store.tables import marker, metadata


def make(database: Database, others: Sequence[Callable[[Connection], None]] = ()) -> None:
    """Make all tables in one transaction; `others` make those of the views. Refuses what is not empty."""
    link = database.link(create=True)
    try:
        database.begin_write(link.cursor)
        make_tables(database, link, others)
        mark_made(link.connection)
        link.commit()
    finally:
        with suppress(*database.errors):  # what failed before is what is told
            link.rollback()
        link.close()


def make_tables(database: Database, link: Link, others: Sequence[Callable[[Connection], None]]) -> None:
    """All tables and guards, but not the mark that makes a store of them; inside a transaction that may write."""
    if database.tables(link.cursor):
        refuse(database, "there is something already", "name another place, or use it as it is")
    metadata.create_all(link.connection, checkfirst=False)  # the check would see other schemas too
    for guard in database.guards():
        link.cursor.execute(guard)
    for other in others:
        other(link.connection)


def mark_made(connection: Connection) -> None:
    """From now on it is a store of this release."""
    connection.execute(insert(marker).values(version=SCHEMA))
