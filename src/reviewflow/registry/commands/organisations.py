"""What people ask of organisations and partnerships."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import ClassVar

from reviewflow.registry.commands.registry_command import RegistryCommand
from reviewflow.registry.events import Identity, OrganisationKind, Succession
from reviewflow.registry.links import LinkRow
from reviewflow.registry.registers import OrganisationRow
from reviewflow.registry.scopes import ANYWHERE, Scope


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
