"""A form filled with what was said before: values as the inputs of a page hold them, the other way of `entered.py`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from reviewflow.web.forms.entered import DATE_PARTS, NAMED, PREFIX, typed_list
from reviewflow.workflow.definition import Definition, FormField


def filled(definition: Definition, fields: Mapping[str, FormField], values: Mapping[str, Any]) -> dict[str, list[str]]:
    """Names of inputs with what stands in them."""
    raw: dict[str, list[str]] = {}
    for name, field in fields.items():
        if name in values:
            _fill(raw, definition, field, f"{PREFIX}{name}", values[name])
    return raw


def _fill(raw: dict[str, list[str]], definition: Definition, field: FormField, at: str, value: Any) -> None:
    if field.type == "rows":
        for number, row in enumerate(value, 1):
            raw[f"{at}.{number}.id"] = [row["id"]]
            for name, column in field.columns.items():
                if name in row:
                    _fill(raw, definition, column, f"{at}.{number}.{name}", row[name])
    elif field.type == "list" and typed_list(field, definition) and field.of not in NAMED:
        raw |= {f"{at}.{number}": [one] for number, one in enumerate(value, 1)}
    elif field.type == "list":
        raw[at] = list(value)
    elif field.type == "date":
        raw |= {f"{at}.{part}": [text] for part, text in zip(reversed(DATE_PARTS), value.split("-"), strict=False)}
    else:
        raw[at] = [value]


def changed(
    definition: Definition, fields: Mapping[str, FormField], before: Mapping[str, Any], after: Mapping[str, Any]
) -> dict[str, Any]:
    """The fields that are said otherwise; an empty text for one that is not said any more."""
    found = {name: after.get(name, "") for name in fields}
    return {
        name: value for name, value in found.items()
        if not _same(definition, fields[name], value, before.get(name, ""))
    }  # fmt: skip


def _same(definition: Definition, field: FormField, one: Any, other: Any) -> bool:
    """What is ticked comes in the order of the page: that it comes in another says nothing new."""
    ticked = field.type == "list" and (field.of in NAMED or not typed_list(field, definition))
    if ticked and isinstance(one, list) and isinstance(other, list):
        return sorted(one) == sorted(other)
    return bool(one == other)
