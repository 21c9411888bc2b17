"""The history checker lets a good history pass, and rejects every bad one for its reason."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from faults.checker import Followed, History, Logged, Placed, Read, Wrote, broken

NOON = datetime(2026, 9, 10, 12, tzinfo=UTC)

LOG = [
    Logged(1, "a", 1, "d1", "before", 0, (), NOON),
    Logged(2, "a", 2, "d2", "one", 0, ("set",), NOON),
    Logged(3, "b", 1, "d3", "one", 1, ("set",), NOON),
    Logged(4, "b", 2, "d4", "two", 0, (), NOON + timedelta(seconds=1)),
    Logged(5, "a", 3, "d5", "three", 0, (), NOON + timedelta(seconds=1)),
]


def placed(*positions: int):
    return tuple(Placed(*LOG[position - 1][:4]) for position in positions)


ONE = Wrote("x", "one", 10, 20, "done", placed(2, 3), {"a": 1, "set": 0})
TWO = Wrote("y", "two", 15, 30, "done", placed(4), {"b": 1, "set": 2})
THREE = Wrote("x", "three", 25, None, "unknown")
NOT = Wrote("y", "four", 31, 35, "moved")
READS = [Read("x", 21, 22, 3, {"a": 2, "set": 2}), Read("x", 40, 41, 5, {"a": 3}), Read("y", 12, 16, 1, {"a": 1})]
GOOD = History(LOG, [ONE, TWO, THREE, NOT], READS, [Followed("f", placed(1, 2, 3, 4, 5))], earlier=1)


def test_a_good_history_passes():
    assert broken(GOOD) == []


def log(position, **changes: Any):
    return replace(GOOD, log=[r._replace(**changes) if r.position == position else r for r in LOG])


def wrote(one, **changes: Any):
    return replace(GOOD, wrote=[w._replace(**changes) if w is one else w for w in GOOD.wrote])


def reading(number, **changes: Any):
    return replace(GOOD, reads=[r._replace(**changes) if n == number else r for n, r in enumerate(READS)])


def without(position):
    return replace(GOOD, log=[r for r in LOG if r.position != position])


WRONG = {
    "a position is missing": (without(4), {"gap", "lost", "misled"}),
    "the end is missing": (replace(GOOD, log=LOG[:3], followed=[]), {"lost", "mixed"}),
    "a version is missing": (log(5, version=4), {"gap", "misled"}),
    "a version is there twice": (log(4, version=1), {"gap", "changed", "misled"}),
    "time turned back": (log(5, recorded_at=NOON), {"turned back"}),
    "other bytes than were acknowledged": (log(4, digest="other"), {"changed", "misled"}),
    "under another command": (log(4, command="three"), {"changed", "doubled"}),
    "an acknowledged event at another place": (wrote(TWO, events=placed(5)), {"changed", "stale"}),
    "a command done twice": (log(5, command="two", ordinal=0), {"doubled"}),
    "a command with more events than were told": (log(5, command="two", ordinal=1), {"doubled"}),
    "a command torn apart": (
        replace(GOOD, log=[r._replace(command={3: "two", 4: "one"}.get(r.position, r.command),
                                      ordinal={3: 0, 4: 1}.get(r.position, r.ordinal)) for r in LOG],
                wrote=[ONE._replace(outcome="unknown"), TWO._replace(outcome="unknown"), THREE, NOT]),
        {"torn apart"},
    ),
    "something nobody asked for": (log(5, command="who?"), {"unasked"}),
    "a refused command wrote": (wrote(THREE, outcome="refused"), {"unasked"}),
    "a moved command wrote": (wrote(THREE, outcome="moved"), {"unasked"}),
    "asked later, and earlier in the log": (replace(wrote(ONE, asked=31, told=32), reads=[]), {"out of order"}),
    "decided on a stream that had moved": (wrote(TWO, reads={"b": 0}), {"stale"}),
    "decided on a set that had moved": (wrote(TWO, reads={"set": 1}), {"stale"}),
    "decided on what was not there yet": (wrote(TWO, reads={"a": 3}), {"stale"}),
    "its own write not read": (reading(0, position=1, heads={"a": 1}), {"not seen"}),
    "the write of another not read": (reading(1, client="z", position=3, heads={}), {"not seen"}),
    "a snapshot of two moments": (reading(0, heads={"a": 3}), {"mixed"}),
    "a set of another moment": (reading(0, heads={"set": 1}), {"mixed"}),
    "a client that goes back": (
        replace(GOOD, wrote=[ONE._replace(outcome="unknown"), THREE], reads=[*READS, Read("x", 50, 51, 4, {})]),
        {"went back", "unasked"},
    ),
    "a stream that goes back": (
        replace(GOOD, reads=[*READS, Read("x", 50, 51, 5, {"a": 2})]), {"went back", "mixed"}
    ),
    "read before it was asked": (wrote(ONE, asked=23, told=24), {"foreseen"}),
    "a follower that missed one": (replace(GOOD, followed=[Followed("f", placed(1, 2, 4, 5))]), {"misled"}),
    "a follower that was given one twice": (
        replace(GOOD, followed=[Followed("f", placed(1, 2, 2, 3, 4, 5))]), {"misled"}
    ),
    "a follower in another order": (replace(GOOD, followed=[Followed("f", placed(1, 3, 2, 4, 5))]), {"misled"}),
    "a follower that stopped": (replace(GOOD, followed=[Followed("f", placed(1, 2, 3))]), {"misled"}),
}  # fmt: skip


@pytest.mark.parametrize(("history", "kinds"), WRONG.values(), ids=WRONG)
def test_a_wrong_history_is_rejected_for_its_reason(history, kinds):
    assert {sentence.partition(":")[0] for sentence in broken(history)} == kinds
