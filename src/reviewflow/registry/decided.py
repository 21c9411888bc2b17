"""What a decision of the registry answers: events with their streams, and what became of each row of an import."""

from __future__ import annotations

from typing import NamedTuple

from reviewflow.events import Event

Events = list[tuple[str, Event]]


class Noted(NamedTuple):
    """What became of one row: the outcome in one word, what it is about, and why."""

    row: int
    outcome: str
    what: str
    reason: str = ""


class Decided(NamedTuple):
    """Events in order, each with the stream it is appended to; `noted` has one entry a row of an import."""

    events: Events
    noted: tuple[Noted, ...] = ()
