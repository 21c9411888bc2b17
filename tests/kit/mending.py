"""Ways to mend the history of a world's cycle, and to ask what is known of it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from kit.world import World
from reviewflow.cycle import commands as cy
from reviewflow.cycle.fold import fold
from reviewflow.cycle.state import Cycle
from reviewflow.engine import Done
from reviewflow.events import Happened, Recorded


def on(day: str, *, by: bool = False) -> Happened:
    """A day; `by`: that day or before."""
    return Happened(on=date.fromisoformat(day), latest=True if by else None)


def correct(world: World, who: str, *corrections: cy.Correction, reason: str | None = "written down wrongly") -> Done:
    """Several events corrected in one command."""
    command = cy.CorrectEvents(asked=world.asked(who, reason=reason), cycle=world.id("cycle"), corrections=corrections)
    return world.handle(command)


def undo(world: World, who: str, reason: str | None = "it never happened", **which: Any) -> Done:
    """The latest transition, `since` an event, or `only` one."""
    return world.handle(cy.UndoSteps(asked=world.asked(who, reason=reason), cycle=world.id("cycle"), **which))


def records(world: World) -> list[Recorded]:
    """The events of the cycle as recorded."""
    with world.knowing() as known:
        return known.cycle_records(world.id("cycle"))


def version(world: World, what: str, number: int = -1) -> int:
    """The version of an event by its step, evidence kind, person or topic."""
    found = [
        one.version
        for one in records(world)
        if what in (getattr(one.event, "step", None), getattr(one.event, "kind", None), one.event.topic)
        or world.id(what) == getattr(one.event, "person", None)
    ]
    return found[number]


def then(world: World, *, as_of: str | None = None, known_at: datetime | None = None) -> Cycle | None:
    """The cycle on a day, as known at a moment."""
    return fold(records(world), as_of=date.fromisoformat(as_of) if as_of else None, known_at=known_at)
