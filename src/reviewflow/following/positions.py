"""How far followers have come: read, moved by compare-and-set, broken, mended."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection, bindparam, delete, select, update

from reviewflow.following.tables import followers
from reviewflow.views.statement import Statement, Taken
from reviewflow.views.table import micros

_ALL = Statement(select(*followers.c).order_by(followers.c.name))
_ONE = Statement(select(*followers.c).where(followers.c.name == bindparam("the_name")), "the_name")
_BEGIN = Statement.inserting(followers)
_HERE = (
    followers.c.name == bindparam("the_name"),
    followers.c.position == bindparam("here"),
    followers.c.broken_at.is_(None),
)
_MOVE = Statement(
    update(followers).where(*_HERE).values(position=bindparam("there"), moved_at=bindparam("moved_at")),
    "there", "moved_at", "the_name", "here",
)  # fmt: skip
_BREAK = Statement(
    update(followers).where(*_HERE).values(broken_at=bindparam("broken_at"), why=bindparam("why")),
    "broken_at", "why", "the_name", "here",
)  # fmt: skip
_MEND = Statement(
    update(followers)
    .where(followers.c.name == bindparam("the_name"), followers.c.broken_at.is_not(None))
    .values(broken_at=None, why=None),
    "the_name",
)  # fmt: skip
_FORGET = Statement(delete(followers).where(followers.c.name == bindparam("the_name")), "the_name")


class Place(NamedTuple):
    """How far a follower has come: everything up to `position` is in its rows. Broken: it stops at that record."""

    name: str
    position: int
    broken_at: int | None
    why: str | None
    moved_at: int
    """Microseconds since 1970, UTC."""


class Overtaken(Exception):  # not an error: another process followed, or the view was rebuilt
    """The follower is no longer where it was read to be; nothing may be written, look again."""


def places(connection: Connection) -> list[Place]:
    """All that ever followed here, by name."""
    return [Place._make(row) for row in _ALL.rows(connection)]


def place_of(connection: Connection, name: str) -> Place | None:
    """How far one has come; None before its first step."""
    found = _ONE.rows(connection, name)
    return Place._make(found[0]) if found else None


def begin(connection: Connection, name: str, position: int, now: datetime) -> None:
    """Start to follow behind this position; nothing changes if somebody was first."""
    if place_of(connection, name) is None:
        try:
            _BEGIN.run(connection, name, position, None, None, micros(now))
        except Taken as taken:
            raise Overtaken from taken


def move(connection: Connection, name: str, here: int, there: int, now: datetime) -> None:
    """From one position to a later one, in the transaction of the rows; `Overtaken` if it is no longer there."""
    if _MOVE.run(connection, there, micros(now), name, here) != 1:
        raise Overtaken


def stop_at(connection: Connection, name: str, here: int, broken_at: int, why: str) -> None:
    """Broken: it stays where it is until somebody mends it; `Overtaken` if it is no longer there."""
    if _BREAK.run(connection, broken_at, why, name, here) != 1:
        raise Overtaken


def mend(connection: Connection, name: str) -> bool:
    """Let a broken one try again; whether it was broken."""
    return _MEND.run(connection, name) == 1


def forget(connection: Connection, name: str) -> bool:
    """As if it had never followed; whether it was there."""
    return _FORGET.run(connection, name) == 1
