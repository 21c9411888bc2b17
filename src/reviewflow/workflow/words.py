"""Parts of a definition as people say them: roles, numbers, deadlines."""

from __future__ import annotations

from collections.abc import Iterable

from reviewflow.workflow.check_deadlines import UNITS
from reviewflow.workflow.definition import Definition, Due, bounds


def role_title(definition: Definition, who: str) -> str:
    """What people read for an entry of `by`: a role, a person named in a form, or anyone."""
    if who == "anyone":
        return "anyone with a role here"
    step, dot, name = who.partition(".")
    if dot:
        field = definition.fields(step).get(name)
        return (field.label if field else None) or name.replace("_", " ")
    return definition.roles[who].title if who in definition.roles else who


def role_titles(definition: Definition, names: Iterable[str]) -> str:
    """The same for several."""
    return ", ".join(role_title(definition, name) for name in names)


def span_words(span: str) -> str:
    """`3..4` as "3 to 4", `1..` as "1 or more"."""
    low, high = bounds(span)
    if high is None:
        return f"{low} or more"
    return str(low) if low == high else f"{low} to {high}"


def due_words(definition: Definition, due: Due) -> str:
    """A deadline as a person says it: "20 school days before Planned first day of the visit"."""
    words = _offset_words(definition, due)
    if due.limit:
        words += f", at the latest {due_words(definition, due.limit)}"
    if due.not_before:
        words += f", not before {due_words(definition, due.not_before)}"
    if due.otherwise:
        words += f"; while that is not known, {due_words(definition, due.otherwise)}"
    return words


def _offset_words(definition: Definition, due: Due) -> str:
    if due.before is not None:
        step = definition.step(due.before)
        return f"before “{step.title if step else due.before}” is due"
    if due.day is not None:
        return f"on {anchor_words(definition, due.day)}"
    if due.from_day_of is not None:
        step = definition.step(due.from_day_of)
        origin = f"the day of “{step.title if step else due.from_day_of}”"
    else:
        origin = anchor_words(definition, due.origin or "")
    for unit in UNITS:
        number: int | None = getattr(due, unit)
        if number:
            name = unit.replace("_", " ") if abs(number) > 1 else unit.replace("_", " ").removesuffix("s")
            return f"{abs(number)} {name} {'before' if number < 0 else 'after'} {origin}"
    return f"on {origin}"


def anchor_words(definition: Definition, name: str) -> str:
    """The day an anchor stands for."""
    anchor = definition.anchors.get(name)
    if anchor is None:
        return name
    if anchor.field is not None:
        step, _, field = anchor.field.partition(".")
        found = definition.fields(step).get(field)
        taken = definition.step(step)
        label = (found.label if found else None) or field.replace("_", " ")
        return f"“{label}” of “{taken.title if taken else step}”"
    if anchor.day_of is not None:
        step_taken = definition.step(anchor.day_of)
        return f"the day of “{step_taken.title if step_taken else anchor.day_of}”"
    return str(anchor.calendar).replace("_", " ")
