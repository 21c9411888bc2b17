"""What every decision of the registry takes from what was asked: the day, and what every event says."""

from __future__ import annotations

from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from reviewflow.errors import BadInput, Fault
from reviewflow.events import Asked, Command, Happened
from reviewflow.registry.known import Known
from reviewflow.registry.permissions import REGISTERED


@lru_cache(maxsize=64)  # the commands of one batch ask for one moment
def day_of(at: datetime, zone: str | None) -> date:
    """The day of a moment in a time zone; UTC where none is known."""
    return at.astimezone(ZoneInfo(zone) if zone else UTC).date()


def today(asked: Asked, known: Known, programme: str | None = None) -> date:
    """The day of asking: in the programme's zone; without one, the latest day that any programme has now."""
    if programme:
        found = known.programme(programme)
        return day_of(asked.at, found.time_zone if found else None)
    programmes = (known.programme(stream.removeprefix("programme-")) for stream in known.touching("programmes"))
    return max((day_of(asked.at, found.time_zone) for found in programmes if found), default=day_of(asked.at, None))


def happened(command: Command, day: date) -> Happened:
    """When it happened: what was said, else `day`, the day of asking. Never later than that."""
    said = command.asked.happened
    if said is None:
        return Happened(on=day)
    if said.on > day:
        raise BadInput(command.cause, [Fault("on", str(said.on), f"a day not after {day}: it has not happened yet")])
    return said


def said(command: Command, when: Happened) -> dict[str, Any]:
    """The fields that every event of this command has in common."""
    asked = command.asked
    return {
        "by": asked.by,
        "role": asked.role or REGISTERED,
        "entered_by": asked.entered_by,
        "door": asked.door,
        "happened": when,
        "cause": command.cause,
        "batch": asked.batch,
    }
