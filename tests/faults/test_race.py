"""Eight processes race for the same streams and sets, and a follower looks on: a history that we promise."""

import json
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import groupby

import pytest

from faults.checker import History, Logged, Read, broken
from faults.cradle import Child
from faults.lengths import SEED, times
from faults.racer import END, hear_followed, hear_wrote
from faults.racing import CYCLES, THAT_DAY, asked, commands
from faults.serial import Refusal, differences
from faults.site import Site, told
from faults.told import digest_of
from kit.checking import check_everything, whole
from kit.clock import FixedClock
from kit.world import World, spp_people
from reviewflow.cycle import commands as cy
from reviewflow.knowing import recorded

CLIENTS, COMMANDS = 8, times(25, 1500)


def set_up(world):
    """The same in a store and in memory: the ids come from the ids of the commands."""
    spp_people(world)
    for school in CYCLES:
        world.open(school, "lena")
        world.names[f"cycle of {school}"] = world.names["cycle"]
    return world


@pytest.fixture
def field(place):
    world = set_up(Site(settings=place, clock=FixedClock(THAT_DAY)))
    yield world
    world.close()


def logged(records, events):
    return [
        Logged(*r[:1], *r[2:4], digest_of(r.body), r.command_id, r.ordinal, e.event.touches(), r.recorded_at)
        for r, e in zip(records, events, strict=True)
    ]


@dataclass
class Raced:
    """What a race gave: its history, and how it differs from its serial order."""

    history: History
    commands: int
    refusals: int
    moved: int
    unlike: list[str]


def race(field, cradle, clients, checked="checked"):
    earlier = field.position()
    names = [f"c{number}-{SEED}" for number in range(clients)]
    lines, followed = run(field, cradle, names, checked)
    said = [json.loads(line) for line in lines]
    with field.store.snapshot() as snapshot:
        records = whole(snapshot)[:-1]  # without the end, which the test itself wrote
    wrote = [hear_wrote(one["wrote"]) for one in said if "wrote" in one]
    reads = [Read(**one["read"]) for one in said if "read" in one]
    followed = followed._replace(seen=followed.seen[:-1])
    history = History(logged(records, [recorded(r) for r in records]), wrote, reads, [followed], earlier)
    again = {c.asked.id: c for name in names for c in commands(name, field.names, COMMANDS)}
    refusals = [
        Refusal(one["wrote"]["command"], tuple(one["codes"]), one["at"], one["until"]) for one in said if "codes" in one
    ]
    log = [(r.command_id, recorded(r)) for r in records[earlier:]]
    grouped = [(command, [e for _, e in part]) for command, part in groupby(log, key=lambda one: one[0])]
    unlike = differences(lambda: set_up(World(clock=FixedClock(THAT_DAY))), grouped, again, refusals)
    return Raced(history, len(grouped), len(refusals), sum(one.get("tries", 1) - 1 for one in said), unlike)


@pytest.mark.parametrize("clients", [CLIENTS, *times([], [4])])
def test_a_race_is_a_history_that_we_promise_and_its_decisions_are_those_of_its_serial_order(field, cradle, clients):
    raced = race(field, cradle, clients)
    assert broken(raced.history) == []
    assert raced.unlike == []
    check_everything(field)
    # It was a race: what was read had moved now and then, some were refused, most were done.
    assert raced.commands > clients * COMMANDS / 4
    assert raced.refusals
    assert raced.moved


def test_decisions_on_what_had_moved_would_be_seen(field, cradle):
    """As a store would make them that only checks the streams it writes to."""
    raced = race(field, cradle, CLIENTS, "unchecked")
    assert {sentence.partition(":")[0] for sentence in broken(raced.history)} == {"stale"}


def run(field, cradle, names, checked):
    people = [f"{key}={value}" for key, value in field.names.items()]
    with ExitStack() as stack:
        follower = stack.enter_context(cradle.child("faults.racer:follow", told(field.settings), errors=True))
        words = [[told(field.settings), name, str(COMMANDS), checked, *people] for name in names]
        clients = [stack.enter_context(cradle.child("faults.racer:race", *one, errors=True)) for one in words]
        assert {child.line() for child in (follower, *clients)} == {"ready"}
        # Everybody is listened to at once: nobody waits until there is room for what they say.
        listening = stack.enter_context(ThreadPoolExecutor(len(clients) + 1))
        following = listening.submit(follower.rest)
        for child in clients:
            child.heard.write("go\n")
        lines = [line for said in listening.map(Child.rest, clients) for line in said]
        assert [child.wait() for child in clients] == [0] * len(clients)
        field.handle(cy.AddNote(asked=asked(END, field.id("lena")), cycle=field.id("cycle"), text="enough"))
        followed = hear_followed("follower", following.result())
        assert follower.wait() == 0
    return lines, followed
