"""What no shape can say of a definition: every fault, each with its path. Each subject has a file of its own."""

from __future__ import annotations

from reviewflow.workflow import (
    check_deadlines,
    check_forms,
    check_names,
    check_paths,
    check_roles,
    check_states,
    check_steps,
    check_visible,
)
from reviewflow.workflow.definition import Definition
from reviewflow.workflow.references import Found, References
from reviewflow.workflow.rules import check_rules

MOST = {"states": 200, "steps": 200, "roles": 100, "rules": 300, "fields": 1_000}
"""Far beyond any real programme; they keep the time that a check takes within seconds, whatever the file."""


def check(definition: Definition) -> list[Found]:
    """Every fault of a definition whose shape is right; none means that it may be published."""
    references = References(definition)
    too_many = _too_many(references)
    if too_many:
        return too_many
    found = list(check_states.check(references))
    # Whether a way leads somewhere can be asked only where its two ends are known.
    subjects = [check_names, check_roles, check_forms, check_steps, check_deadlines, check_visible]
    for subject in subjects if found else [*subjects, check_paths]:
        found += subject.check(references)
    return list(dict.fromkeys([*found, *check_rules(definition)]))


def _too_many(references: References) -> list[Found]:
    definition = references.definition
    steps = references.steps
    fields = [field for name in steps for field in definition.fields(name).values()]  # a form counts at each step
    counted = {
        "states": (len(references.states), "stages"),
        "steps": (len(steps), "transitions"),
        "roles": (len(definition.roles), "roles"),
        "rules": (
            sum(len(step.requires) for step in steps.values())
            + sum(len(role.eligible) for role in definition.roles.values()),
            "transitions",
        ),
        "fields": (sum(1 + len(field.columns) for field in fields), "forms"),
    }
    return [
        ((path,), f"{number} {what}", f"want at most {MOST[what]:,}")
        for what, (number, path) in counted.items()
        if number > MOST[what]
    ]
