"""The empty form of a step, to be filled in: as YAML with what each field wants, or as data."""

from __future__ import annotations

from typing import Any, Final

from reviewflow.asking.step_forms import form
from reviewflow.cli.options import Acting, Reading
from reviewflow.cli.printing import document, say
from reviewflow.cli.request import asking

_KEYS: Final = ("name", "label", "help", "type", "wants", "optional", "columns", "rows")


def show_template(typed: str, step: str, how: Acting) -> None:
    """The empty form of a step."""
    with asking(Reading(how.actor, json=how.json)) as (question, _):
        data = form(question, typed, step)
        if how.json:
            fields = [_short(one) for one in data["fields"]]
            document({"cycle": data["cycle"], "step": step, "fields": fields})
            return
        handle = data["handle"]
        say(f"# {data['title']} ({step} of {handle})")
        say(f"# Fill it in and give it: reviewflow cycle do {handle} {step} --form FILE")
        if not data["fields"]:
            say("# This step has no form.\n{}")
        for field in data["fields"]:
            say("\n".join(_yaml(field)))


def _short(field: dict[str, Any]) -> dict[str, Any]:
    short: dict[str, Any] = {key: field[key] for key in _KEYS if key in field}
    if "columns" in short:
        short["columns"] = [_short(column) for column in short["columns"]]
    return short


def _yaml(field: dict[str, Any]) -> list[str]:
    name = field["name"]
    lines = ["", *_remarks(name, field)]
    if field["type"] == "list":
        return [*lines, f"{name}:", '  - ""']
    if field["type"] != "rows":
        return [*lines, f'{name}: ""']
    columns = field.get("columns", ())
    for column in columns:
        lines += _remarks(f"{name}, {column['name']}", column)
    lines.append(f"{name}:")
    for row in field.get("rows", [None]):
        cells = [*([f"id: {row}"] if row is not None else []), *(f'{column["name"]}: ""' for column in columns)]
        lines += [
            f"  {'- ' if first else '  '}{text}"
            for first, text in zip([True] + [False] * len(cells), cells, strict=False)
        ]
    return lines


def _remarks(name: str, field: dict[str, Any]) -> list[str]:
    may = "; may be left out" if field["optional"] else ""
    title = f"# {field['label'] or name}: {field['wants']}{may}"
    return [title, *([f"#   {' '.join(field['help'].split())}"] if field["help"] else [])]
