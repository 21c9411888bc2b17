"""What was said in a cycle, arranged by the stages of its workflow: those that are over can be folded away."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from reviewflow.asking.one_cycle import OneCycle
from reviewflow.workflow.definition import Act, Definition, Opening, Transition

_PROPOSED = " (proposed)"
_PEOPLE = "People"
"""Whoever opens a review wants to know first who takes part."""


class Over(NamedTuple):
    """A stage that the cycle is not in, with what was said in it."""

    title: str
    sections: list[Mapping[str, Any]]


class Arranged(NamedTuple):
    """`now`: who takes part, what waits for a signature, what was said in this stage or in none; `over`: the rest."""

    now: list[Mapping[str, Any]]
    over: list[Over]


def by_stage(one: OneCycle, sections: Iterable[Mapping[str, Any]]) -> Arranged:
    """The sections of a summary, each in its stage. Where the state is not shown, none is told apart."""
    titles = _stages(one.definition)
    here = one.cycle.state.partition(".")[0] if one.seeing.may("status") else None
    first: list[Mapping[str, Any]] = []
    now: list[Mapping[str, Any]] = []
    always: list[Mapping[str, Any]] = []
    over: dict[str, list[Mapping[str, Any]]] = {name: [] for name in one.definition.stages}
    for section in sections:
        stage = _stage_of(titles, section["title"])
        if section["title"].endswith(_PROPOSED) or section["title"] == _PEOPLE:
            first.append(section)
        elif stage is None or here is None:
            always.append(section)
        else:
            (now if stage == here else over[stage]).append(section)
    found = [Over(one.definition.stages[name].title, said) for name, said in over.items() if said]
    return Arranged([*first, *now, *always], found)


def _stage_of(titles: Mapping[str, str], title: str) -> str | None:
    """The stage of the step that a section is about; its title may go on with the row that it is about."""
    whole = title.removesuffix(_PROPOSED)
    if whole in titles:
        return titles[whole]
    return next((stage for step, stage in titles.items() if whole.startswith(f"{step}: ")), None)


def _stages(definition: Definition) -> dict[str, str]:
    """The title of each step with its stage: where a transition leads to, where an act is done."""
    found: dict[str, str] = {}
    for step in (definition.opens, *definition.steps().values()):
        places: list[str] = []
        if isinstance(step, Transition | Act):
            said = step.origin if isinstance(step, Transition) else step.within
            places += [said] if isinstance(said, str) else said
        came = _in_stages(places, definition)
        to = _in_stages([step.to], definition) if isinstance(step, Opening | Transition) else came
        # What can be done in several stages is of none.
        stages = to or came
        if len(stages) == 1:
            found[step.title] = stages.pop()
    return found


def _in_stages(places: Iterable[str], definition: Definition) -> set[str]:
    return {place.partition(".")[0] for place in places} & definition.stages.keys()
