"""The texts of a form that rules of its own step read: opened again, so that the step can be judged again.

A rule may read a text of its own step, for it was judged before the text was sealed; no other rule may.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from reviewflow.cycle.hindsight import Hindsight
from reviewflow.events import Unsealed, Value, is_sealed
from reviewflow.events.sealed import Sealed
from reviewflow.workflow.definition import Definition, FormField
from reviewflow.workflow.rules import compiled
from reviewflow.workflow.vocabulary import is_text


class Opened(NamedTuple):
    """The values of a form with the texts opened that rules read; and per requirement the texts that are gone."""

    values: Mapping[str, Value]
    gone: Mapping[str, list[str]]


def open_texts(
    definition: Definition, digest: str, step: str, values: Mapping[str, Value], known: Hindsight, at: int
) -> Opened:
    """Open what the rules of a step ask the words of. `at` is the version whose event holds the values."""
    found, fields = definition.step(step), definition.fields(step)
    opened: dict[str, Value] = {}
    gone: dict[str, list[str]] = {}
    for code, requirement in (found.requires if found else {}).items():
        for name in _texts_read(definition, fields, compiled(definition, digest, step, requirement.rule).names):
            if name not in opened and name in values:
                version = known.history.fields_at.get(at, {}).get(name, at)
                opened[name] = _open(values[name], known, version, f"values.{name}")
            if name in opened and _still_sealed(opened[name]):
                gone.setdefault(code, []).append(fields[name].label or name)
    return Opened({**values, **opened}, gone)


def _texts_read(definition: Definition, fields: Mapping[str, FormField], names: tuple[str, ...]) -> Iterator[str]:
    """The fields of the form whose sealed words a rule asks for, not only whether or how long."""
    for fact in names:
        room, _, rest = fact.partition(".")
        name, _, more = rest.partition(".")
        if room != "form":
            continue
        field = fields[name]
        if field.type == "rows" and more in field.columns:
            field, more = field.columns[more], ""
        if not more and is_text(definition, field) and not definition.plain(field):
            yield name


def _open(value: Value, known: Hindsight, version: int, path: str) -> Value:
    if is_sealed(value):
        text = known.shelf.log.open(Sealed.model_validate(value), known.stream, version, path)
        return value if text is None else Unsealed(text)
    if isinstance(value, dict):
        return {column: _open(cell, known, version, f"{path}.{column}") for column, cell in value.items()}
    if isinstance(value, list):
        places = (one["id"] if isinstance(one, dict) and "id" in one else n for n, one in enumerate(value))
        return [_open(one, known, version, f"{path}.{at}") for at, one in zip(places, value, strict=True)]
    return value


def _still_sealed(value: Value) -> bool:
    if is_sealed(value):
        return True
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return any(map(_still_sealed, inner))
