"""The program for the shells that do what the pages say."""

import pytest

from kit.forked import Forked


@pytest.fixture(scope="session")
def forked():
    """The folder of a `reviewflow` that costs little to start."""
    with Forked() as made:
        yield made.folder
