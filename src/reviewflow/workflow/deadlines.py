"""By when a step is due: arithmetic on days, and nothing that asks what day it is.

School days and working days are the weekdays that the calendar does not close. Zero of them is the day
itself, or the next open day where it is closed; forward and backward the day itself is never counted.
Months and years stay within the month: 31 January and one month is the last of February.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Container, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Literal, NamedTuple

from reviewflow.errors import ReviewflowError
from reviewflow.workflow.calendar import Calendar
from reviewflow.workflow.definition import Definition, Due
from reviewflow.workflow.machine import acts_in, ahead, targets

Unit = Literal["school_days", "working_days", "days", "weeks", "months", "years"]
UNITS: tuple[Unit, ...] = ("school_days", "working_days", "days", "weeks", "months", "years")

_CLOSED_AT_MOST = 3660
"""Days that may be closed in a row: ten years; a calendar that closes more closes everything."""


class NoSuchDay(ReviewflowError):
    """A day that cannot be counted to: the calendar has no open day there, or it is beyond all dates."""

    def __init__(self, day: date, n: int, unit: str, why: str) -> None:
        """What was counted, from where, and why it ended."""
        self.day, self.n, self.unit, self.why = day, n, unit, why
        super().__init__(day, n, unit, why)

    def __str__(self) -> str:
        return f"{self.n} {self.unit.replace('_', ' ')} from {self.day}: {self.why}"


@dataclass(frozen=True, slots=True)
class Days:
    """What is known of a cycle's days. Nothing undone counts; what is missing is None or not there."""

    opened: date | None = None
    said: Mapping[str, date | None] = field(default_factory=dict)
    """`STEP.FIELD` -> the date as last said; the opening's step is `opens`."""
    last: Mapping[str, date | None] = field(default_factory=dict)
    """Step -> the day it was last taken."""
    count: Mapping[str, int] = field(default_factory=dict)
    """Step -> how often it was taken."""


class Deadline(NamedTuple):
    """By when a step is due, until when at the latest, from when at the earliest, and why."""

    step: str
    due: date
    limit: date | None
    not_before: date | None
    because: str


class _Origin(NamedTuple):
    day: date
    words: str


def add(day: date, n: int, unit: Unit, calendar: Calendar) -> date:
    """The day `n` units after `day`, before it if negative; `NoSuchDay` if there is none."""
    try:
        match unit:
            case "school_days" | "working_days":
                return _count_open(day, n, unit, calendar)
            case "days":
                return day + timedelta(days=n)
            case "weeks":
                return day + timedelta(weeks=n)
            case "months":
                return _months(day, n)
            case "years":
                return _months(day, 12 * n)
    except (OverflowError, ValueError) as error:
        raise NoSuchDay(day, n, unit, "that is beyond the years 1 to 9999") from error


def _count_open(day: date, n: int, unit: Unit, calendar: Calendar) -> date:
    if n == 0 and calendar.is_open(day):
        return day
    date.fromordinal(day.toordinal() + n)  # so far at least: no use in walking there if there is no such day
    one = timedelta(days=-1 if n < 0 else 1)
    here, left, closed = day, abs(n) or 1, 0
    while left:
        here += one
        if calendar.is_open(here):
            left, closed = left - 1, 0
        elif (closed := closed + 1) > _CLOSED_AT_MOST:
            raise NoSuchDay(day, n, unit, f"the calendar has no open day in the {_CLOSED_AT_MOST} days to {here}")
    return here


def _months(day: date, n: int) -> date:
    years, month = divmod(day.year * 12 + day.month - 1 + n, 12)
    return date(years, month + 1, min(day.day, monthrange(years, month + 1)[1]))


def deadlines(
    definition: Definition,
    digest: str,
    state: str,
    returns_to: str | None,
    days: Days,
    calendar: Calendar,
    only: Container[str] | None = None,
) -> dict[str, Deadline]:
    """The deadlines of every step (or of these) that can still come, in the author's order; none in a final state.

    A transition that was taken is due again only where it can be taken now: on a way round, a later turn of
    it is not yet asked for. Where clocks are stopped, only what that very state allows keeps its deadline:
    the way out of it, above all.
    """
    here = definition.all_states()[state]
    if here.final:
        return {}
    now = {*targets(definition, digest, state, returns_to), *acts_in(definition, digest, state)}
    coming = ahead(definition, digest, state, returns_to)
    found = {}
    for name, step in definition.steps().items():
        if step.due is None or name not in coming or not (only is None or name in only):
            continue
        again = name in definition.transitions and days.count.get(name, 0) > 0
        if name not in now and (again or here.clocks == "stopped"):
            continue
        one = deadline(definition, name, days, calendar)
        if one is not None:
            found[name] = one
    return found


