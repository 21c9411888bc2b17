"""What every decision about a cycle shares: the setting it is judged in, and what its events say of people."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from reviewflow.cycle.commands import CycleCommand
from reviewflow.cycle.setting import Known, Setting, setting_at
from reviewflow.cycle.timing import is_backdated, judge_time
from reviewflow.errors import BadInput, Fault, Refused, Unmet
from reviewflow.events import Asked, Event, Unsealed

Decided = list[tuple[str, Event]]
"""Events with their streams, in order."""


def setting_of(command: CycleCommand, known: Known, step: str | None = None) -> Setting:
    """Where a command about a cycle is judged: the cycle as now known, and as it was on the day of the act.

    `step` is the step about to be taken, if it is one.
    """
    cycle = known.cycle(command.cycle)
    if cycle is None:
        raise BadInput("cycle", [Fault("cycle", repr(command.cycle), "no such cycle; see: cycle list")])
    moves = step is not None and step in known.definition(cycle.digest).transitions
    return setting_at(cycle, known, command.asked.at, command.asked.happened, moves=moves)


def time_faults(command: CycleCommand, setting: Setting) -> list[Unmet]:
    """What stands against when it happened."""
    return judge_time(command.asked, setting)


def said_by(asked: Asked, cause: str, role: str, setting: Setting) -> dict[str, Any]:
    """The fields that every event of a cycle has."""
    # An import says in its batch what it brings in: each of its events need not say again why it comes late.
    late = asked.door != "import" and is_backdated(setting)
    return {
        "by": asked.by,
        "role": role,
        "entered_by": asked.entered_by,
        "door": asked.door,
        "happened": setting.moment,
        "cause": cause,
        "on_behalf_of": asked.on_behalf_of,
        "batch": asked.batch,
        "backdated": Unsealed(asked.reason.strip()) if late and asked.reason else None,
    }


def only(setting: Setting, who: tuple[str, ...], verb: str) -> Unmet:
    """Who alone may do something, as a refusal says it."""
    titles = tuple(setting.title(role) for role in who)
    return Unmet("not-permitted", f"only {' or '.join(titles)} may {verb}", titles)


def refuse(what: str, unmet: Iterable[Unmet]) -> None:
    """Raise if anything is unmet."""
    found = list(unmet)
    if found:
        raise Refused(what, found)
