"""Deciding who takes part: offers, answers, leaving. Eligibility is judged on the day of each act."""

from __future__ import annotations

from reviewflow.cycle import events as ev
from reviewflow.cycle.commands import (
    AboutAssignment,
    AcceptAssignment,
    DeclineAssignment,
    OfferAssignment,
    WithdrawAssignment,
)
from reviewflow.cycle.deciding import Decided, only, refuse, said_by, setting_of, time_faults
from reviewflow.cycle.judging import Judged, judge_eligible, split
from reviewflow.cycle.setting import Known, Setting
from reviewflow.cycle.standing_in import acts_as, stood_in
from reviewflow.cycle.state import Assignment
from reviewflow.errors import BadInput, Fault, Unmet
from reviewflow.events import Unsealed
from reviewflow.workflow.definition import Role, bounds


def offer(command: OfferAssignment, known: Known) -> Decided:
    """A person is asked to take a role: by whoever may offer it, and only if they could take it today."""
    setting, role = _look(command, known)
    may_not = only(setting, role.offered_by, "offer this")
    actor, not_theirs = acts_as(setting, command.asked, role.offered_by, may_not)
    judged = judge_candidate(setting, command.role, command.person)
    standing = _standing(setting, command)
    unmet = [*_time_and_place(command, setting, standing), *not_theirs]
    if actor is None:
        # Whoever may not offer is told only that: what the candidate lacks is not theirs to find out.
        refuse(_what(command, setting, "offering"), unmet)
    if standing is not None and standing.standing in ("offered", "accepted"):
        now = "has the role" if standing.standing == "accepted" else "was asked and has not answered"
        unmet.append(Unmet("asked-already", f"this person {now}"))
    unmet += [j.unmet for j in judged if j.status == "unmet"]
    refuse(_what(command, setting, "offering"), unmet)
    assert actor is not None
    met, waived, _ = split(judged)
    common = said_by(command.asked, command.cause, actor, setting)
    return [(setting.here.stream, ev.AssignmentOffered(
        **common, assigned=command.role, person=command.person, met=met, waived=waived))]  # fmt: skip


def accept(command: AcceptAssignment, known: Known) -> Decided:
    """The person asked says yes; judged again, for much may have changed since the offer."""
    setting, _ = _look(command, known)
    judged = judge_candidate(setting, command.role, command.person, accepting=True)
    unmet = _answerable(command, setting)
    unmet += [j.unmet for j in judged if j.status == "unmet"]
    refuse(_what(command, setting, "accepting"), unmet)
    met, waived, _ = split(judged)
    common = said_by(command.asked, command.cause, command.role, setting)
    return [(setting.here.stream, ev.AssignmentAccepted(
        **common, assigned=command.role, person=command.person, met=met, waived=waived))]  # fmt: skip


def decline(command: DeclineAssignment, known: Known) -> Decided:
    """The person asked says no."""
    setting, _ = _look(command, known)
    refuse(_what(command, setting, "declining"), _answerable(command, setting))
    common = said_by(command.asked, command.cause, command.role, setting)
    return [(setting.here.stream, ev.AssignmentDeclined(
        **common, assigned=command.role, person=command.person, reason=_reason(command)))]  # fmt: skip


def withdraw(command: WithdrawAssignment, known: Known) -> Decided:
    """The person leaves the role, or whoever offered it takes it back; roles chosen from among it end with it."""
    setting, role = _look(command, known)
    own = command.asked.by == command.person and command.asked.on_behalf_of is None
    may_not = only(setting, (command.role, *role.offered_by), "end this")
    actor, not_theirs = (command.role, []) if own else acts_as(setting, command.asked, role.offered_by, may_not)
    standing = _standing(setting, command)
    unmet = [*_time_and_place(command, setting, standing), *not_theirs]
    if standing is None or standing.standing not in ("offered", "accepted"):
        unmet.append(
            Unmet("not-assigned", f"this person is not asked for or in the role {setting.title(command.role)}")
        )
    ends = [command.role, *chosen_from(setting, command.role, command.person)]
    for ended in ends[1:]:
        unmet += not_before(setting, _last(setting, ended, command.person))
    refuse(_what(command, setting, "withdrawing"), unmet)
    assert actor is not None
    common = said_by(command.asked, command.cause, actor, setting)
    return [
        (
            setting.here.stream,
            ev.AssignmentWithdrawn(**common, assigned=r, person=command.person, reason=_reason(command)),
        )
        for r in ends
    ]


