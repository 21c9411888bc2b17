"""What a person asks of a cycle. Values are as given: `forms.py` reads them against the definition."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Literal, NamedTuple

from reviewflow.events import Command, Happened


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


class Correction(NamedTuple):
    """What one event (its version) should have said; what is None or not given stays."""

    version: int
    happened: Happened | None = None
    values: Mapping[str, Any] = {}
    """Fields of its form as entered; an empty text empties an optional field."""
    about: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectEvents(CycleCommand):
    """Say what events should have said, all at once: the result must be a possible history. Needs a reason."""

    name: ClassVar[str] = "cycle correct"

    corrections: tuple[Correction, ...]

    @property
    def target(self) -> str:  # noqa: D102 - see Command
        return f"{self.cycle} {','.join(str(one.version) for one in self.corrections)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class UndoSteps(CycleCommand):
    """Say that events never happened. Needs a reason.

    The latest transition; with `since` everything from that version on; with `only` that one event, no transition.
    """

    name: ClassVar[str] = "cycle undo"

    since: int | None = None
    only: int | None = None

    @property
    def target(self) -> str:  # noqa: D102 - see Command
        which = f"from {self.since}" if self.since is not None else str(self.only or "")
        return f"{self.cycle} {which}".strip()


@dataclass(frozen=True, slots=True, kw_only=True)
class AdoptCycle(Command):
    """Take over a cycle that was first seen midway: the state it was in on that day, as a source claims."""

    name: ClassVar[str] = "history import"

    workflow: str
    programme: str
    subject: str
    state: str
    source: str
    """The mapping or format it was read from; never a file's name."""
    partnership: str | None = None
    year: str = ""
    digest: str | None = None

    @property
    def target(self) -> str:  # noqa: D102 - see Command
        return f"{self.workflow} {self.year} {self.subject}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportStep(CycleCommand):
    """What a source says of a step, whatever of it is known already.

    `take`: it was taken then, once more if need be. `settle`: that is when it was taken; if another day is known,
    that is corrected. `supply`: it was taken by then, if nothing is known of it. `undo`: it was not taken after all.
    Corrections and undos are made now, by whoever enters them, for the reason given.
    """

    name: ClassVar[str] = "cycle do"

    step: str
    values: Mapping[str, Any] = field(default_factory=dict)
    about: str | None = None
    manner: Literal["take", "settle", "supply", "undo"] = "take"
    implied: tuple[str, ...] = ()
    """Steps that must have been taken before: those of which nothing is known were, by then."""
    signed_by: tuple[str, ...] = ()
    """Who gave the further signatures, where the step needs them."""

    @property
    def target(self) -> str:  # noqa: D102 - see Command
        return f"{self.cycle} {self.step}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportAssignment(AboutAssignment):
    """A source says that a person has a role: asked and accepted at once. `instead`: of whoever had it."""

    name: ClassVar[str] = "cycle assign"

    instead: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class HandOverRoles(Command):
    """Pass a person's assigned roles in these cycles on to another, all of them or none. Needs a reason."""

    name: ClassVar[str] = "person handover"

    person: str
    successor: str
    cycles: tuple[str, ...]
    roles: tuple[str, ...] = ()
    """Names of roles; none: every role that the person has, or is asked to take, in each of these cycles."""

    @property
    def target(self) -> str:  # noqa: D102 - see Command
        return f"{self.person} {self.successor}"


@dataclass(frozen=True, slots=True, kw_only=True)
class UndoHandover(Command):
    """Say that a handover never happened, in every cycle of its batch that still runs. Needs a reason."""

    name: ClassVar[str] = "person handover"

    batch: str

    @property
    def target(self) -> str:  # noqa: D102 - see Command
        return f"undo {self.batch}"
