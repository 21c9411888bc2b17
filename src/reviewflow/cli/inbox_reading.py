"""The inbox, printed."""

from __future__ import annotations

from typing import Any

from reviewflow.asking.inbox import tasks
from reviewflow.cli.options import Reading
from reviewflow.cli.printing import say, table
from reviewflow.cli.request import asking
from reviewflow.cli.waiting import KINDS


def listing(
    person: str | None, programme: str | None, partnership: str | None, limit: int, after: str | None, how: Reading
) -> None:
    """Tasks by day."""
    with asking(how) as (question, answer):
        data = tasks(question, person, programme, partnership, limit, after=after)

        def show() -> None:
            header = ("by", "cycle", "what", "who")
            shown = [
                (_by(r), r["handle"], f"{KINDS.get(r['kind'], '')}{r['title']} [{r['step']}]", _who(r))
                for r in data["tasks"]
            ]
            table(header, shown, none="nothing waits")
            if data["more"]:
                say(
                    f"and more: only {limit} cycles were looked at; --after {data['next']} shows the next ones",
                    err=True,
                )

        answer(data, show)


def _by(row: dict[str, Any]) -> str | None:
    return f"{row['due']} overdue" if row["overdue"] else row["due"]


def _who(row: dict[str, Any]) -> str:
    if row["for"]:
        return f"for {row['for']['name']} (until {row['for']['until']})"
    people = ", ".join(p["name"] for p in row["people"])
    roles = " or ".join(row["roles"])
    return f"{roles}: {people}" if roles and people else roles or people
