"""A past moment again, and the difference of two, printed."""

from __future__ import annotations

from typing import Any

from reviewflow.asking.audit_past import Again, all_replayed, difference, replayed
from reviewflow.audit.diff import compared_texts
from reviewflow.audit.replay import Moment
from reviewflow.audit.summary import summary_texts
from reviewflow.cli.options import Reading
from reviewflow.cli.printing import count, say, table
from reviewflow.cli.request import asking


def replaying(typed: str | None, position: int | None, how: Reading) -> None:
    """One cycle in full, or a row for each."""
    moment = Moment(how.as_of, how.known_at, position)
    with asking(how) as (question, answer):
        if typed is None:
            data = all_replayed(question, moment)
            answer(data, lambda: _show_all(data))
        else:
            again = replayed(question, typed, moment)
            answer(again.data(), lambda: _show(again))


def _show(again: Again) -> None:
    lines = again.summary
    say(f"{again.one.cycle.handle} {again.past.moment}: {again.past.accounted}")
    if lines is None:
        say("It was not open then.")
        return
    for line in summary_texts(lines):
        say(line)
    if lines.hidden:
        say(f"({count(lines.hidden, 'part')} not shown to you)")


def _show_all(data: dict[str, Any]) -> None:
    rows = data["cycles"]
    say(f"{count(len(rows), 'cycle')} open {data['moment']}")
    header = ("handle", "subject", "where", "year", "state", "since", "events")
    table(header, [[row[h] for h in header] for row in rows], none="no cycle was open then")


def comparing(typed: str, earlier: Moment, position: int | None, details: bool, how: Reading) -> bool:
    """Whether there is a difference."""
    later = Moment(how.as_of, how.known_at, position)
    with asking(how) as (question, answer):
        found = difference(question, typed, earlier, later)

        def show() -> None:
            for line in compared_texts(found.found, details=details):
                say(line)

        answer(found.data(), show)
        return not found.found.empty
