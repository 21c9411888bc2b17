"""A handover and its undo: shown first, then done whole or not at all."""

from __future__ import annotations

import sys
from typing import Any

import click

from reviewflow.asking.handover import Wanted, handing_over, preview, undo_preview
from reviewflow.cli.handover_preview import show, show_undo
from reviewflow.cli.options import Acting
from reviewflow.cli.printing import count, document
from reviewflow.cli.request import Action, acting_on
from reviewflow.cycle.commands import UndoHandover
from reviewflow.events import Command


def hand_over(wanted: Wanted, yes: bool, how: Acting) -> None:
    """Every role in every cycle, or none."""
    with acting_on(how) as action:
        command, left_out = handing_over(action.question, action.asked, wanted)
        data: dict[str, Any] = {"person": command.person, "to": command.successor, "batch": action.asked.id}
        lines: list[str] = []
        if not action.given_before:
            data = preview(action.question, command, left_out, action.day())
            blocked = [one["handle"] for one in data["cycles"] if one["blocked"]]
            if not how.json:
                show(action.called, data, blocked)
            _stop_if(action, command, data, blocked=bool(blocked))
            number = sum(len(one["moves"]) for one in data["cycles"])
            roles, where = count(number, "role"), count(len(data["cycles"]), "cycle")
            _confirm(f"Hand over {roles} in {where}?", yes, how)
            names = action.called.person(command.person), action.called.person(command.successor)
            lines = [] if how.dry_run else [
                f"{roles} of {names[0]} in {where} went to {names[1]}.",
                f"To undo all of it: reviewflow person handover --undo {action.asked.id} --reason TEXT",
            ]  # fmt: skip
        action.done(action.do(command), data, *lines)


def _stop_if(action: Action, command: Command, data: dict[str, Any], *, blocked: bool) -> None:
    """Nobody is asked to confirm what is refused anyway; the engine says so, with every reason."""
    if blocked:
        if action.how.json and action.how.dry_run:
            document({"dry_run": True, "changed": False, **data})
        action.installation.engine.handle(command, dry_run=True)


def _confirm(question: str, yes: bool, how: Acting) -> None:
    if yes or how.dry_run:
        return
    if not sys.stdin.isatty():
        raise click.UsageError("give --yes, or --dry-run to see what it would do")
    click.confirm(question, abort=True, err=True)


def take_back(batch: str, yes: bool, how: Acting) -> None:
    """The undo of one batch, in every cycle of it that still runs, or in none."""
    with acting_on(how) as action:
        command = UndoHandover(asked=action.asked, batch=batch)
        data: dict[str, Any] = {"undoes": batch, "batch": action.asked.id}
        lines: list[str] = []
        if not action.given_before:
            data = undo_preview(action.question, command)
            going = [one for one in data["cycles"] if one["outcome"] in ("yes", "no")]
            if not how.json:
                show_undo(action.called, data)
            _stop_if(action, command, data, blocked=any(one["blocked"] for one in going))
            if going:
                _confirm(f"Undo the handover in {count(len(going), 'cycle')}?", yes, how)
            lines = [] if how.dry_run else [f"Undone in {count(len(going), 'cycle')}: it never happened there."]
        action.done(action.do(command), data, *lines)
