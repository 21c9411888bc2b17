"""Cycles as they are told."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from reviewflow.web.api.models.shape import Day, DayText, Id, Moment, Named, Shape


class CycleRow(Shape):
    """A cycle, and where it stands, as far as you may see it."""

    id: Id
    handle: str = Field(examples=["hazel-2026-1"])
    subject: Id
    subject_name: str = Field(examples=["Hazel Invented School"])
    partnership: Id | None
    programme: Id
    year: str = Field(examples=["2026-27"])
    number: int = Field(examples=[1])
    workflow: str = Field(examples=["spp-peer-review"])
    edition: str = Field(examples=["1"])
    digest: str
    state: str = Field(examples=["self_evaluation.drafting"])
    state_title: str = Field(examples=["Self-evaluation is being written"])
    final: bool | None
    since: DayText
    opened_on: DayText
    version: int = Field(description="How many events it has.", examples=[12])


class Cycles(Shape):
    """Cycles by handle."""

    cycles: list[CycleRow]
    more: bool = Field(description="Others follow after the handle of the last: ask with `after`.")


class Detail(Shape):
    """One thing said."""

    label: str = Field(examples=["Focus areas"])
    value: str = Field(examples=["Pupils' writing"])
    name: str = Field(examples=["focus_areas"])
    beside: list[Detail] = Field(default=[], description="What stands beside it: notes, answers.")


class Section(Shape):
    """A part of a cycle's summary."""

    title: str
    items: list[Detail]


class OneCycle(Shape):
    """A cycle: where it is, who takes part, what was said."""

    cycle: CycleRow
    sections: list[Section]
    hidden: int = Field(description="How many parts are not shown to you.")


class WaivedRequirement(Shape):
    """A requirement that was not asked."""

    requirement: str
    otherwise: str | None


class Line(Shape):
    """One event in words."""

    position: int
    version: int
    stream: str
    cycle: str | None = Field(description="The handle of its cycle.")
    topic: str = Field(examples=["cycle.transition-taken"])
    recorded_at: Moment | None
    happened: dict[str, Any] | None = Field(
        description="`on`, perhaps `at` and `latest`.", examples=[{"on": "2026-11-20"}]
    )
    late: int | None
    by: str = Field(examples=["Lena Madeup"])
    role: str
    on_behalf_of: str | None
    entered_by: str | None
    door: str = Field(examples=["api"])
    cause: str | None
    batch: str | None
    what: str
    details: list[Detail]
    met: list[str]
    waived: list[WaivedRequirement]
    backdated: str | None
    hidden: bool
    corrected_by: int | None
    undone_by: int | None
    beside: int | None = Field(description="The event (its version) that it stands beside.")
    sentence: str


class Thread(Line):
    """One event in words, with what stands beside it."""

    replies: list[Thread]


class History(Shape):
    """A cycle, and everything that happened in it."""

    cycle: CycleRow
    sections: list[Section]
    hidden: int
    history: list[Thread]
    untold: int = Field(description="Events that may not even be told to you.")


class Requirement(Shape):
    """One requirement of a step, as it stands."""

    code: str
    status: str = Field(examples=["met", "unmet", "waived"])
    sentence: str
    who: list[str]
    waivable_by: list[str]
    source: str | None


class Due(Shape):
    """By when; all None where there is no such day, or it is not shown to you."""

    due: Day | None
    overdue: bool | None
    limit: Day | None
    not_before: Day | None
    because: str | None


class Option(Due):
    """A step, and whether you can take it now."""

    step: str
    title: str
    kind: str
    by: list[str]
    open: bool
    here: bool
    proposal: bool | int | dict[str, Any] | None
    requirements: list[Requirement]


class Waiting(Due):
    """Something that waits for somebody."""

    kind: str
    step: str
    title: str
    roles: list[str]
    people: list[Named]


class RolePeople(Shape):
    """How far an assigned role is filled."""

    role: str
    title: str
    accepted: list[Named]
    asked: list[Named]
    least: int
    most: int | None
    offered_by: list[str]


class Next(Shape):
    """Every step of a cycle in one of three groups."""

    cycle: CycleRow
    day: Day
    actor: Id | None
    on_behalf_of: Id | None
    now: list[Option]
    not_yet: list[Option]
    elsewhere: list[Option]
    people: list[RolePeople]
    waiting: list[Waiting]


class Absent(Shape):
    """For whom you stand in, and until when."""

    id: Id
    name: str
    until: Day | None


class Task(Waiting):
    """Something that waits, in its cycle."""

    cycle: Id
    handle: str
    subject: Id
    for_: Absent | None = Field(alias="for")


class Inbox(Shape):
    """What waits, the most urgent first."""

    person: Id | None
    tasks: list[Task]
    more: bool
    next: str | None


class FormField(Shape):
    """A field of a form, and what it wants."""

    name: str
    label: str | None
    help: str | None
    type: str
    wants: str
    optional: bool
    of: str | None
    choices: list[dict[str, str]]
    min: int | None
    max: int | None
    plain: bool
    columns: list[FormField] = Field(default=[])
    rows: list[str] = Field(default=[])


class Form(Shape):
    """The empty form of a step."""

    cycle: Id
    handle: str
    step: str
    title: str
    help: str | None
    second: list[str] = Field(description="Who signs it as well.")
    about: list[str] = Field(description="The rows that it may be about.")
    fields: list[FormField]


class EvidenceItem(Shape):
    """One piece of evidence."""

    version: int
    kind: str
    title: str
    who: str = Field(examples=["Lena Madeup"])
    role: str
    happened: str | None
    details: list[Detail]
    seen: bool
    file: dict[str, Any] | None


class EvidenceList(Shape):
    """The evidence of a cycle, the last first."""

    cycle: CycleRow
    items: list[EvidenceItem]
    hidden: int
