"""When something happened, as a person says it: a day in the programme's time zone, a time if known.

When it was *recorded* is the store's to say; see `Recorded`. Dates are compared first, times only
where both have them; what cannot be told apart is ordered by the stream.
"""

from __future__ import annotations

from datetime import date, time
from typing import NamedTuple

from pydantic import BaseModel, ConfigDict


class Happened(BaseModel):
    """A day, perhaps a time of that day; `latest` means "by" that moment, not exactly then."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    on: date
    at: time | None = None
    latest: bool | None = None

    def before(self, other: Happened) -> bool:
        """True only if this is known to be earlier than `other`."""
        if self.on != other.on:
            return self.on < other.on
        return self.at is not None and other.at is not None and self.at < other.at

    def __str__(self) -> str:
        text = self.on.isoformat() + (f" {self.at.isoformat('minutes')}" if self.at else "")
        return f"by {text}" if self.latest else text


class Period(NamedTuple):
    """Between two days, both included; `until` None means still going on."""

    since: date
    until: date | None = None

    def holds(self, day: date) -> bool:
        """Whether `day` falls in the period."""
        return self.since <= day and (self.until is None or day <= self.until)

    def __str__(self) -> str:
        return f"from {self.since}" + (f" to {self.until}" if self.until else "")
