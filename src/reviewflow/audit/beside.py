"""What stands beside what in a cycle: notes beside events and notes, and steps that answer a field of another step.

Nobody is shown a note beside something whose contents they may not see. A step that answers another has its own
entries in `visible`, and what it answers says only where it is shown.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from reviewflow.cycle import events as ev
from reviewflow.cycle.history import as_known
from reviewflow.cycle.seeing import Seeing
from reviewflow.errors import ImpossibleHistory
from reviewflow.events import Event, Recorded
from reviewflow.workflow.definition import Definition


class Beside:
    """The threads of one cycle. `records`: its whole stream, as far as it is known at the moment asked about."""

    def __init__(self, records: Iterable[Recorded] = (), definition: Definition | None = None) -> None:
        """Judges nothing: also a history that cannot be folded has its threads."""
        self.definition = definition
        stream = list(records)
        self.events: dict[int, Event] = {one.version: one.event for one in stream}
        try:
            known = as_known(stream)
            told, self.corrected, self.undone = known.told, known.corrected, known.undone
        except ImpossibleHistory:
            told, self.corrected, self.undone = stream, {}, {}
        self._stands_for = {
            one.event.proposal: one.version
            for one in told
            if isinstance(one.event, ev.TransitionTaken | ev.ActRecorded) and one.event.proposal is not None
        }
        self._told = {one.version: one.event for one in told}
        self.of: dict[int, int] = {version: of for version in self.events if (of := self._of(version)) is not None}
        """Version of a note or an answer -> version of what it stands beside."""
        self._below: dict[int, list[int]] = {}
        for version in self.of:
            self._below.setdefault(self._home(version), []).append(version)

    def _of(self, version: int) -> int | None:
        event = self.events[version]
        if isinstance(event, ev.NoteAdded):
            return event.beside
        step = self.answers(version).partition(".")[0]
        if not step:
            return None
        takings = [
            one
            for one, other in self._told.items()
            if one < version and _takes(other, step) and not event.happened.before(other.happened)
        ]
        if takings:
            return takings[-1]
        # It may have been undone since: the answer stands, beside what never happened.
        return max((one for one, other in self.events.items() if one < version and _takes(other, step)), default=None)

    def answers(self, version: int) -> str:
        """The `STEP.FIELD` that an event answers; empty for one that answers nothing."""
        event = self.events.get(version)
        act = self.definition.acts.get(event.step) if self.definition and isinstance(event, ev.ActRecorded) else None
        return (act.beside or "") if act else ""

    def _home(self, version: int) -> int:
        of = self.of[version]
        return self._stands_for.get(of, of)

    def home(self, version: int) -> int | None:
        """Under which event something is shown: what it stands beside, or the step that was concluded from that."""
        return self._home(version) if version in self.of else None

    def below(self, version: int) -> list[int]:
        """What is shown under an event, in the order in which it was recorded."""
        return self._below.get(version, [])

    def called(self, version: int) -> str:
        """What something stands beside, as in "event 7 (undone)"; empty where it stands for itself."""
        of = self.of.get(version)
        if of is None:
            return ""
        return f"event {of} (undone)" if of in self.undone else f"event {of}"

    def note_seen(self, seeing: Seeing | None, version: int, by: str, beside: int | None) -> bool:
        """Whether a note may be shown: as `visible` says of notes, and what it stands beside may be seen."""
        if seeing is None or seeing.viewer in (None, by):
            return True
        return seeing.note(by) and (beside is None or (beside < version and self.readable(seeing, beside)))

    def readable(self, seeing: Seeing | None, version: int) -> bool:
        """Whether the contents of an event may be seen; not, if it is not known."""
        event = self.events.get(version)
        if seeing is None or seeing.viewer is None:
            return True
        if event is None:
            return False
        if event.by == seeing.viewer:
            return True
        match event:
            case ev.NoteAdded():
                return self.note_seen(seeing, version, event.by, event.beside)
            case ev.EvidenceAdded():
                return seeing.event(event) and seeing.evidence(event.by)
            case ev.EventCorrected():
                return self.readable(seeing, event.corrects)
            case ev.TransitionUndone():
                return all(self.readable(seeing, one) for one in event.undoes)
            case ev.CycleOpened() | ev.TransitionTaken() | ev.ActRecorded() | ev.AgreementGiven():
                return seeing.event(event) and all(
                    seeing.field(_step(event), field, by) for field, by in self._given(version, event)
                )
        return seeing.event(event)

    def _given(self, version: int, event: Event) -> Iterable[tuple[str, str]]:
        """The fields that were ever given with an event, and who wrote them."""
        proposal = getattr(event, "proposal", None)
        holders = {version, proposal}
        for number, one in self.events.items():
            if number in holders or (isinstance(one, ev.EventCorrected) and one.corrects in holders):
                yield from ((field, one.by) for field in getattr(one, "values", {}))


NOTHING: Final = Beside()


def _takes(event: Event, step: str) -> bool:
    return isinstance(event, ev.CycleOpened | ev.TransitionTaken | ev.ActRecorded) and _step(event) == step


def _step(event: Event) -> str:
    return "opens" if isinstance(event, ev.CycleOpened) else getattr(event, "step", "")
