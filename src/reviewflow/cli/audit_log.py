"""The log in words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from itertools import islice
from typing import Any

from reviewflow.audit.line import told_texts
from reviewflow.audit.words import CycleHistory, tell_log
from reviewflow.cli.cycle_showing import history_of
from reviewflow.cli.one_cycle import by_day, scope_of, see
from reviewflow.cli.options import Reading
from reviewflow.cli.printing import say
from reviewflow.cli.request import Question, asking
from reviewflow.events import Recorded
from reviewflow.following.reading import backwards, forwards
from reviewflow.registry.scopes import ANYWHERE, WHOLE, Scope


def telling(about: str | None, actor: str | None, after: int | None, limit: int, details: bool, how: Reading) -> None:
    """The last records, or those after a position."""
    with asking(how) as question:
        kind, one = question.find.anything(about, "about") if about else ("", "")
        question.may("audit log", _scope(question, kind, one))
        by = question.find.person(actor, "--by") if actor else None
        fitting = _fitting(question, _records(question, f"{kind}-{one}" if one else None, after, by))
        chosen = list(islice(fitting, limit if after is None else limit + 1))
        more, chosen = len(chosen) > limit, chosen[:limit]
        if after is None:  # they came the last one first
            chosen.reverse()
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


def _records(question: Question, stream: str | None, after: int | None, by: str | None) -> Iterator[Recorded]:
    """What is asked about: from a position on in the order of the log, without one the last first."""
    snapshot: Any = question.known.snapshot
    known_at = question.how.known_at
    if stream is not None:
        known = [one for one in question.known.records(stream) if by is None or one.event.by == by]
        return reversed(known) if after is None else (one for one in known if one.position > after)
    if after is None:
        return backwards(snapshot, by=by, known_at=known_at)
    return forwards(snapshot, after, by=by, known_at=known_at)


def _fitting(question: Question, records: Iterator[Recorded]) -> Iterator[Recorded]:
    """Those that had happened by the day asked about."""
    day = question.how.as_of
    if day is None:
        return records
    happened = _Happened(question)
    return (one for one in records if happened.by(one, day))


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


def _history(question: Question, stream: str) -> CycleHistory:
    found = see(replace(question, known=question.find.known), stream.removeprefix("cycle-"), "audit log")
    assert found is not None
    return history_of(found, question.known.records(stream))
