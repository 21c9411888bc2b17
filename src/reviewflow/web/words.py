"""How pages write days, moments and numbers: as people in the United Kingdom do."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip


def day(value: Any) -> str:
    """`14 March 2026`; a text that is no day stays as it is."""
    if isinstance(value, str):
        text: str = value
        try:
            value = date.fromisoformat(text[:10])
        except ValueError:
            return text
    if isinstance(value, datetime | date):
        return f"{value.day} {_MONTHS[value.month - 1]} {value.year}"
    return "" if value is None else f"{value}"


def moment(value: datetime, zone: str = "UTC") -> str:
    """`14 March 2026 at 9:05am` in a time zone."""
    local = value.astimezone(ZoneInfo(zone))
    return f"{day(local)} at {clock(local.time())}"


def clock(value: time) -> str:
    """`9:05am`."""
    return f"{value.hour % 12 or 12}:{value.minute:02d}{'am' if value.hour < 12 else 'pm'}"  # noqa: PLR2004 - noon


def plural(number: int, one: str, many: str = "") -> str:
    """`1 thing`, `2 things`."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def size(number: int) -> str:
    """`820 bytes`, `14 kB`, `2.5 MB`."""
    if number < 1024:  # noqa: PLR2004 - a kilobyte
        return plural(number, "byte")
    if number < 1024 * 1024:
        return f"{number / 1024:,.0f} kB"
    return f"{number / (1024 * 1024):,.1f} MB".replace(".0 ", " ")


def listed(texts: list[str], last: str = "and") -> str:
    """`a, b and c`."""
    return texts[0] if len(texts) == 1 else f"{', '.join(texts[:-1])} {last} {texts[-1]}" if texts else ""
