"""Cycles right after a command: their new states, and what waits next."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reviewflow.asking.one_cycle import seeing_of
from reviewflow.asking.waiting import as_seen, waiting
from reviewflow.audit.naming import Titles
from reviewflow.calling import Called
from reviewflow.cycle.seeing import HIDDEN, Seeing
from reviewflow.cycle.setting import Setting, setting_at
from reviewflow.cycle.state import Cycle
from reviewflow.engine import Done

if TYPE_CHECKING:
    from reviewflow.wiring import Installation


def cycles_after(installation: Installation, done: Done, viewer: str | None) -> list[dict[str, Any]]:
    """Every cycle that a command changed, as it stands right after it and as far as the viewer (an id) may see it.

    None is the operator. Whoever acts need not see all of what came of it: who was asked to take a role does not see
    the rest of the cycle because they said yes.
    """
    with installation.engine.knowing() as known:
        now, called = installation.clock.now(), Called(known, installation.vault)
        settings = [setting_at(cycle, known, now, None) for cycle in in_order(done)]
        return [_after(one, called, seeing_of(installation, known, one, viewer)) for one in settings]


def in_order(done: Done) -> list[Cycle]:
    """The cycles of an answer in the order of its events."""
    streams = dict.fromkeys(event.stream.removeprefix("cycle-") for event in done.events)
    return [done.cycles[one] for one in streams if one in done.cycles]


def _after(setting: Setting, called: Called, seeing: Seeing) -> dict[str, Any]:
    cycle, status = setting.here, seeing.may("status")
    found = waiting(setting, called.person)
    mine = [one for one in found if status or any(person["id"] == seeing.viewer for person in one["people"])]
    return {
        "id": cycle.id,
        "handle": cycle.handle,
        "version": cycle.version,
        "state": cycle.state if status else HIDDEN,
        "state_title": Titles(setting.definition).state(cycle.state) if status else HIDDEN,
        "final": setting.definition.all_states()[cycle.state].final if status else None,
        "waiting": [as_seen(one, seeing) for one in mine],
    }
