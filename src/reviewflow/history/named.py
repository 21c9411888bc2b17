"""People and organisations that an event names: in its own fields, and in the fields of its form."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from reviewflow.workflow.definition import FormField

PEOPLE: Final = ("by", "on_behalf_of", "person", "successor")
"""Fields of the events of a cycle that hold the id of a person."""
MANY_PEOPLE: Final = ("booked", "people")
"""Fields that hold several."""

Change = Callable[[str, Any], Any]
"""Gets `person` or `organisation` and an id, gives what shall stand there."""
_KINDS: Final = frozenset({"person", "organisation"})


def change_form(fields: Mapping[str, FormField], values: Mapping[str, Any], change: Change) -> dict[str, Any]:
    """The values of a form with every person and organisation in them changed; what does not fit stays as it is."""
    return {name: _field(fields[name], value, change) if name in fields else value for name, value in values.items()}


def _field(field: FormField, value: Any, change: Change) -> Any:
    if field.type in _KINDS:
        return change(field.type, value)
    if not isinstance(value, list):
        return value
    if field.type == "list" and field.of in _KINDS:
        return [change(str(field.of), one) for one in value]
    if field.type == "rows":
        return [change_form(field.columns, row, change) if isinstance(row, dict) else row for row in value]
    return value
