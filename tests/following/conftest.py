"""A log to follow, in a file and in a PostgreSQL database."""

import pytest

from following.followed import make_log


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request, tmp_path):
    """Where a store can be made."""
    return tmp_path / "log.db" if request.param == "sqlite" else request.getfixturevalue("postgres_url")


@pytest.fixture
def log(place):
    """A store with nothing recorded yet."""
    made = make_log(place)
    yield made
    made.store.close()


@pytest.fixture
def file_log(tmp_path):
    """The same in a file, where the database does not matter."""
    made = make_log(tmp_path / "one.db")
    yield made
    made.store.close()
