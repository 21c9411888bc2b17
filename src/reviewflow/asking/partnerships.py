"""What is told of partnerships."""

from __future__ import annotations

from datetime import date
from typing import Any

from reviewflow.asking.question import Question
from reviewflow.registry.partnerships import Partnership
from reviewflow.registry.scopes import Scope


def partnerships(question: Question, programme: str | None = None) -> dict[str, Any]:
    """Partnerships by handle, with the number of their members on the day asked about."""
    question.may("partnership list")
    find = question.find
    wanted = find.programme(programme, find.option("programme")) if programme else None
    rows = []
    for one in find.all("partnership"):
        folded = question.known.partnership(one)
        if folded is not None and wanted in (None, folded.programme):
            rows.append(_row(folded, question.day(folded.programme)))
    rows.sort(key=lambda row: str(row["handle"]))
    return {"partnerships": rows}


def partnership(question: Question, typed: str) -> dict[str, Any]:
    """A partnership and everyone who ever belonged to it."""
    target = question.find.partnership(typed)
    question.may("partnership show", Scope("partnership", target))
    folded: Partnership = question.there("partnership", target)
    members = [
        {
            "organisation": m.organisation,
            "name": question.called.organisation(m.organisation),
            "since": m.since,
            "until": m.until,
        }
        for m in folded.memberships
    ]
    return {"partnership": {**_row(folded, question.day(folded.programme)), "memberships": members}}


def _row(folded: Partnership, day: date) -> dict[str, Any]:
    return {
        "id": folded.id, "handle": folded.handle, "name": folded.name, "programme": folded.programme,
        "members": len(folded.members_on(day)),
    }  # fmt: skip
