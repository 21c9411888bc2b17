"""Connections that break: told as `ConnectionLost`, replaced at the next use, and never in the way of a first reading.

Whole servers that are killed or fail over are in tests/faults.
"""

from __future__ import annotations

import threading
import time
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg
import pytest

from kit.postgres import Cluster
from reviewflow.errors import ConnectionLost, StoreUnreachable
from reviewflow.store.sql import SqlStore
from store.batches import Seen, batch, check_log, staged


@pytest.fixture
def outside(postgres_url):
    with psycopg.connect(postgres_url, autocommit=True) as link:
        yield link


def cut(outside, which: str = "true") -> int:
    """End the connections of others; how many there were."""
    return len(
        outside.execute(
            "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity"
            f" WHERE datname = current_database() AND pid <> pg_backend_pid() AND {which}"
        ).fetchall()
    )


@pytest.fixture
def used(postgresql):
    """A store with an idle reader and an idle writer."""
    postgresql.append(batch(staged("cycle-a", 1)))
    assert check_log(postgresql) == 1
    return postgresql


def test_a_first_reading_does_not_fail_because_a_connection_broke_while_idle(used, outside):
    assert cut(outside) == 1  # who appends uses the connection that was read with
    assert check_log(used) == 1


def test_nor_does_a_change_or_a_turn_to_write(used, outside):
    cut(outside)
    with used.changing() as connection:
        connection.exec_driver_sql("DELETE FROM seen")
    cut(outside)
    with used.writing() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM seen").scalar_one() == 0


def test_an_append_over_a_broken_connection_is_told_and_the_next_goes_through(used, outside):
    cut(outside)
    with pytest.raises(ConnectionLost, match="the connection was lost"):
        used.append(batch(staged("cycle-a", 2)))
    used.append(batch(staged("cycle-a", 2)))
    assert check_log(used) == 2


def test_a_reader_that_finds_its_connection_broken_leaves_another_threads_turn_alone(used, outside):
    with used.writing() as connection:
        connection.exec_driver_sql("DELETE FROM seen")
        assert cut(outside, "state = 'idle'") == 1
        assert check_log(used) == 1
    with used.reading() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM seen").scalar_one() == 0


def test_cut_in_the_middle_of_a_reading(used, outside):
    def read():
        with used.snapshot() as snapshot:
            cut(outside)
            snapshot.log()

    with pytest.raises(ConnectionLost):
        read()
    assert check_log(used) == 1


def test_cut_in_the_middle_of_a_question_of_a_view(used, outside):
    def ask():
        with used.reading() as connection:
            cut(outside)
            connection.exec_driver_sql("SELECT 1")

    with pytest.raises(ConnectionLost):
        ask()
    assert check_log(used) == 1


def test_cut_before_the_commit_of_a_change(used, outside):
    def change():
        with used.changing() as connection:
            connection.exec_driver_sql("DELETE FROM seen")
            cut(outside)

    with pytest.raises(ConnectionLost):
        change()
    with used.reading() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM seen").scalar_one() == 1


def test_cut_between_the_records_and_the_commit_nothing_was_done(postgres_url, clock, outside):
    class Cutting(Seen):
        cutting = False

        def apply(self, connection, records):
            super().apply(connection, records)
            if self.cutting:
                self.cutting = False
                cut(outside)

    view = Cutting()
    with SqlStore(postgres_url, clock, [view]) as store:
        store.create()
        view.cutting = True
        with pytest.raises(ConnectionLost):
            store.append(batch(staged("cycle-a", 1), command="c"))
        assert check_log(store) == 0
        store.append(batch(staged("cycle-a", 1), command="c"))
        assert check_log(store) == 1


