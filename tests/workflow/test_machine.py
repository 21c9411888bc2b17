"""The machine against a plain reading of the definition's table, on random definitions and random walks."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reviewflow.workflow import machine
from reviewflow.workflow.definition import Definition
from reviewflow.workflow.machine import acts_in, ahead, fire, remembered, targets

STATES = ["one.a", "one.b", "two.a", "two.c", "paused", "parked", "done", "ended"]
PLACES = [*STATES, "one", "two", "active", "any"]


def definition(transitions: dict[str, dict[str, Any]], acts: dict[str, dict[str, Any]] | None = None) -> Definition:
    step = {"title": "Step", "by": ["head"]}
    return Definition.model_validate(
        {
            "workflow": "sample",
            "title": "Sample",
            "edition": "1",
            "subject": "organisation",
            "roles": {"head": {"title": "Head", "held_in": "subject"}},
            "stages": {
                "one": {"title": "One", "states": {"a": {"title": "A", "initial": True}, "b": {"title": "B"}}},
                "two": {"title": "Two", "states": {"a": {"title": "A"}, "c": {"title": "C"}}},
            },
            "states": {
                "paused": {"title": "Paused", "side": True, "clocks": "stopped"},
                "parked": {"title": "Parked", "side": True},
                "done": {"title": "Done", "final": True},
                "ended": {"title": "Ended", "final": True},
            },
            "opens": {**step, "to": "one.a"},
            "transitions": {name: {**step, **parts} for name, parts in transitions.items()},
            "acts": {name: {**step, **parts} for name, parts in (acts or {}).items()},
        }
    )


SAMPLE = definition(
    {
        "go": {"from": "one.a", "to": "two.a"},
        "on": {"from": "two", "to": "two.c"},
        "end": {"from": "two.c", "to": "done"},
        "pause": {"from": "active", "to": "paused"},
        "park": {"from": "paused", "to": "parked"},
        "resume": {"from": ["paused", "parked"], "to": "return"},
    },
    {"note": {"in": "any"}, "early": {"in": "one"}, "late": {"in": ["two.c", "done"]}, "resting": {"in": "parked"}},
)


def test_a_transition_leads_where_its_table_says():
    assert targets(SAMPLE, "sample", "one.a") == {"go": "two.a", "pause": "paused"}
    assert fire(SAMPLE, "sample", "one.a", "go") == "two.a"


def test_what_does_not_leave_a_state_leads_nowhere():
    assert fire(SAMPLE, "sample", "one.a", "end") is None
    assert fire(SAMPLE, "sample", "one.a", "no_such_transition") is None
    assert targets(SAMPLE, "sample", "done") == {}


def test_acts_are_allowed_in_their_states():
    assert acts_in(SAMPLE, "sample", "one.b") == ["note", "early"]
    assert acts_in(SAMPLE, "sample", "parked") == ["note", "resting"]
    assert acts_in(SAMPLE, "sample", "done") == ["note", "late"]


def test_a_side_state_returns_to_where_it_was_entered_from():
    assert remembered(SAMPLE, "two.a", "paused", None) == "two.a"
    assert targets(SAMPLE, "sample", "paused", "two.a") == {"park": "parked", "resume": "two.a"}
    assert fire(SAMPLE, "sample", "paused", "resume", "two.a") == "two.a"
    assert remembered(SAMPLE, "paused", "two.a", "two.a") is None


def test_without_a_memory_nothing_returns():
    assert targets(SAMPLE, "sample", "paused") == {"park": "parked"}
    assert fire(SAMPLE, "sample", "paused", "resume") is None


def test_from_one_side_state_into_another_the_first_memory_stays():
    assert remembered(SAMPLE, "paused", "parked", "two.a") == "two.a"


def test_ahead_is_what_can_still_come():
    assert ahead(SAMPLE, "sample", "one.a") == {
        "go",
        "on",
        "end",
        "pause",
        "park",
        "resume",
        "note",
        "early",
        "late",
        "resting",
    }
    assert ahead(SAMPLE, "sample", "two.c") == {"on", "end", "pause", "park", "resume", "note", "late", "resting"}
    assert ahead(SAMPLE, "sample", "parked", "two.c") == ahead(SAMPLE, "sample", "two.c")
    assert ahead(SAMPLE, "sample", "parked") == {"note", "resting"}
    assert ahead(SAMPLE, "sample", "done") == {"note", "late"}


def plainly(whole: Definition, state: str, returns_to: str | None) -> dict[str, str]:
    """A second reading of the table, with no machine in it."""
    found = {}
    for name, transition in whole.transitions.items():
        origins = [transition.origin] if isinstance(transition.origin, str) else transition.origin
        stage = state.partition(".")[0]
        outside = whole.states.get(state)
        leaves = any(
            place in ("any", state)
            or (place in whole.stages and place == stage)
            or (place == "active" and (outside is None or not (outside.side or outside.final)))
            for place in origins
        )
        to = returns_to if transition.to == "return" else transition.to
        if leaves and to is not None:
            found[name] = to
    return found


NAMES = st.from_regex(r"[a-z][a-z0-9_]{0,8}", fullmatch=True) | st.sampled_from(
    ["trigger", "state", "model", "to", "initial"]
)
DEFINITIONS = st.dictionaries(
    NAMES,
    st.fixed_dictionaries(
        {
            "from": st.one_of(st.sampled_from(PLACES), st.lists(st.sampled_from(PLACES), min_size=1, max_size=3)),
            "to": st.sampled_from([*STATES, "return"]),
        }
    ),
    min_size=1,
    max_size=8,
).map(definition)


@settings(max_examples=60)
@given(DEFINITIONS, st.data())
def test_walks_agree_with_a_plain_reading_of_the_table(whole, data):
    digest = str(whole)
    state, memory = "one.a", None
    for _ in range(12):
        table = plainly(whole, state, memory)
        assert targets(whole, digest, state, memory) == table
        name = data.draw(st.sampled_from(list(whole.transitions)))
        new = fire(whole, digest, state, name, memory)
        assert new == table.get(name)
        if new is not None:
            side = {"paused", "parked"}
            memory = None if new not in side else memory if state in side else state
            assert memory == remembered(whole, state, new, memory if state in side else None)
            state = new


@settings(max_examples=40)
@given(DEFINITIONS, st.data())
def test_every_step_of_a_walk_was_ahead_all_the_way(whole, data):
    digest = str(whole)
    state, memory = "one.a", None
    coming: list[frozenset[str]] = []
    for _ in range(8):
        coming.append(ahead(whole, digest, state, memory))
        possible = targets(whole, digest, state, memory)
        if not possible:
            break
        name = data.draw(st.sampled_from(sorted(possible)))
        assert all(name in earlier for earlier in coming)
        state, memory = possible[name], remembered(whole, state, possible[name], memory)


def test_one_machine_serves_a_digest_and_the_oldest_goes(monkeypatch):
    monkeypatch.setattr(machine, "_cache", {})
    targets(SAMPLE, "kept", "one.a")
    first = machine._cache["kept"]
    targets(SAMPLE, "kept", "two.a")
    assert machine._cache["kept"] is first
    for n in range(machine._DEFINITIONS):
        targets(SAMPLE, f"digest-{n}", "one.a")
    assert len(machine._cache) == machine._DEFINITIONS
    assert "kept" not in machine._cache


@pytest.mark.parametrize("module", ["machine", "deadlines"])
def test_the_library_is_loaded_late(module):
    code = f"import sys; import reviewflow.workflow.{module}; sys.exit('transitions' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
