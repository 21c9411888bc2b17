"""What every command of the registry has: what it is about, for the permission table."""

from __future__ import annotations

from dataclasses import dataclass

from reviewflow.events import Command
from reviewflow.registry.scopes import WHOLE, Scope


@dataclass(frozen=True, slots=True, kw_only=True)
class RegistryCommand(Command):
    """A command whose target is in the registry."""

    @property
    def scope(self) -> Scope:
        """What it is about, for the permission table."""
        return WHOLE
