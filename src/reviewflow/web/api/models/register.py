"""People, places, calendars and workflows as they are told."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from reviewflow.web.api.models.problem import FaultFound
from reviewflow.web.api.models.shape import Day, Id, Moment, Shape


class RoleHeld(Shape):
    """A role held today."""

    role: str = Field(examples=["head"])
    in_: str = Field(alias="in", description="An id, or `installation`.")
    place: str = Field(examples=["Hazel Invented School"])


class PersonRow(Shape):
    """Somebody in a list."""

    id: Id
    name: str = Field(examples=["Lena Madeup"])
    email: str | None = Field(examples=["lena@hazel.example"])
    roles: list[RoleHeld]
    training: list[str]
    forgotten_on: Day | None


class People(Shape):
    """People by name."""

    people: list[PersonRow]


class OnePerson(Shape):
    """Everything that is known of somebody: roles, training, interests, who stands in, parts in cycles."""

    person: dict[str, Any]


class Leaving(Shape):
    """Everything open of somebody."""

    person: Id
    roles: list[dict[str, Any]]
    tasks: list[dict[str, Any]]
    holds: list[dict[str, Any]]
    stands_in_for: list[dict[str, Any]]


class OrganisationRow(Shape):
    """An organisation in a list."""

    id: Id
    handle: str = Field(examples=["hazel"])
    name: str = Field(examples=["Hazel Invented School"])
    kind: str = Field(examples=["school"])
    urn: str | None = Field(examples=["900001"])


class Organisations(Shape):
    """Organisations by handle."""

    organisations: list[OrganisationRow]
    more: bool


class WholeOrganisation(OrganisationRow):
    """Everything that is known of an organisation."""

    identities: list[dict[str, Any]]
    details: dict[str, str]
    partnerships: list[dict[str, Any]]
    came_from: list[Id]
    became: list[Id]
    successions: list[dict[str, Any]]


class OneOrganisation(Shape):
    """One organisation."""

    organisation: WholeOrganisation


class PartnershipRow(Shape):
    """A partnership in a list."""

    id: Id
    handle: str = Field(examples=["cluster"])
    name: str = Field(examples=["Invented Cluster"])
    programme: Id
    members: int


class Partnerships(Shape):
    """Partnerships by handle."""

    partnerships: list[PartnershipRow]


class Membership(Shape):
    """Somebody's time in a partnership."""

    organisation: Id
    name: str
    since: Day
    until: Day | None


class WholePartnership(PartnershipRow):
    """A partnership and everyone who ever belonged to it."""

    memberships: list[Membership]


class OnePartnership(Shape):
    """One partnership."""

    partnership: WholePartnership


class ProgrammeRow(Shape):
    """A programme in a list."""

    id: Id
    name: str = Field(examples=["Invented Programme"])
    handle: str = Field(examples=["invented"])
    time_zone: str = Field(examples=["Europe/London"])
    workflow: str | None
    backdating_days: int
    nation: str | None


class Programmes(Shape):
    """All programmes."""

    programmes: list[ProgrammeRow]


class WholeProgramme(ProgrammeRow):
    """A programme and its partnerships."""

    partnerships: list[dict[str, str]]


class OneProgramme(Shape):
    """One programme."""

    programme: WholeProgramme


class EditionRow(Shape):
    """An edition of a workflow."""

    workflow: str = Field(examples=["spp-peer-review"])
    title: str
    edition: str
    digest: str
    published: Day


class Workflows(Shape):
    """Published workflows, and those ready to be published."""

    workflows: list[EditionRow]
    shipped: list[str]


class OneWorkflow(Shape):
    """A definition: roles, steps, requirements with their sources, deadlines."""

    digest: str
    workflow: dict[str, Any]


class WorkflowFacts(Shape):
    """The facts that its rules may use, a line each."""

    digest: str
    workflow: str
    facts: list[str]


class WorkflowDiagram(Shape):
    """A Mermaid state diagram, or the same in words."""

    digest: str
    workflow: str
    diagram: str


class WorkflowDefinition(Shape):
    """A definition as its author wrote it."""

    workflow: str
    edition: str
    digest: str
    document: dict[str, Any]


class WorkflowChecked(Shape):
    """Whether a definition could be published; what it is called only if it could."""

    sound: bool
    faults: list[FaultFound] = Field(description="Everything that is wrong, with line and column.")
    workflow: str = ""
    title: str = ""
    edition: str = ""
    digest: str = ""
    counts: str = Field(default="", examples=["16 states, 24 transitions, 9 acts, 7 roles"])


class CalendarDays(Shape):
    """A calendar."""

    calendar: str
    source: str
    published: Day
    closed: list[dict[str, Any]]
    named: list[dict[str, Any]]


class Calendars(Shape):
    """What was published for an owner."""

    owner: str
    calendars: list[CalendarDays]


class Status(Shape):
    """What is in the store; more for those who may read the whole log."""

    version: str
    master_key: str
    records: int
    last_recorded_at: Moment | None
    programmes: int
    partnerships: int
    organisations: int
    people: int
    workflows: list[str]
    store: str = Field(default="")
    cycles: list[dict[str, Any]] = Field(default=[])
    moved_to: str = Field(default="")
    moved_at: Moment = Field(default="")
    followers: list[dict[str, Any]] = Field(default=[])
    effects: dict[str, int] = Field(default={})
