"""Which steps a workflow expects in each state: what people should see as waiting, and what not.

A transition is expected if it leaves the state by name or by its stage, not merely through `active`: a cycle
does not wait to be cancelled. One that leads back to where the cycle is (a visit on another day) is expected only if it
has a deadline: nothing waits for it. An act is expected if it has deadlines, as often as it has them.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

from reviewflow.workflow.definition import Definition


class Expected(NamedTuple):
    """A step expected in a state, of whom, and (for an act) how often at most."""

    kind: Literal["transition", "act"]
    step: str
    roles: tuple[str, ...]
    most: int | None = None


_cache: dict[tuple[str, str], tuple[Expected, ...]] = {}
_PLACES = 4096
"""States whose answers are kept; the oldest goes first."""


def expected_in(definition: Definition, digest: str, state: str) -> tuple[Expected, ...]:
    """The steps expected in a state, in the author's order; none in a final one."""
    found = _cache.get((digest, state))
    if found is None:
        while len(_cache) >= _PLACES:
            _cache.pop(next(iter(_cache)), None)
        found = _cache[digest, state] = _work_out(definition, state)
    return found


def _work_out(definition: Definition, state: str) -> tuple[Expected, ...]:
    if definition.all_states()[state].final:
        return ()
    found = []
    for name, transition in definition.transitions.items():
        origins = (transition.origin,) if isinstance(transition.origin, str) else transition.origin
        by_name = tuple(o for o in origins if o == state or o in definition.stages)
        # What may be done from anywhere is no next step, even where a state is named beside it.
        way_out = bool({"active", "any"} & set(origins))
        again = transition.to == state and not transition.due
        if not way_out and not again and state in definition.expand(by_name):
            found.append(Expected("transition", name, transition.by))
    for name, act in definition.acts.items():
        dues = act.due if isinstance(act.due, tuple) else (act.due,) if act.due else ()
        if dues and state in definition.expand(act.within):
            found.append(Expected("act", name, act.by, len(dues)))
    return tuple(found)
