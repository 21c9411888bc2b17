"""One process leads; the next one does as soon as the first is gone."""

import threading

import pytest

from kit.clock import FixedClock
from reviewflow.errors import StoreUnreachable
from reviewflow.store.sql import SqlStore
from views.viewed import NOON


def wait_until(leads):
    """A server notices after a moment only that somebody hung up."""
    moment = threading.Event()
    while not leads():
        moment.wait(0.01)


def test_where_all_writers_wait_for_one_another_all_lead(tmp_path):
    with SqlStore(tmp_path / "log.db", FixedClock(NOON)) as store, store.leadership() as one:
        assert one()
        assert store.leadership()()


def test_one_leads_and_the_next_one_does_once_it_is_gone(postgres_url):
    with SqlStore(postgres_url, FixedClock(NOON)) as store:
        one, two = store.leadership(), store.leadership()
        assert [one(), one(), two(), two()] == [True, True, False, False]
        one.close()
        wait_until(two)
        assert not one()
        two.close()
        one.close()


def test_who_lost_the_connection_no_longer_leads(postgres_url):
    with SqlStore(postgres_url, FixedClock(NOON)) as store:
        one, two = store.leadership(), store.leadership()
        assert [one(), two()] == [True, False]
        two._link.cursor.execute(f"SELECT pg_terminate_backend({one._link.raw.info.backend_pid}, 10000)")
        with pytest.raises(StoreUnreachable):
            one()
        wait_until(two)
        assert not one()
        two.close()
        one.close()
