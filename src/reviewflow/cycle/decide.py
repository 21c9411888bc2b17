"""The decider: a command and what is known give events, or a refusal with every reason. Pure."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from reviewflow.cycle import (
    adopting,
    assignments,
    beside,
    correcting,
    handover,
    handover_undoing,
    reporting,
    steps,
    taking_over,
    undoing,
)
from reviewflow.cycle import commands as cmd
from reviewflow.cycle.deciding import Decided
from reviewflow.cycle.setting import Known
from reviewflow.events import Command

_DECIDE: dict[type[Command], Callable[[Any, Known], Decided]] = {
    cmd.OpenCycles: steps.open_cycles,
    cmd.TakeStep: steps.take_step,
    cmd.Agree: steps.agree,
    cmd.OfferAssignment: assignments.offer,
    cmd.AcceptAssignment: assignments.accept,
    cmd.DeclineAssignment: assignments.decline,
    cmd.WithdrawAssignment: assignments.withdraw,
    cmd.AddEvidence: beside.add_evidence,
    cmd.AddNote: beside.add_note,
    cmd.WaiveRequirement: beside.waive,
    cmd.Consent: beside.consent,
    cmd.AdoptCycle: adopting.adopt,
    cmd.ReportStep: reporting.report_step,
    cmd.ReportAssignment: reporting.report_assignment,
    taking_over.TakeOver: taking_over.take_over,
    cmd.CorrectEvents: correcting.correct,
    cmd.UndoSteps: undoing.undo,
    cmd.HandOverRoles: handover.hand_over,
    cmd.UndoHandover: handover_undoing.undo_handover,
}


_FOR_ANOTHER: tuple[type[Command], ...] = (
    cmd.OpenCycles, cmd.TakeStep, cmd.Agree, cmd.OfferAssignment, cmd.WithdrawAssignment, cmd.AddEvidence, cmd.AddNote,
    cmd.WaiveRequirement, cmd.Consent,
)  # fmt: skip
"""What may be done for somebody absent. An offer is answered by whoever was asked; mending and handing over is a
lead's own business."""


def for_another(command: Command) -> bool:
    """Whether a stand-in may give this command in the name of somebody absent."""
    return isinstance(command, _FOR_ANOTHER)


def decides(command: Command) -> bool:
    """Whether this is a command about cycles."""
    return type(command) in _DECIDE


def decide(command: Command, known: Known) -> Decided:
    """Events with their streams; raises `Refused` or `BadInput`."""
    return _DECIDE[type(command)](command, known)
