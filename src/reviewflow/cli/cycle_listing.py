"""Lists of cycles."""

from __future__ import annotations

from typing import Any

from reviewflow.asking.cycle_list import Wanted, cycles
from reviewflow.cli.options import Reading
from reviewflow.cli.printing import say, table
from reviewflow.cli.request import asking


def listing(wanted: Wanted, how: Reading) -> None:
    """Cycles by handle."""
    with asking(how) as (question, answer):
        data = cycles(question, wanted)
        answer(data, lambda: _show(data["cycles"], more=data["more"]))


def _show(rows: list[dict[str, Any]], *, more: bool) -> None:
    header = ("handle", "subject", "year", "state", "since")
    shown = [(r["handle"], r["subject_name"], r["year"], r["state_title"], r["since"]) for r in rows]
    table(header, shown, none="no cycle fits")
    if more:
        say(f"and more: --after {rows[-1]['handle']} shows the next ones", err=True)
