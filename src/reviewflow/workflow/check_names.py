"""Names that clash, with each other or with a word of the language."""

from __future__ import annotations

from collections.abc import Iterator

from reviewflow.workflow.references import Found, References
from reviewflow.workflow.yaml_nodes import KEY, Path
from reviewflow.workflow.yaml_scalars import says

RESERVED = frozenset(
    {"opens", "status", "dates", "people", "evidence", "notes", "return", "active", "any", "anyone"}
)  # fmt: skip
"""Words with a meaning of their own in `by`, `from`, `to`, `in` and `what`."""
OF_RULES = frozenset({"in", "true", "false", "null"})
"""Words of CEL that cannot be part of a fact's name."""
IMPLIED = frozenset({"forgotten"})
"""Refusal codes of the engine's own that could be a requirement's name; the others hold a hyphen or a colon."""


def check(references: References) -> Iterator[Found]:
    """Every name that is taken already or cannot be used."""
    definition = references.definition
    yield from _reserved(references)
    for name in definition.transitions.keys() & definition.acts.keys():
        yield ("acts", name, KEY), f"the name {says(name)} again", "want a name that no transition has"
    for name in definition.roles.keys() & references.steps.keys() - RESERVED:  # waivers name either
        yield ("roles", name, KEY), f"the name {says(name)} again", "want a name that no step has"
    for name in definition.states.keys() & definition.stages.keys():
        yield ("states", name, KEY), f"the name {says(name)} again", "want a name that no stage has"
    seen: dict[str, str] = {}
    for group, evidence in definition.evidence.items():
        for kind in evidence.kinds:
            if kind in seen:
                want = f"want each kind once; it is in `{seen[kind]}` already"
                yield ("evidence", group, "kinds", kind, KEY), f"the kind {says(kind)} again", want
            seen.setdefault(kind, group)
    yield from _requirements(references)


def _reserved(references: References) -> Iterator[Found]:
    definition = references.definition
    kinds = [(("evidence", group, "kinds"), kind) for group, e in definition.evidence.items() for kind in e.kinds]
    fields = [(("forms", form), field) for form, named in definition.forms.items() for field in named]
    columns = [
        (("forms", form, name, "columns"), column)
        for form, named in definition.forms.items()
        for name, field in named.items()
        for column in field.columns
    ]
    inside = [(("stages", stage, "states"), state) for stage, s in definition.stages.items() for state in s.states]
    names: list[tuple[Path, str]] = [
        *((("transitions",), name) for name in definition.transitions),
        *((("acts",), name) for name in definition.acts),
        *((("roles",), name) for name in definition.roles),
        *((("stages",), name) for name in definition.stages),
        *((("states",), name) for name in definition.states),
    ]  # fmt: skip
    for path, name in [*names, *inside]:
        if name in RESERVED:
            yield (*path, name, KEY), f"the name {says(name)}", "want another name; this word has a meaning of its own"
    for path, name in [*names, *kinds, *fields, *columns]:
        if name in OF_RULES:
            yield (*path, name, KEY), f"the name {says(name)}", "want another name; rules could not ask for this one"


def _requirements(references: References) -> Iterator[Found]:
    """A requirement's name is its refusal code, so it must not read like another refusal of the same step."""
    definition = references.definition
    for role, held in definition.roles.items():
        for code in held.eligible.keys() & IMPLIED:
            want = "want another name; there is a refusal of this name already"
            yield ("roles", role, "eligible", code, KEY), f"the name {says(code)}", want
    for name, step in references.steps.items():
        rechecked = [role for role in step.recheck if role in definition.roles]
        eligible = {code: role for role in rechecked for code in definition.roles[role].eligible}
        for code in step.requires.keys() & eligible.keys():
            want = f"want another name; `{eligible[code]}`, rechecked here, has a requirement called so"
            yield (*references.path_of(name), "requires", code, KEY), f"the name {says(code)}", want
