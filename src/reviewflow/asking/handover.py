"""A handover and its undo before they are done: what moves in each cycle, what stands against it, what stays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date
from typing import Any, NamedTuple

from reviewflow.asking.open_tasks import waits_for
from reviewflow.asking.question import Question
from reviewflow.cycle.commands import HandOverRoles, UndoHandover
from reviewflow.cycle.handover import Passing, plan
from reviewflow.cycle.handover_undoing import Return, plan_undo
from reviewflow.errors import Refused, Unmet
from reviewflow.events import Asked
from reviewflow.registry.people import Person
from reviewflow.registry.scopes import Scope
from reviewflow.views.cycles import assignments_of, get_cycles
from reviewflow.views.waiting import for_person


class Wanted(NamedTuple):
    """Whose roles go to whom, and where, as typed. Without `cycles`: all that run."""

    person: str
    successor: str
    roles: tuple[str, ...] = ()
    cycles: tuple[str, ...] = ()
    partnership: str | None = None
    leave_out: tuple[str, ...] = ()


def handing_over(question: Question, asked: Asked, wanted: Wanted) -> tuple[HandOverRoles, list[str]]:
    """The command, and the ids of the cycles left out; `Refused` where there is nothing to hand over.

    Asked again under the id of a command that was given before, it is that one.
    """
    find = question.find
    person, successor = find.person(wanted.person), find.person(wanted.successor, find.option("to"))
    only = [find.cycle(one, find.option("cycle")) for one in wanted.cycles]
    within = find.partnership(wanted.partnership, find.option("partnership")) if wanted.partnership else None
    left_out = [find.cycle(one, find.option("leave-out")) for one in wanted.leave_out]
    ids = [one for one in only or _running(question, person, wanted.roles, within) if one not in left_out]
    if not ids and not question.known.snapshot.command(asked.id):
        sentence = f"{person} has no such role in a running cycle"
        if find.command_line:
            sentence += "; see: reviewflow person handover PERSON"
        raise Refused("person handover", [Unmet("nothing-to-hand-over", sentence)])
    command = HandOverRoles(asked=asked, person=person, successor=successor, cycles=tuple(ids), roles=wanted.roles)
    return command, left_out


def _running(question: Question, person: str, roles: tuple[str, ...], within: str | None) -> list[str]:
    """The running cycles in which a person has such a role, or is asked to take it, by handle."""
    with question.installation.store.reading() as connection:
        mine = [
            row.cycle for row in assignments_of(connection, person=person)
            if row.standing in ("offered", "accepted") and (not roles or row.role in roles)
        ]  # fmt: skip
        found = get_cycles(connection, list(dict.fromkeys(mine)))
    rows = [one for one in found.values() if not one.final and within in (None, one.partnership)]
    return [one.id for one in sorted(rows, key=lambda row: row.handle)]


def preview(question: Question, command: HandOverRoles, left_out: Sequence[str], day: date) -> dict[str, Any]:
    """What a handover would move on `day`, what stands against it in each cycle, and what it leaves."""
    passings = plan(command, question.known)
    return {
        "person": command.person,
        "to": command.successor,
        "batch": command.asked.id,
        "cycles": [_passing(one, command.person) for one in passings],
        "left_out": [question.called.cycle(one) for one in left_out],
        "stays": _stays_with(question, command.person, passings, day),
    }


def undo_preview(question: Question, command: UndoHandover) -> dict[str, Any]:
    """What the undo of a handover would bring back, cycle by cycle."""
    returns = plan_undo(command, question.known)
    return {"undoes": command.batch, "batch": command.asked.id, "cycles": [_returning(one) for one in returns]}


def _passing(one: Passing, person: str) -> dict[str, Any]:
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


def _stays_with(question: Question, person: str, passings: Sequence[Passing], day: date) -> dict[str, Any]:
    """What a handover does not move: roles held by standing, and what waits for the person by these or by name."""
    if question.viewer is not None and not question.allowed("inbox", Scope("person", person)):
        return {"roles": [], "tasks": []}  # whoever may not ask what waits for somebody is not told of it here
    folded = question.known.person(person)
    moved = {(one.cycle.id, move.assigned.role) for one in passings for move in one.moves}
    with question.installation.store.reading() as connection:
        rows = for_person(connection, person, day)
    left = []
    for cycle in dict.fromkeys(row.cycle.id for row in rows):
        setting = question.installation.engine.setting(question.known, cycle)
        for task in waits_for(setting, person):
            ways = [way for way in task["ways"] if (cycle, way["role"]) not in moved]
            if ways:
                left.append({**task, "ways": ways})
    return {"roles": _held(question, folded, day) if folded else [], "tasks": left}


def _held(question: Question, folded: Person, day: date) -> list[dict[str, Any]]:
    """The roles that somebody holds by standing."""
    return [
        {"role": grant.held, "in": grant.scope, "place": question.called.named(grant.scope)}
        for grant in folded.grants_on(day)
    ]


def _returning(one: Return) -> dict[str, Any]:
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
