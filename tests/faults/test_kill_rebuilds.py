"""Rebuilds killed at any moment while commands go on: views stay what they are, and the next rebuild goes on."""

from contextlib import ExitStack
from random import Random
from time import sleep

import pytest

from faults.follower import catch_up
from faults.lengths import SEED, times
from faults.site import Site, at_work, told
from faults.told import Told
from faults.worker import Now
from kit.checking import check_everything, whole
from reviewflow.following.rebuilding import Rebuilding

STORES, ROUNDS = times(1, 20), times(5, 25)


@pytest.fixture
def busy(place):
    world = at_work(Site(settings=place, clock=Now()))
    yield world
    world.close()


@pytest.mark.parametrize("store", range(STORES))
def test_rebuilds_killed_at_any_moment(busy, cradle, store):
    random, heard, rebuilt = Random(f"{SEED} {store}"), Told(), 0
    people = [f"{key}={value}" for key, value in busy.names.items()]
    with busy.store.snapshot() as snapshot:
        before = frozenset(record.command_id for record in whole(snapshot))
    for number in range(ROUNDS):
        with ExitStack() as stack:
            writer = stack.enter_context(
                cradle.child("faults.worker:main", told(busy.settings), f"r{number}", *people, errors=True)
            )
            rebuilding = stack.enter_context(cradle.child("faults.follower:rebuild", told(busy.settings), errors=True))
            assert rebuilding.line() == "ready"
            for _ in range(2 * random.randint(2, 10)):
                heard.hear(writer.line())
            sleep(random.random() / 4)
            rebuilding.kill()
            writer.kill()
            heard.hear_all(writer.rest())
            rebuilt += len(rebuilding.rest())
        busy.close()
        busy.reopen()
        with busy.store.snapshot() as snapshot:
            heard.check(whole(snapshot), foreign=before)
        check_everything(busy)
    for one in Rebuilding(busy.store, busy.installation.views, Now()).run():
        assert one.difference is None
    for one in Rebuilding(busy.store, busy.installation.views, Now()).run():
        assert one.difference is None
    check_everything(busy)
    assert heard.other == []


def test_a_rebuild_cut_short_before_the_swap_tells_no_difference(busy, tmp_path, monkeypatch):
    catch_up(busy.installation, tmp_path / "sent")
    busy.do("choose_focus", "hanna", focus_areas=["Reading"])  # which no follower has yet
    monkeypatch.setattr(busy.store, "replacing", cut_short)
    with pytest.raises(KeyboardInterrupt):
        Rebuilding(busy.store, busy.installation.views, Now()).run()
    monkeypatch.undo()
    assert [one.difference for one in Rebuilding(busy.store, busy.installation.views, Now()).run()] == [None] * 4


def cut_short(_seconds):
    raise KeyboardInterrupt