def judge_candidate(
    setting: Setting, role_name: str, candidate: str, *, accepting: bool = False, instead_of: str | None = None
) -> list[Judged]:
    """Everything that a person must meet to take a role on this day: the definition's rules and the engine's.

    `instead_of`: whose place in the role is free for them.
    """
    definition, cycle = setting.definition, setting.here
    role = definition.roles[role_name]
    person = setting.person(candidate)
    if person is None:
        raise BadInput("person", [Fault("person", repr(candidate), "no such person; see: person list")])
    found = []
    if person.forgotten:
        found.append(Judged("forgotten", "unmet", "this person was forgotten", named=False))
    # Both now and on the day: nobody came to lead a team that they joined, or had left, on another day.
    if role.among is not None and not all(c and candidate in c.assigned(role.among) for c in (cycle, setting.then)):
        who = setting.title(role.among)
        found.append(Judged("not-among", "unmet", f"must have accepted the role {who} here first", named=False))
    found += judge_eligible(setting, role_name, candidate)
    for first, second in definition.never_both:
        other = {first: second, second: first}.get(role_name)
        if other is None:
            continue
        was = candidate in cycle.ever_assigned(other)
        stands = not was and stood_in(setting, candidate, other)
        if was or stands or candidate in cycle.offered(other):
            had = "was" if was else "stood in as" if stands else "is asked to be"
            sentence = f"{had} {setting.title(other)} in this cycle; nobody may be both, whichever came first"
            found.append(Judged("never-both", "unmet", sentence, named=False))
    found += _room(setting, role, role_name, {candidate, instead_of}, accepting=accepting)
    return found


def _room(setting: Setting, role: Role, name: str, besides: set[str | None], *, accepting: bool) -> list[Judged]:
    most = bounds(role.assigned)[1] if role.assigned else None
    cycle = setting.here
    taken = cycle.assigned(name) + ([] if accepting else cycle.offered(name))
    if most is None or len(set(taken) - besides) < most:
        return []
    sentence = f"{len(taken)} of at most {most} have accepted or been asked to be {setting.title(name)}"
    return [Judged("role-full", "unmet", sentence, named=False)]


def _look(command: AboutAssignment, known: Known) -> tuple[Setting, Role]:
    setting = setting_of(command, known)
    role = setting.definition.roles.get(command.role)
    assignable = [name for name, r in setting.definition.roles.items() if r.assigned]
    if role is None or not role.assigned:
        want = f"no role that is assigned in this workflow; assigned are: {', '.join(assignable)}"
        raise BadInput("role", [Fault("role", repr(command.role), want)])
    if known.person(command.person) is None:
        raise BadInput("person", [Fault("person", repr(command.person), "no such person; see: person list")])
    return setting, role


def _answerable(command: AboutAssignment, setting: Setting) -> list[Unmet]:
    standing = _standing(setting, command)
    unmet = _time_and_place(command, setting, standing)
    if command.asked.by != command.person:
        unmet.append(Unmet("not-permitted", "only the person who was asked may answer", ("the person asked",)))
    if standing is None or standing.standing != "offered":
        now = f"the last answer is: {standing.standing}" if standing else "nobody asked them"
        unmet.append(Unmet("not-offered", f"there is no open offer of {setting.title(command.role)}; {now}"))
    return unmet


def _time_and_place(command: AboutAssignment, setting: Setting, standing: Assignment | None) -> list[Unmet]:
    unmet = time_faults(command, setting)
    states = setting.definition.all_states()
    cycle = setting.here
    if states[cycle.state].final:
        unmet.append(Unmet("wrong-state", f"the cycle has ended: “{states[cycle.state].title}”"))
    return unmet + not_before(setting, standing)


def not_before(setting: Setting, standing: Assignment | None) -> list[Unmet]:
    """What a person did about a role comes in the order in which it happened."""
    if standing is None:
        return []
    earliest = setting.here.floors.get(("assigned", standing.role, standing.person))
    if earliest is None or not setting.moment.before(earliest):
        return []
    done = f"was {standing.standing} on {earliest}"
    return [Unmet("before-last-step", f"happened {setting.moment}, but {setting.title(standing.role)} {done}")]


def chosen_from(setting: Setting, ended: str, person: str) -> list[str]:
    """The roles that a person has, or is asked to take, only because of the one that ends."""
    cycle, found = setting.here, []
    for name, role in setting.definition.roles.items():
        if role.among == ended and person in (*cycle.assigned(name), *cycle.offered(name)):
            found += [name, *chosen_from(setting, name, person)]
    return found


def _standing(setting: Setting, command: AboutAssignment) -> Assignment | None:
    return _last(setting, command.role, command.person)


def _last(setting: Setting, role: str, person: str) -> Assignment | None:
    past = setting.here.assignments.get((role, person))
    return past[-1] if past else None


def _what(command: AboutAssignment, setting: Setting, verb: str) -> str:
    return f"{verb} the role {setting.title(command.role)} in {setting.here.handle} ({command.person})"


def _reason(command: AboutAssignment) -> Unsealed | None:
    return Unsealed(command.reason.strip()) if command.reason and command.reason.strip() else None
