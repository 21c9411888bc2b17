"""Standing in: one person acts in the role of another who is absent, and the rules hold for both.

What may be done comes from the absent person's roles. Who stands in must have been asked to, on that day, must be
able to take the role themselves where the cycle assigns it, and must meet whatever a rule asks of who acts. It is
never passed on: who stands in for somebody stands in for nobody else through them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from typing import NamedTuple

from reviewflow.cycle.facts import Facts
from reviewflow.cycle.judging import Attempt, Judged, judge_eligible, judge_rules, judge_step
from reviewflow.cycle.setting import Setting
from reviewflow.cycle.state import Cycle
from reviewflow.errors import Unmet
from reviewflow.events import Asked
from reviewflow.registry.absences import absent_for
from reviewflow.registry.people import Delegation, Person
from reviewflow.workflow.rules import compiled

WHO_DELEGATES = ("the absent person", "partnership lead", "programme manager", "administrator")


class StandIn(NamedTuple):
    """The absent person's role in which somebody may act for them, or None; and what stands against it."""

    role: str | None
    against: tuple[Judged, ...] = ()


def stand_in(setting: Setting, who: Iterable[str], actor: str, behalf: str) -> StandIn:
    """In which of the absent person's roles `actor` may do what `who` may do; the first that fits counts."""
    wanted = tuple(who)
    held = list(_through(setting, wanted, behalf, None))
    absent = setting.person(behalf)
    holding = absent.delegations_to(actor, setting.day) if absent is not None and actor != behalf else []
    if not holding:
        return StandIn(None, (_not_delegated(setting, absent, actor, behalf),))
    covered = list(dict.fromkeys(role for one in holding for role in _through(setting, wanted, behalf, one)))
    if not covered:
        return StandIn(None, tuple(_not_covered(setting, held, holding, actor, behalf)))
    first: tuple[Judged, ...] = ()
    for role in covered:
        against = tuple(_against(setting, role, actor))
        if not against:
            return StandIn(role)
        first = first or against
    return StandIn(None, first)


def acts_as(setting: Setting, asked: Asked, who: tuple[str, ...], otherwise: Unmet) -> tuple[str | None, list[Unmet]]:
    """The role in which somebody may do what `who` may do, in their own or another's name; else why not.

    `otherwise` says that one without such a role may not.
    """
    behalf = asked.on_behalf_of
    role = setting.may(who, behalf or asked.by)
    unmet = [] if role is not None else [otherwise]
    if behalf is None:
        return role, unmet
    standing = stand_in(setting, who, asked.by, behalf)
    return standing.role, unmet + [one.unmet for one in standing.against]


def role_in_which(setting: Setting, who: tuple[str, ...], asked: Asked) -> str | None:
    """The role in which somebody does what `who` may do, in their own or another's name; None if in none."""
    if asked.on_behalf_of is None:
        return setting.may(who, asked.by)
    return stand_in(setting, who, asked.by, asked.on_behalf_of).role


def judge_attempt(attempt: Attempt) -> list[Judged]:
    """Every requirement of a step for whoever acts; for a stand-in those of the absent person and their own."""
    actor, behalf = attempt.actor, attempt.behalf
    if behalf is None or actor is None:
        return judge_step(attempt)
    setting, step = attempt.setting, attempt.step
    who = step.second if attempt.signing else step.by
    if attempt.signing and setting.cycle is not None and attempt.name in setting.cycle.proposals:
        # Who has signed for one role is asked for the others only.
        left = tuple(role for role in who if role not in setting.cycle.proposals[attempt.name].signed)
        who = left or who
    standing = stand_in(setting, who, actor, behalf)
    judged = [*judge_step(attempt._replace(actor=behalf, behalf=None)), *standing.against]
    if attempt.signing:
        judged += _own_proposal(setting, attempt.name, actor)
    # Where no role fits, the rules are told as they would be in the one that was meant.
    role = standing.role or setting.may(who, behalf)
    asks = [name for name, one in step.requires.items() if _reads_actor(attempt, one.rule)]
    facts = Facts(setting, actor=actor, step=attempt.name, values=attempt.values or {}, acting_as=role)
    own = judge_rules(attempt, facts, asks)
    return judged + [_of_stand_in(one, actor) for one in own if one.status in ("unmet", "depends")]


def roles_for_others(setting: Setting, actor: str, day: date, cycle: Cycle) -> set[str]:
    """Every role of this workflow in which a person may act for somebody absent, on a day."""
    found: set[str] = set()
    for absent, holding in absent_for(setting.known, actor, day):
        if absent.id == actor:
            continue
        places = setting.definition.named_places()
        named = {place for place in places if absent.id in setting.named(place, day, cycle=cycle)}
        for one in holding:
            roles = {*setting.roles_held(_as_delegated(absent, one), day, cycle), *named}
            found |= {role for role in roles if one.covers(role)}
    return {role for role in found if "." in role or not any(_against(setting, role, actor))}


