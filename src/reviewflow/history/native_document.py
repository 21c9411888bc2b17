"""A document of an exported event as an event again: its texts unsealed, ready to be sealed in their new place.

What is plain and what is a text is never the file's to say: the event's own fields and the definition decide.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from math import isfinite
from typing import Any, Final, get_args

from pydantic import ValidationError

from reviewflow.cycle import events as ev
from reviewflow.cycle.forms import read_form
from reviewflow.errors import Fault
from reviewflow.events import Event, Unsealed, topics
from reviewflow.history.export_document import HIDDEN, REMOVED
from reviewflow.history.named import Change, change_form
from reviewflow.workflow.definition import Definition, FormField

UNREADABLE: Final = "(removed)"
"""The text that stands where the export could not tell one."""
OWN: Final = ("entered_by", "door")
"""What an event says of its recording elsewhere; here somebody else brings it in."""

Document = dict[str, Any]


class BadDocument(ValueError):
    """A cell that holds no document of an event; its text says why."""


def read_document(cell: str) -> Document:
    """The document that a cell holds, with nothing in it that could not be stored."""
    try:
        found = json.loads(cell, parse_constant=_no_number, parse_float=_finite)
        cell.encode()
        json.dumps(found, ensure_ascii=False).encode()
    except (ValueError, RecursionError) as error:
        raise BadDocument(f"expected the JSON of an event as reviewflow exports it: {_why(error)}") from None
    if not isinstance(found, dict) or not isinstance(found.get("topic"), str):
        raise BadDocument("expected a JSON object with a topic")
    kind = topics.get(found["topic"])
    if kind is None or not issubclass(kind, ev.CycleEvent):
        raise BadDocument(f"the topic {found['topic']!r} is no event of a cycle that this release knows")
    return found


def event_of(document: Mapping[str, Any], definition: Definition, step: str | None) -> tuple[Event | None, list[Fault]]:
    """The event of a document; `step` is the one whose form it holds. None with everything that is wrong with it."""
    kind = topics[document["topic"]]
    fields = {name: value for name, value in document.items() if name not in ("topic", *OWN)}
    faults = [
        Fault(name, "a part that was not shown to whoever exported it", "expected the export of somebody who sees all")
        for name, value in fields.items() if value == HIDDEN and name not in text_fields(kind)
    ]  # fmt: skip
    if faults:
        return None, faults
    for name, value in fields.items():
        if name in text_fields(kind):
            fields[name] = _text(value)
        elif isinstance(value, str) and not value.isprintable():
            faults.append(Fault(name, repr(value[:60]), "expected one line without control characters"))
    if isinstance(values := fields.get("values"), dict):
        fields["values"], wrong = _form(values, definition, definition.fields(step) if step else {})
        faults += wrong
    fields.update(entered_by="", door="import")
    try:
        event = kind.model_validate(fields)
    except ValidationError as error:
        faults += [Fault(".".join(map(str, one["loc"])), "", one["msg"]) for one in error.errors()]
        return None, faults
    return (None, faults) if faults else (event, [])


def change_document(document: Document, definition: Definition, step: str | None, change: Change) -> Document:
    """A document with the ids of organisations and people in its form changed."""
    values = document.get("values")
    if step is None or not isinstance(values, dict):
        return document
    return {**document, "values": change_form(definition.fields(step), values, change)}


def same_event(there: Document, here: Document) -> bool:
    """Whether two documents tell the same event, wherever each was recorded. What cannot be read may be anything."""
    return _same(_told(there), _told(here))


def _told(document: Document) -> Document:
    return {name: v for name, v in document.items() if name not in OWN and v is not None and v not in ([], {})}


def _same(one: Any, other: Any) -> bool:
    unread = (REMOVED, HIDDEN, UNREADABLE)
    if one in unread or other in unread:
        return True
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(_same(value, other[name]) for name, value in one.items())
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(_same, one, other))
    return bool(one == other)


@cache
def text_fields(kind: type[Event]) -> frozenset[str]:
    """The fields of an event that are texts."""
    return frozenset(name for name, field in kind.model_fields.items() if Unsealed in get_args(field.annotation))


def _text(value: Any) -> Any:
    if value in (REMOVED, HIDDEN):
        return Unsealed(UNREADABLE)
    return Unsealed(value) if isinstance(value, str) else value


def _form(
    values: dict[str, Any], definition: Definition, fields: Mapping[str, FormField]
) -> tuple[dict[str, Any], list[Fault]]:
    """Values as the definition types them. How many and how long was judged where they were entered."""
    given = {name: _marked(fields[name], value) if name in fields else value for name, value in values.items()}
    read, faults = read_form(definition, {name: _any_size(field) for name, field in fields.items()}, given, {})
    return read, [Fault(f"values.{fault.where}", fault.got, fault.want) for fault in faults]


def _any_size(field: FormField) -> FormField:
    columns = {name: _any_size(column) for name, column in field.columns.items()}
    return field.model_copy(update={"min": None, "max": None, "optional": True, "over": None, "columns": columns})


def _marked(field: FormField, value: Any) -> Any:
    """Values with a text in place of each that could not be read."""
    if isinstance(value, list) and field.type == "rows":
        return [
            {name: _marked(field.columns[name], cell) if name in field.columns else cell for name, cell in row.items()}
            if isinstance(row, dict) else row
            for row in value
        ]  # fmt: skip
    if isinstance(value, list):
        return [_marked(field, one) for one in value]
    is_text = field.type in ("text", "long_text") or (field.type == "list" and field.of in (None, "text", "long_text"))
    return UNREADABLE if is_text and value in (REMOVED, HIDDEN) else value


def _no_number(word: str) -> None:
    raise ValueError(f"{word} is no number")


def _finite(text: str) -> float:
    number = float(text)
    if not isfinite(number):
        raise ValueError(f"{text} is too large a number")
    return number


def _why(error: Exception) -> str:
    match error:
        case json.JSONDecodeError():
            return f"{error.msg} at character {error.pos + 1}"
        case UnicodeError():
            return "half of a surrogate pair"
        case RecursionError():
            return "values too deep inside one another"
    return str(error)
