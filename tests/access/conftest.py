"""A store with the tables of access, in a file and in a PostgreSQL database; a vault in memory."""

import pytest

from access.admitted import Door


@pytest.fixture(scope="session")
def emptied(postgres):
    """One database for every test, emptied before each: to make one takes longer than what is done in it."""
    url = postgres.fresh()
    Door(url).close()
    yield url
    postgres.drop(url)


@pytest.fixture(params=["sqlite", "postgresql"])
def door(request, tmp_path):
    """Everything of access over one store."""
    if request.param == "sqlite":
        with Door(tmp_path / "one.db") as made:
            yield made
    else:
        with Door(request.getfixturevalue("emptied"), there=True) as made:
            yield made


@pytest.fixture
def file_door(tmp_path):
    """The same in a file, where the database does not matter."""
    with Door(tmp_path / "one.db") as made:
        yield made
