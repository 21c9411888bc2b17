"""The calendars an owner published: the latest of each name counts, and all names unite."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from reviewflow.errors import ImpossibleHistory
from reviewflow.events import Recorded
from reviewflow.registry.events import CalendarPublished
from reviewflow.workflow.calendar import Calendar


class Calendars(NamedTuple):
    """Everything one owner published, by calendar name, at a version of the stream."""

    owner: str
    version: int
    published: dict[str, CalendarPublished]

    @property
    def calendar(self) -> Calendar:
        """All calendars of this owner as one, as rules and deadlines see it."""
        return merge(*(one(published) for published in self.published.values()))


def one(published: CalendarPublished) -> Calendar:
    """One published calendar as rules and deadlines see it."""
    named = {name: tuple(sorted(set(days))) for name, days in published.named.items()}
    return Calendar(frozenset(day.on for day in published.closed), named)


def merge(*calendars: Calendar) -> Calendar:
    """All calendars as one: a day closed in any is closed; a name has the days of all, in order."""
    closed = frozenset[date]().union(*(c.closed for c in calendars))
    names = dict.fromkeys(name for c in calendars for name in c.named)
    named = {name: tuple(sorted({day for c in calendars for day in c.named.get(name, ())})) for name in names}
    return Calendar(closed, named)


def evolve_calendars(calendars: Calendars | None, record: Recorded) -> Calendars:
    """The owner's calendars after one more record."""
    event, stream, version = record.event, record.stream, record.version
    owner = stream.removeprefix("calendar-")
    if not isinstance(event, CalendarPublished) or event.owner != owner:
        raise ImpossibleHistory(stream, version, f"{event.topic or type(event).__name__} is no calendar of {owner}")
    if calendars is None:
        return Calendars(owner, version, {event.calendar: event})
    if version <= calendars.version:
        raise ImpossibleHistory(stream, version, f"it follows version {calendars.version}")
    return Calendars(owner, version, {**calendars.published, event.calendar: event})


def fold_calendars(records: Sequence[Recorded], start: Calendars | None = None) -> Calendars | None:
    """The owner's calendars after these records; None for no records."""
    calendars = start
    for record in records:
        calendars = evolve_calendars(calendars, record)
    return calendars
