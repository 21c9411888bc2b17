from __future__ import annotations

import pytest

from reviewflow.store.memory import MemoryStore
from reviewflow.store.sql import SqlStore
from views.viewed import Log


@pytest.fixture
def log():
    """A log in memory with its views."""
    made = Log()
    yield made
    made.store.close()


@pytest.fixture(params=["memory", "sqlite", "postgresql"])
def each_log(request, tmp_path):
    """The same in every store there is."""

    def make(clock, views):
        if request.param == "memory":
            return MemoryStore(clock, views)
        url = request.getfixturevalue("postgres_url") if request.param == "postgresql" else tmp_path / "log.db"
        store = SqlStore(url, clock, views)
        store.create()
        return store

    made = Log(make)
    yield made
    made.store.close()
