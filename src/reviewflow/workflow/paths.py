"""What can come before what: the states of a definition as a graph, and the questions asked of it.

A way back (`to: return`) leads to the last state that was no side state, so it opens no new way: whoever left X for
a side state and returns is at X, where they had been. Hence only the other transitions are edges here, and what
happened in a side state has also happened before whatever follows the states it was entered from.

Each question is asked by itself: that two things can each have happened does not say that both can.
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
        self._origins = {name: definition.expand(t.origin) for name, t in definition.transitions.items()}
        self._next: dict[str, set[str]] = {state: set() for state in self.states}
        for name, transition in takeable.items():
            if transition.to != "return":
                for origin in self._origins[name]:
                    self._next[origin].add(transition.to)
        ways_back = [name for name, transition in takeable.items() if transition.to == "return"]
        self._left_by_return = frozenset[str]().union(*(self._origins[name] for name in ways_back))
        self.aside = cache(self._aside)
        self.after = cache(self._after)
        self.reachable = self.after(definition.opens.to)
        self.since = cache(self._since)
        self.done = cache(self._done)

    def _after(self, state: str) -> frozenset[str]:
        """The state and all that can follow it."""
        found, waiting = {state}, [state]
        while waiting:
            for following in self._next[waiting.pop()] - found:
                found.add(following)
                waiting.append(following)
        return frozenset(found)

    def possible(self, step: Transition | Act) -> frozenset[str]:
        """The reachable states in which a step can be taken, as far as states go."""
        places = step.origin if isinstance(step, Transition) else step.within
        return self.definition.expand(places) & self.reachable

    def ends(self, state: str) -> bool:
        """Whether a final state can be reached from here."""
        return any(self.states[end].final for start in (state, *self._back_to(state)) for end in self.after(start))

    def _since(self, state: str) -> frozenset[str]:
        """Where a cycle can be that has been in `state`, or is in it."""
        return self._all_after((state, *self._back_to(state))) if state in self.reachable else frozenset()

    def _done(self, step: str) -> frozenset[str]:
        """Where a cycle can be when a step has been taken."""
        if step == "opens":
            return self.reachable
        act = self.definition.acts.get(step)
        if act is not None:
            return frozenset().union(*(self.since(state) for state in self.possible(act)))
        transition = self.takeable.get(step)
        if transition is None or not self.possible(transition):
            return frozenset()
        left = {back for state in self.possible(transition) for back in self._left(state)}
        if transition.to == "return":
            return self._all_after(left)
        return self._all_after([transition.to, *(left if self._may_return(transition.to) else ())])

    def _all_after(self, states: Iterable[str]) -> frozenset[str]:
        return frozenset().union(*(self.after(state) for state in states))

    def _aside(self, state: str) -> frozenset[str]:
        """The side states that can follow with nothing else between; the state itself among them."""
        found, waiting = {state}, [state]
        while waiting:
            for following in self._next[waiting.pop()] - found:
                if self.states[following].side:
                    found.add(following)
                    waiting.append(following)
        return frozenset(found)

    def _entered_from(self, side: str) -> list[str]:
        """The states that are no side states and from which a cycle can come here through nothing but side states."""
        return [s for s in self.reachable if not self.states[s].side and side in self.aside(s)]

    def _back_to(self, state: str) -> list[str]:
        """Where a return can lead from here, or from a side state that follows."""
        return self._left(state) if self._may_return(state) else []

    def _left(self, state: str) -> list[str]:
        """What a return leads back to once this state has been left for a side state, or is one."""
        return self._entered_from(state) if self.states[state].side else [state]

    def _may_return(self, state: str) -> bool:
        """Whether somebody can return from here, or from a side state that follows."""
        return self.states[state].side and not self.aside(state).isdisjoint(self._left_by_return)
