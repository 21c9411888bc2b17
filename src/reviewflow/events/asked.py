"""What every command carries: its id, its moment, its people. The core asks no clock."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Final

from reviewflow.errors import BadInput, Fault, unheld
from reviewflow.events.event import Door
from reviewflow.events.happened import Happened
from reviewflow.events.sealed import Unsealed

_LONGEST_ID: Final = 200
"""Characters; PostgreSQL's indexes hold 2,700 bytes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Who asks, when, through which door.

    `at` is the moment of asking (aware, UTC); `happened` says when it happened, None for "just now";
    `role` narrows the role acted in, None lets the engine find one; `reason` is wanted for back-dating.
    `on_behalf_of` is the absent person in whose role `by` acts.
    `BadInput` for an id that not every database can keep.
    """

    id: str
    at: datetime
    by: str
    entered_by: str | Unsealed
    door: Door = "cli"
    happened: Happened | None = None
    role: str | None = None
    reason: str | None = None
    batch: str | None = None
    on_behalf_of: str | None = None

    def __post_init__(self) -> None:
        """Here, because a command comes through many doors and is looked up by its id before anything else."""
        if not (self.id.isprintable() and 0 < len(self.id) <= _LONGEST_ID):
            want = f"want 1 to {_LONGEST_ID} characters that can be printed"
            raise BadInput("the command", [unheld("command id", self.id) or Fault("command id", _got(self.id), want)])


def _got(command_id: str) -> str:
    odd = next((f"U+{ord(c):04X} as character {n}" for n, c in enumerate(command_id, 1) if not c.isprintable()), None)
    return odd or f"{len(command_id)} characters"


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """What a person asks. `name` is the command's name on the command line, as in `cycle do`."""

    name: ClassVar[str] = ""

    asked: Asked

    @property
    def target(self) -> str:
        """What it is about, in the clear: ids and names of steps, never personal data."""
        return ""

    @property
    def cause(self) -> str:
        """How the events of this command name it; the same command asked again has the same cause."""
        return f"{self.name} {self.target}".strip()
