from __future__ import annotations

from itertools import count
from urllib.parse import quote

import psycopg
import pytest

from reviewflow.vault import keydatabase
from reviewflow.vault.places import open_keys
from vault.vault_given import Kept, new_vault

NUMBERS = count(1)


@pytest.fixture
def keys(tmp_path):
    return tmp_path / "reviewflow.keys"


@pytest.fixture
def file(tmp_path):
    """Where a backup goes."""
    return tmp_path / "keys.backup"


@pytest.fixture(scope="session")
def one_database(postgres):
    """A database for all these tests: each has a schema of its own, which takes less time to make than a database."""
    url = postgres.fresh()
    with psycopg.connect(url, autocommit=True) as link:
        yield url, link
    postgres.drop(url)


@pytest.fixture
def database(one_database, monkeypatch):
    """The URL of an empty place in it; keys that are made there hold an answer for a hundredth of a second."""
    monkeypatch.setattr(keydatabase, "LEASE", 0.01)
    url, link = one_database
    name = f"keys_{next(NUMBERS)}"
    link.execute(f"CREATE SCHEMA {name}")
    yield f"{url}{'&' if '?' in url else '?'}options={quote(f'-c search_path={name}')}"
    link.execute(f"DROP SCHEMA {name} CASCADE")


@pytest.fixture(params=["in memory", "in a file", "in a database"])
def vault(request):
    place = None
    if request.param == "in a file":
        place = request.getfixturevalue("keys")
    elif request.param == "in a database":
        place = request.getfixturevalue("database")
    made = new_vault(place)
    yield made
    made.close()


@pytest.fixture(params=["in a file", "in a database"])
def place(request):
    """Where keys may lie that several processes share; there are none yet."""
    return request.getfixturevalue("keys" if request.param == "in a file" else "database")


@pytest.fixture
def kept(place):
    """A vault with a few keys, some of them forgotten, in each place where it can be kept."""
    made = Kept(place)
    yield made
    made.close()


@pytest.fixture
def another():
    """A second vault, in memory, with keys of its own."""
    made = new_vault()
    yield made
    made.close()


@pytest.fixture
def stored(keys):
    made = new_vault(keys)
    yield made
    made.close()


@pytest.fixture
def opened():
    """Opens the keys of a place, and gives them back at the end."""
    found = []

    def open_(place):
        found.append(open_keys(place))
        return found[-1]

    yield open_
    for one in found:
        one.close()
