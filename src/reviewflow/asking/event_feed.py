"""What happened since a position, for somebody who wants to keep up: no more than they may see.

Whoever may read the whole log is told all of it; everybody else what happened in cycles that they may see something
of. Each answer says where to ask on from, also where nothing was to be told.
"""

from __future__ import annotations

from itertools import islice
from typing import Any

from reviewflow.asking.cycle_show import history_of
from reviewflow.asking.one_cycle import OneCycle, see
from reviewflow.asking.question import Question
from reviewflow.audit.words import tell_log
from reviewflow.errors import Refused
from reviewflow.events import Recorded
from reviewflow.following.reading import forwards
from reviewflow.registry.scopes import WHOLE

LOOKED_AT = 1_000
"""Records at most that one answer goes through, told or not."""


def events(question: Question, after: int, limit: int = 100) -> dict[str, Any]:
    """Records in words after a position; `next`: the position up to which the log was looked through."""
    question.may("status")  # for anyone registered; each record is judged by itself
    snapshot: Any = question.known.snapshot
    kept: dict[str, OneCycle | None] = {}
    everything = question.allowed("audit log", WHOLE)
    chosen: list[Recorded] = []
    last, more = after, False
    for looked, one in enumerate(forwards(snapshot, after)):
        if len(chosen) == limit or looked == LOOKED_AT:
            more = True
            break
        last = one.position
        if _tell(question, one, kept, everything=everything):
            chosen.append(one)
    told = tell_log(chosen, question.called, lambda stream: history_of(_there(question, stream, kept)))
    return {
        "records": [line.data() for line in told.lines], "untold": told.untold, "more": more,
        "next": max(last, min(after, snapshot.position())),
    }  # fmt: skip


def anything_after(question: Question, after: int) -> bool:
    """Whether the log goes on after a position."""
    snapshot: Any = question.known.snapshot
    return bool(list(islice(forwards(snapshot, after), 1)))


def _tell(question: Question, one: Recorded, kept: dict[str, OneCycle | None], *, everything: bool) -> bool:
    if not one.stream.startswith("cycle-"):
        return everything
    found = _cycle(question, one.stream, kept)
    return found is not None and (everything or found.seeing.event(one.event))


def _cycle(question: Question, stream: str, kept: dict[str, OneCycle | None]) -> OneCycle | None:
    if stream not in kept:
        try:
            found = see(question, stream.removeprefix("cycle-"), "cycle show")
        except Refused:
            found = None
        kept[stream] = found if found is not None and found.seeing.anything else None
    return kept[stream]


def _there(question: Question, stream: str, kept: dict[str, OneCycle | None]) -> OneCycle:
    found = _cycle(question, stream, kept)
    assert found is not None
    return found
