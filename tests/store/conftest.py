from __future__ import annotations

from contextlib import ExitStack

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


@pytest.fixture
def postgresql(postgres_url, clock, view):
    with SqlStore(postgres_url, clock, [view]) as store:
        store.create()
        yield store


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request, path):
    """Where a store can be made that other processes can open; a new kind is one more name here."""
    return path if request.param == "sqlite" else request.getfixturevalue("postgres_url")


@pytest.fixture
def kept(place, clock, view):
    """A store in each kind of place."""
    with SqlStore(place, clock, [view]) as store:
        store.create()
        yield store


@pytest.fixture
def another(request, store, clock):
    """Opens the same store again, with connections of its own; memory has only the one."""
    with ExitStack() as stack:
        place = {"sqlite": "path", "postgresql": "postgres_url"}.get(request.node.callspec.params["store"])

        def opened():
            if place is None:
                return store
            return stack.enter_context(SqlStore(request.getfixturevalue(place), clock, [Seen()], patience=30))

        yield opened


@pytest.fixture(params=["memory", "sqlite", "postgresql"])
def store(request, clock, view):
    """Every store there is. A new one is one more name here."""
    if request.param == "memory":
        with MemoryStore(clock, [view]) as made:
            yield made
    else:
        yield request.getfixturevalue(request.param)
