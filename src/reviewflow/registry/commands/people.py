"""What people ask of people. Names are as written; a decision seals them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from reviewflow.registry.commands.registry_command import RegistryCommand
from reviewflow.registry.events import INSTALLATION, Forgetting, Nature, ScopeKind
from reviewflow.registry.scopes import ANYWHERE, Scope


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
class DelegateAbsence(PersonCommand):
    """Let another person act in this one's roles for some days; `since` None means from the day this happened."""

    name: ClassVar[str] = "person delegate"

    delegate: str
    until: date
    reason: str
    since: date | None = None
    roles: tuple[str, ...] = ()
    """Names of roles it is for; none: all."""

    @property
    def target(self) -> str:
        """Both."""
        return f"{self.person} {self.delegate}"


@dataclass(frozen=True, slots=True, kw_only=True)
class EndAbsence(PersonCommand):
    """End what was delegated to a person; `on` None means that the day this happened was the last."""

    name: ClassVar[str] = "person delegate"

    delegate: str
    reason: str
    on: date | None = None

    @property
    def target(self) -> str:
        """Both."""
        return f"{self.person} end {self.delegate}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ForgetPerson(PersonCommand):
    """Forget a person, for good."""

    name: ClassVar[str] = "person forget"

    why: Forgetting = "request"
