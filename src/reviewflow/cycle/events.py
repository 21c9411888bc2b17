"""The events of a cycle. THE NAMES AND FIELDS ARE A STORED FORMAT: see tests/golden.

All stand in the stream `cycle-ID`. Texts are sealed under the cycle's key; form values follow
`plain:` of their field; everything else is plain.
"""

from __future__ import annotations

from datetime import date
from typing import Literal

from reviewflow.events import Event, Happened, Text, Value


class CycleEvent(Event):
    """An event of a cycle. `backdated` is the reason for recording it later than the policy's limit."""

    backdated: Text | None = None


def numbered_among(subject: str, year: str) -> str:
    """The set that each cycle of a subject touches once, by the year it began in: its version counts them."""
    return f"cycles-of:{subject}:{year[:4]}"


class CycleOpened(CycleEvent, topic="cycle.opened/1"):
    """A cycle began: pinned to a workflow's digest, for a subject, in a year, numbered within it."""

    workflow: str
    edition: str
    digest: str
    to: str
    programme: str
    partnership: str | None = None
    subject: str
    year: str
    number: int
    handle: str
    values: dict[str, Value] = {}
    met: list[str] = []
    waived: list[str] = []

    def touches(self) -> tuple[str, ...]:
        """The subject's cycles, those of the year, the partnership's, all of them, and the handle."""
        of, year = f"cycles-of:{self.subject}", numbered_among(self.subject, self.year)
        return (of, year, f"cycles-in:{self.partnership or self.programme}", "cycles", f"handle:{self.handle}")


class CycleAdopted(CycleOpened, topic="cycle.adopted/1"):
    """A cycle first seen midway: it was in state `to` that day, as a source claims. What came before is not known."""

    source: str
    """The mapping or format it was read from; never a file's name."""
    returns_to: str | None = None
    """In a side state: the state it will go back to."""


class TransitionTaken(CycleEvent, topic="cycle.transition-taken/1"):
    """A step changed the state. With a second signature the values stand in the proposal (its version)."""

    step: str
    origin: str
    to: str
    returns_to: str | None = None
    """In a side state: the state it will go back to."""
    values: dict[str, Value] = {}
    proposal: int | None = None
    met: list[str] = []
    waived: list[str] = []
    booked: list[str] = []
    """People whose days this step books."""

    def touches(self) -> tuple[str, ...]:
        """The visits of everyone booked."""
        return tuple(f"visits-of:{person}" for person in self.booked)


class ActRecorded(CycleEvent, topic="cycle.act-recorded/1"):
    """A step that changes no state was done; `about` is the id of the row it is about."""

    step: str
    values: dict[str, Value] = {}
    proposal: int | None = None
    about: str | None = None
    met: list[str] = []
    waived: list[str] = []


class AgreementGiven(CycleEvent, topic="cycle.agreement-given/1"):
    """A signature: the first is the proposal and holds the values; later ones name its version."""

    step: str
    proposal: int | None = None
    values: dict[str, Value] = {}
    about: str | None = None


class AssignmentOffered(CycleEvent, topic="cycle.assignment-offered/1"):
    """A person was asked to take a role in this cycle."""

    assigned: str
    person: str
    met: list[str] = []
    waived: list[str] = []


class AssignmentAccepted(CycleEvent, topic="cycle.assignment-accepted/1"):
    """The person took the role."""

    assigned: str
    person: str
    met: list[str] = []
    waived: list[str] = []

    def touches(self) -> tuple[str, ...]:
        """The person's visits: this cycle may be among them from now on."""
        return (f"visits-of:{self.person}",)


class AssignmentDeclined(CycleEvent, topic="cycle.assignment-declined/1"):
    """The person said no."""

    assigned: str
    person: str
    reason: Text | None = None


class AssignmentWithdrawn(CycleEvent, topic="cycle.assignment-withdrawn/1"):
    """The offer was taken back, or the person left the role; what they did before stays theirs."""

    assigned: str
    person: str
    reason: Text | None = None


class EvidenceAdded(CycleEvent, topic="cycle.evidence-added/1"):
    """Evidence: a file (by the SHA-256 of its encrypted bytes), a text, or both; perhaps about one row."""

    kind: str
    about: str | None = None
    text: Text | None = None
    file_name: Text | None = None
    file_digest: str | None = None
    file_size: int | None = None


class NoteAdded(CycleEvent, topic="cycle.note-added/1"):
    """A note beside the cycle, or beside one of its events (its version)."""

    text: Text
    beside: int | None = None


class RequirementWaived(CycleEvent, topic="cycle.requirement-waived/1"):
    """A requirement of a step or of a role will not be asked: marked as waived, never as met."""

    of: str
    requirement: str
    person: str | None = None
    """For eligibility: the candidate it is waived for."""
    reason: Text


class ConsentGiven(CycleEvent, topic="cycle.consent-given/1"):
    """A role let others see something."""

    what: str
    consent_of: str


class ConsentWithdrawn(CycleEvent, topic="cycle.consent-withdrawn/1"):
    """The consent ended."""

    what: str
    consent_of: str


class DeadlineMoved(CycleEvent, topic="cycle.deadline-moved/1"):
    """A step got a deadline of its own; the one that follows from the workflow stays in history."""

    step: str
    due: date
    reason: Text


class RoleHandedOver(CycleEvent, topic="cycle.role-handed-over/1"):
    """A role in this cycle passed from one person to another; what the first did before stays theirs."""

    assigned: str
    person: str
    """Who had the role, or was asked to take it."""
    successor: str
    standing: Literal["offered", "accepted"]
    """How the successor stands from now on: as the first did."""
    reason: Text
    met: list[str] = []
    waived: list[str] = []

    def touches(self) -> tuple[str, ...]:
        """The visits of both, and the batch, so that all of it can be found again."""
        found = (f"visits-of:{self.person}", f"visits-of:{self.successor}")
        return (*found, f"batch:{self.batch}") if self.batch else found


class MendingEvent(CycleEvent):
    """An event about other events of this cycle: it changes what is known, not what happened when.

    It holds for every day asked about, once it is known; `happened` says when it was said.
    """

    reason: Text
    people: list[str] = []
    """People whose visits it changes."""

    def touches(self) -> tuple[str, ...]:
        """The visits of those people."""
        return tuple(f"visits-of:{person}" for person in self.people)


class EventCorrected(MendingEvent, topic="cycle.event-corrected/1"):
    """What an event (its version) should have said. Only what is given changes; the last correction counts."""

    corrects: int
    occurred: Happened | None = None
    """When it really happened."""
    values: dict[str, Value] = {}
    """Fields of the form as they should have been."""
    emptied: list[str] = []
    """Fields that should have been left empty."""
    about: str | None = None
    """The row that it is really about."""


class TransitionUndone(MendingEvent, topic="cycle.transition-undone/1"):
    """Events (their versions) that never happened: the latest transition, or everything from a point on."""

    undoes: list[int]
