"""Plain scalars by the core schema of YAML 1.2, and values in the words of a fault.

Only `true` and `false`, `null`, whole numbers and decimals mean anything but text: `on`, `no`, `12:30` and
`2026-03-01` are text.
"""

from __future__ import annotations

import math
import re
from typing import Any

MAX_WHOLE = 2**53 - 1
"""Larger whole numbers have no exact place in JSON, hence none in a digest."""

_NULL = frozenset({"", "~", "null", "Null", "NULL"})
_TRUE, _FALSE = frozenset({"true", "True", "TRUE"}), frozenset({"false", "False", "FALSE"})
_WHOLE = re.compile(r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+")
_DECIMAL = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_NOT_FINITE = re.compile(r"[-+]?(\.inf|\.Inf|\.INF)|\.nan|\.NaN|\.NAN")
_LONGEST = 40
_SHOWN = 60


class NotStorableError(ValueError):
    """A number that JSON cannot hold exactly; the message says what is wanted instead."""


def resolve(text: str) -> str | bool | int | float | None:
    """The value of a plain scalar."""
    if text in _NULL:
        return None
    if text in _TRUE or text in _FALSE:
        return text in _TRUE
    if _WHOLE.fullmatch(text):
        # A long run of digits is refused before it is turned into a number, which takes time.
        whole = int(text, 0 if text[:2] in {"0o", "0x"} else 10) if len(text) <= _LONGEST else MAX_WHOLE + 1
        if abs(whole) > MAX_WHOLE:
            raise NotStorableError(f"want a whole number up to {MAX_WHOLE:,}, or quotes if it is meant as text")
        return whole
    if _NOT_FINITE.fullmatch(text):
        raise NotStorableError("want a finite number, or quotes if it is meant as text")
    if _DECIMAL.fullmatch(text):
        decimal = float(text)
        if math.isinf(decimal):
            raise NotStorableError("want a finite number, or quotes if it is meant as text")
        return decimal
    return text


def shorten(text: str, most: int = _SHOWN) -> str:
    """At most `most` characters, on one line."""
    text = text.replace("\n", "\\n")
    return text if len(text) <= most else text[: most - 3] + "..."


def says(value: Any) -> str:
    """A value as a fault names what it got."""
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return f"the number {value}"
    if isinstance(value, str):
        return f'"{shorten(value)}"'
    return "a list" if isinstance(value, list | tuple) else "a mapping"