def deadline(definition: Definition, step: str, days: Days, calendar: Calendar) -> Deadline | None:
    """By when a step is due, by its definition alone; None without `due`, or while its anchor is missing.

    Of several dues of an act the first not yet done counts: the third due is for the third time.
    """
    due = _next_due(definition, step, days)
    if due is None:
        return None
    reading = _Reading(definition, days, calendar)
    found = reading.resolve(due, (step,))
    if found is None:
        return None
    day, because, chosen = found
    limit, not_before = (part and reading.resolve(part, (step,)) for part in (chosen.limit, chosen.not_before))
    return Deadline(step, day, limit[0] if limit else None, not_before[0] if not_before else None, because)


def _next_due(definition: Definition, step: str, days: Days) -> Due | None:
    found = definition.step(step)
    if found is None or found.due is None:
        return None
    dues = found.due if isinstance(found.due, tuple) else (found.due,)
    done = days.count.get(step, 0) if step in definition.acts else 0
    return dues[done] if done < len(dues) else None


class _Reading(NamedTuple):
    """One reading of a definition's dues against the days of one cycle."""

    definition: Definition
    days: Days
    calendar: Calendar

    def resolve(self, due: Due, through: tuple[str, ...]) -> tuple[date, str, Due] | None:
        """The day, why, and the due that gave it (an `otherwise` perhaps). `through`: steps on the way here."""
        found = self._before(due.before, through) if due.before is not None else self._offset(due)
        if found is not None:
            return (*found, due)
        return self.resolve(due.otherwise, through) if due.otherwise else None

    def _offset(self, due: Due) -> tuple[date, str] | None:
        origin = self._origin(due)
        if origin is None:
            return None
        words = f"{origin.words} ({origin.day})"
        for unit in UNITS:
            n: int | None = getattr(due, unit)
            if n is not None:
                name = unit.replace("_", " ") if abs(n) != 1 else unit.replace("_", " ").removesuffix("s")
                day = add(origin.day, n, unit, self.calendar)
                span = f"{abs(n)} {name} {'before' if n < 0 else 'after'}"
                if n == 0:
                    span = "on" if day == origin.day else "on the first open day after"
                return day, f"{span} {words}"
        return origin.day, f"on {words}"

    def _before(self, step: str, through: tuple[str, ...]) -> tuple[date, str] | None:
        """The last school day before the deadline of another step, unless that one waits for this."""
        other = _next_due(self.definition, step, self.days)
        found = self.resolve(other, (*through, step)) if other is not None and step not in through else None
        if found is None:
            return None
        return add(found[0], -1, "school_days", self.calendar), f"before {self._title(step)} is due ({found[0]})"

    def _origin(self, due: Due) -> _Origin | None:
        """The day a due counts from; None if it has not come."""
        if due.from_day_of is not None:
            return self._day_of(due.from_day_of)
        name = due.origin if due.origin is not None else due.day
        if name is None:
            return None
        anchor = self.definition.anchors.get(name)
        if anchor is None:
            return self._said(name)
        if anchor.field is not None:
            return self._said(anchor.field)
        if anchor.day_of is not None:
            return self._day_of(anchor.day_of)
        return self._named(anchor.calendar)

    def _said(self, place: str) -> _Origin | None:
        day = self.days.said.get(place)
        if day is None:
            return None
        step, _, name = place.partition(".")
        entry = self.definition.fields(step).get(name)
        label = (entry.label if entry else None) or name.replace("_", " ")
        return _Origin(day, f"{label} of {self._title(step)}")

    def _day_of(self, step: str) -> _Origin | None:
        day = self.days.opened if step == "opens" else self.days.last.get(step)
        return _Origin(day, f"the day of {self._title(step)}") if day is not None else None

    def _named(self, name: str | None) -> _Origin | None:
        opened = self.days.opened
        if name is None or opened is None:
            return None
        day = next((day for day in self.calendar.named.get(name, ()) if day >= opened), None)
        return _Origin(day, name.replace("_", " ")) if day is not None else None

    def _title(self, step: str) -> str:
        found = self.definition.step(step)
        return f'"{found.title}"' if found else step
