"""Values that travel, and how each is told as a text: the same text in every format."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from typing import Any

Cell = str | int | float | bool | date | datetime | None
"""What every format can hold as one value."""

Value = Cell | Sequence[Any] | Mapping[str, Any]
"""Also values inside one another: JSON Lines holds them as they are, the others as one text of JSON."""


def text_of(value: Value) -> str:
    """`true`, `2026-03-01`, `NaN`: as XML Schema writes it; nothing is the empty text, the rest is JSON."""
    match value:
        case str():
            return value
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case int():
            return str(value)
        case float():
            return repr(value) if math.isfinite(value) else _not_finite(value)
        case date():
            return _when(value)
    return json_text(value)


def json_text(value: Value | Mapping[str, Value]) -> str:
    """One line of JSON; what JSON has no number or date for stands as its text."""
    return json.dumps(_plain(value), ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def _plain(value: Any) -> Any:
    match value:
        case None | str() | bool() | int():
            return value
        case float():
            return value if math.isfinite(value) else _not_finite(value)
        case date():
            return _when(value)
        case Mapping():
            return {str(key): _plain(inner) for key, inner in value.items()}
    return [_plain(inner) for inner in value]


def _when(value: date) -> str:
    if isinstance(value, datetime) and (offset := value.utcoffset()) is not None:
        # Local mean time, as zones had it before they were zones, has seconds that ISO 8601 cannot write.
        with suppress(OverflowError):
            return (value.astimezone(UTC) if offset % timedelta(minutes=1) else value).isoformat()
    return value.isoformat()


def _not_finite(value: float) -> str:
    if math.isnan(value):
        return "NaN"
    return "INF" if value > 0 else "-INF"
