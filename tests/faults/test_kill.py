"""Processes killed at any moment: what was acknowledged is there, nothing is there by half, and work goes on."""

from contextlib import ExitStack
from random import Random
from time import sleep

import pytest

from faults.lengths import SEED, times
from faults.site import Site, at_work, told
from faults.told import Told, digest_of
from faults.worker import Now, note
from kit.checking import check_commands, check_everything, check_order, whole
from reviewflow.events import encode

STORES, ROUNDS, TOGETHER = times(1, 40), times(8, 30), 2
"""So many stores, in each so many rounds, in each so many workers killed: 16, or 2,400, on each database."""


@pytest.fixture
def busy(place):
    """Work is going on here: a cycle whose self-evaluation is being written."""
    world = at_work(Site(settings=place, clock=Now()))
    yield world
    world.close()


def people(world):
    return [f"{key}={value}" for key, value in world.names.items()]


@pytest.mark.parametrize("store", range(STORES))
def test_killed_at_any_moment_nothing_acknowledged_is_lost_and_nothing_is_there_by_half(busy, cradle, store):
    random, heard = Random(f"{SEED} {store}"), Told()
    with busy.store.snapshot() as snapshot:
        before = frozenset(record.command_id for record in whole(snapshot))
    for number in range(ROUNDS):
        busy.close()
        with ExitStack() as stack:
            words = [[told(busy.settings), f"w{n}r{number}", *people(busy)] for n in range(TOGETHER)]
            workers = [stack.enter_context(cradle.child("faults.worker:main", *one)) for one in words]
            for process in workers:
                # Some die before they have said a word: while they open the store.
                for _ in range(random.choice([0, 1, random.randint(2, 30)])):
                    heard.hear(process.line())
            for process in workers:
                sleep(random.random() / 50)
                process.kill()
            for process in workers:
                # What it still said before it died was acknowledged too; a line cut off was not.
                heard.hear_all(process.rest())
        busy.reopen()
        check(busy, heard, before)
    check_everything(busy)
    assert len(heard.acknowledged) > 2 * ROUNDS
    assert heard.other == []


def check(world, heard, before):
    with world.store.snapshot() as snapshot:
        records = whole(snapshot)
    check_order(records)
    check_commands(records)
    found = heard.check(records, foreign=before)
    # Whoever did not hear the answer asks again, under the same id: it is done once.
    cut_off = [c for c in heard.tried if c not in heard.acknowledged and c.startswith("1-note")]
    for command in cut_off:
        done = world.handle(note(command, world.id("lena"), world.id("cycle"), world.clock))
        assert done.repeated is (command in found)
        [one] = done.events
        heard.acknowledged[command] = {one.position: digest_of(encode(one.event))}
        heard.moved = [each for each in heard.moved if each != command]  # it was not written then; now it is
