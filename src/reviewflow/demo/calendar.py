"""The demo's school years: bank holidays, terms, and the days on which each school is visited."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Final

from reviewflow.demo.cast import SCHOOLS
from reviewflow.registry.events import ClosedDay

YEARS: Final = ("2023-24", "2024-25", "2025-26")
BEGINS: Final = date(2023, 9, 1)
"""The first moment of the story."""
ENDS: Final = date(2026, 7, 24)
"""Its last; everything that was recorded lies before the day on which anybody runs the demo."""

_SPELLS: Final = (
    ("Half-term", date(2023, 10, 23), date(2023, 10, 27)),
    ("Christmas holidays", date(2023, 12, 21), date(2024, 1, 3)),
    ("Half-term", date(2024, 2, 12), date(2024, 2, 16)),
    ("Easter holidays", date(2024, 3, 25), date(2024, 4, 5)),
    ("Half-term", date(2024, 5, 27), date(2024, 5, 31)),
    ("Summer holidays", date(2024, 7, 24), date(2024, 8, 30)),
    ("Half-term", date(2024, 10, 28), date(2024, 11, 1)),
    ("Christmas holidays", date(2024, 12, 23), date(2025, 1, 3)),
    ("Half-term", date(2025, 2, 17), date(2025, 2, 21)),
    ("Easter holidays", date(2025, 4, 7), date(2025, 4, 21)),
    ("Half-term", date(2025, 5, 26), date(2025, 5, 30)),
    ("Summer holidays", date(2025, 7, 23), date(2025, 8, 29)),
    ("Half-term", date(2025, 10, 27), date(2025, 10, 31)),
    ("Christmas holidays", date(2025, 12, 22), date(2026, 1, 2)),
    ("Half-term", date(2026, 2, 16), date(2026, 2, 20)),
    ("Easter holidays", date(2026, 3, 30), date(2026, 4, 10)),
    ("Half-term", date(2026, 5, 25), date(2026, 5, 29)),
    ("Summer holidays", date(2026, 7, 22), date(2026, 8, 31)),
)

NAMED: Final = {
    "end_of_first_half_term": (date(2023, 10, 20), date(2024, 10, 25), date(2025, 10, 24), date(2026, 10, 23)),
    "end_of_year": (date(2024, 7, 23), date(2025, 7, 22), date(2026, 7, 21), date(2027, 7, 21)),
}
"""The days that the workflow's deadlines are counted from."""

_TUESDAYS: Final = {
    "2023-24": ("2023-11-14", "2023-11-21", "2023-11-28", "2024-01-16", "2024-01-23", "2024-01-30", "2024-02-27"),
    "2024-25": ("2024-11-12", "2025-01-21", "2025-03-11", "2024-11-19", "2025-03-04", "2025-01-28", "2024-11-26"),
    "2025-26": ("2025-11-11", "2025-11-18", "2026-01-13", "2026-06-09", "2026-03-10", "2025-11-25", "2026-03-17"),
}
VISITS: Final = {
    year: {one.handle: date.fromisoformat(day) for one, day in zip(SCHOOLS, days, strict=True)}
    for year, days in _TUESDAYS.items()
}
"""Year -> school -> first of the two days of its visit; no two in one week, so that nobody is needed twice."""


def bank_holidays(last: int = ENDS.year + 1) -> tuple[ClosedDay, ...]:
    """Those of England; a library helps to make the calendar, and what counts later is the event. `last`: a year."""
    from holidays import country_holidays

    found = country_holidays("GB", subdiv="ENG", years=range(BEGINS.year, last + 1))
    return tuple(ClosedDay(on=day, name=name) for day, name in sorted(found.items()))


def terms() -> tuple[ClosedDay, ...]:
    """Every weekday on which no school of the cluster is open."""
    return tuple(ClosedDay(on=day, name=name) for name, first, last in _SPELLS for day in _weekdays(first, last))


def _weekdays(first: date, last: date) -> Iterator[date]:
    for n in range((last - first).days + 1):
        day = first + timedelta(days=n)
        if day.isoweekday() <= 5:  # noqa: PLR2004 - Friday
            yield day
