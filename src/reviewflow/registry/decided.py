"""What a decision of the registry answers: events with their streams, and what became of each row of an import."""

from __future__ import annotations

from typing import NamedTuple

from reviewflow.errors import ReviewflowError
from reviewflow.events import Event

Events = list[tuple[str, Event]]


class Change(NamedTuple):
    """What was, and what is said now; empty where there was or is nothing."""

    field: str
    before: str
    after: str

    def __str__(self) -> str:
        return f"{self.field}: {self.before or 'nothing'} → {self.after or 'nothing'}"


class Noted(NamedTuple):
    """What became of one row: the outcome in one word, what it is about, why, and what changed from what to what."""

    row: int
    outcome: str
    what: str
    reason: str = ""
    changes: tuple[Change, ...] = ()
    sheet: str = ""


class Decided(NamedTuple):
    """Events in order, each with the stream it is appended to; `noted` has one entry a row of an import.

    `stopped` is why nothing may be recorded although other rows are well: an import is done whole or not at all.
    """

    events: Events
    noted: tuple[Noted, ...] = ()
    stopped: ReviewflowError | None = None
