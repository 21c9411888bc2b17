"""A workflow as its page tells it: a drawing of its stages, every step with who may take it and what it requires."""

from __future__ import annotations

from typing import Any, Final

from reviewflow.web.picture import drawing
from reviewflow.workflow import diagram
from reviewflow.workflow.checks import check
from reviewflow.workflow.definition import Definition, Transition
from reviewflow.workflow.describe import describe
from reviewflow.workflow.words import role_title, role_titles, span_words
from reviewflow.workflow.yaml_nodes import show_path


def told(definition: Definition, digest: str) -> dict[str, Any]:
    """All of it, for `administration/workflow_parts.html`."""
    data = describe(definition, digest)
    steps = {step["name"]: _called(definition, step) for step in data["steps"]}
    roles = [
        {**role, "number": span_words(role["assigned"]) if role["assigned"] else None,
         "offered_by": role_titles(definition, role["offered_by"]),
         "among": role_title(definition, role["among"]) if role["among"] else None}
        for role in data["roles"]
    ]  # fmt: skip
    return {
        "one": data, "roles": roles, "opening": steps["opens"], "drawn": drawing(definition),
        "groups": _groups(definition, steps), "plain": diagram.plain(definition),
        "mermaid": diagram.mermaid(definition),
    }  # fmt: skip


_CHECKED: Final[dict[str, list[str]]] = {}
"""By digest: a definition never changes, and the check takes a while."""


def complaints(definition: Definition, digest: str) -> list[str]:
    """What the check says against a definition that is published: it may have been before the check knew of it."""
    if digest not in _CHECKED:
        _CHECKED[digest] = [f"{show_path(path)}: got {got}; {want}" for path, got, want in check(definition)]
    return _CHECKED[digest]


def _called(definition: Definition, step: dict[str, Any]) -> dict[str, Any]:
    """A step with the titles of what it names."""
    states = definition.all_states()
    to = step["to"]
    return {
        **step,
        "by": role_titles(definition, step["by"]),
        "signed_by": role_titles(definition, step["with"]),
        "to": states[to].title if to in states else "where it was before" if to else None,
        "evidence": {kind.replace("_", " "): span_words(number) for kind, number in step["evidence"].items()},
        "requires": [
            {"text": need["else"], "waivable_by": role_titles(definition, need["waivable_by"])}
            for need in step["requires"]
        ],
    }


def _groups(definition: Definition, steps: dict[str, dict[str, Any]]) -> list[dict[str, Any]]:
    """The steps by the stage in which they begin, in the order of the definition; those of several stages last."""
    rooms: dict[str, list[dict[str, Any]]] = {stage: [] for stage in definition.stages}
    rooms[""] = []
    for name, step in definition.steps().items():
        begins = definition.expand(step.origin if isinstance(step, Transition) else step.within)  # type: ignore[attr-defined]
        stages = {state.rpartition(".")[0] for state in begins}
        rooms[stages.pop() if len(stages) == 1 else ""].append(steps[name])
    titles = {
        **{name: stage.title for name, stage in definition.stages.items()},
        "": "In several stages, or outside them",
    }
    return [{"title": titles[name], "steps": found} for name, found in rooms.items() if found]
