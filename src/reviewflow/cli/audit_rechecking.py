"""Judging decisions again, printed."""

from __future__ import annotations

from reviewflow.asking.audit_recheck import Chosen, Rechecked, rechecked
from reviewflow.audit.findings import found_texts
from reviewflow.cli.cycles_progress import progress
from reviewflow.cli.options import Reading
from reviewflow.cli.printing import count, say
from reviewflow.cli.request import asking


def rechecking(chosen: Chosen, how: Reading) -> bool:
    """Whether something was found."""
    with asking(how) as (question, answer):
        with progress() as advance:
            again = rechecked(question, chosen, advance)
        answer(again.data(), lambda: _show(again))
        return again.anything


def _show(again: Rechecked) -> None:
    for text in found_texts(again.found):
        say(text)
    judged = f"{count(again.decisions, 'decision')} of {count(again.cycles, 'cycle')} judged again"
    not_met = len({(line.cycle, line.version) for line in again.found if line.judged})
    unjudged = sum(1 for line in again.found if not line.judged)
    told = [f"{not_met} would not be met as now known"] if not_met else []
    told += [f"{unjudged} cannot be judged any more"] if unjudged else []
    if told or not again.hidden:
        say(f"{judged}: {', '.join(told) or 'all stand as now known'}")
    else:
        say(judged)
    if again.hidden:
        say(f"({count(again.hidden, 'finding')} not shown to you)")
