"""People, printed."""

from __future__ import annotations

from typing import Any

from reviewflow.asking.people import people, person
from reviewflow.cli.options import Reading
from reviewflow.cli.printing import facts, say, table
from reviewflow.cli.request import asking


def listing(role: str | None, place: str | None, trained: str | None, forgotten: bool, how: Reading) -> None:
    """People by name."""
    with asking(how) as (question, answer):
        data = people(question, role, place, trained, forgotten=forgotten)
        answer(data, lambda: _table(data["people"]))


def _table(rows: list[dict[str, Any]]) -> None:
    header = ("name", "email", "roles", "training", "id")
    shown = [{**row, "roles": [f"{r['role']} in {r['place']}" for r in row["roles"]]} for row in rows]
    table(header, [[row[h] for h in header] for row in shown], none="nobody fits")


def showing(typed: str, how: Reading) -> None:
    """One person with everything that is known of them."""
    with asking(how) as (question, answer):
        data = person(question, typed)
        answer(data, lambda: _show(data["person"]))


def _show(data: dict[str, Any]) -> None:
    facts({key: data[key] for key in ("name", "email", "id", "forgotten_on")})
    for title, header, keys in (
        ("roles", ("role", "in", "since", "until"), ("held", "place", "since", "until")),
        (
            "training",
            ("course", "completed", "valid until", "withdrawn"),
            ("course", "completed", "valid_until", "withdrawn"),
        ),
        ("interests", ("with", "nature", "since", "until", "note"), ("name", "nature", "since", "until", "note")),
        ("delegated", ("stands in", "since", "until", "as"), ("name", "since", "until", "roles")),
        ("stands_in_for", ("stands in for", "since", "until", "as"), ("name", "since", "until", "roles")),
        ("assignments", ("cycle", "role", "standing", "since"), ("handle", "role", "standing", "since")),
    ):
        if data[title]:
            say()
            table(header, [[row[key] for key in keys] for row in data[title]])
