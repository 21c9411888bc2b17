"""Whether a workflow has what a mapping names, and whether the mapping gives what the workflow asks for."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator
from collections.abc import Mapping as Named

from reviewflow.history.mapping import Cell, Mapping, Rule
from reviewflow.workflow.definition import Definition, FormField
from reviewflow.workflow.references import Found
from reviewflow.workflow.yaml_nodes import KEY, Path
from reviewflow.workflow.yaml_scalars import says


def check_workflow(mapping: Mapping, definition: Definition) -> list[Found]:
    """Everything that does not fit."""
    return [*_adopted(mapping, definition), *_rules(mapping, definition)]


def _adopted(mapping: Mapping, definition: Definition) -> Iterator[Found]:
    states = definition.all_states()
    for text, state in mapping.adopt.states.items() if mapping.adopt is not None else ():
        if state not in states:
            yield ("adopt", "states", text), *_unknown("state", state, states)


def _rules(mapping: Mapping, definition: Definition) -> Iterator[Found]:
    for number, rule in enumerate(mapping.rows):
        path: Path = ("rows", number)
        yield from _roles(rule, definition, path)
        for which, implied in enumerate(rule.implies):
            yield from _implied(definition, implied, (*path, "implies", which))
        step = rule.do or rule.date_of
        if rule.open is not None:
            yield from _form(rule, definition.fields("opens"), path)
        elif step is not None and step not in definition.steps():
            yield (*path, "do" if rule.do else "date_of"), *_unknown("step", step, definition.steps())
        elif step is not None:
            yield from _form(rule, definition.fields(step), path)
            yield from _signatures(rule, definition, step, path)


def _roles(rule: Rule, definition: Definition, path: Path) -> Iterator[Found]:
    assigned = [name for name, role in definition.roles.items() if role.assigned]
    for key in ("assign", "withdraw"):
        role = getattr(rule, key)
        if role is not None and role not in assigned:
            yield (*path, key), *_unknown("role that is assigned", role, assigned)
    kinds = definition.evidence_kinds()
    if rule.evidence is not None and rule.evidence not in kinds:
        yield (*path, "evidence"), *_unknown("kind of evidence", rule.evidence, kinds)


def _implied(definition: Definition, step: str, path: Path) -> Iterator[Found]:
    if step not in definition.transitions:
        yield path, *_unknown("transition", step, definition.transitions)
        return
    needed = [name for name, field in definition.fields(step).items() if not field.optional]
    if needed:
        yield path, says(step), f"want a transition without a form; this one asks for {', '.join(needed)}"
    if definition.transitions[step].second:
        yield path, says(step), "want a transition that one person takes alone"


def _signatures(rule: Rule, definition: Definition, step: str, path: Path) -> Iterator[Found]:
    second = definition.steps()[step].second
    if len(second) != len(rule.signed_by):
        got = f"{len(rule.signed_by)} in `signed_by`" if rule.signed_by else "no `signed_by`"
        want = f"want one for each who signs {step}: {', '.join(second)}" if second else f"want none: {step} needs none"
        yield ((*path, "signed_by") if rule.signed_by else path), got, want


def _form(rule: Rule, fields: Named[str, FormField], path: Path) -> Iterator[Found]:
    for name, cell in rule.set.items():
        if name not in fields:
            yield (*path, "set", name, KEY), *_unknown("field", name, fields)
        else:
            yield from _field(cell, fields[name], (*path, "set", name))
    missing = [name for name, field in fields.items() if not field.optional and name not in rule.set]
    if missing and not (rule.date_of and not rule.set):
        yield path, f"no {', '.join(missing)}", "want in `set:` every field that the form needs"


def _field(cell: Cell, field: FormField, path: Path) -> Iterator[Found]:
    if (field.type == "rows") != bool(cell.rows):
        yield path, "rows" if cell.rows else "one value", "want `rows:`" if field.type == "rows" else "want a value"
        return
    if cell.split and field.type != "list":
        yield (*path, "split"), "a list", "want one value; this field is no list"
    for number, row in enumerate(cell.rows):
        columns_ = {"id": FormField(type="text", plain=True), **field.columns}
        for name, inner in row.items():
            place = (*path, "rows", number, name)
            if name not in columns_:
                yield (*place, KEY), *_unknown("column", name, field.columns)
            else:
                yield from _field(inner, columns_[name], place)


def _unknown(what: str, name: str, known: Iterable[str]) -> tuple[str, str]:
    names = list(known)
    close = difflib.get_close_matches(name[:64], names, n=1)
    hint = f"did you mean `{close[0]}`?" if close else f"want one of: {', '.join(names) or 'none'}"
    return f"{says(name)}, no such {what}", hint
