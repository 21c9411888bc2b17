"""Notes and replies of a cycle, each beside what it stands beside, as the viewer may read them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from reviewflow.asking.cycle_show import history_of
from reviewflow.asking.one_cycle import OneCycle
from reviewflow.audit.line import Line
from reviewflow.audit.words import CycleHistory
from reviewflow.cycle.events import NoteAdded


class Thread(NamedTuple):
    """What stands beside one event, in order. `beside` None: beside the cycle, or beside what may not be told."""

    version: int | None
    beside: Line | None
    lines: tuple[Reply, ...]


class Reply(NamedTuple):
    """A note, or a step that answers another; `deep`: how many notes lie between it and what they stand beside."""

    line: Line
    deep: int


def threads(one: OneCycle) -> list[Thread]:
    """All of them: those beside the cycle first, then by the event that they stand beside."""
    history = history_of(one)
    records = {record.version: record for record in one.records}
    beside = [record for record in records.values() if _stands_beside(history, record.version)]
    below = history.tell(beside).below()
    groups: dict[int | None, list[Line]] = {}
    for line in below.get(None, ()):
        groups.setdefault(line.beside, []).append(line)
    found = []
    for version, lines in sorted(groups.items(), key=lambda each: each[0] or 0):
        of = records.get(version or 0)
        told = history.line(of) if of is not None else None
        replies = tuple(reply for line in lines for reply in _all(line, below, 0))
        found.append(Thread(version, told, replies))
    return found


def _stands_beside(history: CycleHistory, version: int) -> bool:
    return isinstance(history.beside.events[version], NoteAdded) or history.beside.home(version) is not None


def _all(line: Line, below: dict[int | None, list[Line]], deep: int) -> Iterator[Reply]:
    yield Reply(line, deep)
    for one in below.get(line.version, ()):
        yield from _all(one, below, deep + 1)


def event_told(one: OneCycle, version: int) -> Line | None:
    """One event in words, None if there is none that the viewer may be told of."""
    record = next((record for record in one.records if record.version == version), None)
    return history_of(one).line(record) if record is not None else None
