"""Commands on a large store, one after another, each with its time: first steps of new cycles all over the county.

Nothing of these schools and people is in memory beforehand, as in an installation that many use a little. In a
process of its own: `python -m bench.writing FOLDER PARTNERSHIPS FIRST COMMANDS PAUSE`; with 0 commands it goes on
until its input ends, and says so on a line of its own once the first is done. Its answer is `Wrote` as JSON.
"""

from __future__ import annotations

import json
import select
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from statistics import quantiles
from typing import NamedTuple

from bench.large import Large, new_cycles
from bench.places import Clock, opened, settings_for
from bench.worker import peak
from reviewflow.engine import Done

ROOT = Path(__file__).parents[1]


class Wrote(NamedTuple):
    """What came of it; times in milliseconds."""

    commands: int
    seconds: float
    p50: float
    p95: float
    p99: float
    most: float
    opening: float
    """From nothing to an open store."""
    peak: float
    """MB."""


def write(of: Large, first: int, stop: Callable[[int], bool], pause: float = 0.0, warm: int = 0) -> Wrote:
    """Until `stop(how many were done)`; the first `warm` are not counted. Raises what a command is refused for."""
    clock = Clock()
    took: list[float] = []
    begun = time.perf_counter()
    with opened(settings_for(of.folder), clock) as engine:
        opening = time.perf_counter() - begun
        coming = new_cycles(of, first)
        begun = time.perf_counter()
        for number in count():
            if stop(number):
                break
            command = next(coming)
            clock.moment = max(clock.moment, command.asked.at)
            started = time.perf_counter()
            done = engine.handle(command)
            if number >= warm:
                took.append((time.perf_counter() - started) * 1000)
            assert isinstance(done, Done)
            if pause:
                time.sleep(pause)
        seconds = time.perf_counter() - begun
    if len(took) < 2:
        took *= 2
    cuts = quantiles(took, n=100, method="inclusive") if took else [0.0] * 99
    return Wrote(number, seconds, cuts[49], cuts[94], cuts[98], max(took, default=0.0), opening * 1000, peak())


def written(of: Large, first: int, commands: int, *, apart: bool) -> Wrote:
    """So many commands, after a tenth as many that warm up; in a process of its own."""
    if not apart:
        return write(of, first, lambda done: done >= commands)
    told = subprocess.run(_words(of, first, commands, 0.0), cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True)
    return Wrote(*json.loads(told.stdout))


@contextmanager
def meanwhile(of: Large, first: int, pause: float) -> Iterator[Callable[[], Wrote]]:
    """A process that writes as long as the block lasts; call what is yielded to end it and to hear what it did."""
    process = subprocess.Popen(
        _words(of, first, 0, pause), cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )

    assert process.stdout is not None
    process.stdout.readline()  # it has begun, or has ended: `end` tells

    def end() -> Wrote:
        out, _ = process.communicate()
        if process.returncode:
            raise RuntimeError(f"a command was refused, or worse: the writer ended with {process.returncode}")
        return Wrote(*json.loads(out))

    try:
        yield end
    finally:
        process.kill()
        process.wait()


def _words(of: Large, first: int, commands: int, pause: float) -> list[str]:
    return [sys.executable, "-m", "bench.writing", *map(str, (of.folder, of.partnerships, first, commands, pause))]


def main() -> None:
    """See the top."""
    folder, partnerships, first, commands, pause = sys.argv[1:]
    of, wanted = Large(Path(folder), 0, int(partnerships), 0.0), int(commands)

    def stop(done: int) -> bool:
        if wanted:
            return done >= wanted
        if done == 1:
            print("begun", flush=True)
        return done > 0 and bool(select.select([sys.stdin], [], [], 0)[0])

    print(json.dumps(write(of, int(first), stop, float(pause), warm=wanted // 10)))


if __name__ == "__main__":
    main()
