"""Everything open of a person who leaves, or is away for long: what waits, by when, and how it passes on."""

from __future__ import annotations

from typing import Any

from reviewflow.cli.one_cycle import seen
from reviewflow.cli.open_tasks import WAYS, by_day, roles_of, waits_for
from reviewflow.cli.options import Acting, Reading
from reviewflow.cli.printing import say, table
from reviewflow.cli.request import Question, asking
from reviewflow.registry.absences import absent_for
from reviewflow.registry.scopes import Scope
from reviewflow.views.cycles import assignments_of
from reviewflow.views.waiting import for_person


def leaving(typed: str, cycles: tuple[str, ...], partnership: str | None, how: Acting) -> None:
    """A list, and nothing is changed."""
    with asking(Reading(viewer=how.actor, json=how.json)) as question:
        person = question.find.person(typed)
        question.may("inbox", Scope("person", person))
        only = {question.find.cycle(one, "--cycle") for one in cycles}
        within = question.find.partnership(partnership, "--partnership") if partnership else None
        data = {"person": person, **_open(question, person, only, within)}
        question.answer(data, lambda: _show(data, question.called.person(person)))


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
        hidden = {} if one.seeing.may("dates") else dict.fromkeys(("due", "overdue", "limit", "not_before", "because"))
        waiting += [{**task, **hidden} for task in waits_for(setting, person)]
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


def _show(data: dict[str, Any], name: str) -> None:
    say(f"Assigned to {name} in running cycles ({WAYS['assigned']}):")
    table(("cycle", "role", "standing"), [(r["handle"], r["title"], r["standing"]) for r in data["roles"]])
    say("\nOpen:")
    rows = [
        (by_day(t), t["handle"], f"{t['title']} [{t['step']}]", [f"{w['way']}: {w['title']}" for w in t["ways"]])
        for t in data["tasks"]
    ]
    table(("by", "cycle", "what", "as"), rows, none="nothing waits")
    for way in dict.fromkeys(w["way"] for t in data["tasks"] for w in t["ways"]):
        say(f"  {way}: {WAYS[way]}")
    if data["holds"]:
        say("\nHolds (person role ... --end ends it):")
        table(("role", "in", "until"), [(r["role"], r["place"], r["until"]) for r in data["holds"]])
    for one in data["stands_in_for"]:
        say(f"\nStands in for {one['name']} until {one['until']}: somebody else will have to.")
