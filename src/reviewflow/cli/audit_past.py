"""A past moment again, and the difference of two."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from typing import Any

from reviewflow.audit.beside import Beside
from reviewflow.audit.diff import compare, compared_texts
from reviewflow.audit.replay import Moment, Replayed, replay
from reviewflow.audit.summary import cycle_row, state_lines, summary_texts
from reviewflow.cli.one_cycle import OneCycle, look, seen
from reviewflow.cli.options import Reading
from reviewflow.cli.printing import count, say, table
from reviewflow.cli.request import Question, asking

Past = tuple[date | None, datetime | None, int | None]


def replaying(typed: str | None, position: int | None, how: Reading) -> None:
    """One cycle in full, or a row for each."""
    moment = Moment(how.as_of, how.known_at, position)
    with asking(how) as question:
        now = replace(question, known=question.find.known)
        if typed is None:
            _replay_all(now, moment)
        else:
            one = look(now, typed, "audit replay")
            _replay_one(now, one, replay(_records(one), moment))


def _records(one: OneCycle) -> Any:
    return one.question.find.known.cycle_records(one.cycle.id)


def _replay_one(question: Question, one: OneCycle, past: Replayed) -> None:
    called = question.called
    known = [record for record in _records(one) if past.moment.knows(record)]
    beside = Beside(known, one.definition)
    lines = (
        state_lines(past.cycle, one.definition, called, one.seeing, beside=beside, on=past.moment.as_of)
        if past.cycle
        else None
    )
    sections = [section.data() for section in lines.sections] if lines else []
    data = {
        "cycle": one.cycle.id, "handle": one.cycle.handle, "moment": str(past.moment), "open": past.cycle is not None,
        "position": past.position, "used": len(past.used), "unknown": len(past.unknown), "later": len(past.later),
        "sections": sections, "hidden": lines.hidden if lines else 0,
    }  # fmt: skip

    def show() -> None:
        say(f"{one.cycle.handle} {past.moment}: {past.accounted}")
        if lines is None:
            say("It was not open then.")
        for line in summary_texts(lines) if lines else []:
            say(line)
        if lines is not None and lines.hidden:
            say(f"({count(lines.hidden, 'part')} not shown to you)")

    question.answer({"replay": data}, show)


def _replay_all(question: Question, moment: Moment) -> None:
    question.may("audit replay")
    rows = []
    for one in seen(question, question.find.all("cycle"), "audit replay"):
        past = replay(_records(one), moment)
        if past.cycle is not None:
            row = cycle_row(past.cycle, one.definition, question.called, one.seeing)
            rows.append(
                {
                    "id": one.cycle.id,
                    **row._asdict(),
                    "used": len(past.used),
                    "unknown": len(past.unknown),
                    "later": len(past.later),
                }
            )
    rows.sort(key=lambda row: str(row["handle"]))

    def show() -> None:
        say(f"{count(len(rows), 'cycle')} open {moment}")
        header = ("handle", "subject", "where", "year", "state", "since", "events")
        table(header, [[row[h] for h in header] for row in rows], none="no cycle was open then")

    question.answer({"moment": str(moment), "cycles": rows}, show)


def comparing(typed: str, earlier: Past, position: int | None, details: bool, how: Reading) -> bool:
    """Whether there is a difference."""
    with asking(how) as question:
        now = replace(question, known=question.find.known)
        one = look(now, typed, "audit diff")
        later = Moment(how.as_of, how.known_at, position)
        found = compare(
            _records(one), Moment(*earlier), later, one.definition, question.called, seeing=one.seeing, zone=one.zone
        )

        def show() -> None:
            for line in compared_texts(found, details=details):
                say(line)

        question.answer({"cycle": one.cycle.id, "handle": one.cycle.handle, **found.data()}, show)
        return not found.empty
