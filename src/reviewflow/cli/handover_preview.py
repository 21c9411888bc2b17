"""A handover and its undo before they are done: what moves in each cycle, what stands against it, what stays."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from reviewflow.cli.open_tasks import by_day, waits_for
from reviewflow.cli.printing import say, table
from reviewflow.cli.request import Action
from reviewflow.cli.waiting import KINDS
from reviewflow.cycle.handover import Passing
from reviewflow.cycle.handover_undoing import Return
from reviewflow.registry.people import Person
from reviewflow.views.waiting import for_person


def passing(one: Passing, person: str) -> dict[str, Any]:
    """One cycle of a handover, with keys that stay."""
    codes = {unmet.code for unmet in one.blocked}
    # Whoever may not hand a role over is not told what waits for it.
    open_ones = [] if "not-permitted" in codes else list(waits_for(one.setting, person))
    moved = {move.assigned.role for move in one.moves}
    return {
        "cycle": one.cycle.id,
        "handle": one.cycle.handle,
        "subject": one.cycle.subject,
        "moves": [
            {"role": m.assigned.role, "title": one.setting.title(m.assigned.role), "standing": m.event.standing,
             "met": list(m.event.met), "waived": list(m.event.waived)}
            for m in one.moves
        ],
        "takes_over": [task for task in open_ones if moved & {way["role"] for way in task["ways"]}],
        "blocked": [asdict(unmet) for unmet in one.blocked],
    }  # fmt: skip


def stays_with(action: Action, person: str, passings: list[Passing]) -> dict[str, Any]:
    """What a handover does not move: roles held by standing, and what waits for the person by these or by name."""
    folded = action.known.person(person)
    moved = {(one.cycle.id, move.assigned.role) for one in passings for move in one.moves}
    with action.installation.store.reading() as connection:
        rows = for_person(connection, person, action.day())
    left = []
    for cycle in dict.fromkeys(row.cycle.id for row in rows):
        setting = action.installation.engine.setting(action.known, cycle)
        for task in waits_for(setting, person):
            ways = [way for way in task["ways"] if (cycle, way["role"]) not in moved]
            if ways:
                left.append({**task, "ways": ways})
    return {"roles": _held(action, folded) if folded else [], "tasks": left}


def _held(action: Action, folded: Person) -> list[dict[str, Any]]:
    """The roles that somebody holds by standing."""
    return [
        {"role": grant.held, "in": grant.scope, "place": action.called.named(grant.scope)}
        for grant in folded.grants_on(action.day())
    ]


def show(action: Action, data: dict[str, Any], blocked: list[str]) -> None:
    """The handover as text."""
    if action.how.json:
        return
    first, second = action.called.person(data["person"]), action.called.person(data["to"])
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


def returning(one: Return) -> dict[str, Any]:
    """One cycle of an undo, with keys that stay."""
    return {
        "cycle": one.cycle.id,
        "handle": one.cycle.handle,
        "moves": [
            {"role": h.assigned, "title": one.setting.title(h.assigned), "from": h.successor, "to": h.person}
            for h in one.handed
        ],
        "outcome": _outcome(one),
        "blocked": [asdict(unmet) for unmet in one.unmet],
    }


def _outcome(one: Return) -> str:
    if one.ended:
        return "stays: the cycle has ended"
    if one.event is None:
        return "was undone before"
    return "no" if one.unmet else "yes"


def show_undo(action: Action, returns: list[Return]) -> None:
    """The undo as text."""
    rows = [
        (one.cycle.handle, one.setting.title(h.assigned), action.called.person(h.successor),
         action.called.person(h.person), _outcome(one))
        for one in returns for h in one.handed
    ]  # fmt: skip
    table(("cycle", "role", "from", "back to", "can go"), rows)
    say()
