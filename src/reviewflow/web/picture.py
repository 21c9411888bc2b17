"""Where a cycle is, drawn: its stages from top to bottom with their states, for a narrow screen as for a wide one.

What the drawing shows is also told as text, from the same places: neither says more than the other.
"""

from __future__ import annotations

from collections.abc import Iterator
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
    been = {stay.state for stay in cycle.stays}
    boxes: list[Box] = []
    y = 1
    for title, states in _groups(definition, cycle):
        places = []
        for n, (name, state_title) in enumerate(states):
            place_y = y + _HEAD + _LINE * n + _LINE // 2
            places.append(Place(state_title, _been(name, cycle.state, been), place_y))
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


def _been(name: str, now: str, been: set[str]) -> Been:
    return "here" if name == now else "been" if name in been else "ahead"
