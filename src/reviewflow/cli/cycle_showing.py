"""One cycle to be read: its summary, and its history where that is asked for."""

from __future__ import annotations

from reviewflow.asking.cycle_show import Shown, shown
from reviewflow.audit.line import thread_texts
from reviewflow.audit.summary import summary_texts
from reviewflow.cli.options import Reading
from reviewflow.cli.printing import count, say
from reviewflow.cli.request import asking


def showing(typed: str, history: bool, how: Reading) -> None:
    """Summary first."""
    with asking(how) as (question, answer):
        found = shown(question, typed, history=history)
        answer(found.data(), lambda: _show(found))


def _show(found: Shown) -> None:
    for line in summary_texts(found.summary):
        say(line)
    if found.summary.hidden:
        say(f"({count(found.summary.hidden, 'part')} not shown to you)")
    if found.told is not None:
        say("History")
        for line in thread_texts(found.told):
            say(line)
