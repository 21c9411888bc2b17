"""What people ask of the installation, programmes, calendars and workflows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, ClassVar

from reviewflow.registry.commands.registry_command import RegistryCommand
from reviewflow.registry.events import INSTALLATION, ClosedDay, ScopeKind
from reviewflow.registry.scopes import ANYWHERE, Scope


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
