"""Dates as a source writes them, read strictly: by the formats a mapping lists, in their order, or not at all."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta, timezone
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

from reviewflow.events import Happened
from reviewflow.history.templates import BadTemplate

ISO: Final = "iso"
"""A day, or a day and a time, as ISO 8601 writes them; with an offset or without."""

_MONTHS: Final = ("january", "february", "march", "april", "may", "june", "july", "august", "september", "october",
                  "november", "december")  # fmt: skip
_DIRECTIVES: Final = {
    "Y": r"(?P<Y>[0-9]{4})", "y": r"(?P<y>[0-9]{2})", "m": r"(?P<m>[0-9]{1,2})", "d": r"(?P<d>[0-9]{1,2})",
    "H": r"(?P<H>[0-9]{1,2})", "M": r"(?P<M>[0-9]{2})", "S": r"(?P<S>[0-9]{2})(?:\.[0-9]+)?",
    "z": r"(?P<z>Z|[+-][0-9]{2}:?[0-9]{2})", "B": rf"(?P<B>{'|'.join(_MONTHS)})",
    "b": rf"(?P<b>{'|'.join(month[:3] for month in _MONTHS)})", "%": "%",
}  # fmt: skip
_ISO: Final = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?:[T ][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)?(?:Z|[+-][0-9]{2}:?[0-9]{2})?)?",
    re.ASCII,
)
_DAY_ALONE: Final = len("2026-03-14")
_FIRST, _LAST = date(1900, 1, 1), date(2199, 12, 31)
"""A day outside these is a slip of the pen."""


def compile_format(text: str) -> re.Pattern[str] | None:
    """The pattern of one format, None for `iso`; raises `BadTemplate`."""
    if text == ISO:
        return None
    pattern, seen = "", set[str]()
    for found in re.finditer(r"%(.?)|([^%]+)", text):
        sign, plain = found.group(1), found.group(2)
        if plain is not None:
            pattern += re.escape(plain)
        elif sign not in _DIRECTIVES:
            raise BadTemplate(f"%{sign}", f"want one of: {', '.join('%' + one for one in _DIRECTIVES)}")
        elif sign in seen:
            raise BadTemplate(f"%{sign} twice", "want each once")
        else:
            seen.update(sign if sign != "%" else "")
            pattern += _DIRECTIVES[sign]
    if not ({"Y", "y"} & seen and {"m", "b", "B"} & seen and "d" in seen):
        raise BadTemplate(text, "want a day, a month and a year, as in %Y-%m-%d, or the word iso")
    return re.compile(pattern, re.ASCII | re.IGNORECASE)


class Dates:
    """Reads dates by a list of formats, into a programme's time zone."""

    def __init__(self, formats: Iterable[str], zone: str) -> None:
        """`formats` as `compile_format` takes them, tried in their order."""
        self.formats = tuple(formats)
        self._patterns = [compile_format(one) for one in self.formats]
        self._zone = ZoneInfo(zone)
        self.read = lru_cache(maxsize=4096)(self._read)

    def _read(self, text: str) -> Happened | None:
        """The day and the time, if one is told; None where no format fits."""
        for pattern in self._patterns:
            found = _by_iso(text) if pattern is None else _by_pattern(pattern, text)
            if found is not None:
                return self._local(found)
        return None

    def _local(self, found: date) -> Happened | None:
        at: time | None = None
        if isinstance(found, datetime):
            try:
                local = found.astimezone(self._zone) if found.tzinfo else found
            except OverflowError:
                return None
            found, at = local.date(), time(local.hour, local.minute)
        return Happened(on=found, at=at) if _FIRST <= found <= _LAST else None


def _by_iso(text: str) -> date | None:
    if not _ISO.fullmatch(text):
        return None
    try:
        return date.fromisoformat(text) if len(text) == _DAY_ALONE else datetime.fromisoformat(text)
    except ValueError:
        return None


def _by_pattern(pattern: re.Pattern[str], text: str) -> date | None:
    found = pattern.fullmatch(text)
    if found is None:
        return None
    part = {name: value for name, value in found.groupdict().items() if value is not None}
    year = int(part["Y"]) if "Y" in part else 2000 + int(part["y"])
    try:
        day = date(year, _month(part), int(part["d"]))
        if "H" not in part:
            return day
        at = time(int(part["H"]), int(part.get("M", 0)), int(part.get("S", 0)), tzinfo=_offset(part.get("z")))
    except ValueError:
        return None
    return datetime.combine(day, at)


def _month(part: dict[str, str]) -> int:
    if "m" in part:
        return int(part["m"])
    name = part.get("B") or part["b"]
    return next(number for number, month in enumerate(_MONTHS, 1) if month.startswith(name.lower()))


def _offset(text: str | None) -> timezone | None:
    if text is None:
        return None
    if text in "Zz":
        return UTC
    hours, minutes = int(text[1:3]), int(text[-2:])
    span = timedelta(hours=hours, minutes=minutes)
    return timezone(-span if text[0] == "-" else span)
