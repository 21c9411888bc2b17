"""How long the fault tests go on: a short form for every run, a long one for `make faults`."""

from __future__ import annotations

import os

import pytest

NAME = "REVIEWFLOW_FAULTS"
LONG = os.environ.get(NAME, "short") == "long"
SEED = int(os.environ.get("REVIEWFLOW_FAULTS_SEED", "20"))
"""What chance starts from; another one tries other moments."""


at_length = pytest.mark.skipif(not LONG, reason=f"only at length: make faults, or {NAME}=long")


def times(short: int, long: int) -> int:
    """How often something is done; REVIEWFLOW_FAULTS=long chooses the second."""
    return long if LONG else short
