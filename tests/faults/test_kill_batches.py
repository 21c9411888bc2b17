"""Processes killed in the midst of batches: a batch is there as a whole or not at all, and can be given again."""

from random import Random
from time import sleep

from faults.batcher import A_BATCH, batch
from faults.lengths import SEED, times
from faults.site import Site, told
from faults.worker import Now
from kit.checking import check_everything, whole
from kit.world import spp_people

KILLS = times(8, 300)


def test_killed_at_any_moment_a_batch_is_there_as_a_whole_or_not_at_all(place, cradle):
    world = spp_people(Site(settings=place, clock=Now()))
    random, acknowledged, tried = Random(SEED), {}, []
    people = [f"{key}={value}" for key, value in world.names.items()]
    for number in range(KILLS):
        with cradle.child("faults.batcher:main", told(place), f"b{number}", *people) as process:
            assert process.line() == "ready"
            said = [process.line() for _ in range(random.randint(1, 6))]
            sleep(random.random() / 20)
            process.kill()
            said += process.rest()
        for line in map(str.split, said):
            if line[0] == "try":
                tried.append(line[1])
            else:
                acknowledged[line[1]] = int(line[2])
    check(world, acknowledged, tried)
    again(world, tried)
    check_everything(world)
    world.close()


def events_of(world, name):
    with world.store.snapshot() as snapshot:
        return [r for r in whole(snapshot) if r.command_id.startswith(f"{name}-")]


def check(world, acknowledged, tried):
    assert acknowledged
    for name in tried:
        records = events_of(world, name)
        assert len(records) in ((A_BATCH,) if name in acknowledged else (0, A_BATCH)), f"{name} is there by half"
        if name in acknowledged:
            assert records[-1].position == acknowledged[name]


def again(world, tried):
    """The last batch of each process is given once more, under its own ids: it is there once."""
    for name in tried:
        before = world.position()
        there = len(events_of(world, name))
        answers = world.engine.handle_all(batch(name, world.names, world.clock))
        assert [answer.repeated for answer in answers] == [there > 0] * A_BATCH
        assert world.position() == before + A_BATCH - there
