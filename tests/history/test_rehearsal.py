"""A rehearsal stands on a copy of the store, in a file or in a database, and nothing done to it stays."""

from __future__ import annotations

import pytest

from kit.stored import StoredWorld
from kit.world import spp_people
from reviewflow.history.rehearsal import rehearsing


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_a_rehearsal_knows_all_that_the_store_knows_and_keeps_nothing(kind, tmp_path, request):
    url = request.getfixturevalue("postgres_url") if kind == "postgresql" else None
    world = spp_people(StoredWorld(folder=tmp_path, url=url))
    before = log_of(world.store)
    keys = world.settings.keys_path.read_bytes()
    with rehearsing(world.settings, world.clock) as rehearsal:
        assert log_of(rehearsal.store) == before
        assert rehearsal.settings.store.startswith("sqlite:///")
        there = StoredWorld.__new__(StoredWorld)
        there.__dict__.update(world.__dict__, engine=rehearsal.engine, store=rehearsal.store, vault=rehearsal.vault)
        there.open("hazel", "lena")
        assert len(log_of(rehearsal.store)) > len(before)
    assert log_of(world.store) == before
    assert world.settings.keys_path.read_bytes() == keys
    world.open("hazel", "lena")
    world.close()


def log_of(store):
    with store.snapshot() as snapshot:
        return snapshot.log(limit=10_000)
