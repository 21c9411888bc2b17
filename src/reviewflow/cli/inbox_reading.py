"""The inbox: which cycles have something waiting says the view; what and by when, each cycle itself."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from itertools import islice
from typing import Any, NamedTuple

from reviewflow.cli.one_cycle import OneCycle, seen
from reviewflow.cli.options import Reading
from reviewflow.cli.printing import say, table
from reviewflow.cli.request import Question, asking
from reviewflow.cli.waiting import KINDS, waiting
from reviewflow.cycle.seeing import HIDDEN
from reviewflow.registry.scopes import ANYWHERE, Scope
from reviewflow.views.cycles import list_cycles
from reviewflow.views.waiting import everyone, for_person


class Wanted(NamedTuple):
    """Whose, and where."""

    person: str | None
    programme: str | None
    partnership: str | None


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
        )
        ids = list(islice(_cycles(question, wanted, limit + 1), limit + 1))
        rows = [row for one in seen(question, ids[:limit], "cycle list") for row in _tasks(one, whose)]
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
            rows = [task.cycle for task in for_person(connection, wanted.person, day, limit=limit)]
        else:
            found = everyone(connection, day, programme=wanted.programme, partnership=wanted.partnership, limit=limit)
            rows = [task.cycle for task in found]
    for row in dict.fromkeys(rows):
        if wanted.programme in (None, row.programme) and wanted.partnership in (None, row.partnership):
            yield row.id


def _tasks(one: OneCycle, person: str | None) -> Iterator[dict[str, Any]]:
    setting = one.setting()
    dates = one.seeing.may("dates")
    cycle = {"cycle": one.cycle.id, "handle": one.cycle.handle, "subject": one.cycle.subject}
    for task in waiting(setting, lambda p: one.question.called.person(p) if one.seeing.people(p) else HIDDEN):
        if person is not None and all(p["id"] != person for p in task["people"]):
            continue
        people = [p if one.seeing.people(p["id"]) else {"id": None, "name": HIDDEN} for p in task["people"]]
        hidden: dict[str, date | None] = (
            {} if dates else dict.fromkeys(("due", "overdue", "limit", "not_before", "because"))
        )
        yield {**cycle, **task, "people": people, **hidden}


def _by(row: dict[str, Any]) -> str | None:
    return f"{row['due']} overdue" if row["overdue"] else row["due"]


def _who(row: dict[str, Any]) -> str:
    people = ", ".join(p["name"] for p in row["people"])
    roles = " or ".join(row["roles"])
    return f"{roles}: {people}" if roles and people else roles or people
