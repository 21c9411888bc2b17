"""What the rechecking of a world answers."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from kit.world import World
from reviewflow.cycle.hindsight import Shelf
from reviewflow.cycle.rechecking import Rechecked, recheck
from reviewflow.events import Recorded, Text
from reviewflow.knowing import Knowing
from reviewflow.ports import Forgotten
from reviewflow.registry import commands as reg
from reviewflow.workflow.definition import Definition


class LogOf:
    """The log of a world as the rechecking asks for it."""

    def __init__(self, world: World, known: Knowing) -> None:
        self.world, self.known = world, known

    def records(self, stream: str) -> list[Recorded]:
        return self.known.records(stream)

    def touching(self, set_name: str) -> list[str]:
        return self.known.touching(set_name)

    def definition(self, digest: str) -> Definition:
        return self.known.definition(digest)

    def open(self, text: Text, stream: str, version: int, path: str) -> str | None:
        try:
            return self.world.vault.open(text, stream, version, path)
        except Forgotten:
            return None


def rechecked(world: World, known_at: datetime | None = None, cycle: str = "cycle", **more: Any) -> Rechecked:
    """One cycle judged again."""
    with world.knowing(known_at=known_at) as known:
        return recheck(world.id(cycle), Shelf(LogOf(world, known)), **more)


def told(world: World, **more: Any) -> list[tuple[str, str, str | None]]:
    """What was decided, the requirement, and the person it is of."""
    names = {one: name for name, one in world.names.items()}
    return [
        (what(one.decision.event), one.asked.requirement, names.get(one.asked.person or ""))
        for one in rechecked(world, **more).findings
    ]


def what(event: Any) -> str:
    """A decision by its step, or by what was said of which role."""
    return getattr(event, "step", None) or f"{type(event).__name__} {event.assigned}"


def withdraw_training(world: World, name: str, on: str, course: str = "peer-reviewer") -> int:
    """The position from which it is known."""
    with world.knowing() as known:
        training = [t for t in known.person(world.id(name)).training if t.course == course and t.withdrawn is None]
    done = world.handle(
        reg.WithdrawTraining(
            asked=world.asked("ada"), person=world.id(name), training=training[-1].id, reason="it was another course",
            on=date.fromisoformat(on),
        )
    )  # fmt: skip
    return done.position
