"""The form of a step at the command line: people and places by any of their names, and an empty form to fill in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from reviewflow.cli.naming import Resolver
from reviewflow.cli.options import Acting, Reading
from reviewflow.cli.printing import document, say
from reviewflow.cli.request import asking
from reviewflow.cycle.forms import describe
from reviewflow.cycle.setting import Setting
from reviewflow.cycle.steps import find_step
from reviewflow.errors import BadInput, Fault
from reviewflow.workflow.definition import Definition, FormField


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


def show_template(typed: str, step: str, how: Acting) -> None:
    """The empty form of a step, as YAML with what each field wants."""
    with asking(Reading(how.actor, json=how.json)) as question:
        cycle = question.find.cycle(typed)
        setting = question.installation.engine.setting(question.known, cycle)
        question.may("workflow show")
        found = find_step(setting.definition, step)
        fields = setting.definition.fields(step)
        handle = question.called.cycle(cycle)
        if how.json:
            document({"cycle": cycle, "step": step, "fields": [_data(setting, n, f) for n, f in fields.items()]})
            return
        say(f"# {found.title} ({step} of {handle})")
        say(f"# Fill it in and give it: reviewflow cycle do {handle} {step} --form FILE")
        if not fields:
            say("# This step has no form.\n{}")
        for name, field in fields.items():
            say("\n".join(_yaml(setting, name, field)))


def _data(setting: Setting, name: str, field: FormField) -> dict[str, Any]:
    data: dict[str, Any] = {
        "name": name,
        "label": field.label,
        "help": field.help,
        "type": field.type,
        "wants": describe(setting.definition, field),
        "optional": _optional(field),
    }
    if field.columns:
        data["columns"] = [_data(setting, n, column) for n, column in field.columns.items()]
    if field.over:
        data["rows"] = setting.rows(field.over)
    return data


def _optional(field: FormField) -> bool:
    return field.optional or (field.type in ("list", "rows") and field.min == 0)


def _yaml(setting: Setting, name: str, field: FormField) -> list[str]:
    lines = ["", *_remarks(setting, name, field)]
    if field.type == "list":
        return [*lines, f"{name}:", '  - ""']
    if field.type != "rows":
        return [*lines, f'{name}: ""']
    for column, part in field.columns.items():
        lines += _remarks(setting, f"{name}, {column}", part)
    lines.append(f"{name}:")
    for row in setting.rows(field.over) if field.over else [None]:
        cells = [*([f"id: {row}"] if row is not None else []), *(f'{column}: ""' for column in field.columns)]
        lines += [
            f"  {'- ' if first else '  '}{text}"
            for first, text in zip([True] + [False] * len(cells), cells, strict=False)
        ]
    return lines


def _remarks(setting: Setting, name: str, field: FormField) -> list[str]:
    may = "; may be left out" if _optional(field) else ""
    title = f"# {field.label or name}: {describe(setting.definition, field)}{may}"
    return [title, *([f"#   {' '.join(field.help.split())}"] if field.help else [])]
