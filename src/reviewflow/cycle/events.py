"""The events of a cycle. THE NAMES AND FIELDS ARE A STORED FORMAT: see tests/golden.

All stand in the stream `cycle-ID`. Texts are sealed under the cycle's key; form values follow
`plain:` of their field; everything else is plain.
"""

from __future__ import annotations

from datetime import date

from reviewflow.events import Event, Text, Value


class CycleEvent(Event):
    """An event of a cycle. `backdated` is the reason for recording it later than the policy's limit."""

    backdated: Text | None = None


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
        """The subject's cycles, the partnership's, all of them, and the handle."""
        where = f"cycles-in:{self.partnership or self.programme}"
        return (f"cycles-of:{self.subject}", where, "cycles", f"handle:{self.handle}")


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
