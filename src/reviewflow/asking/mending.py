"""Corrections and undos: from what was entered to commands, and what they touch in words."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, time
from typing import Any

from reviewflow.asking.acting import asked_by
from reviewflow.asking.one_cycle import OneCycle, seeing_of
from reviewflow.asking.question import Question
from reviewflow.asking.step_forms import resolved
from reviewflow.audit.line import Line
from reviewflow.audit.words import CycleHistory
from reviewflow.cycle import events as ev
from reviewflow.cycle.commands import CorrectEvents, Correction
from reviewflow.cycle.history import as_known
from reviewflow.cycle.mending import may_mend
from reviewflow.engine import Done
from reviewflow.errors import BadInput, Fault
from reviewflow.events import Happened, Recorded
from reviewflow.registry.names import shown
from reviewflow.workflow.definition import Definition


def corrections(question: Question, cycle: str, said: Mapping[int, Mapping[str, Any]]) -> tuple[Correction, ...]:
    """What events of a cycle (its id) should have said, by their numbers: `on`, `at`, `by`, `about`, `values`.

    `BadInput` tells every fault of all of them.
    """
    records = question.known.cycle_records(cycle)
    definition = question.installation.engine.setting(question.known, cycle).definition
    faults: list[Fault] = []
    made = tuple(_correction(question, definition, records, event, parts, faults) for event, parts in said.items())
    if faults:
        raise BadInput("cycle correct", faults)
    return made


def undone_lines(question: Question, cycle: str, trial: Done) -> list[Line]:
    """The events of a cycle that an undo would make count as never having happened, in words."""
    records = question.known.cycle_records(cycle)
    versions = [v for one in trial.events if isinstance(one.event, ev.TransitionUndone) for v in one.event.undoes]
    touched = [one for one in records if one.version in versions]
    return list(_history(question, cycle, records).tell(touched).lines)


def recorded_lines(question: Question, cycle: str, done: Done) -> list[Line]:
    """What a command recorded in a cycle, in words."""
    records = question.known.cycle_records(cycle)
    return list(_history(question, cycle, [*records, *done.events]).tell(done.events).lines)


def _history(question: Question, cycle: str, records: list[Recorded]) -> CycleHistory:
    setting = question.installation.engine.setting(question.known, cycle)
    programme = question.known.programme(setting.programme)
    zone = programme.time_zone if programme else "UTC"
    seeing = None
    if question.viewer is not None:
        seeing = seeing_of(question.installation, question.now, setting, question.viewer)
    return CycleHistory(records, setting.definition, question.called, seeing=seeing, zone=zone)


def _correction(
    question: Question, definition: Definition, records: list[Recorded], event: int, parts: Mapping[str, Any],
    faults: list[Fault],
) -> Correction:  # fmt: skip
    values = parts.get("values", {})
    target = next((one.event for one in records if one.version == event), None)
    step = "opens" if isinstance(target, ev.CycleOpened) else getattr(target, "step", "")
    if values and step:
        values = resolved(question.find, definition, step, values)
    about = parts.get("about")
    return Correction(event, _moment(event, parts, faults), values, str(about) if about is not None else None)


def _moment(event: int, parts: Mapping[str, Any], faults: list[Fault]) -> Happened | None:
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


def mendable(question: Question, one: OneCycle) -> frozenset[int]:
    """The events (versions) of which the viewer may say that they were otherwise, or never happened.

    As the decider of corrections judges it. A correction or an undo is not corrected, nor is what was undone.
    """
    if question.viewer is None:
        return frozenset()
    setting = question.installation.engine.setting(question.now, one.cycle.id)
    asked = asked_by(question.installation, question.viewer, door="web", reason="to find out")
    command = CorrectEvents(asked=asked, cycle=one.cycle.id, corrections=())
    told = as_known(question.now.cycle_records(one.cycle.id)).told
    return frozenset(record.version for record in told if not may_mend(command, setting, [record.event])[1])