def stood_in(setting: Setting, person: str, role: str) -> bool:
    """Whether a person ever acted in this role here for somebody else; what was undone never happened."""
    cycle = setting.cycle
    return cycle is not None and any(one.by == person and one.role == role for one in cycle.stood_in)


def _through(setting: Setting, who: tuple[str, ...], behalf: str, delegation: Delegation | None) -> Iterator[str]:
    """The roles of the absent person that may do what `who` may do: all, or those that a delegation covers."""
    absent = setting.person(behalf)
    if absent is None or absent.forgotten:
        return
    kept = absent if delegation is None else _as_delegated(absent, delegation)
    roles = [
        role
        for role in setting.roles_held(kept, setting.day, setting.then)
        if delegation is None or delegation.covers(role)
    ]
    for name in who:
        if name in roles:
            yield name
        elif name == "anyone":
            yield from roles
        elif "." in name and behalf in setting.named(name) and (delegation is None or not delegation.roles):
            yield name


def _as_delegated(absent: Person, delegation: Delegation) -> Person:
    """The absent person with the grants that may be passed on."""
    if delegation.grants is None:
        return absent
    return absent._replace(roles=tuple(grant for grant in absent.roles if grant.id in delegation.grants))


def _against(setting: Setting, role: str, actor: str) -> Iterator[Judged]:
    """What keeps a person out of a role that this workflow assigns: the rules of whoever takes it."""
    definition, cycle = setting.definition, setting.cycle
    for name in _with_those_it_is_among(setting, role):
        for judged in judge_eligible(setting, name, actor):
            if judged.status == "unmet":
                yield _of_stand_in(judged, actor)
        for first, second in definition.never_both:
            other = {first: second, second: first}.get(name)
            if other is None or cycle is None:
                continue
            if actor in cycle.ever_assigned(other) or actor in cycle.offered(other) or stood_in(setting, actor, other):
                sentence = f"{actor} was {setting.title(other)} in this cycle; nobody may be both, nor stand in so"
                yield Judged("never-both", "unmet", sentence, named=False)


def _with_those_it_is_among(setting: Setting, role: str) -> Iterator[str]:
    found = setting.definition.roles.get(role)
    while found is not None and found.assigned is not None:
        yield role
        role = found.among or ""
        found = setting.definition.roles.get(role)


def _of_stand_in(judged: Judged, actor: str) -> Judged:
    return judged._replace(sentence=f"{actor}, who stands in: {judged.sentence}", named=False)


def _own_proposal(setting: Setting, step: str, actor: str) -> Iterator[Judged]:
    """Neither side of a signature is proposed, or signed already, by the same hand."""
    proposal = setting.cycle.proposals.get(step) if setting.cycle else None
    if proposal is None:
        return
    if actor in (proposal.by, proposal.on_behalf_of):
        sentence = "the second signature must be another person's, also where one stands in for another"
        yield Judged("own-proposal", "unmet", sentence, named=False)
    if actor in proposal.signed.values():
        yield Judged("signed-already", "unmet", f"{actor} has signed already, for another role", named=False)


def _reads_actor(attempt: Attempt, rule: str) -> bool:
    names = compiled(attempt.setting.definition, attempt.setting.digest, attempt.name, rule).names
    return any(name.startswith("actor.") for name in names)


def _not_delegated(setting: Setting, absent: Person | None, actor: str, behalf: str) -> Judged:
    mine = [one for one in (absent.delegations if absent else ()) if one.delegate == actor]
    if actor == behalf:
        sentence = "nobody stands in for themselves"
    elif mine:
        periods = "; ".join(f"{one.since} to {one.period.until}" for one in mine)
        sentence = f"{behalf} asked {actor} to stand in {periods}; this happened {setting.moment}"
    else:
        sentence = f"{behalf} has not asked {actor} to stand in on {setting.day}"
    return Judged("not-delegated", "unmet", sentence, WHO_DELEGATES, named=False)


def _not_covered(
    setting: Setting, held: list[str], holding: list[Delegation], actor: str, behalf: str
) -> Iterator[Judged]:
    """Why a delegation does not help: it is for other roles. What the absent person may not do is told elsewhere."""
    if held:
        only = ", ".join(sorted({setting.title(role) for one in holding for role in one.roles}))
        what = f"only as {only}" if only else "not in roles that were given since"
        sentence = f"{behalf} asked {actor} to stand in {what}; this is done as {setting.title(held[0])}"
        yield Judged("not-delegated", "unmet", sentence, WHO_DELEGATES, named=False)
