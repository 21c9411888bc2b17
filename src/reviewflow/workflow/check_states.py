"""States and the ways between them: one beginning, ends without a way out, side states with a way back."""

from __future__ import annotations

from collections.abc import Iterator

from reviewflow.workflow.definition import State
from reviewflow.workflow.references import Found, References
from reviewflow.workflow.yaml_nodes import KEY, Path
from reviewflow.workflow.yaml_scalars import says


def check(references: References) -> Iterator[Found]:
    """Every fault of states, `from` and `to`."""
    places = dict(_placed(references))
    yield from _initial(references, places)
    for name, state in references.states.items():
        yield from _one_nature(state, places[name])
    if not any(state.final for state in references.states.values()):
        yield ("states",), "no final state", "want a state with `final: true`, or the cycle never ends"
    yield from _ways(references)
    yield from _sides(references, places)


def _placed(references: References) -> Iterator[tuple[str, Path]]:
    definition = references.definition
    for stage, group in definition.stages.items():
        yield from ((f"{stage}.{state}", ("stages", stage, "states", state)) for state in group.states)
    yield from ((state, ("states", state)) for state in definition.states)


def _initial(references: References, places: dict[str, Path]) -> Iterator[Found]:
    initial = [name for name, state in references.states.items() if state.initial]
    to = references.definition.opens.to
    if not initial:
        yield ("stages",), "no initial state", "want one state with `initial: true`"
    for name in initial[1:]:
        yield (*places[name], "initial"), "a second initial state", f"want one; `{initial[0]}` is initial already"
    for name in initial:
        if name in references.definition.states:
            yield (*places[name], "initial"), "an initial state outside the stages", "want the initial state in a stage"
    if to not in references.states:
        yield (("opens", "to"), *references.unknown("state", to, references.states))
    elif initial and to != initial[0]:
        yield ("opens", "to"), says(to), f"want the initial state, `{initial[0]}`"


def _one_nature(state: State, path: Path) -> Iterator[Found]:
    natures = [word for word in ("initial", "final", "side") if getattr(state, word)]
    if len(natures) > 1:
        yield (*path, natures[-1]), f"a state that is {' and '.join(natures)}", "want one of these at most"
    if state.clocks and not state.side:
        yield (*path, "clocks"), "clocks in a state that is not a side state", "want `side: true` beside it"


def _ways(references: References) -> Iterator[Found]:
    """Where each transition comes from and goes to."""
    for name, transition in references.definition.transitions.items():
        path: Path = ("transitions", name)
        listed = isinstance(transition.origin, tuple)
        origins = transition.origin if isinstance(transition.origin, tuple) else (transition.origin,)
        if not origins:
            yield (*path, "from"), "an empty list", "want a state, a stage or `active`"
        for number, place in enumerate(origins):
            at = (*path, "from", number) if listed else (*path, "from")
            if place not in references.places:
                yield (at, *references.unknown("state or stage", place, references.places))
            elif finals := sorted(n for n in references.definition.expand(place) if references.states[n].final):
                want = "want `active` or a list of states; a final state has no way out"
                yield at, f"{says(place)}, which holds the final {', '.join(finals)}", want
        if transition.to == "return":
            found = (n for n in references.definition.expand(origins) if n in references.states)
            others = sorted(n for n in found if not references.states[n].side)
            if others:
                yield (*path, "to"), f"a return from {', '.join(others)}", "want `return` only from side states"
        elif transition.to not in references.states:
            yield ((*path, "to"), *references.unknown("state", transition.to, ("return", *references.states)))


def _sides(references: References, places: dict[str, Path]) -> Iterator[Found]:
    """Each side state can be left."""
    definition = references.definition
    left = {n for t in definition.transitions.values() for n in definition.expand(t.origin) if t.to != n}
    for side in (name for name, state in references.states.items() if state.side):
        if side not in left:
            want = "want a transition from it, as with `to: return`"
            yield (*places[side], KEY), "a side state without a way out", want
