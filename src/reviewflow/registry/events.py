"""The registry's events. THE NAMES AND FIELDS ARE A STORED FORMAT: see tests/golden.

Streams: `programme-ID`, `organisation-ID`, `partnership-ID`, `person-ID`, `calendar-OWNER`, `workflow-NAME`.
Names and register data of organisations, partnerships and programmes are public and plain; everything
that says something about a person in words is a `Text`, sealed before it becomes bytes.
Set names (`touches`) hold opaque ids and public identifiers, never personal data.
"""

from __future__ import annotations

from datetime import date
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from reviewflow.events import Event, Text

INSTALLATION = "installation"
"""The scope, and the owner, that stands for everything in this store."""

OrganisationKind = Literal["school", "trust", "college", "council", "project", "document", "other"]
ScopeKind = Literal["organisation", "partnership", "programme", "installation"]
Succession = Literal["merger", "amalgamation", "split", "other"]
Standing = Literal["predecessor", "successor"]
Nature = Literal["employment", "governance", "family", "friendship", "financial", "other"]
Forgetting = Literal["request", "retention", "other"]


class Part(BaseModel):
    """A part of an event: frozen, nothing unknown allowed."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)


class Identity(Part):
    """An identifier that a register gave, as in `urn` 900001; `since` where it is known and matters."""

    scheme: str
    value: str
    since: date | None = None


class ClosedDay(Part):
    """A day on which nothing counts as a school day, and what it is called."""

    on: date
    name: str


class ProgrammeSetUp(Event, topic="registry.programme-set-up/1"):
    """A programme exists from now on (stream `programme-ID`)."""

    name: str
    handle: str
    time_zone: str
    workflow: str | None = None
    backdating_days: int = 30
    nation: str | None = None

    def touches(self) -> tuple[str, ...]:
        """The list of programmes, and the handle."""
        return ("programmes", f"handle:{self.handle}")


class ProgrammeChanged(Event, topic="registry.programme-changed/1"):
    """What is given replaces what was; the rest stays."""

    name: str | None = None
    time_zone: str | None = None
    workflow: str | None = None
    backdating_days: int | None = None
    nation: str | None = None

    def touches(self) -> tuple[str, ...]:
        """The list of programmes."""
        return ("programmes",)


class OrganisationRegistered(Event, topic="registry.organisation-registered/1"):
    """An organisation is known from now on (stream `organisation-ID`). Its handle never changes."""

    kind: OrganisationKind
    name: str
    handle: str
    identities: tuple[Identity, ...] = ()
    details: dict[str, str] = Field(default_factory=dict)
    """Register data, plain: never about a person."""
    source: str
    """The format it was read from, or `entered`; never a file's name."""

    def touches(self) -> tuple[str, ...]:
        """Each identity, and the handle."""
        return (f"handle:{self.handle}", *identity_sets(self.identities))


class OrganisationChanged(Event, topic="registry.organisation-changed/1"):
    """What is given replaces what was; `removed` names details that are no more; identities are added."""

    name: str | None = None
    details: dict[str, str] = Field(default_factory=dict)
    removed: tuple[str, ...] = ()
    identities: tuple[Identity, ...] = ()
    source: str

    def touches(self) -> tuple[str, ...]:
        """Each added identity."""
        return identity_sets(self.identities)


class OrganisationSucceeded(Event, topic="registry.organisation-succeeded/1"):
    """Organisations became others; appended to the stream of every end, and their histories stay separate."""

    kind: Succession
    predecessors: tuple[str, ...]
    successors: tuple[str, ...]
    stands: Standing
    """What the organisation of this stream is in it."""


class PartnershipFormed(Event, topic="registry.partnership-formed/1"):
    """A partnership exists from now on (stream `partnership-ID`)."""

    name: str
    handle: str
    programme: str

    def touches(self) -> tuple[str, ...]:
        """The list of partnerships, the programme's partnerships, and the handle."""
        return ("partnerships", f"partnerships-of:{self.programme}", f"handle:{self.handle}")


class MembershipBegan(Event, topic="registry.membership-began/1"):
    """An organisation is a member since the day this happened (stream `partnership-ID`)."""

    organisation: str
    until: date | None = None

    def touches(self) -> tuple[str, ...]:
        """The partnerships of the organisation."""
        return (f"members:{self.organisation}",)


class MembershipEnded(Event, topic="registry.membership-ended/1"):
    """The day this happened was the last day of the membership."""

    organisation: str

    def touches(self) -> tuple[str, ...]:
        """The partnerships of the organisation."""
        return (f"members:{self.organisation}",)


