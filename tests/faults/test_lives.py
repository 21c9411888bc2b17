"""A server shows what is not on its disk yet, and dies: whoever saw it takes none of it for true, and keeps nothing.

Its disk is only waited for when somebody asks for it: the processes that would write in the background are asleep.
"""

import threading
from contextlib import contextmanager, suppress
from itertools import count

import psutil
import pytest

from faults.pair import wait
from faults.site import Site, at_work, on_postgres
from faults.worker import Now
from kit.checking import check_everything
from kit.meanwhile import Meanwhile, elsewhere
from kit.postgres import Cluster
from reviewflow.cycle import commands as cy
from reviewflow.errors import ConnectionLost, StreamMoved
from reviewflow.following.follower import Outcome, ViewFollower, step
from reviewflow.store.sql import SqlStore
from reviewflow.views.activity import ActivityView
from store.batches import Seen, batch, check_log, staged

HASTY = "?options=-csynchronous_commit%3Doff"
PATIENCE = 30


class Forgetful(Cluster):
    """A server that puts on its disk what somebody waits for, and nothing else."""

    def start(self):
        super().start()
        asleep = 0
        for process in self._server().children():
            with suppress(psutil.NoSuchProcess):  # others come and go
                if "walwriter" in "".join(process.cmdline()):
                    process.suspend()
                    asleep += 1
        assert asleep == 1

    def die(self):
        self.kill()
        self.start()


@pytest.fixture(scope="module")
def cluster(cluster_folder):
    cluster = Forgetful(cluster_folder / "forgetful", full_page_writes="off", autovacuum="off", bgwriter_delay="10s")
    cluster.start()
    yield cluster
    cluster.kill()


@pytest.fixture
def database(cluster, request):
    name = f"lives_{abs(hash(request.node.name))}"
    cluster.execute(f"CREATE DATABASE {name}")
    return name


@pytest.fixture
def stores(cluster, database):
    """One that waits for the disk, and one that does not."""
    with (
        SqlStore(cluster.url(database), Now(), [Seen()]) as sure,
        SqlStore(cluster.url(database) + HASTY, Now(), [Seen()]) as hasty,
    ):
        sure.create()
        yield sure, hasty


def position(store):
    with store.snapshot() as snapshot:
        return snapshot.position()


def life(store):
    with store.snapshot() as snapshot:
        return snapshot.life()


class TestSettling:
    def test_what_nobody_waited_for_is_lost(self, stores, cluster):
        sure, hasty = stores
        hasty.append(batch(staged("cycle-a", 1)))
        assert position(sure) == 1
        cluster.die()
        assert position(sure) == 0

    def test_what_was_acknowledged_is_there(self, stores, cluster):
        sure, _ = stores
        sure.append(batch(staged("cycle-a", 1)))
        cluster.die()
        assert check_log(sure) == 1

    @pytest.mark.parametrize("write", ["writing", "changing"])
    def test_so_is_what_was_written_beside_it_and_all_that_was_shown_before(self, stores, cluster, write):
        sure, hasty = stores
        hasty.append(batch(staged("cycle-a", 1)))
        with getattr(sure, write)() as connection:
            connection.exec_driver_sql("UPDATE seen SET version = 7")
        cluster.die()
        assert position(sure) == 1
        with sure.reading() as connection:
            assert connection.exec_driver_sql("SELECT version FROM seen").scalar_one() == 7

    def test_what_was_settled_is_there(self, stores, cluster):
        sure, hasty = stores
        hasty.append(batch(staged("cycle-a", 1)))
        with sure.snapshot() as snapshot:
            assert snapshot.position() == 1
            snapshot.settle()
        cluster.die()
        assert check_log(sure) == 1

    def test_an_address_that_asks_not_to_wait_does_not(self, stores, cluster):
        sure, hasty = stores
        hasty.append(batch(staged("cycle-a", 1)))
        with hasty.snapshot() as snapshot:
            snapshot.settle()
        cluster.die()
        assert position(sure) == 0

    def test_a_server_that_is_gone_settles_nothing(self, stores, cluster):
        sure, hasty = stores
        hasty.append(batch(staged("cycle-a", 1)))
        with sure.snapshot() as snapshot:
            cluster.die()
            with pytest.raises(ConnectionLost):
                snapshot.settle()
        assert position(sure) == 0


