"""One cycle to be read: its summary, and its history where that is asked for."""

from __future__ import annotations

from typing import Any

from reviewflow.audit.beside import Beside
from reviewflow.audit.line import thread_texts
from reviewflow.audit.summary import state_lines, summary_texts
from reviewflow.audit.words import CycleHistory
from reviewflow.cli.one_cycle import OneCycle, look
from reviewflow.cli.options import Reading
from reviewflow.cli.printing import count, say
from reviewflow.cli.request import asking
from reviewflow.events import Recorded


def showing(typed: str, history: bool, how: Reading) -> None:
    """Summary first."""
    with asking(how) as question:
        one = look(question, typed, "cycle show")
        records = question.known.cycle_records(one.cycle.id)
        beside = Beside(records, one.definition)
        summary = state_lines(one.cycle, one.definition, question.called, one.seeing, beside=beside, on=one.day)
        told = history_of(one).tell(one.records) if history else None
        data: dict[str, Any] = {
            "cycle": one.data(),
            "sections": [section.data() for section in summary.sections],
            "hidden": summary.hidden,
        }
        if told is not None:
            data["history"] = told.threads()
            data["untold"] = told.untold

        def show() -> None:
            for line in summary_texts(summary):
                say(line)
            if summary.hidden:
                say(f"({count(summary.hidden, 'part')} not shown to you)")
            if told is not None:
                say("History")
                for line in thread_texts(told):
                    say(line)

        question.answer(data, show)


def history_of(one: OneCycle, records: list[Recorded] | None = None) -> CycleHistory:
    """The events of a cycle, ready to be told to the viewer; `records` where others than the question's are known."""
    if records is None:
        records = one.question.known.cycle_records(one.cycle.id)
    return CycleHistory(records, one.definition, one.question.called, seeing=one.seeing, zone=one.zone)
