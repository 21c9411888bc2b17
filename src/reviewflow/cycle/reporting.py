"""Deciding what a source reports: each report becomes the events that are missing for it to be so.

A report is made of ordinary commands, each decided by its own decider on what those before it made; either all of
them stand or none. Nothing here judges for itself.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

from reviewflow.cycle import assignments, correcting, steps, undoing
from reviewflow.cycle.ahead import CyclesAhead
from reviewflow.cycle.commands import (
    AcceptAssignment,
    Agree,
    CorrectEvents,
    Correction,
    CycleCommand,
    OfferAssignment,
    ReportAssignment,
    ReportStep,
    TakeStep,
    UndoSteps,
    WithdrawAssignment,
)
from reviewflow.cycle.deciding import Decided
from reviewflow.cycle.setting import Known, local_day, programme_of
from reviewflow.cycle.state import Cycle
from reviewflow.errors import BadInput, Fault
from reviewflow.events import Asked, Event, Happened


class _Parts:
    """Commands decided one after the other, all for one that was asked."""

    def __init__(self, command: CycleCommand, known: Known) -> None:
        cycle = known.cycle(command.cycle)
        if cycle is None:
            raise BadInput("cycle", [Fault("cycle", repr(command.cycle), "no such cycle; see: cycle list")])
        self.command, self.before, self.known = command, cycle, known
        self.decided: Decided = []
        self._ahead: CyclesAhead | None = None

    @property
    def cycle(self) -> Cycle:
        """The cycle after the parts so far."""
        now = self._ahead.cycle(self.command.cycle) if self._ahead else self.before
        assert now is not None
        return now

    def do(self, decide: Callable[[Any, Known], Decided], part: CycleCommand) -> None:
        """One more part."""
        if self._ahead is None and self.decided:
            self._ahead = CyclesAhead(self.known, self.command.asked.at)
            self._ahead.take(self.decided)
        decided = decide(part, self._ahead or self.known)
        if self._ahead is not None:
            self._ahead.take(decided)
        # The same command asked again must find its own events: they name it, not its parts.
        self.decided += [(stream, self._caused(event)) for stream, event in decided]

    def _caused(self, event: Event) -> Event:
        cause = self.command.cause
        return event if event.cause == cause else event.model_copy(update={"cause": cause})


def report_step(command: ReportStep, known: Known) -> Decided:
    """The step is taken, its day corrected, or it is undone; nothing if that is known already."""
    parts = _Parts(command, known)
    said = parts.before.last(command.step)
    match command.manner:
        case "undo":
            if said is not None:
                parts.do(undoing.undo, UndoSteps(
                    asked=_mending(command.asked), cycle=command.cycle, only=said.version
                ))  # fmt: skip
            return parts.decided
        case "settle" if said is not None:
            then = Correction(said.version, command.asked.happened or _now(parts))
            parts.do(
                correcting.correct,
                CorrectEvents(asked=_mending(command.asked), cycle=command.cycle, corrections=(then,)),
            )
            return parts.decided
        case "supply" if said is not None:
            return []
    for step in command.implied:
        if parts.cycle.last(step) is None:
            parts.do(steps.take_step, TakeStep(asked=_by_then(parts), cycle=command.cycle, step=step))
    parts.do(steps.take_step, TakeStep(
        asked=command.asked, cycle=command.cycle, step=command.step, values=command.values, about=command.about
    ))  # fmt: skip
    for signer in command.signed_by:
        asked = dataclasses.replace(command.asked, by=signer)
        parts.do(steps.agree, Agree(asked=asked, cycle=command.cycle, step=command.step))
    return parts.decided


def _mending(asked: Asked) -> Asked:
    """Whoever enters a report mends what was recorded before, and does so now."""
    by = asked.entered_by if isinstance(asked.entered_by, str) else asked.by
    return dataclasses.replace(asked, by=by, happened=None)


def _now(parts: _Parts) -> Happened:
    return local_day(parts.command.asked.at, programme_of(parts.known, parts.before.programme).time_zone)


def _by_then(parts: _Parts) -> Asked:
    """The same asking, for something that had happened by the moment it is about."""
    then = parts.command.asked.happened or _now(parts)
    return dataclasses.replace(parts.command.asked, happened=Happened(on=then.on, at=then.at, latest=True))


def report_assignment(command: ReportAssignment, known: Known) -> Decided:
    """The person is asked and accepts, whatever of that is not so yet; with `instead` others leave first."""
    parts = _Parts(command, known)
    role, person, before = command.role, command.person, parts.before
    about = {"cycle": command.cycle, "role": role}
    if command.instead:
        for other in (*before.assigned(role), *before.offered(role)):
            if other != person:
                parts.do(assignments.withdraw, WithdrawAssignment(asked=command.asked, person=other, **about))
    if person in before.assigned(role):
        return parts.decided
    if person not in before.offered(role):
        parts.do(assignments.offer, OfferAssignment(asked=command.asked, person=person, **about))
    asked = dataclasses.replace(command.asked, by=person)
    parts.do(assignments.accept, AcceptAssignment(asked=asked, person=person, **about))
    return parts.decided
