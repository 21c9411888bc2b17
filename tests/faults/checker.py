"""Whether a history of many clients on one log is one that we promise. Every broken promise, each as a sentence.

A history is what each client asked and was told, with the moments of one clock (nanoseconds), and the log as it is in
the end. The checker knows nothing of how the store works: versions are counted from the log.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise
from typing import Literal, NamedTuple


class Logged(NamedTuple):
    """A record of the log; `touches` are the named sets whose version it moves, `digest` the SHA-256 of its bytes."""

    position: int
    stream: str
    version: int
    digest: str
    command: str | None = None
    ordinal: int | None = None
    touches: tuple[str, ...] = ()
    recorded_at: datetime | None = None


class Placed(NamedTuple):
    """An event as the answer to a command gave it."""

    position: int
    stream: str
    version: int
    digest: str


class Wrote(NamedTuple):
    """A command and what it was told; `told` is None and the outcome unknown if nobody heard the answer.

    `reads`: the versions that the decision says it had read.
    """

    client: str
    command: str
    asked: int
    told: int | None
    outcome: Literal["done", "moved", "refused", "unknown"]
    events: tuple[Placed, ...] = ()
    reads: Mapping[str, int] = {}


class Read(NamedTuple):
    """One snapshot: how far the log went in it, and the versions of some streams and sets."""

    client: str
    asked: int
    told: int
    position: int
    heads: Mapping[str, int]


class Followed(NamedTuple):
    """What a follower saw, in the order in which it saw it, from the beginning of the log."""

    follower: str
    seen: Sequence[Placed]


@dataclass
class History:
    """All of it."""

    log: list[Logged]
    wrote: list[Wrote] = field(default_factory=list)
    reads: list[Read] = field(default_factory=list)
    followed: list[Followed] = field(default_factory=list)
    earlier: int = 0
    """So many records were there before the first client began."""


def broken(history: History) -> list[str]:
    """Every promise that this history breaks; empty if it is a good one."""
    versions = _Versions(history.log)
    parts = (
        _order(history.log), _acknowledged(history), _once(history), _nothing_else(history), _real_time(history),
        _decisions(history, versions), _snapshots(history, versions), _seen(history), _never_back(history),
        _following(history),
    )  # fmt: skip
    return [sentence for part in parts for sentence in part]


class _Versions:
    """The version of each key at each position."""

    def __init__(self, log: list[Logged]) -> None:
        self._moves: dict[str, list[int]] = defaultdict(list)
        for record in log:
            for key in (record.stream, *record.touches):
                self._moves[key].append(record.position)

    def at(self, key: str, position: int) -> int:
        """How often a key had moved, up to and with a position."""
        return bisect_right(self._moves.get(key, ()), position)


def _order(log: list[Logged]) -> Iterator[str]:
    streams: Counter[str] = Counter()
    for number, record in enumerate(log, 1):
        streams[record.stream] += 1
        if record.position != number:
            yield f"gap: place {number} of the log has position {record.position}"
        if record.version != streams[record.stream]:
            want = streams[record.stream]
            yield f"gap: position {record.position} is version {record.version} of {record.stream}, want {want}"
    for one, other in pairwise(log):
        if one.recorded_at and other.recorded_at and one.recorded_at > other.recorded_at:
            yield f"turned back: position {other.position} was recorded before position {one.position}"


def _acknowledged(history: History) -> Iterator[str]:
    there = {record.position: record for record in history.log}
    for one in history.wrote:
        for event in one.events if one.outcome == "done" else ():
            found = there.get(event.position)
            if found is None:
                yield f"lost: {one.command} was acknowledged at position {event.position}, which is not there"
            elif (found.stream, found.version, found.digest, found.command) != (*event[1:], one.command):
                yield f"changed: {one.command} was acknowledged as {event}, and there is {found}"


def _once(history: History) -> Iterator[str]:
    places: dict[str, list[Logged]] = defaultdict(list)
    for record in history.log:
        if record.command is not None:
            places[record.command].append(record)
    for command, records in places.items():
        first = records[0].position
        if [record.ordinal for record in records] != list(range(len(records))):
            yield f"doubled: {command} is there with the parts {[record.ordinal for record in records]}"
        elif [record.position for record in records] != list(range(first, first + len(records))):
            yield f"torn apart: {command} is at {[record.position for record in records]}"
    for one in history.wrote:
        if one.outcome == "done" and len(places.get(one.command, ())) not in (0, len(one.events)):
            yield f"doubled: {one.command} has {len(places[one.command])} events, told were {len(one.events)}"


def _nothing_else(history: History) -> Iterator[str]:
    outcomes = {one.command: one.outcome for one in history.wrote}
    for record in history.log[history.earlier :]:
        outcome = outcomes.get(record.command or "", "never asked")
        if outcome not in ("done", "unknown"):
            yield f"unasked: {record.command} was {outcome}, and is at position {record.position}"


def _real_time(history: History) -> Iterator[str]:
    """What was asked after something else was acknowledged comes after it in the log."""
    done = [one for one in history.wrote if one.outcome == "done" and one.events and one.told is not None]
    ends = sorted(done, key=lambda one: one.told or 0)
    highest, at = 0, 0
    for one in sorted(done, key=lambda one: one.asked):
        while at < len(ends) and (ends[at].told or 0) < one.asked:
            highest, at = max(highest, ends[at].events[-1].position), at + 1
        if one.events[0].position <= highest:
            yield f"out of order: {one.command} at {one.events[0].position} was asked after {highest} was acknowledged"


def _decisions(history: History, versions: _Versions) -> Iterator[str]:
    for one in history.wrote:
        if one.outcome != "done" or not one.events:
            continue
        before = one.events[0].position - 1
        for key, read in one.reads.items():
            there = versions.at(key, before)
            if there != read:
                yield f"stale: {one.command} was decided on {key} at {read}, which was at {there} when it was appended"


def _snapshots(history: History, versions: _Versions) -> Iterator[str]:
    """What one snapshot says is of one moment."""
    for one in history.reads:
        for key, version in one.heads.items():
            there = versions.at(key, one.position)
            if there != version:
                yield f"mixed: {one.client} saw {key} at {version} at position {one.position}, where it is at {there}"


def _seen(history: History) -> Iterator[str]:
    """Whoever reads after an acknowledgement, the same client or another, sees it; nobody sees what is yet to come."""
    done = [one for one in history.wrote if one.outcome == "done" and one.events and one.told is not None]
    ends = sorted(done, key=lambda one: one.told or 0)
    highest, at = 0, 0
    for read in sorted(history.reads, key=lambda read: read.asked):
        while at < len(ends) and (ends[at].told or 0) < read.asked:
            highest, at = max(highest, ends[at].events[-1].position), at + 1
        if read.position < highest:
            yield f"not seen: {read.client} read up to {read.position} after {highest} was acknowledged"
    for read in history.reads:
        for one in done:
            if one.asked > read.told and one.events[0].position <= read.position:
                yield f"foreseen: {read.client} read {read.position} before {one.command} was asked, which is in it"


def _never_back(history: History) -> Iterator[str]:
    """Each client's next look shows at least what its last one did."""
    last: dict[str, tuple[int, dict[str, int]]] = {}
    for read in sorted(history.reads, key=lambda read: read.asked):
        position, heads = last.get(read.client, (0, {}))
        if read.position < position:
            yield f"went back: {read.client} read up to {read.position} after {position}"
        for key, version in read.heads.items():
            if version < heads.get(key, 0):
                yield f"went back: {read.client} read {key} at {version} after {heads[key]}"
        last[read.client] = (max(position, read.position), {**heads, **read.heads})


def _following(history: History) -> Iterator[str]:
    log = [Placed(record.position, record.stream, record.version, record.digest) for record in history.log]
    for one in history.followed:
        for number, (want, got) in enumerate(zip(log, one.seen, strict=False), 1):
            if want != got:
                yield f"misled: {one.follower} was given {got} as its record {number}, want {want}"
                break
        if len(one.seen) != len(log):
            yield f"misled: {one.follower} was given {len(one.seen)} records, the log has {len(log)}"
