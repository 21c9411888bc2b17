"""The installations that are timed: a real SQLite store with keys, an invented cluster, cycles under way."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from kit.clock import FixedClock
from kit.world import World, spp
from reviewflow import wiring
from reviewflow.cycle.commands import OpenCycles
from reviewflow.settings import Settings

START = datetime(2026, 9, 7, 12, tzinfo=UTC)


@contextmanager
def installation(folder: Path) -> Iterator[World]:
    """A world whose engine stands on a real store in `folder`, with all synchronous views."""
    clock = FixedClock(START)
    settings = Settings(store=f"sqlite:///{folder / 'reviewflow.db'}")
    wiring.create_installation(settings, clock)
    with wiring.open_installation(settings, clock) as opened:
        world = World(clock=clock, folder=folder)
        world.close()
        world.store, world.engine, world.vault = opened.store, opened.engine, opened.vault
        world.install()
        world.publish(spp())
        world.partnership("cluster")
        for school in ("hazel", "rowan"):
            world.school(school)
        world.person("lena", "partnership_lead", "cluster", "partnership")
        world.person("hanna", "head", "hazel")
        yield world


def open_many(world: World, number: int) -> list[str]:
    """Ids of `number` new cycles of invented schools, ten years each, a hundred to a command."""
    schools = [world.school(f"school-{n}") for n in range((number + 9) // 10)]
    found: list[str] = []
    for year in range(2020, 2030):
        for first in range(0, len(schools), 100):
            part = tuple(schools[first : first + 100])[: number - len(found)]
            if not part:
                break
            done = world.handle(
                OpenCycles(
                    asked=world.asked("lena"),
                    workflow="spp-peer-review",
                    programme=world.id("programme"),
                    partnership=world.id("cluster"),
                    subjects=part,
                    year=str(year),
                )
            )
            found += [event.stream.removeprefix("cycle-") for event in done.events]
    return found
