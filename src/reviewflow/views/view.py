"""What a view is to those who keep it, and how it says that an event cannot be applied."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

from sqlalchemy import Connection, Table

from reviewflow.errors import ImpossibleHistory
from reviewflow.events import Event, Sealed, Unsealed
from reviewflow.ports import Record

Told = tuple[Record, Event, Any]
"""A record, its event, and the folded state of its stream right after it where one is kept."""


class View(Protocol):
    """A synchronous view that brings its own tables."""

    @property
    def name(self) -> str:
        """What it is called where views are checked."""

    @property
    def tables(self) -> tuple[Table, ...]:
        """All that it writes."""

    def create(self, connection: Connection) -> None:
        """Make the tables."""

    def apply(self, connection: Connection, records: Sequence[Told]) -> None:
        """Change the rows; raises `ImpossibleHistory` for an event that it cannot apply."""


def impossible(record: Record, why: str) -> ImpossibleHistory:
    """The error for an event that cannot follow what the view holds."""
    return ImpossibleHistory(record.stream, record.version, why)


def one(changed: int, record: Record, why: str) -> None:
    """Raise unless exactly one row was changed."""
    if changed != 1:
        raise impossible(record, f"{why} ({changed} rows of the view changed, want 1)")


def box(record: Record, sealed: Sealed | Unsealed) -> str:
    """A sealed text as a row keeps it; one that is not sealed is never written."""
    if not isinstance(sealed, Sealed):
        raise impossible(record, "a text that is not sealed reached a view")
    return sealed.model_dump_json()
