"""What is in a store, printed."""

from __future__ import annotations

from typing import Any

from reviewflow.asking.status import status
from reviewflow.cli.following import standing
from reviewflow.cli.options import Reading
from reviewflow.cli.printing import facts, say, table
from reviewflow.cli.request import asking


def telling(how: Reading) -> None:
    """Counts, and whether texts can be read."""
    with asking(how) as (question, answer):
        data = status(question)
        answer(data, lambda: _show(data))


def _show(data: dict[str, Any]) -> None:
    facts({key: value for key, value in data.items() if key not in ("cycles", "followers", "effects")})
    if data.get("cycles"):
        say()
        table(("workflow", "state", "cycles"), [list(one.values()) for one in data["cycles"]])
    if data.get("followers"):
        say()
        standing.show(data["followers"], data["effects"])
