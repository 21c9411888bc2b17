"""A calendar as rules and deadlines see it: which days are closed, which days have a name."""

from __future__ import annotations

from datetime import date, timedelta
from typing import NamedTuple


class Calendar(NamedTuple):
    """Closed days (bank holidays, school closures) and named days such as `end_of_first_half_term`.

    Weekends are closed always. `named` maps a name to its days in order: the first not before the
    cycle's opening counts.
    """

    closed: frozenset[date] = frozenset()
    named: dict[str, tuple[date, ...]] = {}

    def is_open(self, day: date) -> bool:
        """Whether `day` is a school day."""
        return day.weekday() < 5 and day not in self.closed  # noqa: PLR2004 - Monday to Friday

    def closed_days(self, first: date, last: date) -> list[date]:
        """The days from `first` to `last` that are closed, weekends among them."""
        count = (last - first).days + 1
        return [day for n in range(max(count, 0)) if not self.is_open(day := first + timedelta(days=n))]
