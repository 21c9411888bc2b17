"""Followers killed at any moment, several at once: nothing is missed, nothing done twice, nothing sent by nobody."""

from collections import Counter
from contextlib import ExitStack
from random import Random
from time import sleep

import pytest
from sqlalchemy import create_engine

from faults.follower import Lines, catch_up
from faults.lengths import SEED, times
from faults.site import Site, at_work, told
from faults.worker import Now
from kit.checking import check_everything, whole
from reviewflow.following import effects, positions
from reviewflow.views.rebuild import compare, rebuild

STORES, ROUNDS, FOLLOWERS = times(1, 20), times(6, 25), 2


@pytest.fixture
def busy(place):
    world = at_work(Site(settings=place, clock=Now()))
    yield world
    world.close()


@pytest.mark.parametrize("store", range(STORES))
def test_followers_killed_at_any_moment(busy, cradle, tmp_path, store):
    random, sent = Random(f"{SEED} {store}"), tmp_path / "sent"
    people = [f"{key}={value}" for key, value in busy.names.items()]
    catch_up(busy.installation, sent)
    began = busy.position()
    for number in range(ROUNDS):
        with ExitStack() as stack:
            writer = stack.enter_context(cradle.child("faults.worker:main", told(busy.settings), f"f{number}", *people))
            following = [
                stack.enter_context(cradle.child("faults.follower:main", told(busy.settings), str(sent)))
                for _ in range(FOLLOWERS)
            ]
            for child in following:
                assert child.line() == "ready"
            for _ in range(2 * random.randint(3, 12)):
                assert writer.line()
            for child in (writer, *following):
                sleep(random.random() / 20)
                child.kill()
        never_ahead(busy)
    runner = catch_up(busy.installation, sent)
    assert runner.broken == {}
    check_everything(busy)
    check_followed(busy)
    check_sent(busy, sent, began)


def never_ahead(world):
    with world.store.snapshot() as snapshot:
        for place in positions.places(snapshot.connection):
            assert place.position <= snapshot.position()
            assert place.broken_at is None, place.why


def check_followed(world):
    """Every follower is at the end, and its tables are what a rebuild gives."""
    views = world.installation.views.following
    engine = create_engine("sqlite://")
    with world.store.snapshot() as snapshot, engine.connect() as rebuilt:
        assert {place.position for place in positions.places(snapshot.connection)} == {snapshot.position()}
        rebuild(snapshot, rebuilt, views)
        assert compare(snapshot.connection, rebuilt, views) is None
    engine.dispose()


def check_sent(world, sent, began):
    """Each note was noted for sending once, under one id, and was sent; by those who died perhaps twice."""
    with world.store.snapshot() as snapshot:
        want = {r.position for r in whole(snapshot)[began:] if Lines(sent).wants(r)}
        noted = effects.listed(snapshot.connection, ("waiting", "aside", "dropped", "done"), limit=100_000)
    assert Counter(one.position for one in noted) == Counter(want)
    assert {one.state for one in noted} == {"done"}
    lines = [line.split() for line in sent.read_text().splitlines()]
    assert {(effect, int(position)) for effect, position in lines} == {(one.id, one.position) for one in noted}
    assert want
