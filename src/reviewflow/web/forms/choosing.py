"""The items of a list to choose from, as the components take them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any


def options(rows: Iterable[Mapping[str, str]], chosen: str, first: str = "", value: str = "") -> list[dict[str, Any]]:
    """Rows with `value` and `text`; `first` is what stands above them for none of them, sent as `value`."""
    items: list[dict[str, Any]] = [{"value": value, "text": first, "selected": chosen == value}] if first else []
    return items + [{"value": one["value"], "text": one["text"], "selected": one["value"] == chosen} for one in rows]
