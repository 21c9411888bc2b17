"""After the story: the round that goes on while somebody looks, so that everybody has something to do now.

Each of its cycles waits for somebody else: a head, reviewers, a lead reviewer, the partnership lead, a champion.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Final, NamedTuple

from reviewflow.cycle.commands import OpenCycles
from reviewflow.demo import cast
from reviewflow.demo.calendar import ENDS, bank_holidays, terms
from reviewflow.demo.checking import expect
from reviewflow.demo.course import Course
from reviewflow.demo.diary import moment
from reviewflow.demo.founding import WORKFLOW
from reviewflow.demo.hand import Hand
from reviewflow.demo.rounds import Ending, Plan
from reviewflow.registry import commands as reg

LEAST: Final = timedelta(days=84)
"""So long after the story's end it can be at the earliest: what comes before today must come after the story."""
_BEGAN: Final = timedelta(days=60)
_EACH: Final = timedelta(minutes=10)
"""Between two steps whose days would lie ahead; those of all cycles at such a moment take less."""
_VALID: Final = timedelta(days=700)
CHAMPION: Final = "hilda"


class Present(NamedTuple):
    """One of the present cycles: when it is visited, how far it has come, where it must be then."""

    school: str
    days: int
    """From today to the first day of its visit."""
    team: tuple[str, ...]
    last: str
    state: str


CYCLES: Final = (
    Present("hazel", 30, ("agnes", "bruno", "jasper"), "ask_reviewers", "self_evaluation.drafting"),
    Present("rowan", 40, (), "choose_focus", "set_up.planned"),
    Present("willow", 0, ("agnes", "ruth", "harvey"), "agree_visit", "review_visit.scheduled"),
    Present("alder", 10, ("bruno", "jasper", "wendell"), "meet_before", "self_evaluation.ready"),
    Present("birch", -9, ("ruth", "wendell", "harvey"), "arrange_workshop", "improvement_workshop.scheduled"),
    Present("juniper", -16, ("agnes", "bruno", "wendell"), "propose_plan", "improvement_workshop.action_planning"),
)
"""Whom each waits for: reviewers, a head, a lead reviewer, the partnership lead, the champion, the champion again."""


def begin_present(hand: Hand, now: datetime) -> None:
    """Open this year's cycles; each comes as far as it has today. `now`: at least `LEAST` after the story's end."""
    today = now.date()
    hand.clock.to(moment(today - _BEGAN))
    _calendars(hand, today)
    _training(hand, today)
    year = max(today.year if today.month >= 9 else today.year - 1, ENDS.year)  # noqa: PLR2004 - September
    _open(hand, year)
    entries: list[tuple[datetime, int, Callable[[], None]]] = []
    for one in CYCLES:
        entries += _entries(hand, one, f"{one.school}-{year}-1", now)
    for when, _, do in sorted(entries, key=lambda entry: entry[:2]):
        hand.clock.to(when)
        do()
    expect("that nothing of it lies ahead", hand.clock.now() < now)
    for one in CYCLES:
        expect(f"where {one.school} is now", hand.cycle(f"{one.school}-{year}-1").state, one.state)


def _open(hand: Hand, year: int) -> None:
    done = hand.give(
        OpenCycles, "lena", workflow=WORKFLOW, programme=hand.ids[cast.PROGRAMME],
        partnership=hand.ids[cast.CLUSTER], subjects=tuple(hand.ids[one.school] for one in CYCLES),
        year=f"{year}-{(year + 1) % 100:02}",
    )  # fmt: skip
    for cycle in done.cycles.values():
        hand.register(cycle.handle, cycle.id)


def _calendars(hand: Hand, today: date) -> None:
    """The story's end some school years after it began; deadlines now need days that still come."""
    years = range(ENDS.year - 3, today.year + 3)
    named = {
        "end_of_first_half_term": tuple(date(year, 10, 23) for year in years),
        "end_of_year": tuple(date(year, 7, 21) for year in years),
    }
    hand.give(
        reg.PublishCalendar, "ada", file=("bank-holidays.json", b""), calendar="bank-holidays-england-and-wales",
        closed=bank_holidays(today.year + 2), source="holidays-library",
    )  # fmt: skip
    hand.give(
        reg.PublishCalendar, "ada", file=("terms.csv", b""), calendar="terms", owner=hand.ids[cast.PROGRAMME],
        owner_kind="programme", closed=terms(), named=named,
    )  # fmt: skip


def _training(hand: Hand, today: date) -> None:
    """Whoever is asked is trained, however long after the story it is."""
    reviewers = {key for one in CYCLES for key in one.team}
    for key, course in sorted([*((key, cast.REVIEWER) for key in reviewers), (CHAMPION, cast.CHAMPION)]):
        hand.give(
            reg.RecordTraining, "ada", person=hand.ids[key], course=course, completed=today - _BEGAN,
            valid_until=today + _VALID,
        )  # fmt: skip


def _entries(hand: Hand, one: Present, handle: str, now: datetime) -> list[tuple[datetime, int, Callable[[], None]]]:
    """Every step up to the last with its moment; what would lie ahead was done a little while ago."""
    visit = _visit(now.date() + timedelta(days=one.days), later=one.days > 0)
    opened = now.date() - _BEGAN
    plan = Plan(handle, one.school, "", opened, visit, one.team or ("",), CHAMPION, Ending(one.last))
    course = Course(hand, plan)
    steps = course.until_end()
    latest = (now - _EACH * (len(steps) - number) for number in range(len(steps)))
    return [
        (min(course.when(step), least), number, step)
        for number, (step, least) in enumerate(zip(steps, latest, strict=True))
    ]


def _visit(day: date, *, later: bool) -> date:
    """The nearest day from which on schools are open for two days."""
    closed = {one.on for one in (*terms(), *bank_holidays(day.year + 1))}
    step = timedelta(days=1 if later else -1)
    while any(one in closed or one.isoweekday() > 5 for one in (day, day + timedelta(days=1))):  # noqa: PLR2004 - Friday
        day += step
    return day
