"""What waits in a cycle, in words."""

from __future__ import annotations

from typing import Any, Final

KINDS: Final = {"agree": "sign: ", "answer": "answer the offer: "}


def words(one: dict[str, Any]) -> str:
    """One thing that waits, on a line."""
    people = ", ".join(person["name"] for person in one["people"])
    roles = " or ".join(one["roles"])
    who = f"{roles} ({people})" if roles and people else roles or people
    return f"{KINDS.get(one['kind'], '')}{one['title']} [{one['step']}]: {who or 'nobody yet'}{by_when(one)}"


def by_when(one: dict[str, Any]) -> str:
    """`, by 2026-10-01 (...)`."""
    if one["due"] is None:
        return ""
    limit = f", at the latest {one['limit']}" if one["limit"] and one["limit"] != one["due"] else ""
    early = f", not before {one['not_before']}" if one["not_before"] else ""
    late = ", overdue" if one["overdue"] else ""
    return f", by {one['due']}{late}{limit}{early} ({one['because']})"
