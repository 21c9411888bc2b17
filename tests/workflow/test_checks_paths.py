"""What can never happen, in the sample and against a search of all walks."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kit.sample_workflow import GONE, faults_of, sample
from reviewflow.workflow.definition import Definition
from reviewflow.workflow.paths import Paths

STEP = {"title": "X", "by": ["lead"]}


def said(**changes: Any) -> list[tuple[str, str]]:
    return [(fault.path, fault.got) for fault in faults_of(sample(**changes))]


def test_a_state_that_nothing_leads_to():
    assert said(stages__after__states__lost={"title": "Lost"}) == [
        ("stages.after.states.lost", "a state that can never be reached"),
    ]


def test_a_state_that_leads_nowhere():
    faults = faults_of(sample(
        stages__after__states__stuck={"title": "Stuck"},
        transitions__strand={**STEP, "from": "after.open", "to": "after.stuck"},
        transitions__stop__from=["work", "after.open", "paused"], transitions__pause__from=["work", "after.open"],
        transitions__finish__from="after.open",
    ))  # fmt: skip
    assert [(fault.path, fault.got) for fault in faults] == [
        ("stages.after.states.stuck", "a state from which no final one can be reached"),
    ]
    assert "from here only: after.stuck" in faults[0].want


def test_a_side_state_that_only_returns_ends_if_the_work_does():
    assert said(transitions__stop__from="active") == []


def test_a_side_state_without_a_way_out():
    assert ("states.paused", "a side state without a way out") in said(
        transitions__resume=GONE, transitions__stop__from="active"
    )


def test_a_step_for_a_role_that_nobody_can_hold():
    found = said(roles__helper__offered_by=["helper"], transitions__finish__by=["helper"])
    assert ("roles.helper", "a role that no one can hold") in found
    assert ("transitions.finish.by", "only helper, whom no one can ever be") in found


def test_a_signature_that_nobody_can_give():
    found = said(roles__helper__offered_by=["helper"], transitions__finish__with=["helper"])
    assert ("transitions.finish.with", "only helper, whom no one can ever be") in found


@pytest.mark.parametrize(
    "roles",
    [
        {"roles__helper__offered_by": ["first_visitor"], "roles__visitor__offered_by": ["helper"]},
        {"never_both": [["visitor", "first_visitor"]]},
        {"roles__visitor__among": "first_visitor"},
    ],
)
def test_roles_that_wait_for_each_other_or_exclude_each_other(roles):
    assert ("roles.first_visitor", "a role that no one can hold") in said(**roles)


def test_evidence_that_nobody_can_have_added():
    assert said(evidence__papers__in=["work.visited"]) == [
        ("transitions.arrange.evidence.paper", '1.. of "paper", which nobody can have added'),
    ]
    assert said(opens__evidence={"paper": "1.."}) == [
        ("opens.evidence.paper", '1.. of "paper", which nobody can have added'),
    ]
    assert said(opens__evidence={"paper": "0.."}) == []


def test_evidence_about_something_said_too_late():
    found = said(evidence__papers__about="arrange.points")
    assert found == [
        ("evidence.papers.about", '"arrange.points", which cannot have been said by then'),
        ("transitions.arrange.evidence.paper", '1.. of "paper", which nobody can have added'),
    ]


def test_a_deadline_on_a_day_that_cannot_be_known():
    # The visit is arranged only once this is done, so its first day is never there to count back from.
    assert said(transitions__arrange__due={"school_days": -10, "from": "starts"}) == [
        ("transitions.arrange.due.from", '"starts", a day that cannot be known by then'),
    ]
    assert said(transitions__arrange__due={"days": 1, "from_day_of": "visit"}) == [
        ("transitions.arrange.due.from_day_of", 'the day of "visit", which cannot have come by then'),
    ]
    assert said(opens__due={"day": "held"}) == [("opens.due.day", '"held", a day that cannot be known by then')]


def test_a_day_that_a_loop_makes_known():
    again = {**STEP, "from": "work.arranged", "to": "work.begun"}
    assert said(transitions__arrange__due={"days": -1, "from": "starts"}, transitions__again=again) == []


def test_people_and_rows_named_too_late():
    found = said(transitions__arrange__by=["lead", "arrange.guide"])
    assert found == [("transitions.arrange.by[1]", '"arrange.guide", who cannot have been named by then')]
    assert said(acts__talk__in="work.begun", acts__talk__about="arrange.points", acts__talk__due=GONE) == [
        ("acts.talk.about", '"arrange.points", which cannot have been said by then'),
    ]
    assert said(acts__talk__in="work.begun", acts__talk__beside="arrange.points", acts__talk__due=GONE) == [
        ("acts.talk.beside", '"arrange.points", which cannot have been said by then'),
    ]
    later = {"type": "rows", "over": "report.answers", "columns": {"a": {"type": "int"}}}
    assert said(forms__arrangement__again=later) == [
        ("forms.arrangement.again.over", '"report.answers", which cannot have been said before arrange'),
    ]


Config = tuple[str, str | None]
"""A state, and where a return from it would lead."""


class Search:
    """The slow reference: walks every state with its memory, step by step, as a cycle would."""

    def __init__(self, definition: Definition) -> None:
        self.definition = definition
        self.states = definition.all_states()
        self.start: Config = (definition.opens.to, None)

    def moves(self, config: Config) -> Iterator[tuple[str, Config]]:
        state, memory = config
        for name, transition in self.definition.transitions.items():
            if state not in self.definition.expand(transition.origin):
                continue
            to = memory if transition.to == "return" else transition.to
            assert to is not None
            kept = memory if self.states[state].side else state
            yield name, (to, kept if self.states[to].side else None)

    def from_here(self, config: Config) -> set[Config]:
        found, waiting = {config}, [config]
        while waiting:
            for _, there in self.moves(waiting.pop()):
                if there not in found:
                    found.add(there)
                    waiting.append(there)
        return found

    def reachable(self) -> set[str]:
        return {state for state, _ in self.from_here(self.start)}

    def ends(self, state: str) -> bool:
        here = [config for config in self.from_here(self.start) if config[0] == state]
        return any(self.states[end].final for config in here for end, _ in self.from_here(config))

    def since(self, state: str) -> set[str]:
        here = [config for config in self.from_here(self.start) if config[0] == state]
        return {there for config in here for there, _ in self.from_here(config)}

    def done(self, step: str) -> set[str]:
        everywhere = self.from_here(self.start)
        if step in self.definition.acts:
            places = self.definition.expand(self.definition.acts[step].within)
            then = [config for config in everywhere if config[0] in places]
        else:
            then = [there for config in everywhere for name, there in self.moves(config) if name == step]
        return {state for config in then for state, _ in self.from_here(config)}


@st.composite
def small_definitions(draw: st.DrawFn) -> Definition:
    """Up to four states at work, two side states and one final one, with any ways between them."""
    work = [f"w.s{n}" for n in range(draw(st.integers(1, 4)))]
    sides = [f"side{n}" for n in range(draw(st.integers(0, 2)))]
    anywhere = st.lists(st.sampled_from([*work, *sides]), min_size=1, max_size=3, unique=True)
    targets = st.sampled_from([*work, *sides, "end"])
    ways = draw(st.lists(st.tuples(anywhere, targets), min_size=1, max_size=6))
    if sides:
        back = st.lists(st.sampled_from(sides), min_size=1, max_size=2, unique=True)
        ways += [(origins, "return") for origins in draw(st.lists(back, max_size=2))]
    acts = draw(st.lists(anywhere, max_size=2))
    step = {"title": "X", "by": ["a"]}
    return Definition.model_validate({
        "workflow": "w", "title": "W", "edition": "1", "subject": "project",
        "roles": {"a": {"title": "A", "held_in": "subject"}},
        "stages": {"w": {"title": "W", "states": {n[2:]: {"title": n, "initial": n == "w.s0"} for n in work}}},
        "states": {"end": {"title": "E", "final": True}, **{n: {"title": n, "side": True} for n in sides}},
        "opens": {**step, "to": "w.s0"},
        "transitions": {f"t{n}": {**step, "from": origins, "to": to} for n, (origins, to) in enumerate(ways)},
        "acts": {f"a{n}": {**step, "in": places} for n, places in enumerate(acts)},
    })  # fmt: skip


@given(small_definitions())
def test_every_answer_is_that_of_a_search_of_all_walks(definition: Definition):
    paths, search = Paths(definition, definition.transitions), Search(definition)
    assert paths.reachable == search.reachable()
    for state in paths.states:
        assert paths.since(state) == search.since(state), state
        if state in paths.reachable:
            assert paths.ends(state) == search.ends(state), state
    for step in definition.steps():
        assert paths.done(step) == search.done(step), step
