"""A world with a cycle that has begun, made once and only read after; copied for tests that act."""

from datetime import timedelta

import pytest

from asking.asked import NOW, build_world, id_of, opened
from cli.shell import ADA, Shell, copied
from kit.clock import FixedClock


@pytest.fixture(scope="session")
def made(tmp_path_factory):
    """The folder of the world."""
    shell = Shell(tmp_path_factory.mktemp("asked"))
    build_world(shell)
    return shell.folder


@pytest.fixture
def shell(made):
    """Types into the world, to ask only."""
    return Shell(made, FixedClock(NOW), {"REVIEWFLOW_ACTOR": ADA})


@pytest.fixture(scope="session")
def there(made):
    """The installation, to ask only."""
    with opened(Shell(made, FixedClock(NOW))) as installation:
        yield installation


@pytest.fixture(scope="session")
def ids(there):
    """The id of a person, by their address."""
    return lambda email: id_of(there, email)


@pytest.fixture
def own(made, tmp_path):
    """The world in a folder of the test's own."""
    shell = copied(made, tmp_path)
    shell.clock = FixedClock(NOW, timedelta(0))
    return shell
