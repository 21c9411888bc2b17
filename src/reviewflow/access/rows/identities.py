"""Rows of identities at a sign-in service."""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import Connection, bindparam, delete, select

from reviewflow.access.tables import identities
from reviewflow.views.statement import Statement


class Row(NamedTuple):
    """As stored: a moment in microseconds."""

    keyed: str
    person: str
    added_at: int


_PUT = Statement.inserting(identities)
_ONE = Statement(select(*identities.c).where(identities.c.keyed == bindparam("of")), "of")
_OF = Statement(
    select(*identities.c)
    .where(identities.c.person == bindparam("of"))
    .order_by(identities.c.added_at, identities.c.keyed),
    "of",
)
_REMOVE = Statement(delete(identities).where(identities.c.person == bindparam("of")), "of")


def put(connection: Connection, row: Row) -> None:
    """A new one; `Taken` if it is there."""
    _PUT.run(connection, *row)


def get(connection: Connection, keyed: str) -> Row | None:
    """The one with this keyed hash."""
    found = _ONE.rows(connection, keyed)
    return Row._make(found[0]) if found else None


def of(connection: Connection, person: str) -> list[Row]:
    """A person's, oldest first."""
    return [Row._make(row) for row in _OF.rows(connection, person)]


def remove(connection: Connection, person: str) -> int:
    """How many a person had."""
    return _REMOVE.run(connection, person)
