"""Everything open of a person who leaves, printed."""

from __future__ import annotations

from typing import Any

from reviewflow.asking.leaving import leaving as asked
from reviewflow.cli.open_tasks import WAYS, by_day
from reviewflow.cli.options import Acting, Reading
from reviewflow.cli.printing import say, table
from reviewflow.cli.request import asking


def leaving(typed: str, cycles: tuple[str, ...], partnership: str | None, how: Acting) -> None:
    """A list, and nothing is changed."""
    with asking(Reading(viewer=how.actor, json=how.json)) as (question, answer):
        data = asked(question, typed, cycles, partnership)
        answer(data, lambda: _show(data, question.called.person(data["person"])))


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