@contextmanager
def nobody_there(cluster):
    """Commits wait for a standby that is not there; what is under way inside is over at the end."""
    for statement in ("ALTER SYSTEM SET synchronous_standby_names = 'nobody'", "SELECT pg_reload_conf()"):
        cluster.execute(statement)
    wait(lambda: cluster.execute("SHOW synchronous_standby_names") == [("nobody",)])
    others = []

    def start(job):
        thread = threading.Thread(target=job, daemon=True)
        thread.start()
        others.append(thread)
        return thread

    try:
        yield start
    finally:
        for statement in ("ALTER SYSTEM RESET synchronous_standby_names", "SELECT pg_reload_conf()"):
            cluster.execute(statement)
        for one in others:
            one.join(PATIENCE)
    assert not any(one.is_alive() for one in others)


def waiting(cluster):
    """How many wait for a standby."""
    return cluster.execute("SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'SyncRep'")[0][0]


class TestWaiting:
    def test_who_waits_for_the_standby_holds_up_nobody(self, stores, cluster):
        """Four appends by two threads of one process wait at once, and so does who found one of them in the log."""
        sure, _ = stores
        done = []

        def write(name):
            sure.append(batch(staged(f"cycle-{name}", 1), command=name))
            done.append(name)

        def find():
            with sure.snapshot() as snapshot:
                assert len(snapshot.command("a")) == 1
                snapshot.settle()
            done.append("found")

        with nobody_there(cluster) as start:
            for name in "abcd":
                start(lambda n=name: write(n))
            wait(lambda: position(sure) == 4)
            start(find)
            wait(lambda: waiting(cluster) == 5)
            assert done == []
        assert sorted(done) == ["a", "b", "c", "d", "found"]
        assert check_log(sure) == 4

    def test_a_wait_that_is_cancelled_is_no_acknowledgement(self, stores, cluster):
        sure, _ = stores
        told = []

        def write():
            try:
                told.append(sure.append(batch(staged("cycle-a", 1))))
            except ConnectionLost as lost:
                told.append(lost.why)

        with nobody_there(cluster) as start:
            thread = start(write)
            wait(lambda: waiting(cluster) == 1)
            cluster.execute("SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE wait_event = 'SyncRep'")
            thread.join(PATIENCE)
            assert told == [
                "it was written, but may yet be lost: canceling wait for synchronous replication due to user request"
            ]
        assert check_log(sure) == 1

    @pytest.mark.parametrize("write", ["writing", "changing"])
    def test_nor_is_it_one_for_what_is_written_beside_the_log(self, stores, cluster, write):
        sure, _ = stores
        told = []

        def change():
            try:
                with getattr(sure, write)() as connection:
                    connection.exec_driver_sql("INSERT INTO seen VALUES (7)")
            except ConnectionLost as lost:
                told.append(lost.why)

        with nobody_there(cluster) as start:
            thread = start(change)
            wait(lambda: waiting(cluster) == 1)
            cluster.execute("SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE wait_event = 'SyncRep'")
            thread.join(PATIENCE)
        assert len(told) == 1


class TestLives:
    def test_connections_of_one_life_know_it(self, stores, cluster):
        sure, _ = stores
        with sure.snapshot() as one, sure.snapshot() as other, sure.snapshot() as third:
            first = one.life()
            assert (other.life(), third.life()) == (first, first)
        cluster.die()
        with sure.snapshot() as one, sure.snapshot() as other:
            assert one.life() == other.life() > first

    def test_nothing_is_written_because_of_what_was_read_in_another(self, stores, cluster):
        sure, hasty = stores
        hasty.append(batch(staged("cycle-a", 1)))
        before = life(sure)
        cluster.die()
        assert position(hasty) == 0
        hasty.append(batch(staged("cycle-a", 1, body=b'{"another": 1}')))
        assert life(sure) > before
        decided = batch(staged("cycle-b", 1), reads={"cycle-a": 1})
        with pytest.raises(StreamMoved):
            sure.append(decided._replace(life=before))
        with pytest.raises(StreamMoved), sure.changing(before):
            pass
        assert position(sure) == 1
        sure.append(decided._replace(life=life(sure)))
        with sure.changing(life(sure)):
            pass
        assert check_log(sure) == 2


