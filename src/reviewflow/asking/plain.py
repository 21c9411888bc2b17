"""Answers as JSON has them: one way to write days, moments and sets, whichever door sends them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Any


def plain(value: Any) -> Any:
    """What JSON does not know, as something it does: the `default` of `json.dumps`. Moments end in `Z`."""
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, frozenset | set):
        return sorted(value)
    if isinstance(value, Mapping):
        return dict(value)
    return str(value)


def as_json(data: Any) -> Any:
    """A whole answer made of nothing but dicts, lists, texts, numbers, booleans and None."""
    if data is None or isinstance(data, bool | int | float | str):
        return data
    if isinstance(data, Mapping):
        return {str(key): as_json(value) for key, value in data.items()}
    if isinstance(data, list | tuple):
        return [as_json(one) for one in data]
    return as_json(plain(data))
