"""What of an event one viewer is not shown when it is exported: the same as the history in words hides.

Reasons are no item of `visible`; `audit/cycle_words.py` says to what they belong.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from reviewflow.audit.telling import Telling
from reviewflow.cycle import events as ev
from reviewflow.events import Event
from reviewflow.history.named import MANY_PEOPLE, PEOPLE


def hidden_in(event: Event, telling: Telling, corrected: Event | None = None) -> frozenset[str]:
    """The paths in an event's document that are not shown. `corrected`: the event that a correction is about."""
    if telling.seeing is None or telling.seeing.viewer is None:
        return frozenset()
    found = {*_people(event, telling), *_texts(event, telling), *_form(event, telling, corrected)}
    if not telling.sees("dates", event.by):
        found |= {"happened", "occurred", "due"}
    # The command that caused it may name people and rows: shown only beside an event that is shown whole.
    return frozenset({*found, "cause"} if found & _given(event) else found)


def step_of(event: Event | None) -> str | None:
    """The step whose form an event holds."""
    if isinstance(event, ev.CycleOpened):
        return "opens"
    return event.step if isinstance(event, ev.TransitionTaken | ev.ActRecorded | ev.AgreementGiven) else None


def _given(event: Event) -> set[str]:
    """The paths that are there to be hidden."""
    given = {name for name, value in event.__dict__.items() if value is not None and value not in ([], {})}
    return given | {f"values.{name}" for name in getattr(event, "values", ())}


def _people(event: Event, telling: Telling) -> Iterator[str]:
    for name in PEOPLE:
        person = getattr(event, name, None)
        if person is not None and not telling.sees_person(person, event.by):
            yield name
    for name in MANY_PEOPLE:
        if any(not telling.sees_person(person, event.by) for person in getattr(event, name, ())):
            yield name
    entered = event.entered_by
    seen = telling.sees_person(entered, event.by) if isinstance(entered, str) else telling.sees("people", event.by)
    if not seen:
        yield "entered_by"


def _texts(event: Event, telling: Telling) -> Iterator[str]:
    seeing, by = telling.seeing, event.by
    assert seeing is not None
    if not telling.sees("status", by):
        yield "backdated"
    match event:
        case ev.AssignmentDeclined() | ev.AssignmentWithdrawn():
            role = telling.definition.roles.get(event.assigned)
            offers = role is not None and bool(seeing.roles & set(role.offered_by))
            if seeing.viewer not in (by, event.person) and not offers:
                yield "reason"
        case ev.EvidenceAdded():
            if not seeing.evidence(by):
                yield from ("about", "text", "file_name", "file_digest", "file_size")
        case ev.NoteAdded():
            if not seeing.note(by):
                yield "text"
        case _:
            if not telling.sees("status", by):
                yield "reason"


def _form(event: Event, telling: Telling, corrected: Event | None) -> Iterator[str]:
    values: Mapping[str, Any] = getattr(event, "values", {})
    seeing, by = telling.seeing, event.by
    assert seeing is not None
    if corrected is not None and seeing.viewer != by:
        by = corrected.by  # what somebody wrote stays theirs to see when another corrects it
    for name in values:
        if not telling.field_seen(step_of(corrected or event) or "", name, by):
            yield f"values.{name}"
