"""A round of reviews in a partnership of ten schools that come from a register, with invented people.

The schools of one run are real (asked for by the marker `real_data`), those of the other invented in the same columns.
Whoever is real is only a name and a number here: nothing is said of any school, and every text says so.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from cli.shell import Shell
from kit.clock import FixedClock
from kit.world import World, spp

from reviewflow.cycle.commands import OpenCycles
from reviewflow.demo.story import settings_in
from reviewflow.wiring import open_installation

TEXT = "text of the example, no finding"
ADA, LENA = "ada@council.example", "lena@cluster.example"
OPENED, FIRST_VISIT = date(2025, 9, 8), date(2025, 10, 7)
REVIEWERS, CHAMPION = (1, 2, 3), 5
"""How far round the ring of ten the reviewers and the champion come from."""

STATES = (
    "completed",
    "completed",
    "completed",
    "follow_up.under_way",
    "improvement_workshop.action_planning",
    "improvement_workshop.scheduled",
    "review_visit.feedback_shared",
    "review_visit.scheduled",
    "self_evaluation.ready",
    "self_evaluation.drafting",
)
"""How far each school's cycle comes."""


class Register(NamedTuple):
    """Files of a register, the ten schools of the partnership by number, and former or later numbers of some."""

    schools: Path
    links: Path
    rows: int
    urns: tuple[str, ...]
    also: dict[str, str]


HERE = Path(__file__).parent / "data"
INVENTED = Register(
    HERE / "register.csv",
    HERE / "links.csv",
    11,
    tuple(str(910100 + n) for n in range(1, 11)),
    {"910001": "910101", "910002": "910102", "910004": "910104", "910203": "910103"},
)


def leicestershire(real_data):
    """Ten schools that public pages name as partners once; what they do here is made up."""
    urns = "138359 141903 120142 119984 138154 141469 120352 139751 138807 119953"
    also = {
        "120145": "138359", "119941": "141903", "150436": "119984", "119965": "138154", "119940": "141469",
        "120082": "139751", "119924": "138807",
    }  # fmt: skip
    schools = real_data / "schools"
    return Register(
        schools / "pupil-premium-2019-2020_855_925_881.csv",
        schools / "links_edubasealldata20250422_855_925_881.csv",
        1194,
        tuple(urns.split()),
        also,
    )


@dataclass
class Kept(World):
    """The small world's words over a store that was made at the command line."""

    stack: ExitStack = field(default_factory=ExitStack)

    def __post_init__(self) -> None:
        installation = self.stack.enter_context(open_installation(settings_in(self.folder), self.clock))
        self.engine, self.store, self.vault = installation.engine, installation.store, installation.vault
        self._ids = iter(range(1, 100_000))

    def close(self) -> None:
        self.stack.close()


class Cycle:
    """The cycle of the school at a place of the ring."""

    def __init__(self, world: Kept, place: int, cycle: str) -> None:
        self.world, self.place, self.id = world, place, cycle
        self.visit = FIRST_VISIT + timedelta(weeks=place)
        self.head = f"head {place}"
        self.team = [f"reviewer {(place + n) % len(STATES)}" for n in REVIEWERS]
        self.champion = f"champion {(place + CHAMPION) % len(STATES)}"

    def steps(self) -> list[tuple[date, str, Callable[[], None]]]:
        """Every step with its day, and the state that the cycle is in after it."""
        days = [OPENED, *(self.visit + timedelta(days=n) for n in (-13, -8, -7, 0, 2, 3, 6, 8, 9, 40))]
        states = ["self_evaluation.drafting", *["self_evaluation.ready"] * 2, *STATES[7:5:-1], *STATES[6:2:-1], *STATES[:1] * 2]
        raise NotImplementedError(days, states)
