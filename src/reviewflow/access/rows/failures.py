"""Rows of failures to sign in."""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import Connection, bindparam, delete, select, update

from reviewflow.access.tables import failures
from reviewflow.views.statement import Statement


class Row(NamedTuple):
    """As stored: how many one after the other, and the moment of the last in microseconds."""

    keyed: str
    number: int
    last_at: int


_PUT = Statement.inserting(failures)
_ONE = Statement(select(*failures.c).where(failures.c.keyed == bindparam("of")), "of")
_MOVE = Statement(
    update(failures)
    .where(
        failures.c.keyed == bindparam("of"),
        failures.c.number == bindparam("was"),
        failures.c.last_at == bindparam("at"),
    )
    .values(number=bindparam("then"), last_at=bindparam("now")),
    "then", "now", "of", "was", "at",
)  # fmt: skip
_REMOVE = Statement(delete(failures).where(failures.c.keyed == bindparam("of")), "of")
_CLEAN = Statement(delete(failures).where(failures.c.last_at < bindparam("before")), "before")


def get(connection: Connection, keyed: str) -> Row | None:
    """Those of a key."""
    found = _ONE.rows(connection, keyed)
    return Row._make(found[0]) if found else None


def put(connection: Connection, row: Row) -> None:
    """The first; `Taken` if somebody else writes it right now."""
    _PUT.run(connection, *row)


def move(connection: Connection, found: Row, number: int, now: int) -> bool:
    """Whether it still was as it was found."""
    return _MOVE.run(connection, number, now, *found) == 1


def remove(connection: Connection, keyed: str) -> bool:
    """Whether there was one."""
    return _REMOVE.run(connection, keyed) == 1


def clean(connection: Connection, before: int) -> int:
    """Remove those whose last one is longer ago; how many."""
    return _CLEAN.run(connection, before)
