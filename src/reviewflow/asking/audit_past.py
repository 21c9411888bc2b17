"""A past moment again, and the difference of two. Who may see what of it is judged on the cycle as it stands now."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, NamedTuple

from reviewflow.asking.one_cycle import OneCycle, look, seen
from reviewflow.asking.question import Question
from reviewflow.audit.beside import Beside
from reviewflow.audit.diff import Compared, compare
from reviewflow.audit.replay import Moment, Replayed, replay
from reviewflow.audit.summary import Summary, cycle_row, state_lines
from reviewflow.events import Recorded


class Again(NamedTuple):
    """One cycle as it was at a moment; `summary` is None where it was not open then."""

    one: OneCycle
    past: Replayed
    summary: Summary | None

    def data(self) -> dict[str, Any]:
        """All of it as data."""
        cycle, past, summary = self.one.cycle, self.past, self.summary
        return {"replay": {
            "cycle": cycle.id, "handle": cycle.handle, "moment": str(past.moment), "open": past.cycle is not None,
            "position": past.position, "used": len(past.used), "unknown": len(past.unknown), "later": len(past.later),
            "sections": [section.data() for section in summary.sections] if summary else [],
            "hidden": summary.hidden if summary else 0,
        }}  # fmt: skip


class Difference(NamedTuple):
    """One cycle at two moments."""

    one: OneCycle
    found: Compared

    def data(self) -> dict[str, Any]:
        """All of it as data."""
        return {"cycle": self.one.cycle.id, "handle": self.one.cycle.handle, **self.found.data()}


def replayed(question: Question, typed: str, moment: Moment) -> Again:
    """One cycle at a moment, worked out from its events again."""
    one = look(_of_now(question), typed, "audit replay")
    past = replay(_records(one), moment)
    if past.cycle is None:
        return Again(one, past, None)
    known = [record for record in _records(one) if moment.knows(record)]
    beside = Beside(known, one.definition)
    called = question.called
    summary = state_lines(past.cycle, one.definition, called, one.seeing, beside=beside, on=moment.as_of)
    return Again(one, past, summary)


def all_replayed(question: Question, moment: Moment) -> dict[str, Any]:
    """A row for each cycle that was open at a moment."""
    question.may("audit replay")
    rows = []
    for one in seen(_of_now(question), question.find.all("cycle"), "audit replay"):
        past = replay(_records(one), moment)
        if past.cycle is not None:
            row = cycle_row(past.cycle, one.definition, question.called, one.seeing)
            counts = {"used": len(past.used), "unknown": len(past.unknown), "later": len(past.later)}
            rows.append({"id": one.cycle.id, **row._asdict(), **counts})
    rows.sort(key=lambda row: str(row["handle"]))
    return {"moment": str(moment), "cycles": rows}


def difference(question: Question, typed: str, earlier: Moment, later: Moment) -> Difference:
    """What differs in a cycle between two moments."""
    one = look(_of_now(question), typed, "audit diff")
    called = question.called
    found = compare(_records(one), earlier, later, one.definition, called, seeing=one.seeing, zone=one.zone)
    return Difference(one, found)


def _of_now(question: Question) -> Question:
    """The same question about now: the moments are of the replay, not of who may see it."""
    return replace(question, known=question.now, as_of=None, known_at=None)


def _records(one: OneCycle) -> list[Recorded]:
    return one.question.now.cycle_records(one.cycle.id)
