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

MOST_STATES = 200
MOST_STEPS = 400


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
    found: list[Found] = []
    if len(references.states) > MOST_STATES:
        found.append((("stages",), f"{len(references.states)} states", f"want at most {MOST_STATES}"))
    if len(references.steps) > MOST_STEPS:
        found.append((("transitions",), f"{len(references.steps)} steps", f"want at most {MOST_STEPS}"))
    return found
