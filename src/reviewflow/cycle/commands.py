"""What a person asks of a cycle. Values are as given: `forms.py` reads them against the definition."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from reviewflow.events import Command


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenCycles(Command):
    """Open one cycle for each subject."""

    name: ClassVar[str] = "cycle open"

    workflow: str
    programme: str
    subjects: tuple[str, ...]
    partnership: str | None = None
    year: str = ""
    digest: str | None = None
    """A certain published digest; None takes the latest edition."""
    values: Mapping[str, Any] = field(default_factory=dict)

    @property
    def target(self) -> str:  # noqa: D102 - see Command
        return f"{self.workflow} {self.year} {','.join(self.subjects)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class CycleCommand(Command):
    """A command about one cycle (its id)."""

    cycle: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeStep(CycleCommand):
    """Take a transition or do an act; for one with a second signature this is the proposal."""

    name: ClassVar[str] = "cycle do"

    step: str
    values: Mapping[str, Any] = field(default_factory=dict)
    about: str | None = None

    @property
    def target(self) -> str:  # noqa: D102 - see Command
        return f"{self.cycle} {self.step}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Agree(CycleCommand):
    """Give the second signature to what was proposed."""

    name: ClassVar[str] = "cycle agree"

    step: str

    @property
    def target(self) -> str:  # noqa: D102 - see Command
        return f"{self.cycle} {self.step}"


@dataclass(frozen=True, slots=True, kw_only=True)
class AboutAssignment(CycleCommand):
    """A command about one person's assignment to one role."""

    role: str
    person: str
    reason: str | None = None

    @property
    def target(self) -> str:  # noqa: D102 - see Command
        return f"{self.cycle} {self.role} {self.person}"


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferAssignment(AboutAssignment):
    """Ask a person to take a role."""

    name: ClassVar[str] = "cycle assign"


@dataclass(frozen=True, slots=True, kw_only=True)
class AcceptAssignment(AboutAssignment):
    """Take the role."""

    name: ClassVar[str] = "cycle accept"


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclineAssignment(AboutAssignment):
    """Say no to the role."""

    name: ClassVar[str] = "cycle decline"


@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawAssignment(AboutAssignment):
    """Leave the role, or take the offer back."""

    name: ClassVar[str] = "cycle withdraw"


@dataclass(frozen=True, slots=True, kw_only=True)
class AddEvidence(CycleCommand):
    """Add evidence: a text, a stored file, or both."""

    name: ClassVar[str] = "cycle evidence"

    kind: str
    about: str | None = None
    text: str | None = None
    file_name: str | None = None
    file_digest: str | None = None
    file_size: int | None = None

    @property
    def target(self) -> str:  # noqa: D102 - see Command
        return f"{self.cycle} {self.kind}"


@dataclass(frozen=True, slots=True, kw_only=True)
class AddNote(CycleCommand):
    """Write a note beside the cycle or one of its events."""

    name: ClassVar[str] = "cycle note"

    text: str
    beside: int | None = None

    @property
    def target(self) -> str:  # noqa: D102 - see Command
        return f"{self.cycle} {self.beside or ''}".strip()


@dataclass(frozen=True, slots=True, kw_only=True)
class WaiveRequirement(CycleCommand):
    """Let a requirement of a step (or of a role, for a person) not be asked."""

    name: ClassVar[str] = "cycle waive"

    of: str
    requirement: str
    reason: str
    person: str | None = None

    @property
    def target(self) -> str:  # noqa: D102 - see Command
        return f"{self.cycle} {self.of}.{self.requirement} {self.person or ''}".strip()


@dataclass(frozen=True, slots=True, kw_only=True)
class Consent(CycleCommand):
    """Let others see something, or end that."""

    name: ClassVar[str] = "cycle consent"

    what: str
    withdraw: bool = False

    @property
    def target(self) -> str:  # noqa: D102 - see Command
        return f"{self.cycle} {self.what}{' withdrawn' if self.withdraw else ''}"
