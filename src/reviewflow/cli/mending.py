"""Corrections and undos at the command line: what was typed, what it would touch, and what came of it."""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping, Sequence
from datetime import date, time
from typing import Any, Final

import click

from reviewflow.audit.line import Line, line_texts
from reviewflow.audit.words import CycleHistory
from reviewflow.cli.acted import tell_cycles
from reviewflow.cli.options import Acting
from reviewflow.cli.printing import count, say
from reviewflow.cli.request import Action, acting_on
from reviewflow.cli.step_forms import resolved
from reviewflow.cli.values import from_file
from reviewflow.cycle import events as ev
from reviewflow.cycle.commands import CorrectEvents, Correction, UndoSteps
from reviewflow.engine import Done
from reviewflow.errors import BadInput, Fault
from reviewflow.events import Happened, Recorded
from reviewflow.registry.names import shown
from reviewflow.workflow.definition import Definition

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
        records = action.known.cycle_records(cycle)
        definition = action.installation.engine.setting(action.known, cycle).definition
        corrections = [_correction(action, definition, records, event, parts, faults) for event, parts in said.items()]
        if faults:
            raise BadInput("cycle correct", faults)
        done = action.do(CorrectEvents(asked=action.asked, cycle=cycle, corrections=tuple(corrections)))
        lines = _lines(action, done, records, definition)
        data = {"cycle": cycle, "corrections": [line.data() for line in lines]}
        tell_cycles(action, done, data, *(text for line in lines for text in line_texts(line)))


def undo_steps(typed: str, since: int | None, only: int | None, yes: bool, how: Acting) -> None:
    """An undo, after a preview of what it touches."""
    with acting_on(how) as action:
        cycle = action.find.cycle(typed)
        records = action.known.cycle_records(cycle)
        definition = action.installation.engine.setting(action.known, cycle).definition
        command = UndoSteps(asked=action.asked, cycle=cycle, since=since, only=only)
        trial = action.installation.engine.handle(command, dry_run=True)
        touched = _touched(action, trial, records, definition)
        if not how.json and not trial.repeated:
            say(f"{count(len(touched), 'event')} of {action.called.cycle(cycle)} will count as never having happened:")
            for line in touched:
                for text in line_texts(line, details=False):
                    say(text)
        if since is not None and not (yes or how.dry_run or trial.repeated):
            _confirm(len(touched))
        done = trial if how.dry_run else action.do(command)
        tell_cycles(action, done, {"cycle": cycle, "undone": [line.data() for line in touched]})


def _touched(action: Action, trial: Done, records: list[Recorded], definition: Definition) -> list[Line]:
    """The events that an undo speaks of, in words."""
    versions = [v for one in trial.events if isinstance(one.event, ev.TransitionUndone) for v in one.event.undoes]
    history = CycleHistory(records, definition, action.called, zone=_zone(action, records))
    return list(history.tell(one for one in records if one.version in versions).lines)


def _lines(action: Action, done: Done, records: list[Recorded], definition: Definition) -> list[Line]:
    """What was recorded, in words."""
    history = CycleHistory([*records, *done.events], definition, action.called, zone=_zone(action, records))
    return list(history.tell(done.events).lines)


def _zone(action: Action, records: list[Recorded]) -> str:
    first = records[0].event if records else None
    programme = action.known.programme(first.programme) if isinstance(first, ev.CycleOpened) else None
    return programme.time_zone if programme else "UTC"


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


def _correction(
    action: Action, definition: Definition, records: list[Recorded], event: int, parts: dict[str, Any],
    faults: list[Fault],
) -> Correction:  # fmt: skip
    values = parts.get("values", {})
    target = next((one.event for one in records if one.version == event), None)
    step = "opens" if isinstance(target, ev.CycleOpened) else getattr(target, "step", "")
    if values and step:
        values = resolved(action.find, definition, step, values)
    about = parts.get("about")
    return Correction(event, _moment(event, parts, faults), values, str(about) if about is not None else None)


def _moment(event: int, parts: dict[str, Any], faults: list[Fault]) -> Happened | None:
    """The day and time said, if any."""
    where = f"event {event}"
    given = {name: str(parts[name]) for name in ("on", "by", "at") if name in parts}
    day = hour = None
    for name in ("on", "by"):
        if name in given:
            day = _read(date.fromisoformat, r"\d{4}-\d{2}-\d{2}", given[name])
            if day is None:
                faults.append(Fault(f"{where}: {name}", shown(given[name]), "expected a date as in 2026-03-14"))
    if "at" in given:
        hour = _read(time.fromisoformat, r"\d{2}:\d{2}", given["at"])
        if hour is None:
            faults.append(Fault(f"{where}: at", shown(given["at"]), "expected a time of day as in 14:30"))
        if "on" not in given and "by" not in given:
            faults.append(Fault(f"{where}: at", "", "expected its day too: on=DATE or by=DATE"))
    if "on" in given and "by" in given:
        faults.append(Fault(where, "", "expected on=DATE, the day itself, or by=DATE, the latest it can have been"))
    return Happened(on=day, at=hour, latest=True if "by" in given else None) if day else None


def _read(parse: Any, shape: str, text: str) -> Any:
    try:
        return parse(text) if re.fullmatch(shape, text, re.ASCII) else None
    except ValueError:
        return None
