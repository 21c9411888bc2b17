"""The form of a step: people and places by any of their names, and what its fields want, as data."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from reviewflow.asking.naming import Resolver
from reviewflow.asking.question import Question
from reviewflow.cycle.forms import choices, describe
from reviewflow.cycle.setting import Setting
from reviewflow.cycle.steps import find_step
from reviewflow.errors import BadInput, Fault
from reviewflow.workflow.definition import Act, Definition, FormField


def form(question: Question, typed: str, step: str) -> dict[str, Any]:
    """The empty form of a step of a cycle, and what the step is called.

    A question about the workflow, not about what was said in the cycle: of that it shows ids of rows alone.
    """
    cycle = question.find.cycle(typed)
    setting = question.installation.engine.setting(question.known, cycle)
    question.may("workflow show")
    found = find_step(setting.definition, step)
    place = found.about if isinstance(found, Act) else None
    return {
        "cycle": cycle,
        "handle": question.called.cycle(cycle),
        "step": step,
        "title": found.title,
        "help": found.help,
        "second": [setting.title(role) for role in found.second],
        "about": setting.rows(place) if place else [],
        "fields": fields_of(setting, step),
    }


def fields_of(setting: Setting, step: str) -> list[dict[str, Any]]:
    """What the fields of a form want, in the order of the definition; `opens` is the form of opening a cycle."""
    return [_data(setting, name, field) for name, field in setting.definition.fields(step).items()]


def _data(setting: Setting, name: str, field: FormField) -> dict[str, Any]:
    data: dict[str, Any] = {
        "name": name,
        "label": field.label,
        "help": field.help,
        "type": field.type,
        "wants": describe(setting.definition, field),
        "optional": _may_be_left_out(field),
        "of": field.of if isinstance(field.of, str) else None,
        "choices": _choices(setting.definition, field),
        "min": field.min,
        "max": field.max,
        "plain": field.plain,
    }
    if field.columns:
        data["columns"] = [_data(setting, n, column) for n, column in field.columns.items()]
    if field.over:
        data["rows"] = setting.rows(field.over)
    return data


def _choices(definition: Definition, field: FormField) -> list[dict[str, str]]:
    """The values that a choice, or a list of choices, may take, with what they are called."""
    titles = definition.lists[field.of].titles if isinstance(field.of, str) and field.of in definition.lists else {}
    return [{"value": one, "title": titles.get(one, one)} for one in choices(definition, field)]


def _may_be_left_out(field: FormField) -> bool:
    """Whether a form is whole without this field."""
    return field.optional or (field.type in ("list", "rows") and field.min == 0)


def resolved(find: Resolver, definition: Definition, step: str, values: Mapping[str, Any]) -> dict[str, Any]:
    """The values with people and organisations as ids; whatever else is wrong the form's own rules say."""
    faults: list[Fault] = []
    fields = definition.fields(step)
    found = {name: _field(find, name, fields.get(name), value, faults) for name, value in values.items()}
    if faults:
        raise BadInput(f"the form of {step}", faults)
    return found


def _field(find: Resolver, where: str, field: FormField | None, value: Any, faults: list[Fault]) -> Any:
    if field is None:
        return value
    if field.type == "rows":
        rows = list(value.values()) if isinstance(value, Mapping) else value
        keyed = (
            zip(value, rows, strict=True)
            if isinstance(value, Mapping)
            else enumerate(rows if isinstance(rows, list) else (), 1)
        )
        made = {key: _row(find, f"{where}.{key}", field, row, faults) for key, row in keyed}
        return made if isinstance(value, Mapping) else list(made.values()) if isinstance(value, list) else value
    kind = field.of if field.type == "list" else field.type
    if kind not in ("person", "organisation"):
        return value
    if isinstance(value, list):
        return [_one(find, f"{where}[{n}]", str(kind), one, faults) for n, one in enumerate(value, 1)]
    return _one(find, where, str(kind), value, faults)


def _row(find: Resolver, where: str, field: FormField, row: Any, faults: list[Fault]) -> Any:
    if not isinstance(row, Mapping):
        return row
    return {name: _field(find, f"{where}.{name}", field.columns.get(name), cell, faults) for name, cell in row.items()}


def _one(find: Resolver, where: str, kind: str, value: Any, faults: list[Fault]) -> Any:
    if not isinstance(value, str) or not value.strip():
        return value
    try:
        return find.person(value, where) if kind == "person" else find.organisation(value, where)
    except BadInput as error:
        faults += error.faults
        return value