@pytest.fixture
def world(cluster, database, tmp_path):
    world = at_work(Site(settings=on_postgres(tmp_path, cluster.url(database)), clock=Now()))
    yield world
    world.close()


@pytest.fixture
def hasty(world):
    """Another process in the same installation, which does not wait for the disk."""
    settings = world.settings.model_copy(update={"store": world.settings.store + HASTY})
    other = Site(settings=settings, clock=Now(), names=dict(world.names), there=True)
    other._ids = count(1000)
    yield other
    other.close()


def cycle_of(world):
    """As it is now known."""
    with world.knowing() as known:
        return known.cycle(world.id("cycle"))


def test_a_command_whose_wait_was_cancelled_waits_again_and_is_done_once(world, cluster):
    note = cy.AddNote(asked=world.asked("lena"), cycle=world.id("cycle"), text="a note")
    before, told = position(world.store), []
    with nobody_there(cluster) as start:
        start(lambda: told.append(world.engine.handle(note)))
        for _ in range(3):
            wait(lambda: waiting(cluster) == 1)
            [(pid,)] = cluster.execute("SELECT pid FROM pg_stat_activity WHERE wait_event = 'SyncRep'")
            cluster.execute(f"SELECT pg_cancel_backend({pid})")
        wait(lambda: waiting(cluster) == 1)
        assert told == []
    assert [(done.position, done.repeated) for done in told] == [(before + 1, False)]


def test_what_was_folded_of_events_that_are_gone_is_forgotten(world, hasty, cluster):
    hasty.do("choose_focus", "hanna", focus_areas=["Never was"])
    never_was = cycle_of(world)
    cluster.die()
    hasty.reopen()
    hasty.do("choose_focus", "hanna", focus_areas=["What is"])
    found = cycle_of(world)
    assert found.version == never_was.version
    assert found == cycle_of(hasty) != never_was
    world.do("choose_focus", "hanna", focus_areas=["What comes next"])
    check_everything(world)


def test_a_decision_on_what_was_never_recorded_is_made_again(world, hasty, cluster):
    """What it needs was done, is lost before it is appended, and in its place is something else."""
    cycle = world.id("cycle")
    hasty.do("choose_focus", "hanna", focus_areas=["Never was"])

    def dies():
        cluster.die()
        hasty.reopen()
        hasty.do("choose_focus", "hanna", focus_areas=["What is"])
        position(world.store)  # another thread of that process finds the server again

    slower = elsewhere(world)
    slower.store = Meanwhile(world.store, dies)
    done = slower.handle(cy.AddNote(asked=world.asked("lena"), cycle=cycle, text="a note"))
    assert slower.store.appends == 2
    assert done.cycles[cycle] == cycle_of(hasty)
    check_everything(world)


def test_a_follower_writes_nothing_about_records_that_are_gone(world, hasty, cluster):
    follower = ViewFollower(ActivityView())
    while step(world.store, follower, world.clock).outcome is not Outcome.THERE:
        """Up to here."""
    there = position(world.store)
    hasty.do("choose_focus", "hanna", focus_areas=["Never was"])

    class Dying:
        def snapshot(self):
            return world.store.snapshot()

        @contextmanager
        def changing(self, of=None):
            cluster.die()
            position(world.store)
            with world.store.changing(of) as connection:
                yield connection

    assert step(Dying(), follower, world.clock).outcome is Outcome.OVERTAKEN
    found = step(world.store, follower, world.clock)
    assert (found.outcome, found.position) == (Outcome.THERE, there)
