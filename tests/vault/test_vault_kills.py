"""Killed at every step: whatever was under way, the old is there or the new, and it can be done again.

Every second step, and at a database, which takes long to set up, every fifth; every one with REVIEWFLOW_FAULTS=long.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from faults.lengths import times

HERE = Path(__file__).parent


def steps(action, url="", stride=1):
    """How many steps an action took until it came through; it was killed before each of them."""
    path = os.pathsep.join([str(HERE.parent), str(HERE.parent.parent / "src")])
    done = subprocess.run(
        [sys.executable, str(HERE / "vault_killed.py"), action, url, str(stride)],
        env={**os.environ, "PYTHONPATH": path},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return int(done.stdout)


@pytest.mark.parametrize(
    ("action", "least"), [("rotate", 25), ("replace", 40), ("restore", 40), ("repair", 30), ("backup", 20)]
)
def test_killed_before_every_step_at_a_file(action, least):
    assert steps(action, stride=times(2, 1)) >= least


@pytest.mark.parametrize(("action", "least"), [("rotate", 12), ("replace", 18), ("restore", 15), ("backup", 10)])
def test_killed_before_every_step_at_a_database(action, least, database):
    assert steps(action, database, times(5, 1)) >= least
