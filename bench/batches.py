"""Many commands in one transaction against one by one, on a plain workflow, in one run; both are our own engine.

Whole cycles of five events, one after another, as an import brings them, entered by somebody who is registered.
Once recent, with a text in every tenth cycle; once years back, so that the reason is sealed in every event. Rounds
alternate, and the table shows medians: what else the machine does falls on both sides.
"""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from itertools import count, islice
from pathlib import Path

from bench.stores import installation
from kit.world import World
from reviewflow.cycle.commands import OpenCycles, TakeStep
from reviewflow.engine import Done
from reviewflow.events import Asked, Command, Door, Happened, identify
from reviewflow.workflow.parse import parse

ROUNDS, ALONE, A_BATCH, SUBJECTS = 40, 100, 500, 50
PLAIN = Path(__file__).with_name("plain.yaml")
FIRST = date(2015, 1, 1)
STEPS = ("start", "remind", "answer", "accept")


def prepare(world: World) -> None:
    """The workflow, its two people, and what is reviewed."""
    world.publish(parse(PLAIN.read_bytes(), PLAIN.name))
    for name, role in (("edith", "editor"), ("alma", "assistant")):
        world.person(name)
        world.role(name, role, "programme", "programme", since=FIRST)
    for n in range(SUBJECTS):
        world.school(f"paper-{n}")


def whole_cycles(world: World, *, backdated: bool) -> Iterator[Command]:
    """Cycles without end: opened, started, a reminder, answered, accepted."""
    editor, operator, at = world.id("edith"), world.id("ada"), world.clock.now()
    reason = "Brought in from the old register" if backdated else None
    door: Door = "cli" if backdated else "import"  # an import says why once, and not in every event
    for number in count():
        day = FIRST + timedelta(days=number % 3000) if backdated else at.date() - timedelta(days=len(STEPS))
        opened, *steps = (
            Asked(
                id=f"{number}-{place}-{backdated}", at=at, by=editor, entered_by=operator, door=door,
                happened=Happened(on=day + timedelta(days=place)), reason=reason, batch="bench",
            )
            for place in range(len(STEPS) + 1)
        )  # fmt: skip
        subject = world.id(f"paper-{number % SUBJECTS}")
        programme = world.id("programme")
        yield OpenCycles(
            asked=opened, workflow="plain-review", programme=programme, subjects=(subject,), year=str(day.year)
        )
        for asked, step in zip(steps, STEPS, strict=True):
            values = {"reason": "A sound piece of work."} if step == "accept" and number % 10 == 0 else {}
            yield TakeStep(asked=asked, cycle=identify(opened.id), step=step, values=values)


def run() -> list[tuple[str, str]]:
    """Rows of (what, figure)."""
    rows: list[tuple[str, str]] = []
    for backdated, kind in ((False, "hardly any text"), (True, "a reason sealed in every event")):
        with tempfile.TemporaryDirectory() as name, installation(Path(name)) as world:
            prepare(world)
            rows += _compare(world, whole_cycles(world, backdated=backdated), kind)
    return rows


def _compare(world: World, coming: Iterator[Command], kind: str) -> list[tuple[str, str]]:
    def alone(commands: list[Command]) -> None:
        for command in commands:
            world.engine.handle(command)

    def together(commands: list[Command]) -> None:
        answers = world.engine.handle_all(commands)
        assert all(isinstance(answer, Done) for answer in answers), answers

    sides: dict[str, tuple[Callable[[list[Command]], None], int]] = {
        "one by one": (alone, ALONE), f"in batches of {A_BATCH}": (together, A_BATCH),
    }  # fmt: skip
    cpu: dict[str, list[float]] = {side: [] for side in sides}
    wall: dict[str, list[float]] = {side: [] for side in sides}
    for number in range(ROUNDS + 2):
        for side, (do, events) in sides.items():
            commands = list(islice(coming, events))
            started = time.process_time(), time.perf_counter()
            do(commands)
            if number > 1:  # the first rounds warm up
                cpu[side].append(events / (time.process_time() - started[0]))
                wall[side].append(events / (time.perf_counter() - started[1]))
    one, many = (statistics.median(found) for found in cpu.values())
    best = max(cpu[f"in batches of {A_BATCH}"])
    return [
        *((f"{side}, {kind}: events a second", f"{statistics.median(found):,.0f}") for side, found in wall.items()),
        (f"one by one, {kind}: events a second of processor", f"{one:,.0f}"),
        (f"in batches of {A_BATCH}, {kind}: events a second of processor", f"{many:,.0f}"),
        (f"in batches of {A_BATCH}, {kind}: the same, best round", f"{best:,.0f}"),
        (f"in batches / one by one, {kind}, by processor", f"{many / one:.1f}"),
    ]
