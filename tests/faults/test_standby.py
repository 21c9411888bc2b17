"""A primary dies and its synchronous standby takes over while clients write: nothing acknowledged is lost.

The standby is frozen first, so that it has not got the last writes: whoever does not wait for it loses them, and the
same test shows it.
"""

import time

import pytest

from faults.clients import Clients
from faults.lengths import at_length, times
from faults.pair import Pair, processes_of
from faults.site import Site, at_work, on_postgres
from faults.worker import Now

FAILOVERS, WORKERS = times(1, 12), 3


@pytest.fixture(scope="module")
def pair(cluster_folder):
    pair = Pair(cluster_folder)
    yield pair
    pair.stop()


@pytest.fixture
def standing(pair, request):
    """Primary and standby, whatever was before."""
    if pair.standby is None:
        pair.follow()
    pair.wait_for_it()
    pair.new_database(request.node.name)
    return pair


def at(pair, request, tmp_path, options=""):
    return at_work(Site(settings=on_postgres(tmp_path, pair.url(request.node.name, options)), clock=Now()))


def moved(world, pair, request):
    """The same world, once other servers stand."""
    world.close()
    world.settings = world.settings.model_copy(update={"store": pair.url(request.node.name)})
    world.reopen()


def test_a_standby_takes_over_while_clients_write(standing, cradle, tmp_path, request):
    pair, world = standing, at(standing, request, tmp_path)
    for number in range(FAILOVERS):
        with Clients(cradle, world, WORKERS, f"s{number}w") as clients:
            clients.go_on(5)
            with pair.frozen():
                time.sleep(0.3)
                before = clients.acknowledged
                time.sleep(1)
                # Nobody is told that anything is done that the standby has not got.
                assert clients.acknowledged == before
                pair.primary.kill()
            pair.take_over()
            clients.go_on(5)
            pair.follow()
            clients.go_on(3)
            clients.stop()
            moved(world, pair, request)
            clients.check()
    world.close()


def test_without_waiting_for_the_standby_the_loss_is_seen(standing, cradle, tmp_path, request):
    pair, world = standing, at(standing, request, tmp_path, "?options=-csynchronous_commit%3Doff")
    with Clients(cradle, world, WORKERS) as clients:
        clients.go_on(5)
        with pair.frozen():
            clients.go_on(5)
            pair.primary.kill()
        pair.take_over()
        clients.go_on(1)
        clients.stop()
        with pytest.raises(AssertionError, match=r"was acknowledged as .*, and is there as"):
            clients.check()
    world.close()


def test_a_command_that_is_found_in_the_log_is_acknowledged_only_once_the_standby_has_it(
    standing, cradle, tmp_path, request
):
    """The primary dies and comes back while the standby is away: what waited is there, and nobody waited for it."""
    pair, world = standing, at(standing, request, tmp_path)
    with Clients(cradle, world, 1) as clients:
        clients.go_on(3)
        with pair.frozen():
            time.sleep(0.5)
            before = clients.acknowledged
            pair.primary.kill()
            pair.primary.start()
            end = time.monotonic() + 5
            while clients.acknowledged == before and time.monotonic() < end:
                time.sleep(0.05)
            pair.primary.kill()
        pair.take_over()
        clients.go_on(1)
        clients.stop()
        pair.follow()
        moved(world, pair, request)
        clients.check()
    world.close()


@at_length
def test_an_old_primary_that_wakes_up_acknowledges_nothing_that_is_lost(standing, cradle, tmp_path, request):
    """Promoted by hand though the primary was only slow; it is fenced later, and clients hang until then."""
    pair, world = standing, at(standing, request, tmp_path)
    with Clients(cradle, world, WORKERS) as clients:
        clients.go_on(5)
        old = pair.primary
        asleep = processes_of(old)
        for process in asleep:
            process.suspend()
        pair.take_over()
        for process in asleep:
            process.resume()
        time.sleep(1.5)
        old.kill()
        clients.go_on(3)
        clients.stop()
        pair.follow()
        moved(world, pair, request)
        clients.check()
    world.close()


@at_length
def test_a_standby_that_is_away_is_waited_for_until_somebody_says_not_to(standing, cradle, tmp_path, request):
    pair, world = standing, at(standing, request, tmp_path)
    with Clients(cradle, world, WORKERS) as clients:
        clients.go_on(3)
        with pair.frozen():
            time.sleep(0.3)
            before = clients.acknowledged
            time.sleep(0.7)
            assert clients.acknowledged == before
            pair.page.sql("alone", pair.primary)
            clients.go_on(3)
        clients.stop()
        clients.check()
    world.close()


def test_every_block_of_the_page_is_run(pair):
    assert pair.page.unused == set()
