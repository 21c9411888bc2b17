"""What is sent with commands: the options that the command line has, by the same names."""

from __future__ import annotations

from datetime import date, time
from typing import Annotated, Any, Literal, Self

from pydantic import ConfigDict, Field, StringConstraints, model_validator

from reviewflow.web.api.models.shape import Shape

Text = Annotated[str, StringConstraints(max_length=50_000)]
Short = Annotated[str, StringConstraints(min_length=1, max_length=300)]


class Now(Shape):
    """For a command that happens when it is given."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    reason: Text | None = Field(default=None, description="Why; stored sealed.")
    dry_run: bool = Field(default=False, description="Say what would be done, and record nothing.")


class When(Now):
    """For a command that may be told of later."""

    on: date | None = Field(default=None, description="The day it happened; without it, now.", examples=["2026-11-20"])
    at: time | None = Field(default=None, description="The time of that day, if known.", examples=["14:30:00"])
    by: date | None = Field(default=None, description="It happened on that day or before.")

    @model_validator(mode="after")
    def _one_day(self) -> When:
        if self.on is not None and self.by is not None:
            raise ValueError("`on` says the day itself, `by` the latest it can have been: give one of them")
        if self.at is not None and self.on is None and self.by is None:
            raise ValueError("`at` needs its day: give `on` or `by` with it")
        return self


class ForAnother(When):
    """For a command that a stand-in may give."""

    for_: Short | None = Field(default=None, alias="for", description="The absent person for whom it is done.")


class Opening(ForAnother):
    """Cycles to be opened; without subjects one for each member of the partnership."""

    subjects: list[Short] = Field(default=[], examples=[["hazel"]], max_length=2_000)
    year: Annotated[str, StringConstraints(max_length=20)] = Field(examples=["2026-27"])
    partnership: Short | None = Field(default=None, examples=["cluster"])
    programme: Short | None = None
    workflow: Short | None = None
    edition: Short | None = None
    values: dict[str, Any] = Field(default={}, description="The opening form.")


class Step(ForAnother):
    """A step to be taken; where it needs a second signature, proposed."""

    values: dict[str, Any] = Field(
        default={}, description="Its form: see `GET /api/cycles/{cycle}/steps/{step}`.",
        examples=[{"focus_areas": ["Pupils' writing"]}],
    )  # fmt: skip
    about: Short | None = Field(default=None, description="The row that it is about.")


class Agreement(ForAnother):
    """A signature."""


class Assignment(ForAnother):
    """An offer of a role, or an answer to one. `person` goes with offers, and with taking one back."""

    action: Literal["offer", "accept", "decline", "withdraw"]
    role: Short = Field(examples=["peer_reviewer"])
    person: Short | None = Field(default=None, examples=["wilma@willow.example"])


class Note(ForAnother):
    """A note."""

    text: Text = Field(examples=["Moved to the hall"])
    beside: int | None = Field(default=None, ge=1, le=2**31, description="The event that it stands beside.")


class Waiver(ForAnother):
    """A requirement not to be asked. Wants `reason`."""

    of: Short = Field(description="A step or a role.", examples=["improvement_champion"])
    requirement: Short = Field(examples=["other_school"])
    person: Short | None = None


class Consent(ForAnother):
    """What others may see."""

    what: Short = Field(description="A step, or STEP.FIELD.", examples=["share_feedback"])
    withdraw: bool = False


class Correction(Shape):
    """What one event should have said; what is not given stays."""

    event: int = Field(ge=1, le=2**31)
    on: date | None = None
    by: date | None = None
    at: time | None = None
    about: Text | None = None
    values: dict[str, Any] = {}


class Corrections(Now):
    """Corrections, all at once. Wants `reason`."""

    corrections: list[Correction] = Field(min_length=1, max_length=500)


class Undo(Now):
    """The latest transition, or everything from an event on, or one event. Wants `reason`."""

    since: int | None = Field(default=None, ge=1, le=2**31)
    only: int | None = Field(default=None, ge=1, le=2**31)


class NewPerson(When):
    """Somebody to be registered."""

    name: Short = Field(examples=["Lena Madeup"])
    email: Short | None = Field(default=None, examples=["lena@hazel.example"])
    organisation: Short | None = None
    role: Short | None = Field(default=None, examples=["head"])
    since: date | None = None


class PersonChange(When):
    """What is new of somebody."""

    name: Short | None = None
    email: Short | None = None


class Grant(When):
    """A role in a place; without one, in the whole installation. `end`: it ends."""

    role: Short = Field(examples=["head"])
    in_: Short | None = Field(default=None, alias="in", examples=["hazel"])
    since: date | None = None
    until: date | None = None
    end: bool = False


class Course(When):
    """A completed course; `withdraw`: it no longer counts."""

    course: Short = Field(examples=["peer-reviewer"])
    completed: date | None = None
    valid_until: date | None = None
    withdraw: bool = False


class Interest(When):
    """An interest."""

    other: Short = Field(examples=["birch"])
    nature: Literal["employment", "governance", "family", "friendship", "financial", "other"]
    note: Text | None = None
    since: date | None = None
    until: date | None = None


class Delegation(When):
    """Somebody who stands in; `end`: no longer. Wants `reason`."""

    to: Short = Field(examples=["wilma@willow.example"])
    since: date | None = None
    until: date | None = None
    roles: list[Short] = Field(default=[], max_length=100)
    end: bool = False


class HandOver(When):
    """Roles to be passed on. Wants `reason`."""

    to: Short
    roles: list[Short] = Field(default=[], max_length=100)
    cycles: list[Short] = Field(default=[], max_length=2_000)
    partnership: Short | None = None
    leave_out: list[Short] = Field(default=[], max_length=2_000)


class HandOverUndo(When):
    """A handover that never happened. Wants `reason`."""

    batch: Short


class Forgetting(When):
    """Somebody to be forgotten, for good."""

    why: Literal["request", "retention", "other"] = "request"


class NewOrganisation(When):
    """An organisation to be registered."""

    name: Short = Field(examples=["Hazel Invented School"])
    kind: Literal["school", "trust", "college", "council", "project", "document", "other"] = "school"
    handle: Short | None = None
    identities: dict[str, Text] = Field(default={}, examples=[{"urn": "900001"}])
    details: dict[str, Text] = {}
    place: Text = ""


class Succession(When):
    """Organisations that became others."""

    kind: Literal["merger", "amalgamation", "split", "other"]
    predecessors: list[Short] = Field(min_length=1, max_length=100)
    successors: list[Short] = Field(min_length=1, max_length=100)


class NewPartnership(When):
    """A partnership to be formed."""

    name: Short = Field(examples=["Invented Cluster"])
    programme: Short | None = None
    handle: Short | None = None


class Joining(When):
    """Who joins."""

    organisations: list[Short] = Field(min_length=1, max_length=500)
    until: date | None = None


class Departing(When):
    """Who leaves."""

    organisations: list[Short] = Field(min_length=1, max_length=500)


class NewProgramme(When):
    """A programme to be set up."""

    name: Short = Field(examples=["Invented Programme"])
    time_zone: Short = Field(examples=["Europe/London"])
    handle: Short | None = None
    workflow: Short | None = None
    backdating_days: int = Field(default=30, ge=0, le=36_500)
    nation: Short | None = None


class ProgrammeChange(When):
    """What is new of a programme."""

    name: Short | None = None
    time_zone: Short | None = None
    workflow: Short | None = None
    backdating_days: int | None = Field(default=None, ge=0, le=36_500)
    nation: Short | None = None


class NewCalendar(When):
    """Days on which nothing counts as a school day: a table (CSV), or the bank holidays of gov.uk (JSON), as text."""

    document: Annotated[str, StringConstraints(max_length=2_000_000)]
    owner: Short | None = Field(default=None, description="An organisation or a programme; without it, everybody.")
    name: Short | None = None
    nation: Short | None = None


class Document(Shape):
    """A definition: its document (YAML), or the name of one that comes with reviewflow."""

    document: Annotated[str, StringConstraints(max_length=2_000_000)] | None = None
    shipped: Short | None = Field(default=None, examples=["spp-peer-review"])

    @model_validator(mode="after")
    def _one(self) -> Self:
        if (self.document is None) == (self.shipped is None):
            raise ValueError("give `document` or `shipped`, one of them")
        return self


class NewWorkflow(When, Document):
    """A definition to be published: its document (YAML), or the name of one that comes with reviewflow."""


class SentMapping(Shape):
    """A mapping: its document (YAML), or the name of one that comes with reviewflow."""

    mapping: Annotated[str, StringConstraints(max_length=300_000)] | None = None
    shipped: Short | None = Field(default=None, examples=["example"])
