"""What every decision about a cycle shares: the setting it is judged in, and what its events say of people."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from reviewflow.cycle.commands import CycleCommand
from reviewflow.cycle.fold import fold
from reviewflow.cycle.setting import Known, Setting, local_day
from reviewflow.cycle.state import Cycle
from reviewflow.cycle.timing import is_backdated, judge_time, moment_of
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
    programme = programme_of(known, cycle.programme)
    return setting_at(
        cycle, known, moment_of(command.asked, programme), local_day(command.asked.at, programme.time_zone)
    )


def setting_at(cycle: Cycle, known: Known, moment: Happened, now: Happened) -> Setting:
    """The setting of a cycle at a moment; `now` is today as the programme's people say it."""
    then: Cycle | None = cycle
    if moment.on < now.on:
        then = fold(known.cycle_records(cycle.id), as_of=moment.on)
    return Setting(
        known, known.definition(cycle.digest), cycle.digest, cycle.programme, cycle.partnership, cycle.subject,
        moment, now.on, cycle, then,
    )  # fmt: skip


def time_faults(command: CycleCommand, setting: Setting) -> list[Unmet]:
    """What stands against when it happened."""
    return judge_time(command.asked, programme_of(setting.known, setting.programme), setting)


def said_by(asked: Asked, cause: str, role: str, setting: Setting) -> dict[str, Any]:
    """The fields that every event of a cycle has."""
    programme = programme_of(setting.known, setting.programme)
    late = is_backdated(asked, programme, setting.moment)
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
