"""What is told of calendars: days on which nothing counts as a school day, and days with a name."""

from __future__ import annotations

from datetime import date
from typing import Any

from reviewflow.asking.question import Question
from reviewflow.registry.events import INSTALLATION


def calendar(
    question: Question, owner: str | None = None, first: date | None = None, last: date | None = None
) -> dict[str, Any]:
    """What was published for an organisation or a programme; without either, for everybody. From and up to a day."""
    whole = owner is None or owner == INSTALLATION
    target = INSTALLATION if whole else question.find.place(str(owner), question.find.option("for"))[1]
    question.may("calendar show")
    found = question.known.calendar(target)
    calendars = [_data(name, one, first, last) for name, one in sorted(found.published.items())] if found else []
    return {"owner": target, "calendars": calendars}


def _data(name: str, published: Any, first: date | None, last: date | None) -> dict[str, Any]:
    def inside(day: date) -> bool:
        return (first or date.min) <= day <= (last or date.max)

    named = [(day, n) for n, days in published.named.items() for day in days]
    return {
        "calendar": name,
        "source": published.source,
        "published": published.happened.on,
        "closed": [{"on": one.on, "name": one.name} for one in published.closed if inside(one.on)],
        "named": [{"on": day, "name": n} for day, n in sorted(named) if inside(day)],
    }
