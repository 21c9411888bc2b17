"""A handover and its undo before they are done, printed."""

from __future__ import annotations

from typing import Any

from reviewflow.calling import Called
from reviewflow.cli.open_tasks import by_day
from reviewflow.cli.printing import say, table
from reviewflow.cli.waiting import KINDS


def show(called: Called, data: dict[str, Any], blocked: list[str]) -> None:
    """The handover as text."""
    first, second = called.person(data["person"]), called.person(data["to"])
    say(f"From {first} to {second}:")
    rows = []
    for one in data["cycles"]:
        roles = [f"{m['title']}{' (asked)' if m['standing'] == 'offered' else ''}" for m in one["moves"]]
        takes = [f"{KINDS.get(task['kind'], '')}{task['step']} {by_day(task)}".strip() for task in one["takes_over"]]
        rows.append((one["handle"], roles, takes or "nothing yet", "no" if one["blocked"] else "yes"))
    table(("cycle", "role", "takes over", "can go"), rows)
    if 0 < len(blocked) < len(rows):
        left_out = " ".join(f"--leave-out {handle}" for handle in blocked)
        say(f"Nothing moves as long as one cycle stands against it. Without those: {left_out}")
    _tell_stays(data["stays"], first)
    say()


def _tell_stays(stays: dict[str, Any], name: str) -> None:
    if stays["roles"]:
        say(f"Stays with {name} (person role ... --end ends it):")
        for role in stays["roles"]:
            say(f"  {role['role']} in {role['place']}")
    if stays["tasks"]:
        say(f"Still waits for {name}:")
        for task in stays["tasks"]:
            ways = ", ".join(f"{way['way']}: {way['title']}" for way in task["ways"])
            say(f"  {task['handle']} {task['step']} {by_day(task)} ({ways})")


def show_undo(called: Called, data: dict[str, Any]) -> None:
    """The undo as text."""
    rows = [
        (one["handle"], move["title"], called.person(move["from"]), called.person(move["to"]), one["outcome"])
        for one in data["cycles"]
        for move in one["moves"]
    ]
    table(("cycle", "role", "from", "back to", "can go"), rows)
    say()
