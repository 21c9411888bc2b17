"""Attribute elements of XES (IEEE 1849-2016) and what their values must look like, as XML Schema has it."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from typing import Final

_INT: Final = re.compile(r"[+-]?[0-9]+")
_FLOAT: Final = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?|[+-]?INF|NaN")
_SMALLEST, _LARGEST = -(2**63), 2**63 - 1
_DIGITS: Final = 20
_DAY: Final = 10


def is_date(value: str) -> bool:
    """A day or a moment in ISO 8601; XES asks for a moment, but a day says plainly what it says."""
    try:
        datetime.fromisoformat(value)
    except ValueError:
        return False
    return "T" in value or len(value) <= _DAY  # Python takes any sign between day and time


def is_int(value: str) -> bool:
    """An `xs:long`."""
    return _INT.fullmatch(value) is not None and len(value) <= _DIGITS and _SMALLEST <= int(value) <= _LARGEST


def is_float(value: str) -> bool:
    """An `xs:double`."""
    return _FLOAT.fullmatch(value) is not None


def is_boolean(value: str) -> bool:
    """An `xs:boolean`."""
    return value in {"true", "false", "1", "0"}


CHECKS: Final[dict[str, Callable[[str], bool] | None]] = {
    "string": None,
    "id": None,
    "date": is_date,
    "int": is_int,
    "float": is_float,
    "boolean": is_boolean,
}
"""Elements that have a value, and how it is judged. XML Schema lets blanks stand around all but texts."""

HOLDING: Final = frozenset({"list", "container"})
"""Elements that hold others in place of a value."""

WANTED: Final = {
    "date": "expected a date in ISO 8601, as 2026-03-01T09:30:00+00:00",
    "int": "expected a whole number of at most 64 bits",
    "float": "expected a number",
    "boolean": "expected true or false",
}

ENCODINGS: Final = re.compile(
    r"utf-?8|utf-?16(le|be)?|us-ascii|ascii|iso-?8859-?(1|2|3|4|5|6|7|8|9|10|11|13|14|15|16)|latin-?1"
    r"|windows-125[0-8]|cp125[0-8]|koi8-[ru]",
    re.IGNORECASE,
)
"""Encodings that may be declared: those that expat knows, and those in which a byte is a letter."""
