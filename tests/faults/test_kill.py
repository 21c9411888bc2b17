"""Processes killed at any moment: what was acknowledged is there, nothing is there by half, and work goes on.

The short form, for every run; a long one counts its rounds in thousands (`REVIEWFLOW_KILLS`).
"""

import os
import subprocess
import sys
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from time import sleep

import pytest

from faults.worker import Now, note
from kit.checking import check_commands, check_everything, check_order, whole
from kit.clock import FixedClock
from kit.stored import StoredWorld
from kit.world import spp_people

KILLS = int(os.environ.get("REVIEWFLOW_KILLS", "20"))
TOGETHER = 2
"""Workers at a time."""


@dataclass
class Told:
    """What a worker said before it died."""

    acknowledged: dict[str, int] = field(default_factory=dict)
    tried: list[str] = field(default_factory=list)
    other: list[str] = field(default_factory=list)

    def hear(self, line: str) -> None:
        words = line.split()
        match words:
            case ["done", command, position]:
                self.acknowledged[command] = int(position)
            case ["try", command]:
                self.tried.append(command)
            case _:
                self.other.append(line.strip())


@contextmanager
def worker(world, name):
    script = str(Path(__file__).with_name("worker.py"))
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    people = [f"{key}={value}" for key, value in world.names.items()]
    with subprocess.Popen(
        [sys.executable, script, str(world.folder), name, *people], stdout=subprocess.PIPE, text=True, bufsize=1,
        env=environment,
    ) as process:  # fmt: skip
        try:
            yield process
        finally:
            process.kill()


@pytest.fixture
def busy(tmp_path):
    """A store in which work is going on: a cycle whose self-evaluation is being written."""
    world = spp_people(StoredWorld(folder=tmp_path, clock=Now()))
    world.open("hazel", "lena")
    world.do("name_school_lead", "hanna", school_lead=world.id("hanna"))
    world.do("start_self_evaluation", "hanna")
    yield world
    world.close()


def test_killed_at_any_moment_nothing_acknowledged_is_lost_and_nothing_is_there_by_half(busy):
    random, told = Random(20), Told()
    for number in range(KILLS // TOGETHER):
        busy.close()
        with ExitStack() as stack:
            workers = [stack.enter_context(worker(busy, f"w{n}r{number}")) for n in range(TOGETHER)]
            for process in workers:
                assert process.stdout.readline() == "ready\n"
            for process in workers:
                for _ in range(random.randint(1, 30)):
                    told.hear(process.stdout.readline())
                sleep(random.random() / 50)
                process.kill()
            for process in workers:
                # What it still said before it died was acknowledged too; a line cut off was not.
                for line in process.stdout.read().split("\n")[:-1]:
                    told.hear(line)
        busy.reopen()
        check(busy, told)
        if number % 3 == 0:
            check_everything(busy)
    check_everything(busy)
    assert len(told.acknowledged) > 2 * KILLS
    assert not [line for line in told.other if not line.startswith("moved")]


def check(world, told):
    with world.store.snapshot() as snapshot:
        records = whole(snapshot)
        found = {command: snapshot.command(command) for command in told.tried}
    check_order(records)
    check_commands(records)
    for command, records in found.items():
        assert len(records) in (0, int(command[0])), f"{command} is there by half"
    for command, position in told.acknowledged.items():
        assert found[command][-1].position == position
    # Nobody but the workers wrote, and each only what it said it tried.
    assert {r.command_id for r in records if "-w" in r.command_id} <= set(told.tried)
    retry(world, told, found)


def retry(world, told, found):
    """Whoever did not hear the answer asks again, under the same id: it is done once."""
    cut_off = [c for c in told.tried if c not in told.acknowledged and c.startswith("1-note")]
    for command in cut_off:
        done = world.handle(note(command, world.id("lena"), world.id("cycle"), world.clock))
        assert done.repeated is bool(found[command])
        with world.store.snapshot() as snapshot:
            assert len(snapshot.command(command)) == 1
        told.acknowledged[command] = done.position


NOON = datetime(2026, 9, 10, 12, tzinfo=UTC)


@pytest.mark.parametrize("back", [timedelta(seconds=1), timedelta(hours=1), timedelta(days=2)])
def test_a_clock_that_is_set_back_does_not_turn_the_log_back(tmp_path, back):
    world = spp_people(StoredWorld(folder=tmp_path))
    world.clock.moment = NOON
    world.open("hazel", "lena")
    world.clock.moment = NOON - back
    person = world.person("late", "staff", "rowan")
    with world.store.snapshot() as snapshot:
        last = snapshot.log(snapshot.position() - 1)[0]
        assert (last.stream, last.recorded_at) == (f"person-{person}", NOON)
    with world.knowing(known_at=NOON - timedelta(microseconds=1)) as known:
        assert known.person(person) is None
        assert known.cycle(world.id("cycle")) is None
    world.clock.moment = NOON + timedelta(minutes=5)
    world.do("choose_focus", "hanna", focus_areas=["Reading"])
    check_everything(world)
    world.close()


def test_another_process_with_a_slow_clock_keeps_the_order_too(tmp_path):
    world = spp_people(StoredWorld(folder=tmp_path))
    world.clock.moment = NOON
    world.open("hazel", "lena")
    other = StoredWorld(folder=tmp_path, names=world.names)
    other.clock.moment = NOON - timedelta(hours=3)
    for n, one in enumerate((other, world, other, world)):
        one.handle(note(f"note-{n}", world.id("lena"), world.id("cycle"), FixedClock(NOON)))
    events = check_everything(world)
    assert {e.recorded_at for e in events[-4:]} == {NOON}
    other.close()
    world.close()
