"""Rows of sign-in links: one a person."""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import Connection, bindparam, delete, select

from reviewflow.access.tables import links
from reviewflow.views.statement import Statement


class Row(NamedTuple):
    """As stored: moments in microseconds."""

    person: str
    secret: str
    made_by: str | None
    made_at: int
    until: int


_PUT = Statement.inserting(links)
_ONE = Statement(select(*links.c).where(links.c.secret == bindparam("of")), "of")
_OF = Statement(select(*links.c).where(links.c.person == bindparam("of")), "of")
_TAKE = Statement(delete(links).where(links.c.secret == bindparam("of")), "of")
_REMOVE = Statement(delete(links).where(links.c.person == bindparam("of")), "of")


def put(connection: Connection, row: Row) -> None:
    """In the place of the one there was; `Taken` if somebody else makes one right now."""
    _REMOVE.run(connection, row.person)
    _PUT.run(connection, *row)


def get(connection: Connection, secret: str) -> Row | None:
    """The one with this hash."""
    found = _ONE.rows(connection, secret)
    return Row._make(found[0]) if found else None


def of(connection: Connection, person: str) -> Row | None:
    """A person's."""
    found = _OF.rows(connection, person)
    return Row._make(found[0]) if found else None


def take(connection: Connection, secret: str) -> bool:
    """Remove it; whether it was ours to remove: of two at once one waits here, and then finds nothing."""
    return _TAKE.run(connection, secret) == 1


def remove(connection: Connection, person: str) -> bool:
    """Whether a person had one."""
    return _REMOVE.run(connection, person) == 1


def clean(connection: Connection, now: int) -> int:
    """Remove those that nobody can use any more; how many."""
    return connection.execute(delete(links).where(links.c.until <= now)).rowcount
