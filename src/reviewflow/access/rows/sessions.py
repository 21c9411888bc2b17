"""Rows of sessions."""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import Connection, bindparam, delete, func, select, update

from reviewflow.access.tables import sessions
from reviewflow.views.statement import Statement


class Row(NamedTuple):
    """As stored: moments in microseconds."""

    secret: str
    person: str
    how: str
    let_in_by: str | None
    begun_at: int
    seen_at: int
    until: int


_PUT = Statement.inserting(sessions)
_ONE = Statement(select(*sessions.c).where(sessions.c.secret == bindparam("of")), "of")
_OF = Statement(
    select(*sessions.c).where(sessions.c.person == bindparam("of")).order_by(sessions.c.begun_at, sessions.c.secret),
    "of",
)
_SEEN = Statement(
    update(sessions).where(sessions.c.secret == bindparam("of")).values(seen_at=bindparam("at")), "at", "of"
)
_END = Statement(delete(sessions).where(sessions.c.secret == bindparam("of")), "of")
_END_ALL = Statement(
    delete(sessions).where(sessions.c.person == bindparam("of"), sessions.c.secret != bindparam("but")), "of", "but"
)


def put(connection: Connection, row: Row) -> None:
    """A new one."""
    _PUT.run(connection, *row)


def get(connection: Connection, secret: str) -> Row | None:
    """The one with this hash."""
    found = _ONE.rows(connection, secret)
    return Row._make(found[0]) if found else None


def of(connection: Connection, person: str) -> list[Row]:
    """A person's, oldest first."""
    return [Row._make(row) for row in _OF.rows(connection, person)]


def seen(connection: Connection, secret: str, at: int) -> None:
    """It was used."""
    _SEEN.run(connection, at, secret)


def end(connection: Connection, secret: str) -> bool:
    """Whether it was there."""
    return _END.run(connection, secret) == 1


def end_all(connection: Connection, person: str, but: str = "") -> int:
    """How many of a person's were there; the one with the hash `but` stays."""
    return _END_ALL.run(connection, person, but)


def count(connection: Connection, now: int, seen_before: int) -> int:
    """How many are not over."""
    going_on = (sessions.c.until > now) & (sessions.c.seen_at > seen_before)
    return connection.execute(select(func.count()).select_from(sessions).where(going_on)).scalar_one()


def clean(connection: Connection, now: int, seen_before: int) -> int:
    """Remove those that are over; how many."""
    over = (sessions.c.until <= now) | (sessions.c.seen_at <= seen_before)
    return connection.execute(delete(sessions).where(over)).rowcount
