"""Makes a large store quickly: an invented county, year by year, through the engine in batches, by two processes.

Nothing is written past the engine: every event was decided, sealed and checked as if it were typed. A store that was
made is kept where `--store` says and taken again; whoever writes to it writes to a copy.

By itself: `python -m bench.large EVENTS FOLDER`.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import date
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

from bench.courses import COURSE, SCHOOLS, Partnership, clock_of, cycle, registrations
from bench.places import BEGUN, COUNTY, Clock, found, opened, settings_for
from reviewflow import wiring
from reviewflow.engine import Done, Engine
from reviewflow.events import Command
from reviewflow.following.follower import Outcome, ViewFollower, step
from reviewflow.settings import Settings

FORMAT = 5
"""Of what is made here: a store of another format is made again."""
YEARS = range(2021, 2025)
"""In which every cycle is completed; in the year after they stand anywhere."""
BEGUN_IN = range(2021, 2031)
"""Years of the cycles of a store that has many which are hardly begun."""
REGISTERED, A_CYCLE = 173, 40
"""Events for a partnership with its people, and for a whole cycle."""
A_PARTNERSHIP = REGISTERED + SCHOOLS * A_CYCLE * len(YEARS) + SCHOOLS * A_CYCLE // 2
SHARED_FROM = 20_000
"""Events that are worth a second process."""


class Large(NamedTuple):
    """A store that was made."""

    folder: Path
    events: int
    partnerships: int
    seconds: float

    @property
    def settings(self) -> Settings:
        """Where it is."""
        return settings_for(self.folder)

    @property
    def schools(self) -> int:
        """How many."""
        return self.partnerships * SCHOOLS


def large(events: int, within: Path) -> Large:
    """A store of so many events, or hardly more, in a folder of its own in `within`; made if it is not there yet."""
    return _kept("events", events, within)


def with_cycles(cycles: int, within: Path) -> Large:
    """A store of so many cycles, ten to a school and hardly begun: what lists have to cope with."""
    return _kept("cycles", cycles, within)


def filled(events: int, folder: Path, url: str) -> Large:
    """A new store of so many events at `url`, its keys in `folder`."""
    return Large(folder=folder, **_make("events", events, folder, url))


def _kept(kind: str, number: int, within: Path) -> Large:
    folder, shape = within / f"{kind}-{number}", _shape()
    label = folder / "made.json"
    if label.exists():
        made = json.loads(label.read_text(encoding="utf-8"))
        if made.pop("shape") == shape:
            return Large(folder=folder, **made)
    if folder.exists():
        shutil.rmtree(folder)
    folder.mkdir(parents=True)
    made = _make(kind, number, folder)
    # Written last: a store that was being made when its process was killed is made again.
    label.write_text(json.dumps({"shape": shape, **made}), encoding="utf-8")
    return Large(folder=folder, **made)


def _shape() -> str:
    """Of a store that is made now: one with other tables, or made in another way, is made again."""
    with TemporaryDirectory() as name:
        settings = found(Path(name))
        with closing(sqlite3.connect(settings.store_path)) as connection:
            tables = connection.execute("SELECT sql FROM sqlite_master ORDER BY type, name").fetchall()
    return hashlib.sha256(repr((FORMAT, tables)).encode()).hexdigest()[:16]


@contextmanager
def a_copy(of: Large, within: Path | None = None) -> Iterator[Large]:
    """The same in a folder that goes away: to be written to."""
    with TemporaryDirectory(dir=within) as name:
        folder = Path(name) / "copy"
        shutil.copytree(of.folder, folder)
        yield of._replace(folder=folder)


def _make(kind: str, number: int, folder: Path, url: str | None = None) -> dict[str, Any]:
    started = time.perf_counter()
    settings = found(folder, url)
    partnerships = max(1, round(number / (A_PARTNERSHIP if kind == "events" else SCHOOLS * len(BEGUN_IN))))
    shares = 2 if number >= SHARED_FROM else 1
    with opened(settings, Clock()) as engine:
        # By one process: who registers a person reads the set of all people, so that two would only race.
        for of in (Partnership(COUNTY, number) for number in range(partnerships)):
            for answer in engine.handle_all(list(registrations(of, BEGUN))):
                if not isinstance(answer, Done):
                    raise answer
        before = _position(engine)
    wanted = (number - before) // shares + 1 if kind == "events" else 0
    words = [sys.executable, "-m", "bench.large", "share", str(folder), url or ""]
    rest = [
        subprocess.Popen([*words, *map(str, (share, partnerships, shares, wanted))], cwd=Path(__file__).parents[1])
        for share in range(1, shares)
    ]
    _write(settings, range(0, partnerships, shares), wanted)
    for process in rest:
        if process.wait():
            raise RuntimeError(f"a process that was making the store ended with {process.returncode}")
    with opened(settings, Clock()) as engine:
        made = _position(engine)
    seconds = round(time.perf_counter() - started, 1)
    follow(settings)
    return {"events": made, "partnerships": partnerships, "seconds": seconds}


def follow(settings: Settings) -> None:
    """Bring the views that follow the log to its end, as `reviewflow run` would have."""
    with wiring.open_installation(settings, Clock()) as installation:
        for view in installation.views.following:
            follower = ViewFollower(view)
            while step(installation.store, follower, installation.clock).outcome is Outcome.MOVED:
                pass


def _write(settings: Settings, numbers: range, wanted: int) -> None:
    """The share of one process: year by year, until so many events are there.

    0 events: every cycle is begun, and none goes on.
    """
    clock = Clock()
    written = 0
    begun = time.perf_counter()
    with opened(settings, clock) as engine:
        for moment, batch in _batches(numbers) if wanted else _openings(numbers):
            clock.moment = moment
            for answer in engine.handle_all(batch[: wanted - written] if wanted else batch):
                if not isinstance(answer, Done):
                    raise answer
                written += len(answer.events)
            if sys.stderr.isatty():
                rate = written / (time.perf_counter() - begun)
                print(f"\r{written:,} of {wanted:,} events, {rate:,.0f}/s ", end="", file=sys.stderr, flush=True)
            if wanted and written >= wanted:
                return
    if not wanted:
        return
    raise RuntimeError(f"{len(numbers)} partnerships gave {written} events, {wanted} were wanted")


def _batches(numbers: range) -> Iterator[tuple[Any, list[Command]]]:
    """With the moment at which each is written down."""
    for year in YEARS:
        for number in numbers:
            of = Partnership(COUNTY, number)
            yield clock_of(year), [one for school in range(SCHOOLS) for one in cycle(of, school, year)]
    # Then cycles that stand anywhere, and more whole ones for as long as any are needed.
    for year in range(YEARS.stop, 2031):
        for number in numbers:
            of = Partnership(COUNTY, number)
            cuts = ((school, 2 + (number * 7 + school * 11) % (COURSE - 3)) for school in range(SCHOOLS))
            yield clock_of(year), [one for school, cut in cuts for one in cycle(of, school, year, cut)]


def _openings(numbers: range) -> Iterator[tuple[Any, list[Command]]]:
    for year in BEGUN_IN:
        for number in numbers:
            of = Partnership(COUNTY, number)
            yield clock_of(year), [one for school in range(SCHOOLS) for one in cycle(of, school, year, 2)]


def _position(engine: Engine) -> int:
    with engine.knowing() as known:
        return known.snapshot.position()


def sizes(folder: Path) -> dict[str, int]:
    """Bytes of each file of a store, that of the log's database with its journal."""
    told: dict[str, int] = {}
    for file in folder.iterdir():
        if file.is_file():
            name = file.name.removesuffix("-wal").removesuffix("-shm")
            told[name] = told.get(name, 0) + file.stat().st_size
    return told


def new_cycles(of: Large, start: int, steps: int = 7) -> Iterator[Command]:
    """First steps of new cycles in schools all over the county, in a year that has none yet; without end."""
    number = start
    while True:
        at = Partnership(COUNTY, number * 7 % of.partnerships)
        school = number // of.partnerships % SCHOOLS
        year = 2031 + number // of.schools
        yield from islice(cycle(at, school, year), steps)
        number += 1


def today(year: int = 2031) -> date:
    """A day on which those cycles can be written down."""
    return clock_of(year).date()


def main() -> None:
    """A store, or the share of one process of it."""
    if sys.argv[1] == "share":
        settings = settings_for(Path(sys.argv[2]), sys.argv[3] or None)
        number, partnerships, shares, wanted = map(int, sys.argv[4:])
        _write(settings, range(number, partnerships, shares), wanted)
    else:
        print(large(int(sys.argv[1]), Path(sys.argv[2])))


if __name__ == "__main__":
    main()
