"""What people ask of the registry. Names are as written; a decision seals them. Ids are resolved by the caller."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, ClassVar

from reviewflow.events import Command
from reviewflow.registry.events import (
    INSTALLATION,
    ClosedDay,
    Forgetting,
    Identity,
    Nature,
    OrganisationKind,
    ScopeKind,
    Succession,
)
from reviewflow.registry.links import LinkRow
from reviewflow.registry.registers import OrganisationRow
from reviewflow.registry.scopes import ANYWHERE, WHOLE, Scope


@dataclass(frozen=True, slots=True, kw_only=True)
class RegistryCommand(Command):
    """A command whose target is in the registry."""

    @property
    def scope(self) -> Scope:
        """What it is about, for the permission table."""
        return WHOLE


@dataclass(frozen=True, slots=True, kw_only=True)
class SetUpInstallation(RegistryCommand):
    """Register the first administrator; refused where there is one."""

    name: ClassVar[str] = "init"

    admin_name: str
    email: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SetUpProgramme(RegistryCommand):
    """Set up a programme."""

    name: ClassVar[str] = "programme add"

    programme_name: str
    time_zone: str
    handle: str | None = None
    workflow: str | None = None
    backdating_days: int = 30
    nation: str | None = None

    @property
    def target(self) -> str:
        """The handle, if one is given."""
        return self.handle or ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeProgramme(RegistryCommand):
    """Change what is given, keep the rest."""

    name: ClassVar[str] = "programme set"

    programme: str
    programme_name: str | None = None
    time_zone: str | None = None
    workflow: str | None = None
    backdating_days: int | None = None
    nation: str | None = None

    @property
    def target(self) -> str:
        """The programme."""
        return self.programme

    @property
    def scope(self) -> Scope:
        """The programme."""
        return Scope("programme", self.programme)


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterOrganisation(RegistryCommand):
    """Register one organisation. `place` helps to make a handle where the name alone is taken."""

    name: ClassVar[str] = "organisation add"

    organisation_name: str
    kind: OrganisationKind = "school"
    handle: str | None = None
    identities: tuple[Identity, ...] = ()
    details: Mapping[str, str] = field(default_factory=dict)
    place: str = ""

    @property
    def target(self) -> str:
        """The handle, if one is given."""
        return self.handle or ""

    @property
    def scope(self) -> Scope:
        """It belongs to nobody yet."""
        return ANYWHERE


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportOrganisations(RegistryCommand):
    """Register or change the organisations of a register that was read."""

    name: ClassVar[str] = "organisation import"

    rows: tuple[OrganisationRow, ...]

    @property
    def scope(self) -> Scope:
        """A register is shared by all programmes."""
        return ANYWHERE


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkOrganisations(RegistryCommand):
    """Record the successions of a links file that was read."""

    name: ClassVar[str] = "organisation import"

    links: tuple[LinkRow, ...]

    @property
    def target(self) -> str:
        """Tells it from the import of organisations."""
        return "links"

    @property
    def scope(self) -> Scope:
        """A register is shared by all programmes."""
        return ANYWHERE


@dataclass(frozen=True, slots=True, kw_only=True)
class SucceedOrganisation(RegistryCommand):
    """Record that organisations became others; when is what `asked.happened` says."""

    name: ClassVar[str] = "organisation succeed"

    kind: Succession
    predecessors: tuple[str, ...]
    successors: tuple[str, ...]

    @property
    def target(self) -> str:
        """All ends."""
        return f"{'+'.join(self.predecessors)} {'+'.join(self.successors)}"

    @property
    def scope(self) -> Scope:
        """A register is shared by all programmes."""
        return ANYWHERE


@dataclass(frozen=True, slots=True, kw_only=True)
class FormPartnership(RegistryCommand):
    """Form a partnership in a programme."""

    name: ClassVar[str] = "partnership add"

    partnership_name: str
    programme: str
    handle: str | None = None

    @property
    def target(self) -> str:
        """The programme, and the handle if one is given."""
        return f"{self.programme} {self.handle or ''}".strip()

    @property
    def scope(self) -> Scope:
        """The programme."""
        return Scope("programme", self.programme)


@dataclass(frozen=True, slots=True, kw_only=True)
class BeginMembership(RegistryCommand):
    """An organisation joins; since when is what `asked.happened` says."""

    name: ClassVar[str] = "partnership join"

    partnership: str
    organisation: str
    until: date | None = None

    @property
    def target(self) -> str:
        """Both."""
        return f"{self.partnership} {self.organisation}"

    @property
    def scope(self) -> Scope:
        """The partnership."""
        return Scope("partnership", self.partnership)


@dataclass(frozen=True, slots=True, kw_only=True)
class EndMembership(RegistryCommand):
    """An organisation leaves; the last day is what `asked.happened` says."""

    name: ClassVar[str] = "partnership leave"

    partnership: str
    organisation: str

    @property
    def target(self) -> str:
        """Both."""
        return f"{self.partnership} {self.organisation}"

    @property
    def scope(self) -> Scope:
        """The partnership."""
        return Scope("partnership", self.partnership)


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterPerson(RegistryCommand):
    """Register a person, perhaps with a first role in an organisation."""

    name: ClassVar[str] = "person add"

    person_name: str
    email: str | None = None
    organisation: str | None = None
    held: str | None = None
    since: date | None = None

    @property
    def target(self) -> str:
        """The organisation, if one is given; never the person."""
        return self.organisation or ""

    @property
    def scope(self) -> Scope:
        """The organisation; without one the person belongs to nobody yet."""
        return Scope("organisation", self.organisation) if self.organisation else ANYWHERE


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonCommand(RegistryCommand):
    """A command about a person who is registered."""

    person: str

    @property
    def target(self) -> str:
        """The person's opaque id."""
        return self.person

    @property
    def scope(self) -> Scope:
        """The person."""
        return Scope("person", self.person)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangePerson(PersonCommand):
    """Change the name or the e-mail address."""

    name: ClassVar[str] = "person set"

    person_name: str | None = None
    email: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class GiveRole(PersonCommand):
    """Give a role in a scope; `since` None means from the day this happened."""

    name: ClassVar[str] = "person role"

    held: str
    held_in: str = INSTALLATION
    """The id of the organisation, partnership or programme, or `installation`."""
    held_in_kind: ScopeKind
    since: date | None = None
    until: date | None = None

    @property
    def target(self) -> str:
        """Person, role and scope."""
        return f"{self.person} {self.held} {self.held_in}"

    @property
    def scope(self) -> Scope:
        """Where the role is held: nobody hands out a role of a place that is not theirs."""
        return Scope(self.held_in_kind, self.held_in)


