"""Rows of drafts."""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import Connection, bindparam, delete, select, update

from reviewflow.access.tables import drafts
from reviewflow.views.statement import Statement


class Row(NamedTuple):
    """As stored: a moment in microseconds; the box is left out where only its place is asked for."""

    person: str
    cycle: str
    step: str
    version: int
    saved_at: int
    box: bytes = b""


_MINE = (
    drafts.c.person == bindparam("of"), drafts.c.cycle == bindparam("in_cycle"), drafts.c.step == bindparam("at_step"),
)  # fmt: skip
_PUT = Statement.inserting(drafts)
_ONE = Statement(select(*drafts.c).where(*_MINE), "of", "in_cycle", "at_step")
_CHANGE = Statement(
    update(drafts)
    .where(*_MINE)
    .values(version=bindparam("new_version"), saved_at=bindparam("at"), box=bindparam("new_box")),
    "new_version", "at", "new_box", "of", "in_cycle", "at_step",
)  # fmt: skip
_DROP = Statement(delete(drafts).where(*_MINE), "of", "in_cycle", "at_step")


def get(connection: Connection, person: str, cycle: str, step: str) -> Row | None:
    """One."""
    found = _ONE.rows(connection, person, cycle, step)
    if not found:
        return None
    row = Row._make(found[0])
    return row._replace(box=bytes(row.box))


def put(connection: Connection, row: Row) -> None:
    """In the place of the one there was; `Taken` if somebody else saves one right now."""
    if _CHANGE.run(connection, row.version, row.saved_at, row.box, row.person, row.cycle, row.step) == 0:
        _PUT.run(connection, *row)


def of(connection: Connection, person: str) -> list[Row]:
    """A person's without their boxes, newest first."""
    wanted = select(*(column for column in drafts.c if column.name != "box")).where(drafts.c.person == person)
    found = connection.execute(wanted.order_by(drafts.c.saved_at.desc(), drafts.c.cycle, drafts.c.step))
    return [Row._make((*row, b"")) for row in found]


def drop(connection: Connection, person: str, cycle: str, step: str) -> bool:
    """Whether it was there."""
    return _DROP.run(connection, person, cycle, step) == 1


def clean(connection: Connection, before: int) -> int:
    """Remove those that were saved last before; how many."""
    return connection.execute(delete(drafts).where(drafts.c.saved_at < before)).rowcount
