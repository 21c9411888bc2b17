"""What is said after something was done in a cycle: position, new state, what waits next."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from reviewflow.asking.acted import cycles_after
from reviewflow.cli.printing import say
from reviewflow.cli.request import Action
from reviewflow.cli.waiting import words
from reviewflow.engine import Done


def tell_cycles(action: Action, done: Done, data: Mapping[str, Any], *lines: str) -> None:
    """The answer with every cycle it changed, as each stands right after it."""
    told = cycles_after(action.installation, done, None)
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
