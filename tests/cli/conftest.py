"""The command line against real files: an installation with a small invented world, copied for each test."""

from datetime import timedelta

import pytest

from cli.shell import ADA, START, Shell, build, copied
from kit.clock import FixedClock


@pytest.fixture(scope="session")
def world(tmp_path_factory):
    """The folder of the world, made once; only read after."""
    folder = tmp_path_factory.mktemp("world")
    build(Shell(folder))
    return folder


@pytest.fixture
def north(world, tmp_path):
    """The world in a folder of the test's own."""
    return copied(world, tmp_path)


@pytest.fixture
def still(world):
    """The world itself, for tests that only read or are turned away."""
    return Shell(world, FixedClock(START + timedelta(hours=1), timedelta(seconds=1)), {"REVIEWFLOW_ACTOR": ADA})


@pytest.fixture
def empty(tmp_path):
    """A folder without anything."""
    return Shell(tmp_path)
