"""How long a page takes when several people use a large installation at once: `reviewflow serve` as it is started.

Each of sixteen people asks once a second, at a moment of their own: my work, a cycle, the form of a step, the
partnership board, the history of a cycle; one of them, who administers all of it, what was recorded last and whom
there is. What is told is the time from the request to the last byte of the page, on the loopback: the server's time
and what the connection and the client add to it.
"""

from __future__ import annotations

import http.client
import json
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from statistics import median, quantiles
from typing import NamedTuple

from bench.courses import CHAMPION, SCHOOLS, Partnership
from bench.large import BEGUN_IN, Large, a_copy, with_cycles
from bench.places import COUNTY, Clock, environment
from bench.processes import REVIEWFLOW
from bench.table import Row, Size, Table
from reviewflow.access.sessions import Sessions
from reviewflow.wiring import SystemClock, open_installation

AIM, MEMORY = 50.0, 200.0
"""Milliseconds at p95, with so many cycles; MB that a worker may hold."""
PAUSE = 1.0
_APART = 0.37
"""Seconds between two people: each asks at a moment of their own."""
_BEGUN = 30.0
"""Seconds in which the server must be there."""


class Counts(NamedTuple):
    """How much is timed: cycles in the store, people, seconds before and while it counts."""

    cycles: int
    people: int
    warm: float
    seconds: float


COUNTS = {
    "tiny": Counts(100, 2, 0.0, 2.5),
    "quick": Counts(22_000, 16, 5.0, 20.0),
    "full": Counts(22_000, 16, 20.0, 120.0),
}


class Person(NamedTuple):
    """Somebody with a browser, and the pages that they go through."""

    secret: str
    pages: Mapping[str, str]


def run(size: Size, store: Path | None = None) -> Table:
    """The table."""
    counts = COUNTS[size]
    with tempfile.TemporaryDirectory() as name, a_copy(with_cycles(counts.cycles, store or Path(name))) as copy:
        people = _people(copy, counts.people)
        with _served(copy) as (port, process):
            took = _asked(port, people, counts)
            memory = _memory(process)
    every = sorted(one for found in took.values() for one in found)
    rows = [
        Row(kind, f"{kind}, p95", _p95(found), " ms", _middle(found), f"at most {AIM:g} ms", _p95(found) <= AIM)
        for kind, found in took.items()
    ]
    rows += [
        Row("all", "all of them, p95", _p95(every), " ms", _middle(every), f"at most {AIM:g} ms", _p95(every) <= AIM),
        Row("median", "all of them, median", median(every), " ms"),
        Row("most", "the longest of all", every[-1], " ms"),
        Row("pages", "pages that were asked for", len(every)),
        Row("memory", "memory of the worker", memory, " MB", None, f"at most {MEMORY:g} MB", memory <= MEMORY),
    ]
    settings = (
        f"{counts.cycles:,} cycles, SQLite; one worker, followers in it; {counts.people} people, each asking once in"
        f" {PAUSE:g} s for {counts.seconds:g} s, by connections that stay open."
    )
    return Table("pages", "Pages", rows, settings)


def _people(of: Large, number: int) -> list[Person]:
    """The administrator; heads, champions and leads of different partnerships. Signed in."""
    found = []
    with open_installation(of.settings, Clock(SystemClock().now())) as installation:
        sessions = Sessions(installation.store, SystemClock())
        administers = {"log": "/history", "people": "/administration/people", "my work": "/work"}
        found.append(Person(sessions.begin(COUNTY.administrator, "password"), administers))
        for n in range(number - 1):
            where = Partnership(COUNTY, n % of.partnerships)
            school = n % SCHOOLS
            who = (where.id("hanna", school), where.id(CHAMPION, school), where.id("lena"))[n % 3]
            cycle = f"/cycles/{where.handle(school, BEGUN_IN.start)}"
            pages = {"my work": "/work", "cycle": cycle, "board": f"/partnerships/cluster-{where.number}"}
            if n % 3 != 1:  # a champion who was not asked to take part sees nothing of the cycle
                pages |= {"step": f"{cycle}/steps/choose_focus", "history": f"{cycle}/history"}
            else:
                del pages["cycle"]
            found.append(Person(sessions.begin(who, "password"), pages))
    return found


@contextmanager
def _served(of: Large) -> Iterator[tuple[int, subprocess.Popen[str]]]:
    """A server of its own, and the port that it says it has."""
    words = [REVIEWFLOW, "serve", "--port", "0"]
    process = subprocess.Popen(
        words, env=environment(of.settings), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    )
    assert process.stderr is not None
    try:
        port = 0
        for line in process.stderr:
            told = json.loads(line) if line.startswith("{") else {}
            if told.get("event") == "serving":
                port = int(told["address"].rpartition(":")[2])
                break
        if not port:
            raise RuntimeError(f"the server ended with {process.wait()}")
        drain = threading.Thread(target=process.stderr.read, daemon=True)
        drain.start()
        yield port, process
    finally:
        process.terminate()
        process.wait(_BEGUN)


def _asked(port: int, people: list[Person], counts: Counts) -> dict[str, list[float]]:
    """Milliseconds of every page, by its kind."""
    took: dict[str, list[float]] = {}
    faults: list[str] = []
    lock = threading.Lock()
    begin = time.perf_counter()

    def use(number: int, person: Person) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=_BEGUN)
        headers = {"Cookie": f"reviewflow={person.secret}"}
        kinds = list(person.pages)
        at = begin + number * _APART % PAUSE
        for n in count(number):
            time.sleep(max(0.0, at - time.perf_counter()))
            if time.perf_counter() > begin + counts.warm + counts.seconds:
                return
            kind = kinds[n % len(kinds)]
            started = time.perf_counter()
            connection.request("GET", person.pages[kind], headers=headers)
            answer = connection.getresponse()
            answer.read()
            milliseconds = (time.perf_counter() - started) * 1000
            with lock:
                if answer.status != 200:
                    faults.append(f"{person.pages[kind]}: {answer.status}")
                elif started > begin + counts.warm:
                    took.setdefault(kind, []).append(milliseconds)
            at += PAUSE

    threads = [threading.Thread(target=use, args=one) for one in enumerate(people)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if faults:
        raise RuntimeError(f"{len(faults)} pages were not shown: {', '.join(sorted(set(faults))[:5])}")
    return took


def _memory(process: subprocess.Popen[str]) -> float:
    """What it holds at most, MB."""
    status = Path(f"/proc/{process.pid}/status").read_text(encoding="ascii")
    return int(next(line for line in status.splitlines() if line.startswith("VmHWM")).split()[1]) / 1024


def _p95(found: list[float]) -> float:
    return quantiles(found, n=20, method="inclusive")[-1] if len(found) > 1 else found[0]


def _middle(found: list[float]) -> tuple[float, float]:
    if len(found) < 4:
        return min(found), max(found)
    first, _, third = quantiles(found, n=4)
    return first, third
