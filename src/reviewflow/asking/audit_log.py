"""The log in words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from itertools import islice
from typing import Any, NamedTuple

from reviewflow.asking.cycle_show import history_of
from reviewflow.asking.one_cycle import by_day, scope_of, see
from reviewflow.asking.question import Question
from reviewflow.audit.line import Told
from reviewflow.audit.words import CycleHistory, tell_log
from reviewflow.events import Recorded
from reviewflow.following.reading import backwards, forwards
from reviewflow.registry.scopes import ANYWHERE, WHOLE, Scope


class Wanted(NamedTuple):
    """Which records, as typed: all about one thing, those that one person made, those after a position.

    Without `after` the last ones, `limit` of them at most.
    """

    about: str | None = None
    by: str | None = None
    after: int | None = None
    limit: int = 100


class Recounted(NamedTuple):
    """Records in words."""

    kind: str
    """What they are about, if one thing: `cycle`, `person`..., else empty."""
    told: Told
    last: int | None
    """The position of the last of them."""
    more: bool

    def data(self) -> dict[str, Any]:
        """All of it as data."""
        records = [line.data() for line in self.told.lines]
        return {"records": records, "untold": self.told.untold, "more": self.more}


def log(question: Question, wanted: Wanted) -> dict[str, Any]:
    """Records in words; `more`: others follow, after the position of the last."""
    return recounted(question, wanted).data()


def recounted(question: Question, wanted: Wanted) -> Recounted:
    """The same, to be put in lines."""
    find, after, limit = question.find, wanted.after, wanted.limit
    kind, one = find.anything(wanted.about, "about") if wanted.about else ("", "")
    question.may("audit log", _scope(question, kind, one))
    by = find.person(wanted.by, find.option("by")) if wanted.by else None
    fitting = _fitting(question, _records(question, f"{kind}-{one}" if one else None, after, by))
    chosen = list(islice(fitting, limit if after is None else limit + 1))
    more, chosen = len(chosen) > limit, chosen[:limit]
    if after is None:  # they came the last one first
        chosen.reverse()
    told = tell_log(chosen, question.called, lambda stream: _history(question, stream))
    return Recounted(kind, told, chosen[-1].position if chosen else None, more)


def _scope(question: Question, kind: str, one: str) -> Scope:
    """What the question is about, for the permission table."""
    match kind:
        case "cycle":
            cycle = question.now.cycle(one)
            return scope_of(cycle) if cycle else ANYWHERE
        case "organisation" | "partnership" | "programme" | "person":
            return Scope(kind, one)
        case _:
            return WHOLE


def _records(question: Question, stream: str | None, after: int | None, by: str | None) -> Iterator[Recorded]:
    """What is asked about: from a position on in the order of the log, without one the last first."""
    snapshot: Any = question.known.snapshot
    known_at = question.known_at
    if stream is not None:
        known = [one for one in question.known.records(stream) if by is None or one.event.by == by]
        return reversed(known) if after is None else (one for one in known if one.position > after)
    if after is None:
        return backwards(snapshot, by=by, known_at=known_at)
    return forwards(snapshot, after, by=by, known_at=known_at)


def _fitting(question: Question, records: Iterator[Recorded]) -> Iterator[Recorded]:
    """Those that had happened by the day asked about."""
    day = question.as_of
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
    found = see(replace(question, known=question.now), stream.removeprefix("cycle-"), "audit log")
    assert found is not None
    return history_of(found, question.known.records(stream))
