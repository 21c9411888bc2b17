"""Where a cycle is, drawn: its stages from top to bottom with their states, for a narrow screen as for a wide one.

What the drawing shows is also told as text, from the same places: neither says more than the other.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import Final, Literal, NamedTuple

from reviewflow.cycle.state import Cycle
from reviewflow.workflow.definition import Definition

Been = Literal["been", "here", "ahead"]

WIDTH: Final = 320
_LINE, _HEAD, _GAP, _PAD = 24, 30, 14, 10


class Place(NamedTuple):
    """A state, and whether the cycle was, is or may come there."""

    title: str
    been: Been
    y: int


class Box(NamedTuple):
    """A stage, or a state outside them that the cycle is in; `y` and `height` in units of the drawing."""

    title: str
    been: Been
    places: tuple[Place, ...]
    y: int
    height: int


class Picture(NamedTuple):
    """All of it."""

    boxes: tuple[Box, ...]
    height: int


def picture(definition: Definition, cycle: Cycle) -> Picture:
    """The stages of the definition; a state outside them only while the cycle is in it."""
    return _laid_out(_groups(definition, cycle), {stay.state for stay in cycle.stays}, cycle.state)


def drawing(definition: Definition) -> Picture:
    """A definition with all its states, and no cycle in any of them."""
    groups = [
        (stage.title, [(f"{name}.{one}", state.title) for one, state in stage.states.items()])
        for name, stage in definition.stages.items()
    ]
    outside = list(definition.states.items())
    aside, ended = ([(name, state.title) for name, state in outside if state.final == final] for final in (False, True))
    return _laid_out([*groups, *((title, one) for title, one in (("Set aside", aside), ("Ended", ended)) if one)])


def _laid_out(
    groups: Iterable[tuple[str, list[tuple[str, str]]]], been: Collection[str] = frozenset(), now: str = ""
) -> Picture:
    boxes: list[Box] = []
    y = 1
    for title, states in groups:
        places = []
        for n, (name, state_title) in enumerate(states):
            place_y = y + _HEAD + _LINE * n + _LINE // 2
            places.append(Place(state_title, _been(name, now, been), place_y))
        marks = {place.been for place in places}
        mark: Been = "here" if "here" in marks else "been" if marks == {"been"} else "ahead"
        if "been" in marks and mark == "ahead":
            mark = "been"
        height = _HEAD + _LINE * len(places) + _PAD
        boxes.append(Box(title, mark, tuple(places), y, height))
        y += height + _GAP
    return Picture(tuple(boxes), y - _GAP + 1)


def _groups(definition: Definition, cycle: Cycle) -> Iterator[tuple[str, list[tuple[str, str]]]]:
    for name, stage in definition.stages.items():
        yield stage.title, [(f"{name}.{one}", state.title) for one, state in stage.states.items()]
    outside = definition.states.get(cycle.state)
    if outside is not None:
        yield ("Ended" if outside.final else "Set aside"), [(cycle.state, outside.title)]


def _been(name: str, now: str, been: Collection[str]) -> Been:
    return "here" if name == now else "been" if name in been else "ahead"
