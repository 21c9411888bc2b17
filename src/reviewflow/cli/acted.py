"""What is said after something was done in a cycle: position, new state, what waits next."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from reviewflow.audit.naming import Titles
from reviewflow.cli.printing import say
from reviewflow.cli.request import Action
from reviewflow.cli.waiting import waiting, words
from reviewflow.cycle.setting import Setting, setting_at
from reviewflow.cycle.state import Cycle
from reviewflow.engine import Done


def tell_cycles(action: Action, done: Done, data: Mapping[str, Any], *lines: str) -> None:
    """The answer with every cycle it changed, as each stands right after it."""
    with action.installation.engine.knowing() as known:
        now = action.installation.clock.now()
        told = [_data(action, cycle, setting_at(cycle, known, now, None)) for cycle in in_order(done)]
    action.done(done, {**data, "cycles": told}, *lines)
    if action.how.json:
        return
    for one in told:
        say(f"{one['handle']} is in {one['state_title']}.")
        if one["waiting"]:
            say("Next:")
            for task in one["waiting"]:
                say(f"  {words(task)}")
        elif one["final"]:
            say("Nothing more waits here: the cycle has ended.")


def in_order(done: Done) -> list[Cycle]:
    """The cycles of an answer in the order of its events."""
    streams = dict.fromkeys(event.stream.removeprefix("cycle-") for event in done.events)
    return [done.cycles[one] for one in streams if one in done.cycles]


def _data(action: Action, cycle: Cycle, setting: Setting) -> dict[str, Any]:
    return {
        "id": cycle.id,
        "handle": cycle.handle,
        "version": cycle.version,
        "state": cycle.state,
        "state_title": Titles(setting.definition).state(cycle.state),
        "final": setting.definition.all_states()[cycle.state].final,
        "waiting": waiting(setting, action.called.person),
    }
