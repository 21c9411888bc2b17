"""What a browser sent of a step's form, as the engine takes it, and where each part of it stands on the page.

Names of inputs: `v.FIELD`, also of several checkboxes; `v.FIELD.day`, `.month` and `.year` of a date; `v.FIELD.N` of
a list that is typed; `v.FIELD.N.COLUMN` of rows, with `v.FIELD.N.id` where they go over rows said earlier;
`v.FIELD.other` beside people or organisations to choose from.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, NamedTuple

from reviewflow.workflow.definition import Definition, FormField

PREFIX: Final = "v."
MOST: Final = 500
"""Items of a list and rows; the engine takes no more."""
DATE_PARTS: Final = ("day", "month", "year")
NAMED: Final = ("person", "organisation")
OTHER: Final = "other"
"""Somebody who is not among those to choose from: an e-mail address, or whatever else says who is meant."""

Raw = Mapping[str, Sequence[str]]
"""Names of inputs with what was entered, as a browser sends it; a draft keeps the same."""

_PLACE = re.compile(r"\[(\d+)\]")


class Entered(NamedTuple):
    """Values for the engine, and for each place in them the name of its input."""

    values: dict[str, Any]
    inputs: dict[str, str]

    def input_of(self, where: str) -> str:
        """The name of the input that a fault is about, as in `actions[2].due`; empty where there is none."""
        if where in self.inputs:
            return self.inputs[where]
        top = _PLACE.split(where.partition(".")[0])[0]
        return self.inputs.get(top, "")


def kept(pairs: Iterable[tuple[str, Any]]) -> dict[str, list[str]]:
    """The fields of a form out of all that was sent; what is no text is left out."""
    raw: dict[str, list[str]] = {}
    for name, value in pairs:
        if name.startswith(PREFIX) and isinstance(value, str):
            raw.setdefault(name, []).append(value.replace("\r\n", "\n"))
    return raw


def entered(definition: Definition, step: str, raw: Raw) -> Entered:
    """The values of a step's form. Says nothing about whether they are right: the engine's own reader does."""
    found = Entered({}, {})
    for name, field in definition.fields(step).items():
        value = _field(name, field, f"{PREFIX}{name}", name, raw, found.inputs, definition)
        if value not in (None, "", [], {}):
            found.values[name] = value
    return found


def numbers(raw: Raw, name: str) -> list[int]:
    """The numbers that items or rows of an input have, in their order."""
    begin = f"{name}."
    found = {key[len(begin) :].partition(".")[0] for key in raw if key.startswith(begin)}
    return sorted(int(one) for one in found if one.isascii() and one.isdigit() and len(one) < len(str(MOST)) + 1)


def typed_list(field: FormField, definition: Definition) -> bool:
    """Whether the items of a list are typed one by one, and not chosen from a few."""
    return field.type == "list" and not (isinstance(field.of, tuple) or field.of in definition.lists)


def _field(
    name: str, field: FormField, at: str, where: str, raw: Raw, inputs: dict[str, str], definition: Definition
) -> Any:
    inputs[where] = at
    match field.type:
        case "date":
            return _date(at, where, raw, inputs)
        case "rows":
            return _rows(name, field, at, raw, inputs, definition)
        case "list" if field.of in NAMED:
            return [one for one in (*raw.get(at, ()), _one(raw, f"{at}.{OTHER}")) if one.strip()]
        case "list" if typed_list(field, definition):
            return _items(name, at, raw, inputs)
        case "list":
            return [one for one in raw.get(at, ()) if one]
        case "person" | "organisation":
            return _one(raw, f"{at}.{OTHER}").strip() or _one(raw, at)
        case _:
            return _one(raw, at)


def _one(raw: Raw, at: str) -> str:
    found = raw.get(at, ())
    return found[-1] if found else ""


def _date(at: str, where: str, raw: Raw, inputs: dict[str, str]) -> str:
    """ISO where three numbers were given, else as it was typed: the engine says what it wants."""
    inputs[where] = f"{at}.day"
    day, month, year = (_one(raw, f"{at}.{part}").strip() for part in DATE_PARTS)
    if not (day or month or year):
        return _one(raw, at).strip()
    if all(one.isascii() and one.isdigit() for one in (day, month, year)) and len(year) == 4:  # noqa: PLR2004
        return f"{year}-{int(month):02d}-{int(day):02d}" if max(len(day), len(month)) <= 2 else f"{day}/{month}/{year}"  # noqa: PLR2004
    return "/".join((day or "?", month or "?", year or "?"))


def _items(name: str, at: str, raw: Raw, inputs: dict[str, str]) -> list[str]:
    """Empty ones in between are left out; faults count what is left."""
    items: list[str] = []
    for number in numbers(raw, at)[:MOST]:
        value = _one(raw, f"{at}.{number}")
        if value.strip():
            items.append(value)
            inputs[f"{name}[{len(items)}]"] = f"{at}.{number}"
    inputs[name] = f"{at}.1"
    return items


def _rows(
    name: str, field: FormField, at: str, raw: Raw, inputs: dict[str, str], definition: Definition
) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    for number in numbers(raw, at)[:MOST]:
        row: dict[str, Any] = {}
        places: dict[str, str] = {}
        for column, part in field.columns.items():
            value = _field(column, part, f"{at}.{number}.{column}", column, raw, places, definition)
            if value not in (None, "", [], {}):
                row[column] = value
        if not row and not field.over:
            continue
        row_id = _one(raw, f"{at}.{number}.id")
        if row_id:
            row["id"] = row_id
        rows.append(row)
        for column, place in places.items():
            inputs[f"{name}[{len(rows)}].{column}"] = place
        inputs[f"{name}[{len(rows)}]"] = places[next(iter(field.columns))]
    first = next(iter(field.columns), "")
    inputs[name] = f"{at}.1.{first}"
    return rows if not field.over or any(len(row) > 1 for row in rows) else []
