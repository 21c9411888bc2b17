"""Where a transition leads: one shared `transitions` machine per definition, asked with a model of one slot.

A machine per cycle would cost 20 KB and build seven times slower than it answers (measured), so the machine
knows no cycle: the state comes in, the new state goes out. Replay never comes here: it copies `to`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from reviewflow.workflow.definition import Definition

_RETURN = "@return"  # no name of a state: they begin with a letter
_DEFINITIONS = 64
"""Definitions whose machines are kept; the oldest goes first."""


class _Model:
    """What the machine moves: a state and nothing else."""

    __slots__ = ("_state",)  # `transitions` refuses an event of the attribute's name; no name begins with _

    def __init__(self, state: str) -> None:
        self._state = state

    @property
    def state(self) -> str:
        """Where it is now."""
        return self._state


class _Shared(NamedTuple):
    """What is kept of a definition."""

    events: Mapping[str, Any]
    acts: Mapping[str, frozenset[str]]
    reach: dict[tuple[str, str | None], frozenset[str]]
    fired: dict[tuple[str, str], str | None]


_cache: dict[str, _Shared] = {}


def targets(definition: Definition, digest: str, state: str, returns_to: str | None = None) -> dict[str, str]:
    """The transitions that leave `state`, in the author's order, each with the state it leads to.

    `returns_to` is where a side state was entered from; without it nothing returns.
    """
    found = {}
    for name, event in _shared(definition, digest).events.items():
        if state in event.transitions:
            to = event.transitions[state][0].dest
            if to != _RETURN:
                found[name] = to
            elif returns_to is not None:
                found[name] = returns_to
    return found


def acts_in(definition: Definition, digest: str, state: str) -> list[str]:
    """The acts that may be recorded in a state, in the author's order."""
    return [name for name, states in _shared(definition, digest).acts.items() if state in states]


def fire(
    definition: Definition,
    digest: str,
    state: str,
    transition: str,
    returns_to: str | None = None,
) -> str | None:
    """The state after a transition; None if it does not leave `state`, or has nowhere to return to."""
    shared = _shared(definition, digest)
    if (state, transition) not in shared.fired:
        shared.fired[state, transition] = _fire(shared.events.get(transition), state)
    to = shared.fired[state, transition]
    return returns_to if to == _RETURN else to


def _fire(event: Any, state: str) -> str | None:
    if event is None or state not in event.transitions:
        return None
    model = _Model(state)
    event.trigger(model)
    return model.state


def remembered(definition: Definition, state: str, new: str, returns_to: str | None) -> str | None:
    """Where `to: return` will lead once `new` was entered from `state`; None outside side states.

    From one side state into another the first memory stays: both lead back to the work that was left.
    """
    states = definition.all_states()
    if not states[new].side:
        return None
    return returns_to if state in states and states[state].side else state


def ahead(definition: Definition, digest: str, state: str, returns_to: str | None = None) -> frozenset[str]:
    """The steps that can still come: every transition on a way from here, every act of a state on it."""
    reach = _shared(definition, digest).reach
    found = reach.get((state, returns_to))
    if found is None:
        found = reach[state, returns_to] = _ahead(definition, digest, state, returns_to)
    return found


def _ahead(definition: Definition, digest: str, state: str, returns_to: str | None) -> frozenset[str]:
    waiting, seen = [(state, returns_to)], {(state, returns_to)}
    steps: set[str] = set()
    while waiting:
        here, memory = waiting.pop()
        for name, to in targets(definition, digest, here, memory).items():
            steps.add(name)
            there = (to, remembered(definition, here, to, memory))
            if there not in seen:
                seen.add(there)
                waiting.append(there)
    states = {here for here, _ in seen}
    return frozenset(steps | {name for name, within in _shared(definition, digest).acts.items() if within & states})


def _shared(definition: Definition, digest: str) -> _Shared:
    found = _cache.get(digest)
    if found is None:
        while len(_cache) >= _DEFINITIONS:
            _cache.pop(next(iter(_cache)), None)
        found = _cache.setdefault(digest, _share(definition))
    return found


def _share(definition: Definition) -> _Shared:
    acts = {name: definition.expand(act.within) for name, act in definition.acts.items()}
    return _Shared(_build(definition), acts, {}, {})


def _build(definition: Definition) -> Mapping[str, Any]:
    from transitions import Machine

    machine = Machine(
        model=None,
        states=[*definition.all_states(), _RETURN],
        initial=None,
        auto_transitions=False,
        queued=False,
        model_attribute="_state",
    )
    for name, transition in definition.transitions.items():
        to = _RETURN if transition.to == "return" else transition.to
        machine.add_transition(name, [*sorted(definition.expand(transition.origin))], to)
    return machine.events
