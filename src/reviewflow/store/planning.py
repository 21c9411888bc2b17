"""What an append needs, worked out from the batch alone, before anybody has to wait for it. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from reviewflow.errors import ImpossibleHistory
from reviewflow.events import Event
from reviewflow.ports import Append, Record


class Plan(NamedTuple):
    """What must be so before an append, and what will be so after it."""

    expected: dict[str, int]
    """Key -> version that must be there: what was read, and what stands before the first event of each stream."""
    bumps: dict[str, int]
    """Set -> by how much its version grows."""
    pairs: list[tuple[str, str]]
    """(set, stream) that touched it."""
    streams: list[str]
    """All streams whose versions must be known."""
    sets: list[str]
    """All sets whose versions must be known."""


def is_set(key: str) -> bool:
    """A named set is one word (`people`) or has a colon (`visits-of:PERSON`); a stream is KIND-ID."""
    return ":" in key or "-" not in key


def sort_out(keys: Iterable[str]) -> tuple[list[str], list[str]]:
    """The streams among some keys, and the sets, each once."""
    streams: list[str] = []
    sets: list[str] = []
    for key in dict.fromkeys(keys):
        (sets if is_set(key) else streams).append(key)
    return streams, sets


def plan(batch: Append, first: int = 1) -> Plan:
    """Check that the events follow one another, and gather what they need; `first` is a stream's first version."""
    expected: dict[str, int] = {}
    latest: dict[str, int] = {}
    bumps: dict[str, int] = {}
    pairs: dict[tuple[str, str], None] = {}
    for event in batch.staged:
        stream, version = event.stream, event.version
        before = latest.get(stream)
        if before is None:
            expected[stream] = version - 1
        elif version != before + 1:
            raise ImpossibleHistory(stream, version, f"it stands after {before} in one append; want {before + 1}")
        if version < first:
            raise ImpossibleHistory(stream, version, f"a stream begins with version {first}")
        if is_set(stream):
            raise ImpossibleHistory(stream, version, "a stream is named KIND-ID; this is a set's name")
        latest[stream] = version
        for key in dict.fromkeys(event.touches):
            if not is_set(key):
                raise ImpossibleHistory(stream, version, f"it touches {key}, but a set is one word or has a colon")
            bumps[key] = bumps.get(key, 0) + 1
            pairs[key, stream] = None
    for key, version in batch.reads.items():
        if expected.setdefault(key, version) != version:
            raise ImpossibleHistory(key, expected[key] + 1, f"it was read at version {version}; want {version + 1}")
    streams, sets = sort_out([*expected, *bumps])
    return Plan(expected, bumps, list(pairs), streams, sets)


def moved(expected: Mapping[str, int], now: Mapping[str, int]) -> dict[str, tuple[int, int]]:
    """The keys that are not where they were read: key -> (read, now)."""
    return {
        key: (read, now.get(key, 0))
        for key, read in expected.items()
        if now.get(key, min(read, 0)) != read  # -1: what stands before a stream that begins with version 0
    }


def place(batch: Append, after: int, moment: datetime) -> list[Record]:
    """The records of a batch, behind position `after`, all of one moment; ordinals count from 0 in each command."""
    return [
        Record(position, moment, e.stream, e.version, e.topic, e.body, command, ordinal)
        for position, (e, (command, ordinal)) in enumerate(zip(batch.staged, _owners(batch), strict=True), after + 1)
    ]


def _owners(batch: Append) -> list[tuple[str | None, int | None]]:
    """Command id and ordinal of each event."""
    command = batch.command_id
    if batch.commands is not None:
        return [(command, n) for command, number in batch.commands.items() for n in range(number)]
    return [(command, None if command is None else n) for n in range(len(batch.staged))]


def with_events(records: Sequence[Record], batch: Append) -> list[tuple[Record, Event, Any]]:
    """What synchronous views are told: (record, event, state of its stream after it)."""
    return [(record, staged.event, staged.after) for record, staged in zip(records, batch.staged, strict=True)]
