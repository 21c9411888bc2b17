"""Whether events that were decided elsewhere can be a history here: each follows from the ones before it.

No requirement is judged again: who recorded them did that. What is asked is what replay relies on: steps, states,
roles and evidence are the definition's, each transition leads where the machine leads, and the history can be folded
on every day.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from itertools import pairwise

from reviewflow.cycle import events as ev
from reviewflow.cycle.fold import evolve, fold_known
from reviewflow.cycle.history import as_known
from reviewflow.cycle.order import Misplaced
from reviewflow.cycle.state import Cycle
from reviewflow.errors import ImpossibleHistory
from reviewflow.events import Event, Happened, Recorded
from reviewflow.workflow.definition import Definition
from reviewflow.workflow.machine import fire, remembered


def unfollowable(definition: Definition, digest: str, records: Sequence[Recorded], now: Happened) -> list[Misplaced]:
    """Everything against these events (versions from 1 on) as the history of one cycle; none if they can be one."""
    found = [Misplaced(one.version, why) for one in records for why in _alone(definition, one.event, now)]
    if found:
        return found
    cycle: Cycle | None = None
    try:
        for number, one in enumerate(records):
            if cycle is not None and isinstance(one.event, ev.TransitionTaken):
                found = [Misplaced(one.version, why) for why in _leads(definition, digest, cycle, one.event)]
                if found:
                    return found
            if isinstance(one.event, ev.MendingEvent):
                # What was known before a correction must be a history too: the past is asked about as it was known.
                _fold_on_every_day(records[:number])
            cycle = evolve(cycle, one, lambda number=number: records[:number])  # type: ignore[misc]
        _fold_on_every_day(records)
    except ImpossibleHistory as error:
        return [Misplaced(error.version, error.why)]
    return []


def _fold_on_every_day(records: Sequence[Recorded]) -> None:
    """Raise `ImpossibleHistory` if the cycle could not be shown as of some day."""
    history = as_known(records)
    days = [one.event.happened.on for one in history.told]
    if all(before <= after for before, after in pairwise(days)):
        return  # each day is a beginning of the history, which was folded event by event
    for day in set(days):
        fold_known(history, as_of=day)


def _alone(definition: Definition, event: Event, now: Happened) -> Iterator[str]:
    """What is wrong with an event whatever stands before it."""
    if now.before(event.happened):
        yield f"it happened {event.happened}, but it is {now} now"
    if isinstance(event, ev.CycleOpened) and not isinstance(event, ev.CycleAdopted) and event.to != definition.opens.to:
        yield f"cycles of this workflow open in {definition.opens.to}, not in {event.to}"
    for kind, known, name in _names(definition, event):
        if name is not None and name not in known:
            yield f"the workflow has no {kind} {name}"


def _names(definition: Definition, event: Event) -> Iterator[tuple[str, Collection[str], str | None]]:
    """Whatever an event names of its workflow: what kind, what there is of it, and the name."""
    match event:
        case ev.CycleAdopted():
            yield "state", definition.all_states(), event.to
            yield "state", definition.all_states(), event.returns_to
        case ev.TransitionTaken():
            yield "transition", definition.transitions, event.step
        case ev.ActRecorded():
            yield "act", definition.acts, event.step
        case ev.AgreementGiven() | ev.DeadlineMoved():
            yield "step", definition.steps(), event.step
        case ev.EvidenceAdded():
            yield "kind of evidence", definition.evidence_kinds(), event.kind
        case ev.RequirementWaived():
            yield "step or role", (*definition.steps(), "opens", *definition.roles), event.of
    roles = [name for name, role in definition.roles.items() if role.assigned is not None]
    yield "role that is assigned", roles, getattr(event, "assigned", None)


def _leads(definition: Definition, digest: str, cycle: Cycle, event: ev.TransitionTaken) -> Iterator[str]:
    """The state that a transition is said to lead to is the one it leads to."""
    if event.origin != cycle.state:
        yield f"{event.step} leaves {event.origin}, but the cycle is in {cycle.state}"
        return
    to = fire(definition, digest, cycle.state, event.step, cycle.returns_to)
    if to != event.to:
        leads = f"leads to {to}" if to else "cannot be taken there"
        yield f"{event.step} from {cycle.state} {leads}, not to {event.to}"
    elif event.returns_to != remembered(definition, cycle.state, to, cycle.returns_to):
        yield f"from {to} the cycle would not go back to {event.returns_to}"
