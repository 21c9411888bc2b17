"""Organisations, printed."""

from __future__ import annotations

from typing import Any

from reviewflow.asking.organisations import organisation, organisations
from reviewflow.asking.question import Question
from reviewflow.cli.options import Reading
from reviewflow.cli.printing import facts, say, table
from reviewflow.cli.request import asking


def listing(text: str | None, kind: str | None, partnership: str | None, limit: int, how: Reading) -> None:
    """Organisations by handle."""
    with asking(how) as (question, answer):
        data = organisations(question, text, kind, partnership, limit)

        def show() -> None:
            header = ("handle", "name", "kind", "urn", "id")
            table(header, [[row[h] for h in header] for row in data["organisations"]], none="no organisation fits")
            if data["more"]:
                say(f"and more: --limit shows more than {limit}, --find finds some", err=True)

        answer(data, show)


def showing(typed: str, how: Reading) -> None:
    """One organisation with everything that is known of it."""
    with asking(how) as (question, answer):
        data = organisation(question, typed)
        answer(data, lambda: _show(question, data["organisation"]))


def _show(question: Question, data: dict[str, Any]) -> None:
    head = {key: data[key] for key in ("name", "handle", "kind", "id")}
    numbers = {
        i["scheme"] if i.get("since") is None else f"{i['scheme']} since {i['since']}": i["value"]
        for i in data["identities"]
    }
    became = {key: [question.called.organisation(one) for one in data[key]] for key in ("became", "came_from")}
    facts({**head, **numbers, **data["details"], **became})
    if data["partnerships"]:
        say()
        table(("partnership", "since", "until"), [(m["name"], m["since"], m["until"]) for m in data["partnerships"]])
