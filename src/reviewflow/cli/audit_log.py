"""The log in words."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Final

from reviewflow.audit.line import told_texts
from reviewflow.audit.words import CycleHistory, tell_log
from reviewflow.cli.cycle_showing import history_of
from reviewflow.cli.one_cycle import by_day, scope_of, see
from reviewflow.cli.options import Reading
from reviewflow.cli.printing import say
from reviewflow.cli.request import Question, asking
from reviewflow.events import Recorded
from reviewflow.knowing import recorded
from reviewflow.ports import Record
from reviewflow.registry.scopes import ANYWHERE, WHOLE, Scope

_PAGE: Final = 500


def telling(about: str | None, actor: str | None, after: int | None, limit: int, details: bool, how: Reading) -> None:
    """The last records, or those after a position."""
    with asking(how) as question:
        kind, one = question.find.anything(about, "about") if about else ("", "")
        question.may("audit log", _scope(question, kind, one))
        by = question.find.person(actor, "--by") if actor else None
        stream = f"{kind}-{one}" if one else None
        fitting = (r for r in _records(question, stream, after or 0) if by is None or r.event.by == by)
        if after is None:
            chosen, more = list(deque(fitting, maxlen=limit)), False
        else:
            chosen = [r for r, _ in zip(fitting, range(limit + 1), strict=False)]
            chosen, more = chosen[:limit], len(chosen) > limit
        told = tell_log(chosen, question.called, lambda s: _history(question, s))
        data = {"records": [line.data() for line in told.lines], "untold": told.untold, "more": more}

        def show() -> None:
            for line in told_texts(told, details=details, in_log=kind != "cycle") or ["nothing was recorded"]:
                say(line)
            if more:
                say(f"and more: --after {chosen[-1].position} tells the next ones", err=True)

        question.answer(data, show)


def _scope(question: Question, kind: str, one: str) -> Scope:
    """What the question is about, for the permission table."""
    match kind:
        case "cycle":
            cycle = question.find.known.cycle(one)
            return scope_of(cycle) if cycle else ANYWHERE
        case "organisation" | "partnership" | "programme" | "person":
            return Scope(kind, one)
        case _:
            return WHOLE


def _records(question: Question, stream: str | None, after: int) -> Iterator[Recorded]:
    how, snapshot = question.how, question.known.snapshot
    happened = _Happened(question)
    for record in snapshot.stream(stream) if stream else _log(question, after):
        if record.position <= after or (how.known_at is not None and record.recorded_at > how.known_at):
            continue
        one = recorded(record)
        if how.as_of is None or happened.by(one, how.as_of):
            yield one


class _Happened:
    """Whether events had happened by a day, as known at the moment asked about; a cycle is looked through once."""

    def __init__(self, question: Question) -> None:
        self._known = question.known
        self._versions: dict[str, set[int]] = {}

    def by(self, one: Recorded, day: date) -> bool:
        """Whether it had."""
        if not one.stream.startswith("cycle-"):
            return one.event.happened.on <= day
        if one.stream not in self._versions:
            self._versions[one.stream] = {r.version for r in by_day(self._known.records(one.stream), day)}
        return one.version in self._versions[one.stream]


def _log(question: Question, after: int) -> Iterator[Record]:
    while page := question.known.snapshot.log(after=after, limit=_PAGE, until=question.how.known_at):
        yield from page
        after = page[-1].position


def _history(question: Question, stream: str) -> CycleHistory:
    found = see(replace(question, known=question.find.known), stream.removeprefix("cycle-"), "audit log")
    assert found is not None
    return history_of(found, question.known.records(stream))
