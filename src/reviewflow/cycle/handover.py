"""Deciding handovers: what a person was assigned to in many cycles passes to another, in all of them or in none.

The successor is judged in each cycle as if they accepted the role there, in the place of the other. What the
first did before stays theirs; what they hold by standing (head, partnership lead) is not handed over here.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from typing import NamedTuple

from reviewflow.cycle import events as ev
from reviewflow.cycle.ahead import CyclesAhead
from reviewflow.cycle.assignments import chosen_from, judge_candidate, not_before
from reviewflow.cycle.commands import HandOverRoles
from reviewflow.cycle.deciding import Decided, only, refuse, said_by
from reviewflow.cycle.judging import split
from reviewflow.cycle.setting import Known, Setting, setting_at
from reviewflow.cycle.state import Assignment, Cycle
from reviewflow.cycle.timing import judge_time
from reviewflow.errors import BadInput, Fault, Unmet
from reviewflow.events import Asked, Unsealed
from reviewflow.registry.permissions import ADMINISTRATOR, PROGRAMME_MANAGER
from reviewflow.registry.scopes import Scope, roles_for

RUNS = (ADMINISTRATOR, PROGRAMME_MANAGER)


class Move(NamedTuple):
    """One role in one cycle: the event that passes it on, and what stands against that."""

    assigned: Assignment
    event: ev.RoleHandedOver
    unmet: tuple[Unmet, ...]


class Passing(NamedTuple):
    """One cycle of a handover: as it stands before, what moves in it, and what stands against the whole of it."""

    setting: Setting
    moves: tuple[Move, ...]
    unmet: tuple[Unmet, ...]

    @property
    def cycle(self) -> Cycle:
        """The cycle before anything moves."""
        return self.setting.here

    @property
    def blocked(self) -> list[Unmet]:
        """Everything that stands against it, each thing once."""
        return list(dict.fromkeys([*self.unmet, *(one for move in self.moves for one in move.unmet)]))


def hand_over(command: HandOverRoles, known: Known) -> Decided:
    """One event for each role in each cycle; refused as a whole if anything stands against any of them."""
    passings = plan(command, known)
    refuse(
        f"handing over what {command.person} has to {command.successor}",
        [of_cycle(one.cycle, unmet) for one in passings for unmet in one.blocked],
    )
    return [(one.cycle.stream, move.event) for one in passings for move in one.moves]


def plan(command: HandOverRoles, known: Known) -> list[Passing]:
    """What would move in each cycle, and what stands against it; the preview, and what is done."""
    faults = list(_faults(command, known))
    if faults:
        raise BadInput("person handover", faults)
    ahead = CyclesAhead(known, command.asked.at)
    asked = dataclasses.replace(command.asked, batch=command.asked.batch or command.asked.id)
    return [_pass_on(command, asked, ahead, cycle_id) for cycle_id in command.cycles]


def of_cycle(cycle: Cycle, unmet: Unmet) -> Unmet:
    """The same, said of one cycle among many."""
    return dataclasses.replace(unmet, sentence=f"{cycle.handle}: {unmet.sentence}")


def may_reassign(setting: Setting, role: str, by: str) -> tuple[str | None, Unmet]:
    """The role in which somebody may say who has a role here: as one who offers it, or who runs the programme."""
    definition = setting.definition.roles.get(role)
    who = definition.offered_by if definition else ()
    scope = Scope("programme", setting.programme)
    standing = roles_for(setting.person(by), scope, setting.known, setting.day)
    found = setting.may(who, by) or next((name for name in RUNS if name in standing), None)
    return found, only(setting, (*dict.fromkeys((*who, *RUNS)),), f"hand over the role {setting.title(role)}")


def _faults(command: HandOverRoles, known: Known) -> Iterator[Fault]:
    for where, one in (("person", command.person), ("to", command.successor)):
        if known.person(one) is None:
            yield Fault(where, repr(one), "no such person; see: person list")
    if command.person == command.successor:
        yield Fault("to", repr(command.successor), "expected somebody else")
    if not (command.asked.reason and command.asked.reason.strip()):
        yield Fault("reason", "", "say why: it stands in the history of every cycle")
    if not command.cycles:
        yield Fault("cycle", "", "expected one cycle at least in which the person has a role")
    for number, cycle in enumerate(command.cycles):
        if known.cycle(cycle) is None:
            yield Fault("cycle", repr(cycle), "no such cycle; see: cycle list")
        elif cycle in command.cycles[:number]:
            yield Fault("cycle", repr(cycle), "expected each cycle once")


def _pass_on(command: HandOverRoles, asked: Asked, known: CyclesAhead, cycle_id: str) -> Passing:
    first = _setting(known, cycle_id, asked)
    cycle = first.here
    unmet = judge_time(asked, first)
    state = first.definition.all_states()[cycle.state]
    if state.final:
        unmet.append(Unmet("wrong-state", f"the cycle has ended: “{state.title}”"))
    mine = _roles_in(first, command)
    if not mine:
        named = " or ".join(first.title(role) for role in command.roles) or "any role that is assigned"
        sentence = f"{command.person} neither has nor is asked to take {named} here"
        unmet.append(Unmet("nothing-to-hand-over", sentence))
    moves = []
    for role in mine:
        move = _move(command, asked, _setting(known, cycle_id, asked), role, mine)
        moves.append(move)
        if not move.unmet and not unmet:
            known.take([(cycle.stream, move.event)])
    return Passing(first, tuple(moves), tuple(unmet))


def _setting(known: Known, cycle_id: str, asked: Asked) -> Setting:
    cycle = known.cycle(cycle_id)
    assert cycle is not None
    return setting_at(cycle, known, asked.at, asked.happened)


def _roles_in(setting: Setting, command: HandOverRoles) -> list[str]:
    """The roles that move, those that others are chosen from first."""
    cycle, roles = setting.here, setting.definition.roles
    mine = [name for name in roles if command.person in (*cycle.assigned(name), *cycle.offered(name))]
    wanted = [name for name in mine if not command.roles or name in command.roles]
    wanted += [name for role in wanted for name in chosen_from(setting, role, command.person)]

    def depth(name: str) -> int:
        among = roles[name].among
        return 0 if among is None else 1 + depth(among)

    return sorted(dict.fromkeys(wanted), key=depth)


def _move(command: HandOverRoles, asked: Asked, setting: Setting, role: str, together: list[str]) -> Move:
    past = setting.here.assignments[role, command.person]
    assigned = past[-1]
    accepted = assigned.standing == "accepted"
    judged = judge_candidate(setting, role, command.successor, accepting=accepted, instead_of=command.person)
    actor, may_not = may_reassign(setting, role, asked.by)
    theirs = setting.here.assignments.get((role, command.successor))
    unmet = [] if actor is not None else [may_not]
    unmet += not_before(setting, assigned) + not_before(setting, theirs[-1] if theirs else None)
    if theirs and theirs[-1].standing == "accepted":
        sentence = f"{command.successor} is {setting.title(role)} already; {command.person} may leave: cycle withdraw"
        unmet.append(Unmet("has-the-role", sentence))
    met, waived, failed = split(judged)
    # Where the role it is chosen from moves too, what stands against that one is said there.
    moves_too = setting.definition.roles[role].among in together
    unmet += [one.unmet for one in failed if not (moves_too and one.code == "not-among")]
    event = ev.RoleHandedOver(
        **said_by(asked, command.cause, actor or "", setting), assigned=role, person=command.person,
        successor=command.successor, standing="accepted" if accepted else "offered", met=met, waived=waived,
        reason=Unsealed((asked.reason or "").strip()),
    )  # fmt: skip
    return Move(assigned, event, tuple(unmet))
