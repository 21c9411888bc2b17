"""How many rows there are, and those of people who are no more."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from sqlalchemy import Connection, Table, delete, func, select

from reviewflow.access import tables
from reviewflow.views.table import portions

WITH_PEOPLE: Final = tuple(table for table in tables.TABLES if "person" in table.c)


def short(table: Table) -> str:
    """What a table is called in a sentence."""
    return table.name.removeprefix("access_")


def count(connection: Connection) -> dict[str, int]:
    """The rows of each table, by its short name."""
    return {
        short(each): connection.execute(select(func.count()).select_from(each)).scalar_one() for each in tables.TABLES
    }


def count_of(connection: Connection, people: Collection[str]) -> int:
    """The rows of these people."""
    return sum(
        connection.execute(select(func.count()).select_from(table).where(table.c.person.in_(some))).scalar_one()
        for table in WITH_PEOPLE
        for some in portions(sorted(people))
    )


def remove_of(connection: Connection, people: Collection[str]) -> int:
    """Remove the rows of these people; how many."""
    return sum(
        connection.execute(delete(table).where(table.c.person.in_(some))).rowcount
        for table in WITH_PEOPLE
        for some in portions(sorted(people))
    )
