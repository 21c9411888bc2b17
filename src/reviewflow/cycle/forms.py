"""Reading a form: what a person entered, against what the definition asks. Every fault at once.

Entered values may be strings (from a command line or a page) or already typed (from JSON). A text that
is not `plain` comes back `Unsealed`; the vault seals it before it is stored.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from datetime import date
from typing import Any, NamedTuple

from reviewflow.errors import Fault
from reviewflow.events import Unsealed, Value
from reviewflow.workflow.definition import Definition, FormField

MOST_CHARACTERS = {"text": 1_000, "long_text": 50_000}
MOST_ITEMS = 500
_MOST_SHOWN = 80
_MOST_EXACT = 2**53
_FIRST_DAY, _LAST_DAY = date(1900, 1, 1), date(2199, 12, 31)
"""A day outside these is a slip of the pen, and deadlines counted from it might leave the years there are."""
_ONCE = frozenset({"choice", "person", "organisation"})
"""Kinds of item that stand once in a list."""
_WHOLE = re.compile(r"[+-]?[0-9]+")
_NUMBER = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?")
_ROW_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,31}")
_YES, _NO = frozenset({"true", "yes", "1"}), frozenset({"false", "no", "0"})
_UNFIT = re.compile("[\\x00-\\x1f\\x7f-\\x9f\\u202a-\\u202e\\u2066-\\u2069\\ud800-\\udfff]")
"""Control characters, overrides of the direction of text, and halves of surrogate pairs."""
_UNFIT_LONG = re.compile("[\\x00-\\x08\\x0b-\\x1f\\x7f-\\x9f\\u202a-\\u202e\\u2066-\\u2069\\ud800-\\udfff]")
"""The same, but lines and tabs are welcome."""


def read_form(
    definition: Definition,
    fields: Mapping[str, FormField],
    entered: Mapping[str, Any],
    earlier: Mapping[str, list[str]],
) -> tuple[dict[str, Value], list[Fault]]:
    """The values of a form, and every fault of what was entered.

    `earlier` holds for each `STEP.FIELD` of rows the ids said last, for fields that go `over` them.
    """
    faults: list[Fault] = []
    values: dict[str, Value] = {}
    for name in entered:
        if name not in fields:
            known = ", ".join(fields) or "this step has no form"
            faults.append(Fault(name, repr(name), f"no such field; the fields are: {known}"))
    for name, field in fields.items():
        given = entered.get(name)
        if _is_empty(given):
            if not field.optional and not (field.type in ("list", "rows") and field.min == 0):
                faults.append(Fault(name, "", f"must be given: {describe(definition, field)}"))
            continue
        value = _Reader(definition, earlier, faults).value(name, field, given)
        if value is not None:
            values[name] = value
    return values, faults


def describe(definition: Definition, field: FormField | _Item) -> str:
    """What a field wants, in words."""
    kinds = {
        "text": "a short text", "long_text": "a text", "int": "a whole number", "number": "a number",
        "bool": "yes or no", "date": "a date as in 2026-03-14", "person": "a person", "organisation": "an organisation",
    }  # fmt: skip
    if field.type == "choice":
        return f"one of: {', '.join(choices(definition, field))}"
    if field.type == "list":
        span = _span(field)
        options = choices(definition, field)
        of = f"from: {', '.join(options)}" if options else f"of {kinds.get(str(field.of), 'texts')}"
        return f"a list {of}{span}"
    if isinstance(field, FormField) and field.type == "rows":
        return f"rows with {', '.join(field.columns)}{_span(field)}"
    return kinds[field.type] + _span(field)


def choices(definition: Definition, field: FormField | _Item) -> tuple[str, ...]:
    """The values a choice, or a list of choices, may take; empty for other fields."""
    if isinstance(field.of, tuple):
        return field.of
    if field.of in definition.lists:
        return definition.lists[field.of].values
    return ()


def _span(field: FormField | _Item) -> str:
    if field.min is not None and field.max is not None:
        return f" ({field.min} to {field.max})"
    if field.min is not None:
        return f" (at least {field.min})"
    return f" (at most {field.max})" if field.max is not None else ""


def _is_empty(given: Any) -> bool:
    return given is None or (isinstance(given, str) and not given.strip()) or given in ([], {})


class _Item(NamedTuple):
    """One item of a list, asked for like a field; the bounds of the list are not those of its items."""

    type: str
    of: str | tuple[str, ...] | None
    min: int | None = None
    max: int | None = None


class _Reader:
    """Reads one field; faults gather in the list it was given."""

    def __init__(self, definition: Definition, earlier: Mapping[str, list[str]], faults: list[Fault]) -> None:
        self.definition, self.earlier, self.faults = definition, earlier, faults

    def fault(self, where: str, got: Any, want: str) -> None:
        self.faults.append(Fault(where, _shown(got), f"expected {want}"))

    def value(self, where: str, field: FormField, given: Any) -> Value:
        if field.type == "list":
            return self.items(where, field, given)
        if field.type == "rows":
            return self.rows(where, field, given)
        return self.cell(where, field, given, plain=self.definition.plain(field))

    def cell(self, where: str, field: FormField | _Item, given: Any, *, plain: bool) -> Value:
        match field.type:
            case "text" | "long_text":
                text = self.text(where, field, given)
                return text if text is None or plain else Unsealed(text)
            case "int" | "number":
                return self.number(where, field, given)
            case "bool":
                if isinstance(given, bool):
                    return given
                word = given.strip().lower() if isinstance(given, str) else _shown(given)
                if word in _YES or word in _NO:
                    return word in _YES
            case "date":
                return self.date(where, field, given)
            case "choice":
                if isinstance(given, str) and given.strip() in choices(self.definition, field):
                    return given.strip()
            case _:
                if isinstance(given, str):
                    return given.strip()
        self.fault(where, given, describe(self.definition, field))
        return None

    def text(self, where: str, field: FormField | _Item, given: Any) -> str | None:
        if not isinstance(given, str):
            self.fault(where, given, "a text")
            return None
        text = unicodedata.normalize("NFC", given).strip().replace("\r\n", "\n")
        bad = (_UNFIT_LONG if field.type == "long_text" else _UNFIT).search(text)
        if bad:
            want = "no control characters and no marks that override the direction of text"
            self.fault(where, bad.group(), want)
            return None
        most = MOST_CHARACTERS[field.type] if field.max is None else field.max
        least = field.min or 0
        if not least <= len(text) <= most:
            self.fault(where, f"{len(text)} characters", f"{least} to {most} characters")
            return None
        return text

    def number(self, where: str, field: FormField | _Item, given: Any) -> int | float | None:
        want = describe(self.definition, field)
        if isinstance(given, bool) or not isinstance(given, int | float | str):
            self.fault(where, given, want)
            return None
        try:
            number = _number(given, whole=field.type == "int")
        except ValueError:
            self.fault(where, given, want)
            return None
        inside = (field.min is None or number >= field.min) and (field.max is None or number <= field.max)
        # Whole numbers stay within what every JSON reader keeps exactly (RFC 8259, section 6); no inf, no nan.
        if not inside or not abs(number) < _MOST_EXACT:
            self.fault(where, given, want)
            return None
        return number

    def date(self, where: str, field: FormField | _Item, given: Any) -> str | None:
        text = given.isoformat() if isinstance(given, date) else given
        if isinstance(text, str) and re.fullmatch(r"\d{4}-\d{2}-\d{2}", text.strip(), re.ASCII):
            try:
                day = date.fromisoformat(text.strip())
            except ValueError:
                pass  # 31 February: told below like any other
            else:
                if _FIRST_DAY <= day <= _LAST_DAY:
                    return day.isoformat()
                self.fault(where, given, f"a date between {_FIRST_DAY} and {_LAST_DAY}")
                return None
        self.fault(where, given, describe(self.definition, field))
        return None

    def items(self, where: str, field: FormField, given: Any) -> list[Value] | None:
        if not isinstance(given, list | tuple):
            given = [given]
        if not self.count(where, field, len(given)):
            return None
        options = choices(self.definition, field)
        kind = "choice" if options else (field.of if isinstance(field.of, str) else "text")
        item = _Item(kind, field.of)
        plain = self.definition.plain(field)
        cells: list[Value] = []
        for number, one in enumerate(given, 1):
            if _is_empty(one):
                self.fault(f"{where}[{number}]", one, "no empty item")
            else:
                cells.append(self.cell(f"{where}[{number}]", item, one, plain=plain))
        if len(cells) < len(given) or None in cells:
            return None
        if kind in _ONCE and len(set(cells)) != len(cells):
            self.fault(where, given, "each value once")
        return cells

    def count(self, where: str, field: FormField, number: int) -> bool:
        low, high = field.min or 0, MOST_ITEMS if field.max is None else field.max
        if low <= number <= high:
            return True
        self.fault(where, f"{number} items", f"{low} to {high} of them")
        return False

    def rows(self, where: str, field: FormField, given: Any) -> list[Value] | None:
        listed = _listed(given)
        if listed is None or not all(isinstance(row, Mapping) for row in listed):
            self.fault(where, given, describe(self.definition, field))
            return None
        if not self.count(where, field, len(listed)):
            return None
        allowed = self.earlier.get(field.over, []) if field.over else None
        rows: list[Value] = []
        seen: set[str] = set()
        for number, row in enumerate(listed, 1):
            place = f"{where}[{number}]"
            row_id = str(row.get("id") or f"r{number}")
            if not _ROW_ID.fullmatch(row_id):
                self.fault(f"{place}.id", row_id, "an id of lower-case letters, digits and dashes")
            if row_id in seen:
                self.fault(f"{place}.id", row_id, "each id once")
            if allowed is not None and row_id not in allowed:
                self.fault(f"{place}.id", row_id, f"one of: {', '.join(allowed) or 'nothing was said there yet'}")
            seen.add(row_id)
            rows.append({"id": row_id, **self.columns(place, field, row)})
        return rows

    def columns(self, place: str, field: FormField, row: Mapping[str, Any]) -> dict[str, Value]:
        cells: dict[str, Value] = {}
        for name in row:
            if name != "id" and name not in field.columns:
                self.fault(f"{place}.{name}", row[name], f"one of the columns: {', '.join(field.columns)}")
        for name, column in field.columns.items():
            given = row.get(name)
            if _is_empty(given):
                if not column.optional:
                    self.fault(f"{place}.{name}", "", describe(self.definition, column))
                continue
            cell = self.cell(f"{place}.{name}", column, given, plain=self.definition.plain(column))
            if cell is not None:
                cells[name] = cell
        return cells


def _number(given: float | str, *, whole: bool) -> int | float:
    """A number as people write it: Python would also take `1_000`, `nan`, and digits of other scripts."""
    if isinstance(given, str):
        given = given.strip()
        if not (_WHOLE if whole else _NUMBER).fullmatch(given):
            raise ValueError(given)
        return int(given) if whole else float(given)
    if whole and not isinstance(given, int):
        raise ValueError(given)
    return given if whole or abs(given) >= _MOST_EXACT else float(given)


def _shown(got: Any) -> str:
    try:
        text = repr(got)
    except ValueError:  # Python does not write out whole numbers of thousands of digits
        return "a number of thousands of digits"
    return text if len(text) <= _MOST_SHOWN else text[: _MOST_SHOWN - 3] + "..."


def _listed(given: Any) -> list[Any] | None:
    """Rows as a list; `{"1": {...}, "a1": {...}}` (from `--set actions.a1.what=...`) becomes rows with ids."""
    if isinstance(given, Mapping):
        if not all(isinstance(row, Mapping) for row in given.values()):
            return None
        return [{"id": f"r{key}" if str(key).isdigit() else key, **row} for key, row in given.items()]
    return list(given) if isinstance(given, list | tuple) else None