def test_a_server_that_takes_no_more_writes_is_lost_and_looked_for_again(used, outside, postgres_url):
    """As after a failover, when the old primary comes back as a standby."""
    name = psycopg.conninfo.conninfo_to_dict(postgres_url)["dbname"]
    outside.execute(f"ALTER DATABASE {name} SET default_transaction_read_only = on")
    cut(outside)
    assert check_log(used) == 1
    with pytest.raises(ConnectionLost, match="read-only transaction"):
        used.append(batch(staged("cycle-a", 2)))
    with pytest.raises(ConnectionLost, match="read-only transaction"):
        used.append(batch(staged("cycle-a", 2)))
    outside.execute(f"ALTER DATABASE {name} RESET default_transaction_read_only")
    used.append(batch(staged("cycle-a", 2)))
    assert check_log(used) == 2


@pytest.fixture
def cluster(postgres):
    """A server of our own, in a folder that an unprivileged user may enter."""
    with TemporaryDirectory(prefix="rfpg", dir="/tmp") as folder:
        Path(folder).chmod(0o755)
        made = Cluster(Path(folder) / "cluster", fsync="off")
        made.start()
        yield made
        made.stop("immediate")


def test_a_server_that_is_restarted(cluster, clock):
    with SqlStore(cluster.url(), clock, [Seen()]) as store, store.subscribe(pause=0.01) as log:
        store.create()
        store.append(batch(staged("cycle-a", 1)))
        assert next(log).position == 1
        cluster.kill()
        with pytest.raises(ConnectionLost), store.snapshot():
            pass
        with pytest.raises(ConnectionLost, match="no connection"):
            store.append(batch(staged("cycle-a", 2)))
        with SqlStore(cluster.url(), clock) as stranger:
            with pytest.raises(StoreUnreachable) as caught, stranger.snapshot():
                pass
            assert type(caught.value) is StoreUnreachable
        cluster.start()
        store.append(batch(staged("cycle-a", 2)))
        assert check_log(store) == 2
        assert next(log).position == 2


class TestListening:
    def test_who_waits_is_woken_by_another_process_at_once(self, used, postgres_url, clock):
        heard = []
        with used.subscribe(1, pause=3600) as log, SqlStore(postgres_url, clock) as other:
            thread = threading.Thread(target=lambda: heard.append(next(log).position))
            thread.start()
            waits(used)
            other.append(batch(staged("cycle-b", 1)))
            thread.join(60)
        assert heard == [2]

    def test_a_listener_that_was_cut_off_listens_again(self, used, outside, postgres_url, clock):
        with used.subscribe(1, pause=3600) as log, SqlStore(postgres_url, clock) as other:
            waits(used)
            assert cut(outside, "query LIKE 'LISTEN%'") == 1
            waits(used, not_before=outside)
            other.append(batch(staged("cycle-b", 1)))
            assert next(log).position == 2
            heard = []
            thread = threading.Thread(target=lambda: heard.append(next(log).position))
            thread.start()
            other.append(batch(staged("cycle-b", 2)))
            thread.join(60)
            assert heard == [3]

    def test_what_was_missed_meanwhile_is_found_by_looking(self, used, outside, postgres_url, clock, monkeypatch):
        monkeypatch.setattr("reviewflow.store.postgresql_listening._PAUSE", 3600)
        with used.subscribe(1, pause=0.01) as log, SqlStore(postgres_url, clock) as other:
            waits(used)
            cut(outside, "query LIKE 'LISTEN%'")
            until(lambda: not used._links.heard())
            other.append(batch(staged("cycle-b", 1)))
            assert next(log).position == 2

    def test_closing_releases_who_waits_and_ends_the_listener(self, used):
        threads = {thread.name for thread in threading.enumerate()}
        log = used.subscribe(1, pause=3600)
        told = []
        thread = threading.Thread(target=lambda: told.append(list(log)))
        thread.start()
        waits(used)
        used.close()
        thread.join(60)
        assert told == [[]]
        assert {thread.name for thread in threading.enumerate()} == threads


def until(so) -> None:
    for _ in range(6000):
        if so():
            return
        time.sleep(0.005)
    raise AssertionError("it never came")


def waits(store: SqlStore, not_before=None) -> None:
    """Until the store listens; with `not_before` also until the server knows of one."""
    until(store._links.heard)
    if not_before is not None:
        asked = "SELECT FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'LISTEN%'"
        until(lambda: not_before.execute(asked).fetchall())
        until(store._links.heard)
