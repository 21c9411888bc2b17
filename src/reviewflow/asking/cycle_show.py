"""One cycle to be read: its summary, and its history where that is asked for."""

from __future__ import annotations

from typing import Any, NamedTuple

from reviewflow.asking.one_cycle import OneCycle, look
from reviewflow.asking.question import Question
from reviewflow.audit.beside import Beside
from reviewflow.audit.line import Told
from reviewflow.audit.summary import Summary, state_lines
from reviewflow.audit.words import CycleHistory
from reviewflow.events import Recorded


class Shown(NamedTuple):
    """A cycle as the viewer may read it."""

    one: OneCycle
    summary: Summary
    told: Told | None
    """Its history, where that was asked for."""

    def data(self) -> dict[str, Any]:
        """All of it as data."""
        data: dict[str, Any] = {
            "cycle": self.one.data(),
            "sections": [section.data() for section in self.summary.sections],
            "hidden": self.summary.hidden,
        }
        if self.told is not None:
            data["history"] = self.told.threads()
            data["untold"] = self.told.untold
        return data


def cycle(question: Question, typed: str, *, history: bool = False) -> dict[str, Any]:
    """Where a cycle is, who takes part, what was said, what stands beside it; and everything that happened."""
    return shown(question, typed, history=history).data()


def shown(question: Question, typed: str, *, history: bool = False) -> Shown:
    """The same, to be put in words."""
    one = look(question, typed, "cycle show")
    records = question.known.cycle_records(one.cycle.id)
    beside = Beside(records, one.definition)
    summary = state_lines(one.cycle, one.definition, question.called, one.seeing, beside=beside, on=one.day)
    return Shown(one, summary, history_of(one).tell(one.records) if history else None)


def history_of(one: OneCycle, records: list[Recorded] | None = None) -> CycleHistory:
    """The events of a cycle, ready to be told to the viewer; `records` where others than the question's are known."""
    if records is None:
        records = one.question.known.cycle_records(one.cycle.id)
    return CycleHistory(records, one.definition, one.question.called, seeing=one.seeing, zone=one.zone)
