"""What every decision about a cycle shares: the setting it is judged in, and what its events say of people."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from reviewflow.cycle.commands import CycleCommand
from reviewflow.cycle.fold import fold
from reviewflow.cycle.setting import Known, Setting, local_day
from reviewflow.cycle.state import Cycle
from reviewflow.cycle.timing import is_backdated, judge_time
from reviewflow.errors import BadInput, Fault, Refused, Unmet
from reviewflow.events import Asked, Event, Happened, Unsealed
from reviewflow.registry.programmes import Programme

Decided = list[tuple[str, Event]]
"""Events with their streams, in order."""


def programme_of(known: Known, programme_id: str) -> Programme:
    """The programme, which must exist."""
    programme = known.programme(programme_id)
    if programme is None:
        raise BadInput("programme", [Fault("programme", repr(programme_id), "no such programme; see: programme list")])
    return programme


def setting_of(command: CycleCommand, known: Known) -> Setting:
    """Where a command about a cycle is judged: the cycle as now known, and as it was on the day of the act."""
    cycle = known.cycle(command.cycle)
    if cycle is None:
        raise BadInput("cycle", [Fault("cycle", repr(command.cycle), "no such cycle; see: cycle list")])
    return setting_at(cycle, known, command.asked.at, command.asked.happened)


def setting_at(cycle: Cycle, known: Known, at: datetime, happened: Happened | None = None) -> Setting:
    """The setting of a cycle for something that happened as said; None: just now, `at` that moment."""
    programme = programme_of(known, cycle.programme)
    now = local_day(at, programme.time_zone)
    moment = happened or now
    then = fold(known.cycle_records(cycle.id), as_of=moment.on) if moment.on < now.on else cycle
    return Setting(
        known, known.definition(cycle.digest), cycle.digest, cycle.programme, cycle.partnership, cycle.subject,
        moment, now, programme.backdating_days, cycle, then,
    )  # fmt: skip


def time_faults(command: CycleCommand, setting: Setting) -> list[Unmet]:
    """What stands against when it happened."""
    return judge_time(command.asked, setting)


def said_by(asked: Asked, cause: str, role: str, setting: Setting) -> dict[str, Any]:
    """The fields that every event of a cycle has."""
    late = is_backdated(setting)
    return {
        "by": asked.by,
        "role": role,
        "entered_by": asked.entered_by,
        "door": asked.door,
        "happened": setting.moment,
        "cause": cause,
        "batch": asked.batch,
        "backdated": Unsealed(asked.reason.strip()) if late and asked.reason else None,
    }


def refuse(what: str, unmet: Iterable[Unmet]) -> None:
    """Raise if anything is unmet."""
    found = list(unmet)
    if found:
        raise Refused(what, found)
