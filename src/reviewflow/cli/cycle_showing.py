"""One cycle to be read: its summary, and its history where that is asked for."""

from __future__ import annotations

from typing import Any

from reviewflow.audit.line import told_texts
from reviewflow.audit.summary import state_lines, summary_texts
from reviewflow.audit.words import CycleHistory
from reviewflow.cli.one_cycle import OneCycle, look
from reviewflow.cli.options import Reading
from reviewflow.cli.printing import count, say
from reviewflow.cli.request import asking


def showing(typed: str, history: bool, how: Reading) -> None:
    """Summary first."""
    with asking(how) as question:
        one = look(question, typed, "cycle show")
        summary = state_lines(one.cycle, one.definition, question.called, one.seeing, on=one.day)
        told = history_of(one).tell(one.records) if history else None
        data: dict[str, Any] = {
            "cycle": one.data(),
            "sections": [{"title": s.title, "items": [d._asdict() for d in s.items]} for s in summary.sections],
            "hidden": summary.hidden,
        }
        if told is not None:
            data["history"] = [line.data() for line in told.lines]
            data["untold"] = told.untold

        def show() -> None:
            for line in summary_texts(summary):
                say(line)
            if summary.hidden:
                say(f"({count(summary.hidden, 'part')} not shown to you)")
            if told is not None:
                say("History")
                for line in told_texts(told):
                    say(line)

        question.answer(data, show)


def history_of(one: OneCycle) -> CycleHistory:
    """The events of a cycle, ready to be told to the viewer."""
    records = one.question.known.cycle_records(one.cycle.id)
    return CycleHistory(records, one.definition, one.question.called, seeing=one.seeing, zone=one.zone)
