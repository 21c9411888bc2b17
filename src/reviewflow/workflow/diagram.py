"""A definition drawn: a Mermaid state diagram, and the same as plain text. The same definition, the same drawing."""

from __future__ import annotations

import re
from collections.abc import Iterator

from reviewflow.workflow.definition import Definition, State, Transition
from reviewflow.workflow.words import role_titles

# Names have no capital letters, so that no two of these ids can be the same, nor one of Mermaid's own words.
_ACTIVE = "ACTIVE"
_SPECIAL = re.compile(r'["#;:<>{}\[\]%\\`$^|~]')
"""What Mermaid may take for syntax, written as a character code instead."""


def mermaid(definition: Definition) -> str:
    """A Mermaid `stateDiagram-v2`: stages as boxes, titles as labels, `active` as a box around its states."""
    drawing = _Drawing(definition)
    return "\n".join(["stateDiagram-v2", *(f"    {line}" for line in drawing.lines())]) + "\n"


def _escape(text: str) -> str:
    return _SPECIAL.sub(lambda found: f"#{ord(found[0])};", " ".join(text.split())) or "-"


def _id(state: str) -> str:
    stage, dot, inner = state.partition(".")
    return f"{stage}_STATE_{inner}" if dot else f"STATE_{stage}"


def _box(stage: str) -> str:
    return f"STAGE_{stage}"


class _Drawing:
    def __init__(self, definition: Definition) -> None:
        self.definition = definition
        self.states = definition.all_states()
        self.active = definition.expand("active")
        self.boxed = any(_meant(t, "active") for t in definition.transitions.values())

    def lines(self) -> Iterator[str]:
        if self.boxed:
            yield f'state "Active" as {_ACTIVE} {{'
            yield from (f"    {line}" for line in self._inside())
            yield "}"
        else:
            yield from self._inside()
        yield from (self._state(name, state) for name, state in self._outside())
        yield f"[*] --> {_id(self.definition.opens.to)} : {_escape(self.definition.opens.title)}"
        for name, transition in self.definition.transitions.items():
            label = _escape(transition.title)
            for origin in self._origins(transition):
                yield from (f"{origin} --> {to} : {label}" for to in self._targets(name, transition))
        yield from (f"{_id(name)} --> [*]" for name, state in self.states.items() if state.final)
        for word, style in (("final", "stroke-width:3px"), ("side", "stroke-dasharray:5 5")):
            found = [_id(name) for name, state in self.states.items() if getattr(state, word)]
            if found:
                yield f"classDef {word}State {style}"
                yield f"class {','.join(found)} {word}State"

    def _inside(self) -> Iterator[str]:
        """The stages, and the active states outside them where `active` is a box."""
        for name, stage in self.definition.stages.items():
            yield f'state "{_escape(stage.title)}" as {_box(name)} {{'
            yield from (f"    {self._state(f'{name}.{inner}', state)}" for inner, state in stage.states.items())
            yield "}"
        if self.boxed:
            yield from (self._state(n, s) for n, s in self.definition.states.items() if n in self.active)

    def _outside(self) -> list[tuple[str, State]]:
        return [(n, s) for n, s in self.definition.states.items() if not (self.boxed and n in self.active)]

    def _state(self, name: str, state: State) -> str:
        return f'state "{_escape(state.title)}" as {_id(name)}'

    def _origins(self, transition: Transition) -> Iterator[str]:
        """A box where one is meant; its states one by one where the way leads into that very box."""
        places = transition.origin if isinstance(transition.origin, tuple) else (transition.origin,)
        for place in dict.fromkeys(places):
            meant = self.definition.expand(place)
            if transition.to in meant or place not in {"active", *self.definition.stages}:
                yield from (_id(name) for name in self.states if name in meant)
            else:
                yield _ACTIVE if place == "active" else _box(place)

    def _targets(self, name: str, transition: Transition) -> list[str]:
        """Where a transition leads; for a return, everything from which its side states are entered."""
        if transition.to != "return":
            return [_id(transition.to)]
        sides = self.definition.expand(transition.origin)
        ways_in = [t for n, t in self.definition.transitions.items() if t.to in sides and n != name]
        found = [origin for t in ways_in for origin in self._origins(t)]
        left = {_id(side) for side in sides}
        return [origin for origin in dict.fromkeys(found) if origin not in left]


def _meant(transition: Transition, word: str) -> bool:
    return word in (transition.origin if isinstance(transition.origin, tuple) else (transition.origin,))


def plain(definition: Definition) -> str:
    """The same for a terminal: each state in order, with what leads out of it, where to and who may do it."""
    text = _Text(definition)
    return "\n".join(text.lines()) + "\n"


class _Text:
    def __init__(self, definition: Definition) -> None:
        self.definition = definition
        self.states = definition.all_states()

    def lines(self) -> Iterator[str]:
        opens = self.definition.opens
        yield f"{self.definition.title} ({self.definition.workflow}, edition {self.definition.edition})"
        yield f"Opens with: {opens.title} (by {self._who(opens.by)}) -> {self._title(opens.to)}"
        for name, stage in self.definition.stages.items():
            yield ""
            yield stage.title
            for inner in stage.states:
                yield from self._state(f"{name}.{inner}")
        everywhere = [(name, t) for name, t in self.definition.transitions.items() if _meant(t, "active")]
        if everywhere:
            yield ""
            yield "From every active state"
            yield from (self._way(name, t) for name, t in everywhere)
        if self.definition.states:
            yield ""
            yield "Outside the stages"
            for name in self.definition.states:
                yield from self._state(name)

    def _state(self, name: str) -> Iterator[str]:
        state = self.states[name]
        words = [word for word in ("initial", "final", "side") if getattr(state, word)]
        yield f"  {self._title(name)}" + (f", {' and '.join(words)}" if words else "")
        for step, transition in self.definition.transitions.items():
            active = _meant(transition, "active") and not (state.final or state.side)
            if name in self.definition.expand(transition.origin) and not active:
                yield self._way(step, transition)
        acts = [act.title for act in self.definition.acts.values() if name in self.definition.expand(act.within)]
        if acts:
            yield f"    here also: {'; '.join(acts)}"

    def _way(self, name: str, transition: Transition) -> str:
        to = "where it was before" if transition.to == "return" else self._title(transition.to)
        signed = f", signed by {self._who(transition.second)}" if transition.second else ""
        return f"    {transition.title} [{name}] (by {self._who(transition.by)}{signed}) -> {to}"

    def _title(self, state: str) -> str:
        return f"{self.states[state].title} [{state}]"

    def _who(self, who: tuple[str, ...]) -> str:
        return role_titles(self.definition, who)
