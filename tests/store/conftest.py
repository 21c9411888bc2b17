from __future__ import annotations

import pytest

from reviewflow.store.memory import MemoryStore
from reviewflow.store.sql import SqlStore
from store.batches import Seen, SetClock


@pytest.fixture
def clock():
    return SetClock()


@pytest.fixture
def view():
    return Seen()


@pytest.fixture
def path(tmp_path):
    return tmp_path / "log.db"


@pytest.fixture
def sqlite(path, clock, view):
    with SqlStore(path, clock, [view]) as store:
        store.create()
        yield store


@pytest.fixture(params=["memory", "sqlite"])
def store(request, clock, view):
    """Every store there is. A new one is one more name here."""
    if request.param == "memory":
        with MemoryStore(clock, [view]) as made:
            yield made
    else:
        yield request.getfixturevalue(request.param)
