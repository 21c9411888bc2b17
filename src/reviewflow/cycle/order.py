"""Whether a history, mended, is still a possible one: every event that would be out of place, and why.

A decision looks here before it corrects or undoes; `fold.py` only ever meets histories that passed.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from reviewflow.cycle import events as ev
from reviewflow.cycle.fold import fold_known
from reviewflow.cycle.history import History, orders_of
from reviewflow.cycle.state import Cycle
from reviewflow.errors import ImpossibleHistory
from reviewflow.events import Event, Happened, Recorded
from reviewflow.workflow.definition import Definition


class Misplaced(NamedTuple):
    """An event (its version) that could not stand where it would, and why."""

    version: int
    why: str


def misplaced(definition: Definition, history: History) -> list[Misplaced]:
    """Everything that is out of order; none for a possible history."""
    found = [*_transitions(definition, history.told), *_orders(history.told)]
    if found:
        return found
    try:
        cycle = fold_known(history)
    except ImpossibleHistory as error:
        return [Misplaced(error.version, error.why)]
    return [*_beside(definition, cycle, history.told), *_among(definition, cycle)] if cycle else []


def _transitions(definition: Definition, told: list[Recorded]) -> Iterator[Misplaced]:
    """One leaves the state that the one before came into, and is not before it."""
    titles = {name: state.title for name, state in definition.all_states().items()}
    state: str | None = None
    earliest: tuple[Happened, int] | None = None
    for recorded in told:
        event, version = recorded.event, recorded.version
        if isinstance(event, ev.TransitionTaken):
            name = definition.transitions[event.step].title if event.step in definition.transitions else event.step
            if event.origin != state:
                there = titles.get(state or "", state)
                yield Misplaced(version, f"“{name}” leaves “{titles.get(event.origin)}”, but it would be in “{there}”")
            if earliest is not None and event.happened.before(earliest[0]):
                yield Misplaced(
                    version, f"“{name}” {event.happened} would be before event {earliest[1]}, {earliest[0]}"
                )
        elif isinstance(event, ev.AgreementGiven) and event.step in definition.transitions:
            step = definition.transitions[event.step]
            if state not in definition.expand(step.origin):
                yield Misplaced(version, f"“{step.title}” is not signed for in “{titles.get(state or '', state)}”")
        if isinstance(event, ev.TransitionTaken | ev.CycleOpened):
            state = event.to
            if not event.happened.latest:
                earliest = (event.happened, version)
        else:
            opened = told[0].event.happened
            if not opened.latest and event.happened.before(opened):
                yield Misplaced(version, f"{event.happened} would be before the opening, {opened}")


def _orders(told: list[Recorded]) -> Iterator[Misplaced]:
    """What was said about one role of one person, one consent, one proposal comes in the order of time."""
    earliest: dict[Any, tuple[Happened, int]] = {}
    for recorded in told:
        event = recorded.event
        for key in orders_of(recorded):
            before = earliest.get(key)
            if before is not None and event.happened.before(before[0]):
                why = f"{event.happened} would be before event {before[1]}, {before[0]}, which it follows from"
                yield Misplaced(recorded.version, why)
            # Also a "by" that an exact moment pushed on: what comes after is not before it.
            earliest[key] = (event.happened, recorded.version)


def _beside(definition: Definition, cycle: Cycle, told: list[Recorded]) -> Iterator[Misplaced]:
    """Acts and evidence fall in a time in which the cycle allowed them, and are about rows that were said."""
    titles = {name: state.title for name, state in definition.all_states().items()}
    kinds = definition.evidence_kinds()
    for recorded in told:
        allowed = _allowed(definition, kinds, recorded.event)
        if allowed is None:
            continue
        within, place, about = allowed
        was = cycle.states_at(recorded.event.happened)
        if within.isdisjoint(was):
            now = ", ".join(f"“{titles[one]}”" for one in was) or "no state"
            yield Misplaced(recorded.version, f"on {recorded.event.happened} the cycle would have been in {now}")
        if about is not None and about not in _rows(cycle, place):
            yield Misplaced(recorded.version, f"it is about the row {about} of {place}, which nobody would have said")


def _allowed(
    definition: Definition, kinds: dict[str, Any], event: Event
) -> tuple[frozenset[str], str | None, str | None] | None:
    """In which states an event may stand; what its row is one of; the row."""
    if isinstance(event, ev.EvidenceAdded) and event.kind in kinds:
        group = kinds[event.kind]
        return definition.expand(group.within), group.about, event.about
    if isinstance(event, ev.ActRecorded | ev.AgreementGiven) and event.step in definition.acts:
        act = definition.acts[event.step]
        return definition.expand(act.within), act.about, event.about
    return None


def _rows(cycle: Cycle, place: str | None) -> set[str]:
    """The ids of all rows ever said at `STEP.FIELD`."""
    step, _, field = (place or "").partition(".")
    said = (one.values.get(field) for one in cycle.said.get(step, ()))
    return {row["id"] for rows in said if isinstance(rows, list) for row in rows}


def _among(definition: Definition, cycle: Cycle) -> Iterator[Misplaced]:
    """Who has a role that is chosen from among another has that one too."""
    for (name, person), past in cycle.assignments.items():
        role = definition.roles.get(name)
        if role is None or role.among is None or past[-1].standing not in ("offered", "accepted"):
            continue
        if person not in cycle.assigned(role.among):
            among = definition.roles[role.among].title
            yield Misplaced(past[-1].version, f"{person} is {role.title} only as one of those who are {among}")
