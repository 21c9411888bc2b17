"""Several processes on one store, in each kind of database: races, wake-ups, forks, and one killed at its work."""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path

from store.batches import batch, check_log, staged


@contextmanager
def another(job: str, place: Path | str, *words: str):
    """A process doing a job; killed at the end if it still runs."""
    script = Path(__file__).with_name("other_process.py")
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    command = [sys.executable, str(script), job, str(place), *words]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1, env=environment
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def test_reading_the_log_does_not_pay_for_libraries_that_it_does_not_need():
    """Each costs a command line tool a fifth to a half of what it may take to answer; the ORM more than all of it."""
    look = "import reviewflow.store.sql, reviewflow.store.sqlite, reviewflow.store.memory, sys; print(*sys.modules)"
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    told = subprocess.run([sys.executable, "-c", look], capture_output=True, text=True, check=True, env=environment)
    loaded = set(told.stdout.split())
    assert "reviewflow.store.sql" in loaded
    assert not loaded & {"eventsourcing", "sqlalchemy", "cryptography", "psycopg"}


def test_of_two_processes_exactly_one_wins_each_version(kept, place):
    with another("race", place, "x", "40") as x, another("race", place, "y", "40") as y:
        for process in (x, y):
            assert process.stdout.readline() == "ready\n"
        for process in (x, y):
            process.stdin.write("go\n")
        told = [process.stdout.read().split("\n")[:-1] for process in (x, y)]
        assert [process.wait() for process in (x, y)] == [0, 0]
    won = sorted(int(line.split()[1]) for lines in told for line in lines if line.startswith("won"))
    assert won == list(range(1, 41))
    assert check_log(kept) == 40


def test_a_subscription_hears_of_another_process(kept, place):
    with another("race", place, "x", "5") as process, kept.subscribe(pause=0.01) as log:
        process.stdout.readline()
        process.stdin.write("go\n")
        assert [next(log).position for _ in range(5)] == [1, 2, 3, 4, 5]
        process.stdout.read()


def test_a_child_made_by_fork_has_connections_of_its_own(kept, place):
    with another("fork", place) as process:
        assert process.stdout.read().splitlines() == [
            "child sees 2; uses its parent's connection: False",
            "the snapshot from before sees 1",
            "parent sees 3",
        ]
        assert process.wait() == 0
    assert check_log(kept) == 3


def test_killed_in_the_middle_everything_acknowledged_is_there_and_nothing_by_half(kept, place, view):
    kept.close()
    acknowledged = {}
    for name, lines in (("first", 1), ("second", 37), ("third", 150)):
        with another("pour", place, name) as process:
            for _ in range(lines):
                position, digest = process.stdout.readline().split()
                acknowledged[int(position)] = digest
            process.kill()
            # What it still said before it died was acknowledged too; a line cut off was not.
            for line in process.stdout.read().split("\n")[:-1]:
                position, digest = line.split()
                acknowledged[int(position)] = digest
        reopened = type(kept)(place, kept._clock, [view])
        with reopened:
            length = check_log(reopened)
            assert length % 2 == 0
            with reopened.snapshot() as snapshot:
                log = snapshot.log(limit=length)
                assert snapshot.heads(["visits-of:ben"]) == {"visits-of:ben": length // 2}
                assert len(snapshot.touching("visits-of:ben")) == len({r.stream for r in log[::2]})
            stored = {r.position: sha256(r.body).hexdigest() for r in log}
            assert acknowledged.items() <= stored.items()
            assert [row[0] for row in view.rows(reopened)] == list(range(1, length + 1))
            reopened.append(batch(staged(f"after-{name}", 1, "visits-of:ben"), staged(f"after-{name}", 2)))
