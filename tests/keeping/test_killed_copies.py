"""`store copy` killed by SIGKILL at moments it does not choose, again and again: one log in the end, and never two."""

import os
import signal
import subprocess
import sys
from random import Random

import pytest

from faults.lengths import SEED, times
from keeping.keeping_given import Target, note, same
from kit.checking import check_everything
from reviewflow.errors import StoreUnreachable

KILLS = times(3, 300)

CHILD = """
import sys
from pathlib import Path
from kit.clock import FixedClock
from kit.stored import StoredWorld
from faults.lengths import SEED, times
from keeping.keeping_given import Target
from reviewflow.keeping import arriving, copying
copying.BATCH, copying.LAST, arriving.BATCH = 4, 2, 4
world = StoredWorld(folder=Path(sys.argv[1]))
def heard(what, done, of):
    print(what, flush=True)
    sys.stdin.readline()
Target(world, sys.argv[2]).copy(heard)
print("finished", flush=True)
"""


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request, there):
    """An empty place, of each kind."""
    if request.param == "sqlite":
        return f"sqlite:///{there / 'reviewflow.db'}"
    return request.getfixturevalue("postgres_url")


def run(world, url, lines):
    """A copy that is killed while it goes on after so many lines; what it said last."""
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    said = ""
    with subprocess.Popen(
        [sys.executable, "-c", CHILD, str(world.folder), url], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        text=True, env=environment,
    ) as child:  # fmt: skip
        for number, line in enumerate(child.stdout):
            said = line.strip()
            if said == "finished":
                break
            child.stdin.write("\n")
            child.stdin.flush()
            if number == lines:
                child.send_signal(signal.SIGKILL)  # just now it goes on
                break
    return said


def open_to_writes(world, url):
    world.reopen()
    target = Target(world, url).store
    try:
        with target.snapshot():
            there = target.moved() is None
    except StoreUnreachable:
        there = False
    return world.store.moved() is None, there


def test_killed_at_any_moment(world, url):
    chance, number = Random(SEED), 0
    for _ in range(KILLS):
        world.close()
        said = run(world, url, chance.randrange(30))
        here, there = open_to_writes(world, url)
        assert not (here and there)
        if here:
            number += 1
            note(world, f"after-{number}")
        elif there or said == "finished":
            break
    world.close()
    if not there:
        assert run(world, url, 100_000) == "finished"
    assert open_to_writes(world, url) == (False, True)
    same(world.store, Target(world, url).store)
    check_everything(world)
