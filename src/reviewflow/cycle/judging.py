"""Judging a step: the same code for deciding and for telling beforehand what could be done.

Each requirement comes out as met, waived, unmet, or "depends" on what will be entered. A rule that
fails to evaluate counts as unmet, and says why.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping
from datetime import date
from typing import Final, Literal, NamedTuple

from reviewflow.cycle.facts import Facts, booked_days
from reviewflow.cycle.setting import Setting
from reviewflow.errors import Unmet
from reviewflow.events import Value
from reviewflow.workflow.definition import Act, Requirement, Step, Transition, bounds
from reviewflow.workflow.rules import compiled, judge, reads_form
from reviewflow.workflow.vocabulary import Where

Status = Literal["met", "waived", "unmet", "depends"]


class Judged(NamedTuple):
    """One requirement with its answer; `sentence` says why not, or what it is about."""

    code: str
    status: Status
    sentence: str
    who: tuple[str, ...] = ()
    waivable_by: tuple[str, ...] = ()
    source: str | None = None
    named: bool = True
    """Whether the definition names it (and an event should list it), or the engine implies it."""
    failed: bool = False
    """Whether the rule could not be judged, which counts as unmet."""
    eligible: tuple[str, str] | None = None
    """The role and the person that a step judges again."""

    @property
    def unmet(self) -> Unmet:
        """As a refusal lists it."""
        return Unmet(self.code, self.sentence, self.who, None, self.waivable_by, self.source)


_PERMITTED: Final = Judged("not-permitted", "met", "has a role that may do this", named=False)
_IN_PLACE: Final = Judged("wrong-state", "met", "the cycle is in the right state", named=False)


class Attempt(NamedTuple):
    """Who would take which step, with what. `values` None: not entered yet, rules on them are left open."""

    setting: Setting
    name: str
    step: Step
    actor: str | None
    values: Mapping[str, Value] | None
    signing: bool = False
    """The second signature: `actor` signs what was proposed."""
    behalf: str | None = None
    """The absent person in whose role `actor` acts; see `standing_in.py`."""


def judge_step(attempt: Attempt) -> list[Judged]:
    """Every requirement of a step for this person on this day, in the order people ask them."""
    step = attempt.step
    found = [*_place(attempt), *_permission(attempt)]
    if step.evidence:
        found += _evidence(attempt)
    if step.recheck:
        found += _recheck(attempt)
    if step.requires:
        facts = Facts(attempt.setting, actor=attempt.actor, step=attempt.name, values=attempt.values or {})
        found += judge_rules(attempt, facts)
    return found


def _place(attempt: Attempt) -> Iterable[Judged]:
    """Whether the cycle is where this step is possible, on that day."""
    setting, step = attempt.setting, attempt.step
    cycle = setting.cycle
    if cycle is None:
        return
    definition = setting.definition
    if isinstance(step, Transition):
        wanted = definition.expand(step.origin)
        yield _in_place(setting, cycle.state in wanted, "the cycle is in", [cycle.state], wanted)
        floor = cycle.floor
        if floor is not None and setting.moment.before(floor):
            title = definition.all_states()[cycle.state].title
            sentence = f"happened {setting.moment}, but the cycle came into “{title}” on {floor}"
            yield Judged("before-last-step", "unmet", sentence, named=False)
    elif isinstance(step, Act):
        wanted = definition.expand(step.within)
        was = setting.states_then()
        yield _in_place(setting, not wanted.isdisjoint(was), f"on {setting.day} the cycle was in", was, wanted)


def _in_place(setting: Setting, met: bool, now: str, where: Iterable[str], wanted: frozenset[str]) -> Judged:  # noqa: FBT001 - private
    if met:
        return _IN_PLACE
    titles = {name: state.title for name, state in setting.definition.all_states().items()}
    possible = _list(title for state, title in titles.items() if state in wanted)
    return Judged(
        "wrong-state", "unmet", f"{now} {_list(titles[s] for s in where)}; this is possible in {possible}", named=False
    )


def _list(titles: Iterable[str]) -> str:
    return ", ".join(f"“{title}”" for title in titles) or "no state (not opened yet)"


def _permission(attempt: Attempt) -> Iterable[Judged]:
    setting, step = attempt.setting, attempt.step
    who = step.second if attempt.signing else step.by
    if attempt.actor is not None and setting.may(who, attempt.actor) is not None:
        yield _PERMITTED
    else:
        titles = tuple(setting.title(role) for role in who)
        verb = "sign this" if attempt.signing else "do this"
        status: Status = "depends" if attempt.actor is None else "unmet"
        yield Judged("not-permitted", status, f"only {' or '.join(titles)} may {verb}", titles, named=False)
    if attempt.signing and setting.cycle is not None:
        proposal = setting.cycle.proposals.get(attempt.name)
        own = proposal is not None and attempt.actor in (proposal.by, proposal.on_behalf_of or proposal.by)
        yield Judged(
            "own-proposal", "unmet" if own else "met", "the second signature must be another person's", named=False
        )
        signed = proposal.signed.items() if proposal is not None else ()
        if any(person == attempt.actor and role not in setting.roles_of(person) for role, person in signed):
            yield Judged("signed-already", "unmet", "has signed already, for somebody absent", named=False)


def _evidence(attempt: Attempt) -> Iterable[Judged]:
    then = attempt.setting.then
    kinds = attempt.setting.definition.evidence_kinds()
    for kind, span in attempt.step.evidence.items():
        low, high = bounds(span)
        number = sum(1 for e in then.evidence if e.kind == kind) if then else 0
        inside = low <= number and (high is None or number <= high)
        title = kinds[kind].kinds[kind] if kind in kinds else kind
        want = f"at least {low}" if high is None else f"{low}" if low == high else f"{low} to {high}"
        who = tuple(attempt.setting.title(role) for role in kinds[kind].by) if kind in kinds else ()
        yield Judged(
            f"evidence:{kind}",
            "met" if inside else "unmet",
            f"evidence “{title}”: {number}, needs {want}",
            who,
            named=False,
        )


def _recheck(attempt: Attempt) -> Iterable[Judged]:
    """Eligibility judged again, on the days this step would book if it books any."""
    setting, step = attempt.setting, attempt.step
    days = booked_days(step, attempt.values or {})
    unknown = step.books is not None and attempt.values is None
    for role in step.recheck:
        for person in setting.then.assigned(role) if setting.then else []:
            for judged in judge_eligible(setting, role, person, days, days_unknown=unknown):
                if judged.status in ("unmet", "depends"):
                    sentence = f"{setting.title(role)} {person}: {judged.sentence}"
                    yield judged._replace(sentence=sentence, named=False, eligible=(role, person))


def judge_rules(attempt: Attempt, facts: Facts, names: Container[str] | None = None) -> Iterable[Judged]:
    """The requirements that the step names: all of them, or only some."""
    for name, requirement in attempt.step.requires.items():
        if names is not None and name not in names:
            continue
        open_yet = attempt.values is None and reads_form(
            attempt.setting.definition, attempt.setting.digest, attempt.name, requirement.rule
        )
        waived = _waived(attempt.setting, attempt.name, name, None)
        yield _judge(attempt.setting, name, requirement, facts, attempt.name, waived=waived, open_yet=open_yet)


def judge_eligible(
    setting: Setting, role: str, candidate: str, days: tuple[date, date] | None = None, *, days_unknown: bool = False
) -> list[Judged]:
    """Every requirement for a person to take an assigned role, on the day of the act.

    `days` are those about to be booked, None for the days the cycle has booked already.
    """
    definition = setting.definition
    facts = Facts(setting, candidate=candidate, days=days)
    found = []
    for name, requirement in definition.roles[role].eligible.items():
        waived = _waived(setting, role, name, candidate)
        place: Where = ("eligible", role)
        open_yet = (
            days_unknown
            and "person.clashing_visits" in compiled(definition, setting.digest, place, requirement.rule).names
        )
        found.append(_judge(setting, name, requirement, facts, place, waived=waived, open_yet=open_yet))
    return found


def _judge(
    setting: Setting, name: str, requirement: Requirement, facts: Facts, place: Where, *,
    waived: bool, open_yet: bool,
) -> Judged:  # fmt: skip
    sentence, failed = requirement.otherwise, False
    status: Status
    if waived:
        status = "waived"
    elif open_yet:
        status = "depends"
    else:
        answer = judge(compiled(setting.definition, setting.digest, place, requirement.rule), facts)
        status = "met" if answer is True else "unmet"
        if not isinstance(answer, bool):
            failed, sentence = True, f"{sentence} (the rule could not be judged: {answer.message})"
    waivable = () if status == "met" else tuple(setting.title(role) for role in requirement.waivable_by)
    return Judged(name, status, sentence, (), waivable, requirement.source or "ours", failed=failed)


def _waived(setting: Setting, of: str, name: str, person: str | None) -> bool:
    then = setting.then
    if then is None:
        return False
    last = then.last(of)
    used = last.version if last else 0
    return any(
        w.of == of and w.requirement == name and w.person in (None, person) and w.version > used for w in then.waivers
    )


def split(judged: Iterable[Judged]) -> tuple[list[str], list[str], list[Judged]]:
    """Names met and waived (those the definition names), and everything unmet."""
    judged = list(judged)
    met = [j.code for j in judged if j.named and j.status == "met"]
    waived = [j.code for j in judged if j.named and j.status == "waived"]
    return met, waived, [j for j in judged if j.status == "unmet"]
