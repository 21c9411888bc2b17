"""Requirements that somebody may let go unasked: which stand in the way now, and what it means to waive one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from reviewflow.asking.foretelling import Foretold, foretold
from reviewflow.asking.one_cycle import OneCycle
from reviewflow.asking.question import Question
from reviewflow.cycle.commands import WaiveRequirement
from reviewflow.cycle.judging import Attempt
from reviewflow.cycle.setting import Setting
from reviewflow.cycle.standing_in import judge_attempt
from reviewflow.cycle.steps import find_step
from reviewflow.errors import BadInput, Fault
from reviewflow.events import Asked
from reviewflow.workflow.definition import Requirement

_TRIED = "to see whether it may be"


def waivable(
    question: Question, one: OneCycle, following: Mapping[str, Any], asked: Asked
) -> dict[str, list[dict[str, Any]]]:
    """By step what stands against it and could be waived by whoever asks. `following`: the answer of `next_steps`."""
    setting = question.installation.engine.setting(question.now, one.cycle.id)
    titles = {one.titles.role(role) for role in _roles(one, setting, asked)}
    found: dict[str, list[dict[str, Any]]] = {}
    for option in following["not_yet"]:
        # Most people may waive nothing: of those nothing is judged again.
        if option["kind"] == "agree" or not any(_by(titles, each) for each in option["requirements"]):
            continue
        name = option["step"]
        attempt = Attempt(setting, name, find_step(one.definition, name), question.viewer, None)
        for judged in judge_attempt(attempt._replace(behalf=asked.on_behalf_of)):
            of, person = judged.eligible or (name, None)
            if judged.status != "unmet" or titles.isdisjoint(judged.waivable_by):
                continue
            if waiving(question, one, asked, of, judged.code, person).open:
                sentence = question.names_in(judged.sentence, one.seeing.people)
                row = {"of": of, "requirement": judged.code, "person": person, "sentence": sentence}
                found.setdefault(name, []).append(row)
    return found


def _by(titles: set[str], requirement: Mapping[str, Any]) -> bool:
    return requirement["status"] == "unmet" and not titles.isdisjoint(requirement["waivable_by"])


def _roles(one: OneCycle, setting: Setting, asked: Asked) -> set[str]:
    """Roles of whoever asks; whoever stands in for somebody may have theirs."""
    own = one.seeing.roles
    return {*own, *setting.roles_of(asked.on_behalf_of)} if asked.on_behalf_of else own


def waiving(question: Question, one: OneCycle, asked: Asked, of: str, requirement: str, person: str | None) -> Foretold:
    """What stands against waiving a requirement of a step, or of a role for a person."""
    return foretold(question, WaiveRequirement(
        asked=asked, cycle=one.cycle.id, of=of, requirement=requirement, reason=_TRIED, person=person
    ))  # fmt: skip


def requirement_of(one: OneCycle, of: str, name: str) -> Requirement:
    """A requirement of a step or a role; `BadInput` where there is none."""
    step, role = one.definition.step(of), one.definition.roles.get(of)
    found = step.requires.get(name) if step else role.eligible.get(name) if role else None
    if found is None:
        raise BadInput("requirement", [Fault("requirement", f"{of}.{name}", "no requirement of this workflow")])
    return found
