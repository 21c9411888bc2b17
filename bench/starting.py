"""How long a person waits for the command line: help, and one cycle in a store of many."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from bench.stores import installation, open_many

RUNS = 15


def wait(folder: Path, *words: str) -> float:
    """Median seconds of a whole process."""
    environment = {**os.environ, "REVIEWFLOW_STORE": f"sqlite:///{folder / 'reviewflow.db'}"}
    script = str(Path(sys.executable).with_name("reviewflow"))
    found = []
    for _ in range(RUNS):
        started = time.perf_counter()
        subprocess.run([script, *words], env=environment, check=True, capture_output=True)
        found.append(time.perf_counter() - started)
    return statistics.median(found)


def run(cycles: int) -> list[tuple[str, str]]:
    """Rows of (what, figure)."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with installation(folder) as world:
            open_many(world, cycles)
        last = "school-0-2020-1"
        return [
            ("reviewflow --help, seconds (promise 0.15)", f"{wait(folder, '--help'):.3f}"),
            ("python -c 'import sqlalchemy, pydantic', seconds", f"{imports():.3f}"),
            (f"reviewflow cycle show, {cycles:,} cycles in the store, seconds (promise 0.5)",
             f"{wait(folder, 'cycle', 'show', last):.3f}"),
            ("reviewflow cycle next, seconds", f"{wait(folder, 'cycle', 'next', last):.3f}"),
        ]  # fmt: skip


def imports() -> float:
    """What the libraries alone cost."""
    found = []
    for _ in range(RUNS):
        started = time.perf_counter()
        subprocess.run([sys.executable, "-c", "import sqlalchemy, pydantic"], check=True)
        found.append(time.perf_counter() - started)
    return statistics.median(found)
