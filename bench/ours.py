"""Whole commands of ours as a contender, on a store that was made for them; and the store."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from bench.courses import FOCUS, SCHOOLS, Partnership, clock_of, cycle, opening_id, registrations
from bench.places import BEGUN, COUNTY, Clock, found, opened, settings_for
from bench.turns import Job
from reviewflow.cycle.commands import TakeStep
from reviewflow.engine import Done
from reviewflow.events import Asked

YEAR = 2026


def prepare(folder: Path, cycles: int, url: str | None = None) -> None:
    """A store with so many cycles that were opened and whose visit was planned, ten to a partnership."""
    clock = Clock()
    with opened(found(folder, url), clock) as engine:
        for number in range((cycles + SCHOOLS - 1) // SCHOOLS):
            of = Partnership(COUNTY, number)
            clock.moment = BEGUN
            commands = list(registrations(of, BEGUN))
            for school in range(SCHOOLS):
                commands += cycle(of, school, YEAR, 2)
            clock.moment = clock_of(YEAR)
            for answer in engine.handle_all(commands):
                if not isinstance(answer, Done):
                    raise answer


@contextmanager
def commands(folder: str, cycles: int, client: int, clients: int = 1, url: str | None = None) -> Iterator[Job]:
    """A head chooses the focus of the school's cycle, in words of their own: permission, form, a rule, a sealed text.

    Each of several clients has cycles of its own, so that what is timed is not how they get in each other's way.
    """
    clock = Clock(clock_of(YEAR))
    mine = range(client, cycles, clients)
    with opened(settings_for(Path(folder), url), clock) as engine:

        def job(n: int) -> None:
            place = mine[n % len(mine)]
            of, school = Partnership(COUNTY, place // SCHOOLS), place % SCHOOLS
            clock.moment += timedelta(microseconds=1)
            head = of.id("hanna", school)
            asked = Asked(id=f"{client}-{n}", at=clock.moment, by=head, entered_by=head)
            step = TakeStep(
                asked=asked, cycle=opening_id(of, school, YEAR), step="choose_focus", values={"focus_areas": [FOCUS]}
            )
            engine.handle(step)

        yield job
