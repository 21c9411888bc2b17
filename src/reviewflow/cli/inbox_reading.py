"""The inbox: which cycles have something waiting says the view; what and by when, each cycle itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from itertools import islice
from typing import Any, NamedTuple

from reviewflow.cli.one_cycle import OneCycle, seen
from reviewflow.cli.options import Reading
from reviewflow.cli.printing import say, table
from reviewflow.cli.request import Question, asking
from reviewflow.cli.waiting import KINDS, waiting
from reviewflow.cycle.seeing import HIDDEN
from reviewflow.cycle.setting import Setting
from reviewflow.cycle.standing_in import stand_in
from reviewflow.registry.absences import absent_for
from reviewflow.registry.scopes import ANYWHERE, Scope
from reviewflow.views.cycles import list_cycles
from reviewflow.views.waiting import everyone, for_person


class Wanted(NamedTuple):
    """Whose, and where. `absent`: for whom this person stands in, and until when."""

    person: str | None
    programme: str | None
    partnership: str | None
    absent: Mapping[str, date]


def listing(person: str | None, programme: str | None, partnership: str | None, limit: int, how: Reading) -> None:
    """Tasks by day."""
    with asking(how) as question:
        whose = question.find.person(person, "--person") if person else None
        if whose is None and not programme and not partnership:
            whose = question.viewer
        question.may("inbox", Scope("person", whose) if whose else ANYWHERE)
        wanted = Wanted(
            whose,
            question.find.programme(programme, "--programme") if programme else None,
            question.find.partnership(partnership, "--partnership") if partnership else None,
            _absent(question, whose) if whose else {},
        )
        ids = list(islice(_cycles(question, wanted, limit + 1), limit + 1))
        rows = [row for one in seen(question, ids[:limit], "cycle list") for row in _tasks(one, wanted)]
        rows.sort(key=lambda row: (row["due"] is None, row["due"] or "", row["handle"]))
        more = len(ids) > limit

        def show() -> None:
            header = ("by", "cycle", "what", "who")
            shown = [
                (_by(r), r["handle"], f"{KINDS.get(r['kind'], '')}{r['title']} [{r['step']}]", _who(r)) for r in rows
            ]
            table(header, shown, none="nothing waits")
            if more:
                say(f"and more: only {limit} cycles were looked at; --limit looks at more", err=True)

        question.answer({"person": whose, "tasks": rows, "more": more}, show)


def _cycles(question: Question, wanted: Wanted, limit: int) -> Iterator[str]:
    """Ids of cycles in which something may wait, by handle."""
    day = question.day()
    past = question.how.as_of is not None or question.how.known_at is not None
    with question.installation.store.reading() as connection:
        if past:
            rows = list_cycles(connection, programme=wanted.programme, partnership=wanted.partnership)
        elif wanted.person is not None:
            people = (wanted.person, *wanted.absent)
            rows = [task.cycle for one in people for task in for_person(connection, one, day, limit=limit)]
        else:
            found = everyone(connection, day, programme=wanted.programme, partnership=wanted.partnership, limit=limit)
            rows = [task.cycle for task in found]
    for row in dict.fromkeys(rows):
        if wanted.programme in (None, row.programme) and wanted.partnership in (None, row.partnership):
            yield row.id


def _absent(question: Question, person: str) -> dict[str, date]:
    found = absent_for(question.known, person, question.day())
    return {absent.id: max(one.period.until or date.max for one in holding) for absent, holding in found}


def _tasks(one: OneCycle, wanted: Wanted) -> Iterator[dict[str, Any]]:
    setting, person = one.setting(), wanted.person
    dates = one.seeing.may("dates")
    cycle = {"cycle": one.cycle.id, "handle": one.cycle.handle, "subject": one.cycle.subject}
    for task in waiting(setting, lambda p: one.question.called.person(p) if one.seeing.people(p) else HIDDEN):
        absent = None
        if person is not None and all(p["id"] != person for p in task["people"]):
            absent = next((p for p in wanted.absent if _stands_in(setting, task, person, p)), None)
            if absent is None:
                continue
        people = [p if one.seeing.people(p["id"]) else {"id": None, "name": HIDDEN} for p in task["people"]]
        hidden: dict[str, date | None] = (
            {} if dates else dict.fromkeys(("due", "overdue", "limit", "not_before", "because"))
        )
        name = one.question.called.person(absent) if absent else None
        stands_in = {"id": absent, "name": name, "until": wanted.absent[absent]} if absent else None
        yield {**cycle, **task, "people": people, **hidden, "for": stands_in}


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


def _by(row: dict[str, Any]) -> str | None:
    return f"{row['due']} overdue" if row["overdue"] else row["due"]


def _who(row: dict[str, Any]) -> str:
    if row["for"]:
        return f"for {row['for']['name']} (until {row['for']['until']})"
    people = ", ".join(p["name"] for p in row["people"])
    roles = " or ".join(row["roles"])
    return f"{roles}: {people}" if roles and people else roles or people
