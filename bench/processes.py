"""Whole processes: how long each takes and how much memory it holds at most, in turn, by `slim.py`."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import median
from typing import NamedTuple

SLIM = Path(__file__).with_name("slim.py")
PATIENCE = 60.0
"""Seconds of one command, all its rounds together, after which it has no more."""
REVIEWFLOW = str(Path(sys.executable).with_name("reviewflow"))


class Ran(NamedTuple):
    """What one command took, round by round."""

    seconds: list[float]
    peak: float
    """The most of all rounds, MB."""
    processor: float
    """The middle of all rounds, seconds."""

    @property
    def median(self) -> float:
        """The middle round, seconds."""
        return median(self.seconds)


def run_in_turn(
    commands: Mapping[str, Sequence[str]], environment: Mapping[str, str], rounds: int, *, warm: int = 1
) -> dict[str, Ran]:
    """Each command's rounds; the first ones fill the caches of the machine and are dropped."""
    job = {
        "commands": list(map(list, commands.values())), "environment": dict(environment), "rounds": rounds + warm,
        "patience": PATIENCE,
    }  # fmt: skip
    told = subprocess.run(
        [sys.executable, "-S", "-I", str(SLIM)], input=json.dumps(job), capture_output=True, text=True, check=True
    )
    found = {}
    for (name, words), runs in zip(commands.items(), json.loads(told.stdout), strict=True):
        if any(code for _, _, code, _ in runs):
            said = subprocess.run(list(words), env=dict(environment), capture_output=True, text=True, check=False)
            raise RuntimeError(f"{name}: {' '.join(words)} ended with {said.returncode}: {said.stderr[-2000:]}")
        kept = runs[warm:] or runs
        found[name] = Ran(
            [took for took, *_ in kept], max(peak for _, peak, *_ in runs), median(worked for *_, worked in kept)
        )
    return found


def run_once(words: Sequence[str], environment: Mapping[str, str], output: Path) -> Ran:
    """One command, what it prints into a file."""
    job = {
        "commands": [list(words)], "environment": dict(environment), "rounds": 1, "patience": PATIENCE,
        "output": str(output),
    }  # fmt: skip
    told = subprocess.run(
        [sys.executable, "-S", "-I", str(SLIM)], input=json.dumps(job), capture_output=True, text=True, check=True
    )
    (((took, peak, code, worked),),) = json.loads(told.stdout)
    if code:
        raise RuntimeError(f"{' '.join(words)} ended with {code}: {output.read_text(encoding='utf-8')[-2000:]}")
    return Ran([took], peak, worked)
