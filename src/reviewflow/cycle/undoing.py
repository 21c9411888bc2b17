"""Deciding undos: the latest transition, or everything from a point on as one batch, or one event that is none."""

from __future__ import annotations

from reviewflow.cycle import events as ev
from reviewflow.cycle.commands import UndoSteps
from reviewflow.cycle.deciding import Decided, refuse, said_by, setting_of
from reviewflow.cycle.history import History, as_known
from reviewflow.cycle.mending import may_mend, order_faults, people_of
from reviewflow.cycle.setting import Known
from reviewflow.errors import BadInput, Fault, Unmet
from reviewflow.events import Event, Recorded, Unsealed


def undo(command: UndoSteps, known: Known) -> Decided:
    """Events that never happened, as one batch."""
    setting = setting_of(command, known)
    records = known.cycle_records(setting.here.id)
    history = as_known(records)
    what = f"undoing of {setting.here.handle}"
    chosen = sorted(_chosen(command, history, what))
    told = {one.version: one.event for one in history.told}
    events = [told[version] for version in chosen]
    actor, unmet = may_mend(command, setting, events)
    common = said_by(command.asked, command.cause, actor or "", setting)
    reason = Unsealed((command.asked.reason or "").strip())
    people = sorted(people_of(setting, events))
    made = ev.TransitionUndone(**common, undoes=chosen, people=people, reason=reason)
    unmet += order_faults(setting, records, [made], hint=f"undo from there on: --from {chosen[0]}")
    refuse(what, unmet)
    return [(setting.here.stream, made)]


def _chosen(command: UndoSteps, history: History, what: str) -> set[int]:
    """The versions to undo, each with the signatures that belong to it."""
    told = history.told
    transitions = [one.version for one in told if isinstance(one.event, ev.TransitionTaken)]
    asked_for = command.since if command.since is not None else command.only
    last = history.last.version if history.last else 0
    if command.since is not None and command.only is not None:
        raise BadInput("cycle undo", [Fault("event", "", "give one event, or a point from which on, not both")])
    if asked_for is not None and not 1 <= asked_for <= last:
        raise BadInput("cycle undo", [Fault("event", str(asked_for), f"expected an event of this cycle, 1 to {last}")])
    if asked_for == 1:
        why = "the opening is not undone; end the cycle by a step of its workflow"
        refuse(what, [Unmet("opening", why)])
    if command.since is not None:
        chosen = {one.version for one in told if one.version >= command.since and not _stays(one.event)}
    elif command.only is not None:
        if command.only not in {one.version for one in told}:
            by = history.undone.get(command.only)
            why = f"event {command.only} " + (f"was undone by event {by}" if by else "is itself a correction or undo")
            refuse(what, [Unmet("not-there", why)])
        chosen = {command.only}
    else:
        chosen = set(transitions[-1:])
    if not chosen:
        refuse(what, [Unmet("nothing-to-undo", "there is nothing that could be undone")])
    chosen |= _signatures(told, chosen)
    moved = [version for version in transitions if version in chosen]
    later = [version for version in transitions if version not in chosen and moved and version > moved[0]]
    if later:
        sentence = f"only the latest transition is undone by itself; after event {moved[0]} came {later}"
        refuse(what, [Unmet("not-the-latest", f"{sentence}: undo from there on with --from {moved[0]}")])
    return chosen


def _stays(event: Event) -> bool:
    """Notes are about the cycle, not part of its course."""
    return isinstance(event, ev.NoteAdded | ev.CycleOpened)


def _signatures(told: list[Recorded], chosen: set[int]) -> set[int]:
    """The proposals that belong to what is undone, with everything signed for and concluded from them."""
    proposals: set[int] = set()
    for one in told:
        if one.version not in chosen:
            continue
        event = one.event
        if isinstance(event, ev.AgreementGiven) and event.proposal is None:
            proposals.add(one.version)
        elif isinstance(event, ev.AgreementGiven | ev.TransitionTaken | ev.ActRecorded) and event.proposal is not None:
            proposals.add(event.proposal)
    return {
        one.version for one in told if one.version in proposals or getattr(one.event, "proposal", None) in proposals
    }
