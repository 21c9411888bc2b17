"""When something happened, where that is not just now: a day, and why it is recorded late."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from reviewflow.errors import BadInput, Fault
from reviewflow.events import Happened
from reviewflow.web.forms.asked import Part
from reviewflow.web.forms.entered import DATE_PARTS
from reviewflow.web.visiting import Posted


@dataclass
class Earlier:
    """What was entered of it."""

    on: dict[str, str] = field(default_factory=lambda: dict.fromkeys(DATE_PARTS, ""))
    reason: str = ""

    @classmethod
    def sent(cls, sent: Posted) -> Earlier:
        """Out of a form."""
        return cls(entered_day(sent, "on"), sent.text("reason").strip())

    def happened(self) -> Happened | None:
        """The day that was given; None for just now. `BadInput` for what is no day."""
        day = day_of(self.on, "on")
        return Happened(on=day) if day else None

    def part(self, errors: Mapping[str, str]) -> Part:
        """The question for the day."""
        return day_part("on", "Day it happened", self.on, errors)

    @property
    def given(self) -> bool:
        """Whether anything was."""
        return any(self.on.values()) or bool(self.reason)


def entered_day(sent: Posted, name: str) -> dict[str, str]:
    """The three boxes of a day."""
    return {part: sent.text(f"{name}.{part}").strip() for part in DATE_PARTS}


def day_of(entered: Mapping[str, str], where: str) -> date | None:
    """The day in three boxes, None if they are empty; `BadInput` at `where` for what is no day."""
    given = [entered[part] for part in ("year", "month", "day")]
    if not any(given):
        return None
    if all(one.isascii() and one.isdigit() for one in given):
        try:
            return date(*(int(one) for one in given))
        except (ValueError, OverflowError):
            pass  # told below like any other
    got = "/".join(one or "?" for one in reversed(given))
    raise BadInput("the day", [Fault(where, got, "expected a real date, as in 14 3 2026")])


def day_part(name: str, label: str, entered: Mapping[str, str], errors: Mapping[str, str], hint: str = "") -> Part:
    """The question for a day."""
    return Part("date", name, label, hint, optional=False, value=dict(entered), error=errors.get(f"{name}.day", ""))
