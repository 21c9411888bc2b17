"""PostgreSQL is killed in the middle, connections are cut, stalled and deafened: clients go on by themselves."""

import selectors
import time
from random import Random

import pytest

from faults.clients import Clients
from faults.lengths import SEED, times
from faults.proxy import Proxy
from faults.site import Site, at_work, on_postgres, told
from faults.worker import Now
from kit.postgres import Cluster

KILLS, CUTS, WORKERS = times(2, 60), times(6, 200), 3


@pytest.fixture(scope="module")
def cluster(cluster_folder):
    """A cluster of our own, which waits for its disk."""
    cluster = Cluster(cluster_folder, max_connections="50")
    cluster.start()
    yield cluster
    cluster.kill()


@pytest.fixture
def database(cluster, request):
    name = f"faults_{abs(hash(request.node.name))}"
    cluster.execute(f"CREATE DATABASE {name}")
    return name


def test_killed_and_started_again_in_the_middle(cluster, database, cradle, tmp_path):
    world = at_work(Site(settings=on_postgres(tmp_path, cluster.url(database)), clock=Now()))
    random = Random(SEED)
    with Clients(cradle, world, WORKERS) as clients:
        for _ in range(KILLS):
            clients.go_on(random.randint(1, 5))
            time.sleep(random.random() / 20)
            cluster.kill()
            time.sleep(random.random() / 2)
            cluster.start()
        clients.go_on()
        clients.stop()
        clients.check()
    world.close()


@pytest.fixture
def wire(cluster):
    with Proxy(cluster.port) as wire:
        yield wire


def by_wire(settings, cluster, wire):
    """The same installation, reached through the wire."""
    return settings.model_copy(update={"store": settings.store.replace(f":{cluster.port}/", f":{wire.port}/")})


def test_connections_cut_stalled_and_deafened(cluster, database, wire, cradle, tmp_path):
    random = Random(SEED)
    world = at_work(Site(settings=on_postgres(tmp_path, cluster.url(database)), clock=Now()))
    with Clients(cradle, world, WORKERS, settings=by_wire(world.settings, cluster, wire)) as clients:
        for number in range(CUTS):
            clients.go_on(random.randint(1, 3))
            time.sleep(random.random() / 50)
            FAULTS[number % len(FAULTS)](wire, cluster)
        clients.go_on()
        clients.stop()
        clients.check()
    # Some answers were lost after the server had done what it was asked.
    assert wire.heard_in_vain
    world.close()


def test_a_server_that_does_not_answer_holds_up_no_other_thread(cluster, database, wire, cradle, tmp_path):
    settings = on_postgres(tmp_path, cluster.url(database))
    at_work(Site(settings=settings, clock=Now())).close()
    with cradle.child("faults.threads:main", told(by_wire(settings, cluster, wire)), errors=True) as child:
        assert child.line() == "ready"
        wire.stall()
        child.heard.write("go\n")
        ready = selectors.DefaultSelector()
        ready.register(child.said, selectors.EVENT_READ)
        ticks = 0
        while ticks < 20 and ready.select(3):
            assert child.line() == "tick"
            ticks += 1
        ready.close()
        wire.stall(on=False)
    assert ticks == 20


def cut(wire, _cluster):
    wire.cut()


def stalled(wire, _cluster):
    wire.stall()
    time.sleep(0.3)
    wire.cut()
    wire.stall(on=False)


def deafened(wire, _cluster):
    """They are heard, and not answered: what they asked for is done, and they do not know."""
    wire.deafen()
    time.sleep(0.1)
    wire.cut()
    wire.deafen(on=False)


def away(wire, _cluster):
    wire.refuse()
    wire.cut()
    time.sleep(0.2)
    wire.refuse(on=False)


def ended(_wire, cluster):
    cluster.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'reviewflow'")


FAULTS = [deafened, cut, stalled, ended, away]
