"""Rows of tokens."""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import Connection, bindparam, delete, or_, select, update

from reviewflow.access.tables import tokens
from reviewflow.views.statement import Statement


class Row(NamedTuple):
    """As stored: moments in microseconds, a day as 2026-03-01."""

    id: str
    secret: str
    person: str
    scopes: str
    box: bytes
    made_by: str | None
    made_at: int
    until: int
    used_on: str | None


_PUT = Statement.inserting(tokens)
_BY_SECRET = Statement(select(*tokens.c).where(tokens.c.secret == bindparam("of")), "of")
_USED = Statement(
    update(tokens)
    .where(tokens.c.id == bindparam("of"), or_(tokens.c.used_on.is_(None), tokens.c.used_on != bindparam("day")))
    .values(used_on=bindparam("new_day")),
    "new_day", "of", "day",
)  # fmt: skip
_REMOVE = Statement(delete(tokens).where(tokens.c.id == bindparam("of")), "of")


def put(connection: Connection, row: Row) -> None:
    """A new one."""
    _PUT.run(connection, *row)


def by_secret(connection: Connection, secret: str) -> Row | None:
    """The one with this hash."""
    found = _BY_SECRET.rows(connection, secret)
    return _row(found[0]) if found else None


def listed(connection: Connection, person: str | None = None) -> list[Row]:
    """A person's, or everybody's, oldest first."""
    wanted = select(*tokens.c).order_by(tokens.c.made_at, tokens.c.id)
    found = connection.execute(wanted if person is None else wanted.where(tokens.c.person == person))
    return [_row(row) for row in found]


def used(connection: Connection, one: str, day: str) -> None:
    """On this day."""
    _USED.run(connection, day, one, day)


def remove(connection: Connection, one: str) -> bool:
    """Whether it was there."""
    return _REMOVE.run(connection, one) == 1


def clean(connection: Connection, before: int) -> int:
    """Remove those that ended before; how many."""
    return connection.execute(delete(tokens).where(tokens.c.until < before)).rowcount


def _row(found: tuple[object, ...]) -> Row:
    row = Row._make(found)
    return row._replace(box=bytes(row.box))
