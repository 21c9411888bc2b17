"""What every event store promises to several threads at once: races, and subscriptions."""

from __future__ import annotations

import threading
from collections.abc import Callable

from reviewflow.errors import StreamMoved
from reviewflow.ports import CommandRepeated
from store.batches import batch, check_log, everything, staged

VISITS = "visits-of:ben"


def together(*jobs: Callable[[], object]):
    """Run each in a thread of its own, all let go at once; what any raises is raised here."""
    start, faults = threading.Barrier(len(jobs)), []

    def run(job):
        start.wait()
        try:
            job()
        except BaseException as fault:  # noqa: BLE001 - carried to the test's own thread
            faults.append(fault)

    threads = [threading.Thread(target=run, args=(job,)) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if faults:
        raise faults[0]


class TestRaces:
    def test_of_many_writers_of_one_version_exactly_one_wins(self, store):
        won, lost = [], []

        def race(name):
            for version in range(1, 26):
                try:
                    store.append(batch(staged("cycle-a", version, body=name), command=f"{name}-{version}"))
                    won.append(version)
                except StreamMoved as moved:
                    lost.append(moved.moved["cycle-a"][0] == version - 1)

        together(*(lambda n=name: race(n) for name in (b"x", b"y", b"z")))
        assert check_log(store) == 25
        assert sorted(won) == list(range(1, 26))
        assert lost == [True] * 50

    def test_of_one_command_sent_twice_at_once_one_is_appended(self, store):
        outcomes = []

        def send(number):
            try:
                store.append(batch(staged("cycle-a", 1, body=b"%d" % number), command="c1", reads={"cycle-a": 0}))
                outcomes.append("done")
            except CommandRepeated:
                outcomes.append("repeated")

        together(*(lambda n=n: send(n) for n in range(4)))
        assert sorted(outcomes) == ["done", "repeated", "repeated", "repeated"]
        assert check_log(store) == 1

    def test_nobody_decides_on_a_set_that_moved(self, store):
        """Each decision writes down how many visits it saw; that many must stand before it in the log."""

        def write(name):
            for version in range(1, 31):
                store.append(batch(staged(f"cycle-{name}", version, VISITS, body=b"visit")))

        moved_keys = set()

        def decide(name):
            version = 1
            while version <= 15:
                with store.snapshot() as snapshot:
                    read = snapshot.heads([VISITS])
                body = b"saw %d" % read[VISITS]
                try:
                    store.append(batch(staged(f"decision-{name}", version, body=body), reads=read))
                    version += 1
                except StreamMoved as moved:
                    moved_keys.update(moved.moved)

        together(*(lambda n=n: write(n) for n in "ab"), *(lambda n=n: decide(n) for n in "cd"))
        assert check_log(store) == 90
        assert moved_keys <= {VISITS}
        visits = 0
        with store.snapshot() as snapshot:
            for record in snapshot.log():
                if record.body == b"visit":
                    visits += 1
                else:
                    assert record.body == b"saw %d" % visits


class TestSubscriptions:
    def test_what_is_there_comes_first_then_what_is_appended(self, store):
        for version in range(1, 4):
            store.append(batch(staged("cycle-a", version)))
        with store.subscribe(after=1) as log:
            assert [next(log).position, next(log).position] == [2, 3]
            store.append(batch(staged("cycle-a", 4), staged("cycle-a", 5)))
            assert [next(log).position, next(log).position] == [4, 5]

    def test_who_waits_is_woken_by_an_append_and_does_not_wait_for_the_next_look(self, store):
        heard = threading.Semaphore(0)

        def follow():
            for _ in log:
                heard.release()

        with store.subscribe(pause=600) as log:
            follower = threading.Thread(target=follow)
            follower.start()
            told = []
            for version in range(1, 6):
                store.append(batch(staged("cycle-a", version)))
                told.append(heard.acquire(timeout=20))
        follower.join()
        assert told == [True] * 5

    def test_every_record_once_and_in_order_while_others_append(self, store):
        got = []

        def follow():
            with store.subscribe() as log:
                got.extend(next(log) for _ in range(60))

        def write(name):
            for version in range(1, 31):
                store.append(batch(staged(f"cycle-{name}", version)))

        together(follow, lambda: write("a"), lambda: write("b"))
        assert got == everything(store)[1]

    def test_it_ends_when_stopped_from_elsewhere(self, store):
        store.append(batch(staged("cycle-a", 1)))
        with store.subscribe(pause=60) as log:
            assert next(log).position == 1
            stopping = threading.Timer(0.01, log.stop)
            stopping.start()
            assert list(log) == []
            stopping.join()

    def test_nothing_comes_after_a_stop_though_it_was_fetched(self, store):
        store.append(batch(staged("cycle-a", 1), staged("cycle-a", 2)))
        with store.subscribe() as log:
            next(log)
            log.stop()
            assert list(log) == []

    def test_batches_for_followers(self, store):
        store.append(batch(*(staged("cycle-a", n) for n in range(1, 8))))
        with store.subscribe(after=2) as log:
            assert [r.position for r in log.take(3)] == [3, 4, 5]
            assert [r.position for r in log.take(3)] == [6, 7]

    def test_it_ends_when_the_store_closes(self, store):
        with store.subscribe(pause=60) as log:
            closing = threading.Timer(0.01, store.close)
            closing.start()
            assert list(log) == []
            closing.join()
