"""The log and the past as they are told."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from reviewflow.web.api.models.cycles import Line, Section
from reviewflow.web.api.models.shape import Day, Id, Moment, Shape


class Log(Shape):
    """Records in words."""

    records: list[Line]
    untold: int
    more: bool
    next: int | None = Field(description="The position to ask on from: `after`.")


class Feed(Shape):
    """What happened after a position, as far as you may be told."""

    records: list[Line]
    untold: int
    more: bool = Field(description="There is more in the log already: ask again at once.")
    next: int = Field(description="The position to ask on from: `after`.", examples=[1204])


class Again(Shape):
    """One cycle as it was."""

    cycle: Id
    handle: str
    moment: str
    open: bool
    position: int
    used: int
    unknown: int
    later: int
    sections: list[Section]
    hidden: int


class Replay(Shape):
    """A past moment of one cycle."""

    replay: Again


class ReplayRow(Shape):
    """One cycle in a table of many."""

    id: Id
    handle: str
    subject: str
    where: str
    year: str
    state: str
    since: str
    events: int
    used: int
    unknown: int
    later: int


class Replays(Shape):
    """Every cycle that was open then."""

    moment: str
    cycles: list[ReplayRow]


class DifferenceFound(Shape):
    """One fact that is not the same."""

    key: list[Any] | str
    what: str
    before: str | None
    after: str | None
    versions: list[int]


class EventBetween(Line):
    """An event that counts at one of the moments only."""

    counts: str
    why: str


class Diff(Shape):
    """What differs between two moments."""

    cycle: Id
    handle: str
    before: str
    after: str
    sentence: str
    differences: list[DifferenceFound]
    events: list[EventBetween]
    hidden: int
    untold: int


class Finding(Shape):
    """A decision that would not be met as now known."""

    cycle: str
    version: int
    position: int
    topic: str
    what: str
    by: str
    role: str
    day: Day | None
    of: str
    requirement: str
    sentence: str
    source: str | None
    person: str | None
    corrected_by: int | None
    known_since: Moment | None
    known_position: int | None
    known_topic: str | None
    judged: bool


class Recheck(Shape):
    """Every decision judged again."""

    cycles: int
    decisions: int
    hidden: int
    findings: list[Finding]
