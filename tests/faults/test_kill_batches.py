"""Processes killed in the midst of batches: a batch is there as a whole or not at all, and can be given again."""

import os
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path
from random import Random
from time import sleep

from faults.batcher import A_BATCH, batch
from faults.worker import Now
from kit.checking import check_everything, whole
from kit.stored import StoredWorld
from kit.world import spp_people

KILLS = int(os.environ.get("REVIEWFLOW_KILLS", "20")) // 2


def test_killed_at_any_moment_a_batch_is_there_as_a_whole_or_not_at_all(tmp_path):
    world = spp_people(StoredWorld(folder=tmp_path, clock=Now()))
    random, acknowledged, tried = Random(20), {}, []
    script = str(Path(__file__).with_name("batcher.py"))
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    people = [f"{key}={value}" for key, value in world.names.items()]
    for number in range(KILLS):
        with ExitStack() as stack:
            process = stack.enter_context(
                subprocess.Popen(
                    [sys.executable, script, str(tmp_path), f"b{number}", *people], stdout=subprocess.PIPE, text=True,
                    bufsize=1, env=environment,
                )
            )  # fmt: skip
            stack.callback(process.kill)
            assert process.stdout.readline() == "ready\n"
            said = [process.stdout.readline() for _ in range(random.randint(1, 6))]
            sleep(random.random() / 20)
            process.kill()
            said += process.stdout.read().split("\n")[:-1]
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
