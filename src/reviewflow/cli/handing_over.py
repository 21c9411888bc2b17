"""A handover and its undo: shown first, then done whole or not at all."""

from __future__ import annotations

import sys
from typing import Any, NamedTuple

import click

from reviewflow.cli.handover_preview import passing, returning, show, show_undo, stays_with
from reviewflow.cli.options import Acting
from reviewflow.cli.printing import count, document
from reviewflow.cli.request import Action, acting_on
from reviewflow.cycle.commands import HandOverRoles, UndoHandover
from reviewflow.cycle.handover import plan
from reviewflow.cycle.handover_undoing import plan_undo
from reviewflow.errors import Refused, Unmet
from reviewflow.events import Command
from reviewflow.views.cycles import assignments_of, get_cycles


class Wanted(NamedTuple):
    """Whose roles go to whom, and where, as typed."""

    person: str
    successor: str
    roles: tuple[str, ...]
    cycles: tuple[str, ...]
    partnership: str | None
    leave_out: tuple[str, ...]


def hand_over(wanted: Wanted, yes: bool, how: Acting) -> None:
    """Every role in every cycle, or none."""
    with acting_on(how) as action:
        find = action.find
        person, successor = find.person(wanted.person), find.person(wanted.successor, "--to")
        only = [find.cycle(one, "--cycle") for one in wanted.cycles]
        within = find.partnership(wanted.partnership, "--partnership") if wanted.partnership else None
        left_out = [find.cycle(one, "--leave-out") for one in wanted.leave_out]
        ids = [one for one in only or _running(action, person, wanted.roles, within) if one not in left_out]
        again = bool(action.known.snapshot.command(action.asked.id))
        if not ids and not again:
            sentence = f"{person} has no such role in a running cycle; see: reviewflow person handover PERSON"
            raise Refused("person handover", [Unmet("nothing-to-hand-over", sentence)])
        command = HandOverRoles(
            asked=action.asked, person=person, successor=successor, cycles=tuple(ids), roles=wanted.roles
        )
        data: dict[str, Any] = {"person": person, "to": successor, "batch": action.asked.id}
        lines: list[str] = []
        if not again:
            passings = plan(command, action.known)
            data |= {
                "cycles": [passing(one, person) for one in passings],
                "left_out": [action.called.cycle(one) for one in left_out],
                "stays": stays_with(action, person, passings),
            }
            blocked = [one.cycle.handle for one in passings if one.blocked]
            show(action, data, blocked)
            _stop_if(action, command, data, blocked=bool(blocked))
            number = sum(len(one.moves) for one in passings)
            roles, where = count(number, "role"), count(len(passings), "cycle")
            _confirm(f"Hand over {roles} in {where}?", yes, how)
            lines = [] if how.dry_run else [
                f"{roles} of {action.called.person(person)} in {where} went to {action.called.person(successor)}.",
                f"To undo all of it: reviewflow person handover --undo {action.asked.id} --reason TEXT",
            ]  # fmt: skip
        action.done(action.do(command), data, *lines)


def _running(action: Action, person: str, roles: tuple[str, ...], within: str | None) -> list[str]:
    """The running cycles in which a person has such a role, or is asked to take it, by handle."""
    with action.installation.store.reading() as connection:
        mine = [
            row.cycle for row in assignments_of(connection, person=person)
            if row.standing in ("offered", "accepted") and (not roles or row.role in roles)
        ]  # fmt: skip
        found = get_cycles(connection, list(dict.fromkeys(mine)))
    rows = [one for one in found.values() if not one.final and within in (None, one.partnership)]
    return [one.id for one in sorted(rows, key=lambda row: row.handle)]


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
        if not action.known.snapshot.command(action.asked.id):
            returns = plan_undo(command, action.known)
            data["cycles"] = [returning(one) for one in returns]
            going = [one for one in returns if one.event is not None]
            if not how.json:
                show_undo(action, returns)
            _stop_if(action, command, data, blocked=any(one.unmet for one in going))
            if going:
                _confirm(f"Undo the handover in {count(len(going), 'cycle')}?", yes, how)
            lines = [] if how.dry_run else [f"Undone in {count(len(going), 'cycle')}: it never happened there."]
        action.done(action.do(command), data, *lines)
