"""What templates ask for: the items of a list to choose from, and ids for what their forms send."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping
from typing import Any


def options(rows: Iterable[Mapping[str, str]], chosen: str, first: str = "", value: str = "") -> list[dict[str, Any]]:
    """Rows with `value` and `text`; `first` is what stands above them for none of them, sent as `value`."""
    items: list[dict[str, Any]] = [{"value": value, "text": first, "selected": chosen == value}] if first else []
    return items + [{"value": one["value"], "text": one["text"], "selected": one["value"] == chosen} for one in rows]


def fresh() -> str:
    """An id to be sent along with one form, so that what is sent twice is done once."""
    return secrets.token_hex(16)
