"""Programmes: who runs partnerships, and with which workflow."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection, Index, bindparam, func, select, update

from reviewflow.events import Event
from reviewflow.ports import Record
from reviewflow.registry.events import ProgrammeChanged, ProgrammeSetUp
from reviewflow.views.statement import Statement
from reviewflow.views.table import table, word
from reviewflow.views.view import one

programmes = table(
    "programmes",
    word("id", key=True),
    word("handle"),
    word("name"),
    word("time_zone"),
    word("workflow", optional=True),
    Index("programmes_by_handle", "handle"),
)

_SET_UP = Statement.inserting(programmes)
_CHANGING = ("name", "time_zone", "workflow")
_CHANGE = Statement(
    update(programmes)
    .where(programmes.c.id == bindparam("the_programme"))
    .values({name: func.coalesce(bindparam(name), programmes.c[name]) for name in _CHANGING}),
    *_CHANGING, "the_programme",
)  # fmt: skip


def _set_up(connection: Connection, record: Record, event: ProgrammeSetUp) -> None:
    _SET_UP.run(connection, _id(record), event.handle, event.name, event.time_zone, event.workflow)


def _changed(connection: Connection, record: Record, event: ProgrammeChanged) -> None:
    changed = _CHANGE.run(connection, event.name, event.time_zone, event.workflow, _id(record))
    one(changed, record, "the programme is not known")


def _id(record: Record) -> str:
    return record.stream.removeprefix("programme-")


CHANGES: Final[dict[type[Event], Callable[[Connection, Record, Any], None]]] = {
    ProgrammeSetUp: _set_up,
    ProgrammeChanged: _changed,
}


class ProgrammeRow(NamedTuple):
    """A programme."""

    id: str
    handle: str
    name: str
    time_zone: str
    workflow: str | None


def list_programmes(connection: Connection) -> list[ProgrammeRow]:
    """Every programme, by handle; there are few."""
    found = connection.execute(select(programmes).order_by(programmes.c.handle, programmes.c.id))
    return [ProgrammeRow(*row) for row in found]
