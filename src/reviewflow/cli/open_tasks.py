"""What waits for one person in a cycle, in words: how each way passes to somebody else."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

WAYS: Final = {
    "assigned": "hand over: person handover --to",
    "offered": "hand over, or take the offer back: cycle withdraw",
    "held": "give the role to somebody else: person role; for a while: person delegate",
    "named": "name somebody else in the step that says who",
}
"""How each way passes to somebody else."""


def by_day(row: dict[str, Any]) -> str:
    """By when, for a table."""
    due: date | str | None = row["due"]
    return f"{due} overdue" if row["overdue"] else str(due or "")
