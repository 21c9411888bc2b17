"""What can come before what: the states of a definition as a graph, and the questions asked of it.

A way back (`to: return`) leads where the side state was entered from, so it opens no new way: whoever came to a
side state from X and returns is at X, where they had been. Hence only the other transitions are edges here, and
what happened in a side state has also happened before whatever follows each state it is entered from.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache

from reviewflow.workflow.definition import Act, Definition, Transition


class Paths:
    """The reachable part of a definition, seen through the transitions that somebody can take."""

    def __init__(self, definition: Definition, takeable: Mapping[str, Transition]) -> None:
        """`takeable`: the transitions that somebody can take at all, whatever the state."""
        self.definition = definition
        self.takeable = takeable
        self.states = definition.all_states()
        self.origins = {name: definition.expand(t.origin) for name, t in definition.transitions.items()}
        self.next: dict[str, set[str]] = {state: set() for state in self.states}
        for name, transition in takeable.items():
            if transition.to != "return":
                for origin in self.origins[name]:
                    self.next[origin].add(transition.to)
        self.after = cache(self._after)
        self.reachable = self.after(definition.opens.to)

    def _after(self, state: str) -> frozenset[str]:
        """The state and all that can follow it."""
        found, waiting = {state}, [state]
        while waiting:
            for following in self.next[waiting.pop()] - found:
                found.add(following)
                waiting.append(following)
        return frozenset(found)

    def entered_from(self, state: str) -> frozenset[str]:
        """The reachable states from which a transition leads here."""
        return frozenset(s for s in self.reachable if state in self.next[s])

    def returns(self, state: str) -> bool:
        """Whether somebody can return from here."""
        return any(t.to == "return" and state in self.origins[name] for name, t in self.takeable.items())

    def ends(self, state: str) -> bool:
        """Whether a final state can be reached from here."""
        starts = [state]
        if self.states[state].side and self.returns(state):
            starts += self.entered_from(state)
        return any(self.states[end].final for start in starts for end in self.after(start))

    def was_in(self, state: str, now: str) -> bool:
        """Whether a cycle that is in `now` can have been in `state`, or be in it."""
        if state not in self.reachable:
            return False
        if now in self.after(state):
            return True
        return self.returns(state) and self._follows(self.entered_from(state), now)

    def happened(self, step: str, now: str) -> bool:
        """Whether a step can have been taken when a cycle is in `now`."""
        if step == "opens":
            return True
        act = self.definition.acts.get(step)
        if act is not None:
            return any(self.was_in(state, now) for state in self.possible(act))
        transition = self.takeable.get(step)
        if transition is None:
            return False
        origins = self.origins[step] & self.reachable
        if transition.to == "return":
            return any(self._follows(self.entered_from(side), now) for side in origins)
        return bool(origins) and now in self.after(transition.to)

    def _follows(self, states: Iterable[str], now: str) -> bool:
        return any(now in self.after(state) for state in states)

    def possible(self, step: Transition | Act) -> frozenset[str]:
        """The reachable states in which a step can be taken, as far as states go."""
        places = step.origin if isinstance(step, Transition) else step.within
        return self.definition.expand(places) & self.reachable
