"""What is recorded about people, and how they are forgotten."""

from __future__ import annotations

import sys
from datetime import date
from typing import Final, cast

import click

from reviewflow.cli.options import Acting
from reviewflow.cli.printing import say
from reviewflow.cli.request import Action, acting_on
from reviewflow.errors import BadInput, Fault
from reviewflow.registry.commands import EndRole, ForgetPerson, GiveRole, RecordTraining, WithdrawTraining
from reviewflow.registry.events import INSTALLATION, Forgetting, ScopeKind

GOES: Final = (
    "the name and the e-mail address, wherever they stand",
    "every text about the person in the register: notes on interests, reasons",
    "every role they hold, from today on",
)
STAYS: Final = (
    "what they did in cycles, under an id that says nothing",
    "what they wrote in cycles: it belongs to the cycle, and is sealed under its key",
    "the proof that nothing else was changed",
)


def _place(action: Action, typed: str | None) -> tuple[ScopeKind, str]:
    if typed is None or typed == INSTALLATION:
        return "installation", INSTALLATION
    kind, one = action.find.place(typed, "--in")
    return cast("ScopeKind", kind), one


def give_role(typed: str, role: str, place: str | None, since: date | None, until: date | None, how: Acting) -> None:
    """A dated role in a place."""
    with acting_on(how) as action:
        target, (kind, where) = action.find.person(typed), _place(action, place)
        done = action.do(GiveRole(
            asked=action.asked, person=target, held=role, held_in=where, held_in_kind=kind, since=since, until=until
        ))  # fmt: skip
        data = {"person": target, "role": role, "in": where}
        action.done(done, data, f"{action.called.person(target)} is {role} in {action.called.named(where)}.")


def end_role(typed: str, role: str, place: str | None, last: date | None, how: Acting) -> None:
    """The last day of a role."""
    with acting_on(how) as action:
        target, (kind, where) = action.find.person(typed), _place(action, place)
        done = action.do(EndRole(
            asked=action.asked, person=target, held=role, held_in=where, held_in_kind=kind, on=last
        ))  # fmt: skip
        data = {"person": target, "role": role, "in": where}
        action.done(done, data, f"{action.called.person(target)}: {role} in {action.called.named(where)} ended.")


def record_training(typed: str, course: str, completed: date, valid_until: date | None, how: Acting) -> None:
    """A completed course."""
    with acting_on(how) as action:
        target = action.find.person(typed)
        done = action.do(RecordTraining(
            asked=action.asked, person=target, course=course, completed=completed, valid_until=valid_until
        ))  # fmt: skip
        counts = f"counts from {completed}" + (f" to {valid_until}" if valid_until else "")
        data = {"person": target, "course": course, "completed": completed, "valid_until": valid_until}
        action.done(done, data, f"{action.called.person(target)}: {course} {counts}.")


def withdraw_training(typed: str, course: str, completed: date | None, how: Acting) -> None:
    """Training no longer counts."""
    with acting_on(how) as action:
        target = action.find.person(typed)
        found = action.known.person(target)
        ours = [
            one for one in (found.training if found else ())
            if course in (one.course, one.id) and one.withdrawn is None and completed in (None, one.completed)
        ]  # fmt: skip
        if len(ours) != 1:
            days = ", ".join(str(one.completed) for one in ours)
            want = f"there are several: say which with --completed ({days})" if ours else "no such training that counts"
            raise BadInput("training", [Fault("course", repr(course), want)])
        done = action.do(WithdrawTraining(
            asked=action.asked, person=target, training=ours[0].id, reason=how.reason or ""
        ))  # fmt: skip
        data = {"person": target, "course": course, "training": ours[0].id}
        action.done(done, data, f"{action.called.person(target)}: {ours[0].course} no longer counts.")


def forget(typed: str, why: str, yes: bool, how: Acting) -> None:
    """Forget a person, after saying what goes and what stays."""
    with acting_on(how) as action:
        target = action.find.person(typed)
        name = action.called.person(target)
        command = ForgetPerson(asked=action.asked, person=target, why=cast("Forgetting", why))
        action.installation.engine.handle(command, dry_run=True)  # nobody is asked to confirm what is refused anyway
        if not how.json:
            say(f"Forgetting {name} ({target})")
            for title, lines in (("goes for good", GOES), ("stays", STAYS)):
                say(f"  {title}:")
                for line in lines:
                    say(f"    - {line}")
        if not how.dry_run and not yes:
            _confirm(target)
        today = action.installation.clock.now().date().isoformat()
        days = [one.destroy_by for one in action.installation.vault.backups() if one.destroy_by >= today]
        until = max(days, default=None)
        done = action.do(command)
        data = {"person": target, "goes": GOES, "stays": STAYS, "in_backups_of_keys_until": until}
        told = [] if how.dry_run else [f"{target} was forgotten; nobody can read the name again."]
        if until:
            told.append(
                f"Backups of the keys (`vault backup`) still hold this key; the last is to be destroyed by {until}."
            )
        action.done(done, data, *told)


def _confirm(target: str) -> None:
    if not sys.stdin.isatty():
        raise click.UsageError("this cannot be undone: give --yes, or --dry-run to see what it would do")
    typed = click.prompt(f"This cannot be undone. Type {target} to go on", default="", show_default=False, err=True)
    if typed.strip() != target:
        raise click.Abort
