"""No decision on what had already changed: writers that read a stream race the one who writes it.

The last two tests show why PostgreSQL appends by a function and not by one statement: what a statement sees is older
than the lock that it waits for.
"""

from __future__ import annotations

import threading
import time

import psycopg

from reviewflow.errors import StreamMoved
from reviewflow.store.sql import SqlStore
from store.batches import batch, check_log, staged

READ = "person-read"
WRITERS, APPENDS = 4, 25


def test_four_writers_read_a_stream_that_a_fifth_writes(store, another):
    stores = [another() for _ in range(WRITERS + 1)]
    told: list[BaseException] = []
    start = threading.Barrier(WRITERS + 1)

    def decide(number: int) -> None:
        mine, version, refused = stores[number], 0, 0
        while version < APPENDS:
            with mine.snapshot() as snapshot:
                read = snapshot.heads([READ])[READ]
            decided = staged(f"cycle-{number}", version + 1, body=str(read).encode())
            try:
                mine.append(batch(decided, reads={READ: read}))
                version += 1
            except StreamMoved as moved:
                assert set(moved.moved) == {READ}
                refused += 1

    def write() -> None:
        for version in range(1, APPENDS + 1):
            stores[-1].append(batch(staged(READ, version)))
            time.sleep(0)

    def run(job, *args: int) -> None:
        try:
            start.wait()
            job(*args)
        except BaseException as error:  # noqa: BLE001 - told by the test itself
            told.append(error)

    threads = [threading.Thread(target=run, args=(decide, number)) for number in range(WRITERS)]
    threads.append(threading.Thread(target=run, args=(write,)))
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert told == []
    assert check_log(store) == (WRITERS + 1) * APPENDS
    assert stale(store) == []


def stale(store) -> list[int]:
    """The positions of records that were decided on another version of the stream than there was."""
    found, version = [], 0
    with store.snapshot() as snapshot:
        for record in snapshot.log(limit=10_000):
            if record.stream == READ:
                version = record.version
            elif int(record.body) != version:
                found.append(record.position)
    return found


def waiting(url: str) -> None:
    """Until somebody waits for a lock there."""
    with psycopg.connect(url, autocommit=True) as look:
        for _ in range(2000):
            if look.execute("SELECT FROM pg_locks WHERE NOT granted").fetchall():
                return
            time.sleep(0.005)
    raise AssertionError("nobody came to wait")


def both(url: str, first, second) -> None:
    """`second` comes to wait for the lock that `first` holds, which then goes on."""
    held, go_on = threading.Event(), threading.Event()
    threads = [threading.Thread(target=first, args=(held, go_on)), threading.Thread(target=second)]
    threads[0].start()
    held.wait(30)
    threads[1].start()
    waiting(url)
    go_on.set()
    for thread in threads:
        thread.join()


def test_an_append_that_waited_for_the_lock_sees_what_came_before_it(postgresql, postgres_url, clock):
    moved = []

    def first(held, go_on):
        with SqlStore(postgres_url, clock) as other, other.writing() as connection:
            held.set()
            go_on.wait(30)
            connection.exec_driver_sql(
                "INSERT INTO records VALUES (1, 0, %s, 1, 'test.noted/1', '', NULL, NULL)", (READ,)
            )

    def second():
        try:
            postgresql.append(batch(staged("cycle-a", 1), reads={READ: 0}))
        except StreamMoved as error:
            moved.append(error.moved)

    both(postgres_url, first, second)
    assert moved == [{READ: (0, 1)}]
    assert check_log(postgresql) == 1


def test_one_statement_that_locks_and_checks_decides_on_what_is_gone(postgres_url):
    """Documents the trap: this append is wrong, and this test fails if it ever were right."""
    with psycopg.connect(postgres_url, autocommit=True) as link:
        link.execute("CREATE TABLE records (position serial PRIMARY KEY, stream text, version bigint)")

    one_statement = """
        WITH locked AS MATERIALIZED (SELECT pg_advisory_xact_lock(1)),
        checked AS (
            SELECT coalesce(max(version), 0) AS version FROM locked LEFT JOIN records ON stream = %(read)s
        )
        INSERT INTO records (stream, version) SELECT %(stream)s, 1 FROM checked WHERE version = %(at)s
        RETURNING position"""
    decided = []

    def first(held, go_on):
        with psycopg.connect(postgres_url) as link:
            link.execute("SELECT pg_advisory_xact_lock(1)")
            held.set()
            go_on.wait(30)
            link.execute("INSERT INTO records (stream, version) VALUES (%s, 1)", (READ,))

    def second():
        with psycopg.connect(postgres_url) as link:
            found = link.execute(one_statement, {"read": READ, "stream": "cycle-a", "at": 0}).fetchall()
            decided.extend(found)

    both(postgres_url, first, second)
    with psycopg.connect(postgres_url) as link:
        log = link.execute("SELECT stream FROM records ORDER BY position").fetchall()
    assert len(decided) == 1
    assert log == [(READ,), ("cycle-a",)]  # decided on version 0 of the stream, and stands behind its version 1
