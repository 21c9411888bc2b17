"""Bringing in many people, roles, trainings and memberships at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import ClassVar

from reviewflow.errors import Fault
from reviewflow.events import Kept
from reviewflow.registry.commands.registry_command import RegistryCommand
from reviewflow.registry.people_sheet import Row
from reviewflow.registry.scopes import ANYWHERE, Scope


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportPeople(RegistryCommand):
    """What sheets say about people and memberships; each row may do what its own command may, and no more.

    All or nothing: one row that is refused stops them all.
    """

    name: ClassVar[str] = "person import"

    rows: tuple[Row, ...]
    opened: Callable[[Kept], str]
    """Opens a name or an address that is stored sealed, to compare it; the decision itself holds no key."""
    called: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Names of organisations, partnerships and programmes (in lower case) -> the streams that have them."""
    faults: tuple[Fault, ...] = ()
    """Of the rows that could not be read: told together with what the others are refused for."""
    spoiled: frozenset[str] = frozenset()
    """Addresses and ids (in lower case) of people whose row could not be read."""
    from_elsewhere: bool = False
    """The file was exported from another store: people not known here are registered under the ids they have there."""

    @property
    def scope(self) -> Scope:
        """Each row has a scope of its own, judged when it is decided."""
        return ANYWHERE
