"""The decider: a command and what is known give events, or a refusal with every reason. Pure."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from reviewflow.cycle import assignments, beside, steps
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
}


def decides(command: Command) -> bool:
    """Whether this is a command about cycles."""
    return type(command) in _DECIDE


def decide(command: Command, known: Known) -> Decided:
    """Events with their streams; raises `Refused` or `BadInput`."""
    return _DECIDE[type(command)](command, known)
