"""The inbox: which cycles have something waiting says the view; what and by when, each cycle itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, NamedTuple

from reviewflow.asking.one_cycle import OneCycle, seen
from reviewflow.asking.question import Question
from reviewflow.asking.waiting import as_seen, waiting
from reviewflow.cycle.seeing import HIDDEN
from reviewflow.cycle.setting import Setting
from reviewflow.cycle.standing_in import stand_in
from reviewflow.registry.absences import absent_for
from reviewflow.registry.scopes import ANYWHERE, Scope
from reviewflow.views.cycles import CycleRow, list_cycles
from reviewflow.views.waiting import everyone, for_person


class Wanted(NamedTuple):
    """Whose, and where. `absent`: for whom this person stands in, and until when."""

    person: str | None
    programme: str | None
    partnership: str | None
    absent: Mapping[str, date]
    after: str | None
    others: bool


def tasks(
    question: Question, person: str | None = None, programme: str | None = None, partnership: str | None = None,
    limit: int = 200, *, after: str | None = None, others: bool = True,
) -> dict[str, Any]:  # fmt: skip
    """What waits, by day: for one person, in one place, or, where nothing is said, for the viewer.

    Things are as typed. `more`: there are others, in cycles that were not looked at for `limit`; those come after
    the handle `next`. `others`: whom else it waits for is told as well.
    """
    find = question.find
    whose = find.person(person, find.option("person")) if person else None
    if whose is None and not programme and not partnership:
        whose = question.viewer
    question.may("inbox", Scope("person", whose) if whose else ANYWHERE)
    wanted = Wanted(
        whose,
        find.programme(programme, find.option("programme")) if programme else None,
        find.partnership(partnership, find.option("partnership")) if partnership else None,
        _absent(question, whose) if whose else {},
        after,
        others,
    )
    found = _cycles(question, wanted, limit + 1)
    page, more = found[:limit], len(found) > limit
    rows = [row for one in seen(question, [cycle.id for cycle in page], "cycle list") for row in _tasks(one, wanted)]
    rows.sort(key=lambda row: (row["due"] is None, row["due"] or "", row["handle"]))
    return {"person": whose, "tasks": rows, "more": more, "next": page[-1].handle if more else None}


def _cycles(question: Question, wanted: Wanted, limit: int) -> list[CycleRow]:
    """Cycles in which something may wait, by handle."""
    day = question.day()
    inside: dict[str, Any] = {"programme": wanted.programme, "partnership": wanted.partnership, "after": wanted.after}
    with question.installation.store.reading() as connection:
        if question.past:
            rows = list_cycles(connection, **inside)
        elif wanted.person is not None:
            people = (wanted.person, *wanted.absent)
            rows = [task.cycle for one in people for task in for_person(connection, one, day, **inside, limit=limit)]
        else:
            rows = [task.cycle for task in everyone(connection, day, **inside, limit=limit)]
    found = {row.id: row for row in rows}
    return sorted(found.values(), key=lambda row: (row.handle, row.id))[:limit]


def _absent(question: Question, person: str) -> dict[str, date]:
    found = absent_for(question.known, person, question.day())
    return {absent.id: max(one.period.until or date.max for one in holding) for absent, holding in found}


def _tasks(one: OneCycle, wanted: Wanted) -> Iterator[dict[str, Any]]:
    setting, person = one.setting(), wanted.person
    cycle = {"cycle": one.cycle.id, "handle": one.cycle.handle, "subject": one.cycle.subject}
    concerning = {person, *wanted.absent} if person is not None else None

    def shown(who: str) -> str:
        return one.question.called.person(who) if one.seeing.people(who) else HIDDEN

    for task in waiting(setting, shown, concerning, others=wanted.others):
        absent = None
        if person is not None and all(p["id"] != person for p in task["people"]):
            absent = next((p for p in wanted.absent if _stands_in(setting, task, person, p)), None)
            if absent is None:
                continue
        name = one.question.called.person(absent) if absent else None
        stands_in = {"id": absent, "name": name, "until": wanted.absent[absent]} if absent else None
        yield {**cycle, **as_seen(task, one.seeing), "for": stands_in}


def _stands_in(setting: Setting, task: dict[str, Any], person: str, absent: str) -> bool:
    """Whether a person may do what waits for somebody absent; an offer is only theirs to answer."""
    if task["kind"] == "answer" or all(p["id"] != absent for p in task["people"]):
        return False
    step, cycle = setting.definition.step(task["step"]), setting.here
    if step is None:
        return False
    who = step.by
    if task["kind"] == "agree":
        proposal = cycle.proposals[task["step"]]
        if person in (proposal.by, proposal.on_behalf_of, *proposal.signed.values()):
            return False
        who = tuple(role for role in step.second if role not in proposal.signed)
    return stand_in(setting, who, person, absent).role is not None
