"""Decisions judged again with what is known now: which would not be met, and from when that was known.

Later knowledge never undoes a decision; it is only told. The code that decides judges again, on the day of the act.
What stands is asked: a requirement the event says was met, and what the engine itself asked without a name (who may,
evidence, eligibility judged again). The order of steps is not: the fold holds it.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Final, NamedTuple

from reviewflow.cycle import events as ev
from reviewflow.cycle.assignments import judge_candidate
from reviewflow.cycle.handover import may_reassign
from reviewflow.cycle.hindsight import Hindsight, Shelf
from reviewflow.cycle.judging import Attempt, Judged
from reviewflow.cycle.setting import Setting
from reviewflow.cycle.standing_in import judge_attempt, stand_in
from reviewflow.cycle.texts_read import open_texts
from reviewflow.errors import ImpossibleHistory
from reviewflow.events import Event, Recorded

DECISIONS: Final = (
    ev.CycleOpened, ev.TransitionTaken, ev.ActRecorded, ev.AssignmentOffered, ev.AssignmentAccepted, ev.RoleHandedOver,
)  # fmt: skip
"""Events that stand on requirements."""
_OF_ORDER: Final = frozenset({"wrong-state", "before-last-step", "own-proposal", "signed-already"})
"""What no later knowledge of the registry touches: the fold holds the order, the log who signed what."""
_OF_ACTOR: Final = frozenset({"not-permitted", "not-delegated"})


class Asked(NamedTuple):
    """What a requirement is of: a step or a role, its name, and for eligibility the person."""

    of: str
    requirement: str
    person: str | None = None


class Finding(NamedTuple):
    """A requirement of a decision that would not be met as now known; or one that can no longer be judged."""

    decision: Recorded
    """As recorded."""
    day: date
    """The day of the act, as now known."""
    asked: Asked
    sentence: str
    source: str | None
    corrected: int | None
    """The version of the last correction of what was decided."""
    known: Recorded | None
    """The record from which it has been known; None if it was not met even by what was known at the time."""
    unjudged: bool = False


class Rechecked(NamedTuple):
    """How many decisions of a cycle were judged again, and what was found."""

    decisions: int
    findings: tuple[Finding, ...]


def recheck(cycle_id: str, shelf: Shelf, *, since: date | None = None, until: date | None = None) -> Rechecked:
    """Every decision of a cycle, or those whose act happened on or between two days as now known."""
    number = 0
    findings: list[Finding] = []
    records = shelf.records(f"cycle-{cycle_id}")
    undone = {v for one in records if isinstance(one.event, ev.TransitionUndone) for v in one.event.undoes}
    for decision in records:
        if not isinstance(decision.event, DECISIONS) or isinstance(decision.event, ev.CycleAdopted):
            continue
        if decision.version in undone:
            continue
        now = Hindsight(shelf, decision, None)
        if (since is None or since <= now.day) and (until is None or now.day <= until):
            number += 1
            findings += _findings(shelf, decision, now)
    return Rechecked(number, tuple(findings))


def _findings(shelf: Shelf, decision: Recorded, now: Hindsight) -> Iterator[Finding]:
    corrected = now.history.corrected.get(getattr(now.event, "proposal", None) or 0)
    corrected = max(filter(None, (corrected, now.history.corrected.get(decision.version))), default=None)

    def finding(asked: Asked, judged: Judged, known: Recorded | None, *, unjudged: bool = False) -> Finding:
        sentence, source = judged.sentence, judged.source
        return Finding(decision, now.day, asked, sentence, source, corrected, known, unjudged)

    try:
        unmet = dict(_unmet(now, decision))
    except ImpossibleHistory as error:
        why = Judged("", "unmet", f"its history cannot be put together: {error.why}")
        yield finding(Asked("", ""), why, None, unjudged=True)
        return
    for asked, judged in unmet.items():
        if judged.failed:
            yield finding(asked, judged, None, unjudged=True)
    waiting = {asked: judged for asked, judged in unmet.items() if not judged.failed}
    found = dict(_known_from(shelf, decision, now, set(waiting)))
    for asked, judged in waiting.items():
        # What the engine asks without a name is told only if something that became known later made the difference.
        if asked in found or judged.named:
            yield finding(asked, judged, found.get(asked))


def _known_from(
    shelf: Shelf, decision: Recorded, now: Hindsight, waiting: set[Asked]
) -> Iterator[tuple[Asked, Recorded]]:
    """From which record on each of these was unmet, and stayed so.

    Between two records of what it read a judgement cannot change: it is enough to go back from one to the next.
    """
    while waiting and (change := now.changed_by()) is not None:
        now = Hindsight(shelf, decision, change.position - 1)
        try:
            unmet = {asked for asked, judged in _unmet(now, decision) if not judged.failed}
        except ImpossibleHistory:
            unmet = set()
        yield from ((asked, change) for asked in waiting - unmet)
        waiting = waiting & unmet


def _unmet(known: Hindsight, decision: Recorded) -> Iterator[tuple[Asked, Judged]]:
    """What does not stand of a decision, as known; what was waived was not asked."""
    for asked, judged in _judged(known, decision):
        listed = not judged.named or judged.code in known.event.met
        if judged.status == "unmet" and listed:
            yield asked, judged


def _judged(known: Hindsight, decision: Recorded) -> Iterator[tuple[Asked, Judged]]:
    event = known.event
    setting = _setting(known, decision)
    match event:
        case ev.AssignmentOffered() | ev.AssignmentAccepted():
            accepting = isinstance(event, ev.AssignmentAccepted)
            yield from _eligible(setting, event.assigned, event.person, accepting=accepting)
            if isinstance(event, ev.AssignmentOffered):
                yield from _permitted(setting, event)
        case ev.RoleHandedOver():
            accepted = event.standing == "accepted"
            yield from _eligible(setting, event.assigned, event.successor, accepting=accepted, instead_of=event.person)
            role, may_not = may_reassign(setting, event.assigned, event.by)
            if role is None:
                yield Asked(event.assigned, may_not.code), Judged(may_not.code, "unmet", may_not.sentence, named=False)
        case _:
            yield from _step(setting, known, decision)


def _setting(known: Hindsight, decision: Recorded) -> Setting:
    event = known.event
    if isinstance(event, ev.CycleOpened):
        cycle = then = None
        digest, place = event.digest, (event.programme, event.partnership, event.subject)
    else:
        cycle = known.stood(known.history)
        if cycle is None:
            raise ImpossibleHistory(decision.stream, decision.version, "the cycle was not open yet on that day")
        then = known.stood(known.history, on_the_day=True) if known.day < cycle.last_day else cycle
        digest, place = cycle.digest, (cycle.programme, cycle.partnership, cycle.subject)
    moment = event.happened
    return Setting(known, known.definition(digest), digest, *place, moment, moment, 0, cycle, then)


def _eligible(
    setting: Setting, role: str, person: str, *, accepting: bool, instead_of: str | None = None
) -> Iterator[tuple[Asked, Judged]]:
    for judged in judge_candidate(setting, role, person, accepting=accepting, instead_of=instead_of):
        yield Asked(role, judged.code, person), judged


def _permitted(setting: Setting, event: ev.AssignmentOffered) -> Iterator[tuple[Asked, Judged]]:
    who = setting.definition.roles[event.assigned].offered_by
    against = list(stand_in(setting, who, event.by, event.on_behalf_of).against) if event.on_behalf_of else []
    if setting.may(who, event.on_behalf_of or event.by) is None:
        titles = " or ".join(setting.title(role) for role in who)
        against.append(Judged("not-permitted", "unmet", f"only {titles} may offer this", named=False))
    yield from ((_asked(one, event.assigned, event), one) for one in against)


def _step(setting: Setting, known: Hindsight, decision: Recorded) -> Iterator[tuple[Asked, Judged]]:
    event, definition = known.event, setting.definition
    name = "opens" if isinstance(event, ev.CycleOpened) else event.step
    step = definition.step(name)
    if step is None:
        raise ImpossibleHistory(decision.stream, decision.version, f"the workflow has no step {name}")
    proposal = getattr(event, "proposal", None)
    holder = known.told(proposal) if proposal is not None else event
    actor = _signer(known, decision, proposal) if proposal is not None else event
    opened = open_texts(definition, setting.digest, name, holder.values, known, proposal or decision.version)
    attempt = Attempt(
        setting, name, step, actor.by, opened.values, signing=proposal is not None, behalf=actor.on_behalf_of
    )
    for judged in judge_attempt(attempt):
        asked = _asked(judged, name, actor)
        if judged.code in opened.gone and judged.named and judged.status != "waived":
            sentence = f"{judged.sentence} (it reads a text that is gone: {', '.join(opened.gone[judged.code])})"
            yield asked, judged._replace(status="unmet", sentence=sentence, failed=True)
        elif judged.code not in _OF_ORDER:
            yield asked, judged


def _asked(judged: Judged, step: str, actor: Event) -> Asked:
    """Whose requirement it is; what a stand-in must meet besides the absent person is asked of them by name."""
    if judged.eligible is not None:
        role, person = judged.eligible
        return Asked(role, judged.code, person)
    implied = judged.named or judged.code in _OF_ACTOR or judged.code.startswith("evidence:")
    return Asked(step, judged.code, None if implied else actor.by)


def _signer(known: Hindsight, decision: Recorded, proposal: int) -> Event:
    """The last signature: the step was judged for whoever gave it."""
    for one in reversed(known.history.told):
        event = one.event
        if one.version < decision.version and isinstance(event, ev.AgreementGiven) and event.proposal == proposal:
            return event
    raise ImpossibleHistory(decision.stream, decision.version, f"nobody signed what event {proposal} proposed")