@dataclass(frozen=True, slots=True, kw_only=True)
class EndRole(PersonCommand):
    """End a role; `on` None means that the day this happened was the last."""

    name: ClassVar[str] = "person role"

    held: str
    held_in: str = INSTALLATION
    held_in_kind: ScopeKind
    on: date | None = None

    @property
    def target(self) -> str:
        """Person, role and scope."""
        return f"{self.person} end {self.held} {self.held_in}"

    @property
    def scope(self) -> Scope:
        """Where the role is held."""
        return Scope(self.held_in_kind, self.held_in)


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordTraining(PersonCommand):
    """Record a completed course; may be recorded late."""

    name: ClassVar[str] = "person train"

    course: str
    completed: date
    valid_until: date | None = None

    @property
    def target(self) -> str:
        """Person and course."""
        return f"{self.person} {self.course}"


@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawTraining(PersonCommand):
    """The training no longer counts from `on` (None: the day this happened)."""

    name: ClassVar[str] = "person train"

    training: str
    reason: str
    on: date | None = None

    @property
    def target(self) -> str:
        """Person and training."""
        return f"{self.person} withdraw {self.training}"


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclareRelationship(PersonCommand):
    """Declare an interest; `since` None means from the day this happened. Declared again with `until`, it ends."""

    name: ClassVar[str] = "person declare"

    other: str
    nature: Nature
    note: str | None = None
    since: date | None = None
    until: date | None = None

    @property
    def target(self) -> str:
        """Both ends and the nature."""
        return f"{self.person} {self.other} {self.nature}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ForgetPerson(PersonCommand):
    """Forget a person, for good."""

    name: ClassVar[str] = "person forget"

    why: Forgetting = "request"


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishCalendar(RegistryCommand):
    """Publish a named calendar of an owner; it replaces the one of that name."""

    name: ClassVar[str] = "calendar import"

    calendar: str
    owner: str = INSTALLATION
    owner_kind: ScopeKind = "installation"
    closed: tuple[ClosedDay, ...] = ()
    named: Mapping[str, tuple[date, ...]] = field(default_factory=dict)
    source: str = "entered"

    @property
    def target(self) -> str:
        """Owner and calendar."""
        return f"{self.owner} {self.calendar}"

    @property
    def scope(self) -> Scope:
        """The owner."""
        return Scope(self.owner_kind, self.owner)


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishWorkflow(RegistryCommand):
    """Publish an edition of a workflow that was checked; the digest is its identity."""

    name: ClassVar[str] = "workflow publish"

    workflow: str
    edition: str
    digest: str
    document: Mapping[str, Any]

    @property
    def target(self) -> str:
        """Workflow and digest."""
        return f"{self.workflow} {self.digest}"

    @property
    def scope(self) -> Scope:
        """A definition is shared by all programmes."""
        return ANYWHERE
