"""Workflows: which are published, what each says step by step, and whether it is sound."""

from __future__ import annotations

from typing import Any, Final

from fastapi import APIRouter, Request, Response

from reviewflow.asking.question import Question, asking
from reviewflow.asking.workflows import workflow as told_of
from reviewflow.asking.workflows import workflows
from reviewflow.web.picture import drawing
from reviewflow.web.rendering import page
from reviewflow.web.visiting import Here, site_of
from reviewflow.workflow.checks import check
from reviewflow.workflow.definition import Definition, Transition
from reviewflow.workflow.describe import describe
from reviewflow.workflow.words import role_title, role_titles, span_words

routes = APIRouter()


@routes.get("/administration/workflows")
def listed(request: Request, who: Here) -> Response:
    """Published ones, with all their editions, and those that are ready to be."""
    with asking(site_of(request).installation, who.person) as question:
        found = workflows(question, editions=True)
    return page(request, "administration/workflows.html", rows=found["workflows"], shipped=found["shipped"])


@routes.get("/administration/workflows/{workflow}")
def show(request: Request, workflow: str, who: Here, edition: str = "") -> Response:
    """The whole definition: a drawing of its stages, every step with who may take it and what it requires."""
    with asking(site_of(request).installation, who.person) as question:
        found = told_of(question, workflow, edition or None)
        data = describe(found.definition, found.digest)
        used_by = _programmes(question, workflow)
    steps = {step["name"]: _called(found.definition, step) for step in data["steps"]}
    roles = [
        {**role, "number": span_words(role["assigned"]) if role["assigned"] else None,
         "offered_by": role_titles(found.definition, role["offered_by"]),
         "among": role_title(found.definition, role["among"]) if role["among"] else None}
        for role in data["roles"]
    ]  # fmt: skip
    return page(
        request, "administration/workflow.html", one=data, roles=roles, opening=steps["opens"],
        drawn=drawing(found.definition), groups=_groups(found.definition, steps),
        complaints=_complaints(found.digest, found.definition), used_by=used_by,
    )  # fmt: skip


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


_CHECKED: Final[dict[str, list[str]]] = {}
"""By digest: a definition never changes, and the check takes a while."""


def _complaints(digest: str, definition: Definition) -> list[str]:
    if digest not in _CHECKED:
        _CHECKED[digest] = [str(one) for one in check(definition)]
    return _CHECKED[digest]


def _programmes(question: Question, name: str) -> list[str]:
    found = [question.now.programme(one) for one in question.find.all("programme")]
    return [one.name for one in found if one is not None and one.workflow == name]


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
