"""Corrections and undos at the command line: what was typed, what it would touch, and what came of it."""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping, Sequence
from typing import Any, Final

import click

from reviewflow.asking.mending import corrections, recorded_lines, undone_lines
from reviewflow.audit.line import line_texts
from reviewflow.cli.acted import tell_cycles
from reviewflow.cli.options import Acting
from reviewflow.cli.printing import count, say
from reviewflow.cli.request import acting_on
from reviewflow.cli.values import from_file
from reviewflow.cycle.commands import CorrectEvents, UndoSteps
from reviewflow.errors import BadInput, Fault
from reviewflow.registry.names import shown

_TYPED: Final = re.compile(
    r"(?P<event>[0-9]{1,9})(?::(?P<part>on|at|by|about)|\.(?P<field>[^=]+))=(?P<value>.*)", re.DOTALL
)
_PARTS: Final = ("on", "at", "by", "about", "values")
_WANT: Final = "expected EVENT:on=DATE, EVENT:at=HH:MM, EVENT:by=DATE, EVENT:about=ROW or EVENT.FIELD=VALUE"
_DEEPEST: Final = 3


def correct_events(typed: str, changes: Sequence[str], form: str | None, how: Acting) -> None:
    """Corrections of several events as one command."""
    faults: list[Fault] = []
    said = _filed(form, faults) if form else {}
    _typed(changes, said, faults)
    if not said and not faults:
        faults.append(Fault("", "no correction", _WANT))
    if faults:
        raise BadInput("cycle correct", faults)
    with acting_on(how) as action:
        cycle = action.find.cycle(typed)
        made = corrections(action.question, cycle, said)
        done = action.do(CorrectEvents(asked=action.asked, cycle=cycle, corrections=made))
        lines = recorded_lines(action.question, cycle, done)
        data = {"cycle": cycle, "corrections": [line.data() for line in lines]}
        tell_cycles(action, done, data, *(text for line in lines for text in line_texts(line)))


def undo_steps(typed: str, since: int | None, only: int | None, yes: bool, how: Acting) -> None:
    """An undo, after a preview of what it touches."""
    with acting_on(how) as action:
        cycle = action.find.cycle(typed)
        command = UndoSteps(asked=action.asked, cycle=cycle, since=since, only=only)
        trial = action.installation.engine.handle(command, dry_run=True)
        touched = undone_lines(action.question, cycle, trial)
        if not how.json and not trial.repeated:
            say(f"{count(len(touched), 'event')} of {action.called.cycle(cycle)} will count as never having happened:")
            for line in touched:
                for text in line_texts(line, details=False):
                    say(text)
        if since is not None and not (yes or how.dry_run or trial.repeated):
            _confirm(len(touched))
        done = trial if how.dry_run else action.do(command)
        tell_cycles(action, done, {"cycle": cycle, "undone": [line.data() for line in touched]})


def _confirm(number: int) -> None:
    if not sys.stdin.isatty():
        raise click.UsageError(f"this undoes {count(number, 'event')} at once: give --yes, or --dry-run to see it only")
    click.confirm("Undo all of this?", abort=True, err=True)


def _typed(changes: Sequence[str], said: dict[int, dict[str, Any]], faults: list[Fault]) -> None:
    """Each argument put with its event; the same field again makes a list, as with `--set`."""
    for one in changes:
        found = _TYPED.fullmatch(one)
        path = found["field"].split(".") if found and found["field"] else []
        if found is None or not all(path) or len(path) > _DEEPEST:
            faults.append(Fault(shown(one), "", _WANT))
            continue
        parts = said.setdefault(int(found["event"]), {})
        if found["part"]:
            if found["part"] in parts:
                faults.append(Fault(shown(one), "", f"expected {found['part']} of this event once"))
            parts[found["part"]] = found["value"].strip()
            continue
        inside: Any = parts.setdefault("values", {})
        for part in path[:-1]:
            inside = inside.setdefault(part, {}) if isinstance(inside, dict) else None
        if not isinstance(inside, dict) or isinstance(inside.get(path[-1]), dict):
            faults.append(Fault(shown(one), "", "this field was given a value and rows; expected one of them"))
        elif path[-1] in inside:
            before = inside[path[-1]]
            inside[path[-1]] = [*before, found["value"]] if isinstance(before, list) else [before, found["value"]]
        else:
            inside[path[-1]] = found["value"]


def _filed(form: str, faults: list[Fault]) -> dict[int, dict[str, Any]]:
    """A file of corrections by event."""
    said: dict[int, dict[str, Any]] = {}
    for event, parts in from_file(form).items():
        if not re.fullmatch(r"[0-9]{1,9}", str(event)):
            faults.append(Fault(f"{form}: {shown(str(event))}", "", "expected the number of an event"))
        elif not isinstance(parts, Mapping) or not parts:
            faults.append(Fault(f"{form}: {event}", "", f"expected some of: {', '.join(_PARTS)}"))
        else:
            unknown = [name for name in parts if name not in _PARTS]
            faults += [Fault(f"{form}: {event}.{name}", "", f"expected: {', '.join(_PARTS)}") for name in unknown]
            if not isinstance(parts.get("values", {}), Mapping):
                faults.append(Fault(f"{form}: {event}.values", "", "expected fields with their values"))
            else:
                said[int(event)] = dict(parts)
    return said
