"""The three years: opening a round of seven cycles, and letting time go by."""

from __future__ import annotations

from datetime import date, datetime
from typing import Final

from reviewflow.cycle.commands import OpenCycles
from reviewflow.demo import cast
from reviewflow.demo.course import Course
from reviewflow.demo.diary import Diary, moment
from reviewflow.demo.founding import WORKFLOW
from reviewflow.demo.hand import Hand
from reviewflow.demo.rounds import ROUNDS, Round, plans

TOLD: Final = "hazel-2023-1"
"""The cycle of chapter two."""


class Years:
    """The diary of all three years, and the course of each cycle in it."""

    def __init__(self, hand: Hand, diary: Diary) -> None:
        """`diary` sets the clock."""
        self.hand, self.diary = hand, diary
        self.courses: dict[str, Course] = {}

    def begin(self, number: int, *, told: bool = False) -> None:
        """Open the cycles of a year, on its day, and enter their courses."""
        one = ROUNDS[number]
        self.pass_until(moment(one.opens))
        self._open(one, told=told)
        for plan in plans(one):
            course = self.courses[plan.handle] = Course(self.hand, plan)
            course.enter(self.diary)

    def pass_until(self, when: datetime) -> None:
        """Time goes by."""
        with self.hand.teller.passing(f"until {when.date()}", self.diary.before(when)) as beat:
            self.diary.until(when, beat)

    def _open(self, one: Round, *, told: bool) -> None:
        done = self.hand.give(
            OpenCycles, "lena", told=told, workflow=WORKFLOW, programme=self.hand.ids[cast.PROGRAMME],
            partnership=self.hand.ids[cast.CLUSTER], subjects=tuple(self.hand.ids[s.handle] for s in cast.SCHOOLS),
            year=one.year,
        )  # fmt: skip
        for cycle in done.cycles.values():
            self.hand.register(cycle.handle, cycle.id)


def first_year(hand: Hand, years: Years) -> None:
    """Chapter two: one cycle through its four stages, told step by step; six others go on beside it."""
    hand.teller.chapter(
        "A review cycle, step by step",
        "One command opens a cycle for every school of the cluster. Reviewers are drawn round the ring of seven, so "
        "that every school gives what it gets. This is Hazel's cycle; the six others go on beside it, untold.",
    )
    years.begin(0, told=True)
    years.courses[TOLD].told = years.courses[TOLD].narrated = True
    years.diary.until(moment(date(2024, 8, 1)))
    hand.teller.say("Every line above is now an event that nobody can change.")
