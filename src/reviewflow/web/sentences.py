"""How pages write what the core says: days as people do, rows by their place. What somebody typed stays as typed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from typing import TYPE_CHECKING, Final

from reviewflow.asking.question import Question
from reviewflow.asking.question import asking as _asking
from reviewflow.audit.naming import Writing
from reviewflow.web.words import clock, day

if TYPE_CHECKING:
    from reviewflow.wiring import Installation

_QUOTED: Final = re.compile(r"(“[^”]*”|\"[^\"]*\"|(?<!\w)'[^']*'(?!\w))")
"""What stands in quotation marks: titles, and what somebody typed."""
_DATED: Final = re.compile(r"(?<![\w./-])(\d{4}-\d{2}-\d{2})(?: (\d{2}:\d{2})(?![\w:]))?(?![\w/-])", re.ASCII)


def dated(sentence: str) -> str:
    """A sentence of the core with `10 November 2026` for `2026-11-10`, and `at 2:30pm` for `14:30` after it.

    What is in quotation marks stays as it is.
    """
    return "".join(
        part if place % 2 else _DATED.sub(_written, part) for place, part in enumerate(_QUOTED.split(sentence))
    )


def _written(found: re.Match[str]) -> str:
    try:
        on = date.fromisoformat(found[1])
        at = datetime.strptime(found[2], "%H:%M").time() if found[2] else None  # noqa: DTZ007 - a time of day, no moment
    except ValueError:
        return found[0]
    return f"{day(on)} at {clock(at)}" if at else day(on)


ON_PAGES: Final = Writing(dated, lambda _id, number: f"number {number}")


@contextmanager
def asking(
    installation: Installation, viewer: str, *, as_of: date | None = None, known_at: datetime | None = None
) -> Iterator[Question]:
    """A question whose answers are for a page. See `asking.question.asking`."""
    with _asking(installation, viewer, as_of=as_of, known_at=known_at, writing=ON_PAGES) as question:
        yield question
