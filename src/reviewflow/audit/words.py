"""History in words. A cycle is told to a viewer by `CycleHistory`; the registry, and the whole log, by `tell_log`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from zoneinfo import ZoneInfo

from reviewflow.audit.beside import Beside
from reviewflow.audit.cycle_words import CYCLE_WORDS, waived_of
from reviewflow.audit.line import Line, Told
from reviewflow.audit.naming import Names, spoken
from reviewflow.audit.page import Page, Words
from reviewflow.audit.registry_words import REGISTRY_WORDS, Entry
from reviewflow.audit.telling import Telling, acted_for, sayings
from reviewflow.cycle.events import (
    ActRecorded,
    AgreementGiven,
    CycleEvent,
    CycleOpened,
    EventCorrected,
    NoteAdded,
    TransitionTaken,
    TransitionUndone,
)
from reviewflow.cycle.fold import in_anothers_name
from reviewflow.cycle.seeing import Seeing
from reviewflow.events import Event, Recorded
from reviewflow.workflow.definition import Definition


class CycleHistory:
    """The events of one cycle, ready to be told to one viewer.

    `records` are all that may be looked back at (a signature names its proposal): give the whole stream as known.
    """

    def __init__(
        self, records: Sequence[Recorded], definition: Definition, names: Names, *,
        seeing: Seeing | None = None, zone: str = "UTC",
    ) -> None:  # fmt: skip
        """Without `seeing` everything is told: the operator's own view. `zone` is the programme's."""
        self.records, self.seeing, self.names, self.zone = records, seeing, names, zone
        stream = records[0].stream if records else ""
        first = records[0].event if records else None
        self.handle = first.handle if isinstance(first, CycleOpened) else stream
        self.beside = Beside(records, definition)
        absent = acted_for(one for record in records for one in in_anothers_name(record))
        self.telling = Telling(definition, names, stream, sayings(records), seeing, zone, absent, self.beside)
        self.corrected, self.undone = self.beside.corrected, self.beside.undone

    def tell(self, records: Iterable[Recorded] | None = None) -> Told:
        """The whole history, or the events given; what may not even be told is left out and counted."""
        wanted = self.records if records is None else list(records)
        lines = [line for line in map(self.line, wanted) if line is not None]
        return Told(tuple(lines), len(wanted) - len(lines))

    def line(self, recorded: Recorded) -> Line | None:
        """One event; None if it may not even be told to the viewer."""
        event, telling = recorded.event, self.telling
        if not self._told(event) or (
            isinstance(event, NoteAdded) and not telling.note_seen(recorded.version, event.by, event.beside)
        ):
            return None
        telling.hidden = 0
        tell = CYCLE_WORDS.get(type(event))
        words = tell(Page(telling, recorded.version, self.records), event) if tell else Words(event.topic)
        dated = telling.sees("dates", event.by)
        why = event.backdated if isinstance(event, CycleEvent) else None
        seen = telling.sees("status", event.by)
        line = Line(
            recorded.position, recorded.version, recorded.stream, self.handle, event.topic,
            recorded.recorded_at if dated else None,
            event.happened if dated else None,
            lateness(recorded, self.zone) if dated else None,
            telling.person(event.by, event.by),
            telling.titles.role(event.role),
            telling.person(event.on_behalf_of, event.by) if event.on_behalf_of else None,
            self._entered(recorded),
            event.door, None, event.batch, words.what, words.details,
            tuple(getattr(event, "met", ())),
            waived_of(telling, event),
            telling.text(why, recorded.version, "backdated", seen=seen) if why is not None else None,
            hidden=False,
            corrected_by=self.corrected.get(recorded.version),
            undone_by=self.undone.get(recorded.version),
            beside=self.beside.home(recorded.version),
        )  # fmt: skip
        whole = dated and not telling.hidden
        return line._replace(cause=event.cause if whole else None, hidden=not whole)

    def _told(self, event: Event) -> bool:
        """Whether it may be told that an event happened; of a correction or an undo, whether its events may be."""
        if self.seeing is None or event.by == self.seeing.viewer:
            return True
        match event:
            case EventCorrected():
                versions = [event.corrects]
            case TransitionUndone():
                versions = event.undoes
            case _:
                return self.seeing.event(event)
        return any(self._told(one.event) for one in self.records if one.version in versions)

    def _entered(self, recorded: Recorded) -> str | None:
        event, telling = recorded.event, self.telling
        # What a last signature concludes was entered by whoever signed: the line before says who that was.
        if event.entered_by in (event.by, self._signer(recorded)):
            return None
        if isinstance(event.entered_by, str):
            return telling.person(event.entered_by, event.by)
        return telling.text(event.entered_by, recorded.version, "entered_by", seen=telling.sees("people", event.by))

    def _signer(self, recorded: Recorded) -> str | None:
        """Who gave the last signature under what this event concludes."""
        if not isinstance(recorded.event, TransitionTaken | ActRecorded) or recorded.event.proposal is None:
            return None
        before = next((r.event for r in self.records if r.version == recorded.version - 1), None)
        return before.by if isinstance(before, AgreementGiven) else None


def registry_line(recorded: Recorded, names: Names, zone: str = "UTC") -> Line:
    """One event of the registry. Who may ask for these at all is the permission table's to say."""
    event = recorded.event
    tell = REGISTRY_WORDS.get(type(event))
    words = tell(Entry(names, recorded), event) if tell else Words(event.topic)
    entered = event.entered_by
    if entered == event.by:
        who = None
    elif isinstance(entered, str):
        who = names.person(entered)
    else:
        who = names.open(entered, recorded.stream, recorded.version, "entered_by")
    return Line(
        recorded.position, recorded.version, recorded.stream, None, event.topic, recorded.recorded_at, event.happened,
        lateness(recorded, zone), names.person(event.by), spoken(event.role),
        names.person(event.on_behalf_of) if event.on_behalf_of else None, who, event.door, event.cause, event.batch,
        words.what, words.details, (), (), None, hidden=False,
    )  # fmt: skip


def tell_log(
    records: Iterable[Recorded], names: Names, history: Callable[[str], CycleHistory], *, zone: str = "UTC"
) -> Told:
    """Any part of the log, in its order. `history` gives the history of a cycle by its stream; asked once for each."""
    kept: dict[str, CycleHistory] = {}
    lines: list[Line] = []
    missing = 0
    for recorded in records:
        stream = recorded.stream
        if not stream.startswith("cycle-"):
            lines.append(registry_line(recorded, names, zone))
            continue
        if stream not in kept:
            kept[stream] = history(stream)
        line = kept[stream].line(recorded)
        if line is None:
            missing += 1
        else:
            lines.append(line)
    return Told(tuple(lines), missing)


def lateness(recorded: Recorded, zone: str) -> int:
    """Days between the day it happened and the day it was recorded, as the programme's people count days."""
    return max((recorded.recorded_at.astimezone(ZoneInfo(zone)).date() - recorded.event.happened.on).days, 0)