class PersonRegistered(Event, topic="registry.person-registered/1"):
    """A person is known from now on (stream `person-ID`)."""

    person_name: Text
    email: Text | None = None

    def touches(self) -> tuple[str, ...]:
        """Everybody: guards that an e-mail address is one person's."""
        return ("people",)


class PersonChanged(Event, topic="registry.person-changed/1"):
    """What is given replaces what was."""

    person_name: Text | None = None
    email: Text | None = None

    def touches(self) -> tuple[str, ...]:
        """Everybody: guards that an e-mail address is one person's."""
        return ("people",)


class RoleGiven(Event, topic="registry.role-given/1"):
    """A dated role in an organisation, a partnership, a programme or the installation."""

    grant: str
    held: str
    """The role's name, as in `head`, `partnership_lead`; `role` says in which role the giver acted."""
    scope: str
    """The id of the organisation, partnership or programme, or `installation`."""
    scope_kind: ScopeKind
    since: date
    until: date | None = None

    def touches(self) -> tuple[str, ...]:
        """Who holds roles there."""
        return (f"holders:{self.scope}",)


class RoleEnded(Event, topic="registry.role-ended/1"):
    """The role was held until `on`, that day included."""

    grant: str
    scope: str
    on: date

    def touches(self) -> tuple[str, ...]:
        """Who holds roles there."""
        return (f"holders:{self.scope}",)


class TrainingRecorded(Event, topic="registry.training-recorded/1"):
    """A course was completed; it counts from that day to `valid_until`, both included."""

    training: str
    course: str
    completed: date
    valid_until: date | None = None


class TrainingWithdrawn(Event, topic="registry.training-withdrawn/1"):
    """The training no longer counts from `on`."""

    training: str
    on: date
    reason: Text


class RelationshipDeclared(Event, topic="registry.relationship-declared/1"):
    """An interest between this person and an organisation or person; declared again, the latest word counts."""

    other: str
    nature: Nature
    note: Text | None = None
    since: date
    until: date | None = None

    def touches(self) -> tuple[str, ...]:
        """Who declared something about the other."""
        return (f"declared:{self.other}",)


class AbsenceDelegated(Event, topic="registry.absence-delegated/1"):
    """From `since` to `until`, both included, another person may act in this one's roles, for this one."""

    delegation: str
    delegate: str
    since: date
    until: date
    roles: tuple[str, ...] = ()
    """Names of roles it is for; none: all."""
    reason: Text

    def touches(self) -> tuple[str, ...]:
        """Who was asked to stand in for whom."""
        return (f"delegated:{self.delegate}",)


class AbsenceEnded(Event, topic="registry.absence-ended/1"):
    """A delegation ended early: `on` was its last day; before its first day, it never held."""

    delegation: str
    delegate: str
    on: date
    reason: Text

    def touches(self) -> tuple[str, ...]:
        """Who was asked to stand in for whom."""
        return (f"delegated:{self.delegate}",)


class PersonForgotten(Event, topic="registry.person-forgotten/1"):
    """The person's key is destroyed: names and texts cannot be read again. Holds nothing that identifies."""

    reason: Forgetting

    def touches(self) -> tuple[str, ...]:
        """Everybody (the e-mail address is free again), and the list of the forgotten."""
        return ("people", "forgotten")


class CalendarPublished(Event, topic="registry.calendar-published/1"):
    """A named calendar of an owner (stream `calendar-OWNER`); published again, it replaces that calendar."""

    owner: str
    calendar: str
    closed: tuple[ClosedDay, ...] = ()
    named: dict[str, tuple[date, ...]] = Field(default_factory=dict)
    source: str
    """The format it was read from, or `entered`; never a file's name."""

    def touches(self) -> tuple[str, ...]:
        """The list of calendars."""
        return ("calendars",)


class WorkflowPublished(Event, topic="registry.workflow-published/1"):
    """An edition of a workflow may be opened from now on (stream `workflow-NAME`)."""

    workflow: str
    edition: str
    digest: str
    document: dict[str, Any]
    """The definition in its author's order."""

    def touches(self) -> tuple[str, ...]:
        """The list of workflows."""
        return ("workflows",)


def identity_sets(identities: tuple[Identity, ...]) -> tuple[str, ...]:
    """The set names of identities."""
    return tuple(f"identity:{i.scheme}:{i.value}" for i in identities)
