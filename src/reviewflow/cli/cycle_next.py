"""What can be done in a cycle."""

from __future__ import annotations

from reviewflow.asking.cycle_next import next_steps
from reviewflow.cli.cycle_next_text import show
from reviewflow.cli.options import Reading
from reviewflow.cli.request import asking


def telling(typed: str, everything: bool, behalf: str | None, how: Reading) -> None:
    """Every step in one of three groups: now, not yet, in another state."""
    with asking(how) as (question, answer):
        data = next_steps(question, typed, behalf)
        answer(data, lambda: show(data, everything))
