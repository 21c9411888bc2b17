"""Everything open of a person who leaves, or is away for long: what waits, by when, and how it passes on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from reviewflow.asking.one_cycle import seen
from reviewflow.asking.open_tasks import roles_of, waits_for
from reviewflow.asking.question import Question
from reviewflow.asking.waiting import hidden_dates
from reviewflow.registry.absences import absent_for
from reviewflow.registry.scopes import Scope
from reviewflow.views.cycles import assignments_of
from reviewflow.views.waiting import for_person


def leaving(
    question: Question, typed: str, cycles: Sequence[str] = (), partnership: str | None = None
) -> dict[str, Any]:
    """A list for one person, of some cycles or of a partnership if those are named; nothing is changed."""
    find = question.find
    person = find.person(typed)
    question.may("inbox", Scope("person", person))
    only = {find.cycle(one, find.option("cycle")) for one in cycles}
    within = find.partnership(partnership, find.option("partnership")) if partnership else None
    return {"person": person, **_open(question, person, only, within)}


def _open(question: Question, person: str, only: set[str], within: str | None) -> dict[str, Any]:
    day = question.day()
    with question.installation.store.reading() as connection:
        ids = [row.cycle.id for row in for_person(connection, person, day)]
        ids += [r.cycle for r in assignments_of(connection, person=person) if r.standing in ("offered", "accepted")]
    parts, waiting = [], []
    for one in seen(question, [i for i in dict.fromkeys(ids) if not only or i in only], "cycle list"):
        setting = one.setting()
        if within not in (None, one.cycle.partnership) or setting.definition.all_states()[one.cycle.state].final:
            continue
        for role, standing in roles_of(setting, person):
            where = {"cycle": one.cycle.id, "handle": one.cycle.handle}
            parts.append({**where, "role": role, "title": setting.title(role), "standing": standing})
        waiting += [{**task, **hidden_dates(one.seeing)} for task in waits_for(setting, person)]
    waiting.sort(key=lambda task: (task["due"] is None, task["due"] or "", task["handle"]))
    folded = question.known.person(person)
    return {
        "roles": sorted(parts, key=lambda part: part["handle"]),
        "tasks": waiting,
        "holds": [
            {"role": g.held, "in": g.scope, "place": question.called.named(g.scope), "until": g.until}
            for g in (folded.grants_on(day) if folded else ())
        ],
        "stands_in_for": [
            {"person": absent.id, "name": question.called.person(absent.id), "until": max(d.until for d in them)}
            for absent, them in absent_for(question.known, person, day)
        ],
    }  # fmt: skip
