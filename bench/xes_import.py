"""`history import` of an invented XES log: the whole command in a process of its own, on a fresh SQLite store.

Whole cases of five events, of ten or of twenty, each of a subject of its own that is registered on the way, two
people with held roles, a text in every tenth case. Memory is measured for a log and for one ten times as long.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from statistics import median
from typing import NamedTuple

from click.testing import CliRunner

from bench.table import Row, Size, Table
from bench.turns import middle_half
from reviewflow.cli.app import door

PLAIN = Path(__file__).with_name("plain.yaml")
FIRST = datetime(2015, 1, 1, 9)  # noqa: DTZ001 - the log says the offset itself
SHORT = ("receive", "start", "remind", "answer", "accept")
LONG = ("receive", "start", "remind", "answer", "send_back", "remind", "remind", "answer", "remind", "accept")
REAL = ("receive", "start", "remind", "remind", "answer", "send_back", *["remind"] * 12, "answer", "accept")
"""Twenty, as a real log has them: 262,200 events in 13,087 cases in that of the BPI Challenge 2012,
https://www.win.tue.nl/bpi/doku.php?id=2012:challenge. The shorter the cases, the more of the time goes into opening
them and registering their subjects: all three are timed."""
SAYS = (
    "Every event goes through the same permission, rules, sealing and read checks as if it were typed; each case"
    " registers a subject of its own besides. Twenty events is the mean case of a real log ([262,200 events in 13,087"
    " cases](https://www.win.tue.nl/bpi/doku.php?id=2012:challenge))."
)
AIM = 5_000
"""Events a second by all processors."""
WAYS = {"one": ("one process", ("--jobs", "1")), "all": ("all processors", ())}
CASES = {"short": SHORT, "long": LONG, "real": REAL}


class Counts(NamedTuple):
    """How much is imported, how often."""

    events: int
    rounds: int


COUNTS = {"tiny": Counts(40, 1), "quick": Counts(10_000, 1), "full": Counts(50_000, 3)}
MAPPING = """
mapping: bench-log
workflow: plain-review
case: "{case:concept:name}"
subject:
  name: "Paper {case:concept:name}"
  kind: document
  identity: {scheme: paper, value: "{case:concept:name}"}
  register: true
happened: "{time:timestamp}"
by: "{org:resource}"
rows:
  - {where: {concept:name: receive}, open: true}
  - {where: {concept:name: accept}, do: accept, set: {reason: "{reason}"}}
  - {where: {concept:name: start}, do: start}
  - {where: {concept:name: remind}, do: remind}
  - {where: {concept:name: answer}, do: answer}
  - {where: {concept:name: send_back}, do: send_back}
"""
PEOPLE = {"edith@bench.example": "editor", "alma@bench.example": "assistant"}


class Figures(NamedTuple):
    """One import."""

    events: int
    wall: float
    cpu: float
    peak: float
    """Megabytes."""


def log(traces: int, steps: tuple[str, ...] = LONG) -> Iterator[str]:
    """The text of a log, piece by piece."""
    yield '<?xml version="1.0" encoding="UTF-8"?>\n<log xes.version="1849-2016" xmlns="http://www.xes-standard.org/">\n'
    for number in range(traces):
        begun = FIRST + timedelta(days=number % 3000)
        yield f'<trace><string key="concept:name" value="p{number}"/>\n'
        for place, step in enumerate(steps):
            who = "alma@bench.example" if step == "remind" else "edith@bench.example"
            reason = (
                '<string key="reason" value="A sound piece of work."/>' if step == "accept" and number % 10 == 0 else ""
            )
            yield (
                f'<event><string key="concept:name" value="{step}"/><string key="org:resource" value="{who}"/>'
                f'<date key="time:timestamp" value="{begun + timedelta(days=place):%Y-%m-%dT%H:%M:%S}+00:00"/>'
                f"{reason}</event>\n"
            )
        yield "</trace>\n"
    yield "</log>\n"


def prepare(folder: Path) -> dict[str, str]:
    """A store with the workflow and its two people; the environment that names it."""
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("REVIEWFLOW_")},
        "REVIEWFLOW_STORE": f"sqlite:///{folder / 'reviewflow.db'}", "REVIEWFLOW_ACTOR": "ada@bench.example",
    }  # fmt: skip
    (folder / "mapping.yaml").write_text(MAPPING, encoding="utf-8")

    def run(*words: str) -> None:
        done = CliRunner(env=environment).invoke(door, words)
        if done.exit_code:
            raise RuntimeError(done.output)

    run("init", "--admin", "Ada Bench", "--email", "ada@bench.example", "--programme", "Invented Journal")
    run("workflow", "publish", str(PLAIN))
    for email, role in PEOPLE.items():
        run("person", "add", email.partition("@")[0].title(), "--email", email)
        run("person", "role", email, role, "--in", "invented-journal", "--since", "2014-01-01")
    return environment


def measured(events: int, steps: tuple[str, ...], *more: str) -> Figures:
    """One import into a fresh store, by processes of its own."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        environment = prepare(folder)
        file = folder / "log.xes"
        with file.open("w", encoding="utf-8") as to:
            to.writelines(log(events // len(steps), steps))
        words = ["history", "import", str(file), "--map", str(folder / "mapping.yaml"), "--json", *more]
        # A process between, so that the figures of this one child are told apart from earlier ones.
        code = (
            "import resource, subprocess, sys; done = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL); "
            "used = resource.getrusage(resource.RUSAGE_CHILDREN); "
            "print(done.returncode, used.ru_utime + used.ru_stime, used.ru_maxrss)"
        )
        begun = time.perf_counter()
        told = subprocess.run(
            [sys.executable, "-c", code, sys.executable, "-m", "reviewflow", *words],
            env=environment, check=True, capture_output=True, text=True,
        )  # fmt: skip
        wall = time.perf_counter() - begun
    returned, cpu, peak = told.stdout.split()
    assert returned == "0", told.stderr
    unit = 1024 * 1024 if sys.platform == "darwin" else 1024
    return Figures(events, wall, float(cpu), int(peak) / unit)


def run(size: Size, _store: Path | None = None) -> Table:
    """The table: a tenth and the whole, short cases and long, by one process and by all processors."""
    counts = COUNTS[size]
    ways, cases_of = WAYS, CASES
    if size == "tiny":
        ways, cases_of = {"one": WAYS["one"]}, {"short": SHORT}
    told: dict[tuple[int, str, str], list[Figures]] = {}
    numbers = (counts.events,) if size == "tiny" else (counts.events // 10, counts.events)
    for _ in range(counts.rounds):
        for number in numbers:
            for cases, steps in cases_of.items():
                for way, (_, more) in ways.items():
                    told.setdefault((number, cases, way), []).append(measured(number, steps, *more))
    rows = []
    for (number, cases, way), found in told.items():
        walls = [one.events / one.wall for one in found]
        length, who = len(CASES[cases]), ways[way][0]
        aimed = way == "all" and number == counts.events and size == "full"
        rate = median(walls)
        rows.append(Row(
            f"{way}-{length}-{number}", f"{number:,} events, {length} a case, {who}, events", rate, "/s",
            middle_half(walls), f"at least {AIM:,}" if aimed else "", rate >= AIM if aimed else None,
            memory=max(one.peak for one in found),
        ))  # fmt: skip
    return Table(
        "import",
        "`history import` of a XES log",
        rows,
        "The whole command in processes of its own, into a fresh SQLite store in WAL mode with `synchronous=FULL`.",
        [SAYS],
    )
