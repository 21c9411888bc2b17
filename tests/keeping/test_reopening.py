"""A move is taken back, only where it is certain that nothing is lost and no other store takes writes."""

import sqlite3
from contextlib import closing

import pytest

from keeping.keeping_given import Target, log_of, note, opened, same
from reviewflow.errors import StoreUnreachable
from reviewflow.keeping.reopening import reopen
from reviewflow.store.moved import address_of


class Killed(BaseException):
    """The program is gone."""


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request, there):
    """An empty place, of each kind."""
    if request.param == "sqlite":
        return f"sqlite:///{there / 'reviewflow.db'}"
    return request.getfixturevalue("postgres_url")


def back(world, url, *, nothing_there=False, dry_run=False):
    target = Target(world, url).store
    return reopen(
        world.store, target, address_of(world.settings.store), nothing_there=nothing_there, dry_run=dry_run
    )  # fmt: skip


def test_a_move_is_taken_back_and_done_again(world, url):
    Target(world, url).copy()
    assert back(world, url, dry_run=True) == "shut"
    assert world.store.moved() is not None
    log_of(Target(world, url).store)
    assert back(world, url) == "shut"
    with pytest.raises(StoreUnreachable, match="not finished"):
        log_of(Target(world, url).store)
    position = note(world, "back again")
    done = Target(world, url).copy()
    assert (done.position, done.before) == (position, position - 1)
    same(world.store, Target(world, url).store)


def test_a_store_with_a_record_of_its_own_is_not_given_up(world, url, there):
    Target(world, url).copy()
    with opened(world, there, url) as other:
        note(other, "the first one there")
    with pytest.raises(StoreUnreachable, match="another one"):
        back(world, url)
    assert world.store.moved() is not None
    with opened(world, there, url) as other:
        note(other, "the second one there")


def test_a_copy_that_was_not_finished_is_stopped_for_good(world, url):
    def heard(what, _done, _of):
        if what == "marked":
            assert back(world, url) == "unfinished"
            note(world, "on here")

    with pytest.raises(StoreUnreachable, match="another program"):
        Target(world, url).copy(heard)
    with pytest.raises(StoreUnreachable, match="not finished"):
        log_of(Target(world, url).store)
    note(world, "and on")


def test_an_empty_place_is_taken_for_a_lost_store_only_when_somebody_says_so(world, there):
    url = f"sqlite:///{there / 'reviewflow.db'}"
    Target(world, url).copy()
    (there / "reviewflow.db").unlink()
    with pytest.raises(StoreUnreachable, match="may lie elsewhere"):
        back(world, url)
    assert back(world, url, nothing_there=True) == "nothing"
    note(world, "on here")


def test_what_cannot_be_asked_is_not_taken_for_lost(world, there, postgres, postgres_url):
    Target(world, postgres_url).copy()
    postgres.drop(postgres_url)
    with pytest.raises(StoreUnreachable):
        back(world, postgres_url, nothing_there=True)
    with closing(sqlite3.connect(there / "mine.db")) as raw:
        raw.execute("CREATE TABLE mine (x)")
    with pytest.raises(StoreUnreachable, match="something else"):
        back(world, f"sqlite:///{there / 'mine.db'}", nothing_there=True)
    assert world.store.moved() is not None


def test_killed_between_its_two_commits_it_goes_on(world, url, monkeypatch):
    Target(world, url).copy()

    def killed(_):
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr("reviewflow.keeping.reopening.unmark", killed)
        with pytest.raises(Killed):
            back(world, url)
    with pytest.raises(StoreUnreachable, match="it was moved"):
        note(world, "not yet")
    with pytest.raises(StoreUnreachable, match="not finished"):
        log_of(Target(world, url).store)
    assert back(world, url) == "unfinished"
    note(world, "now")


def test_what_is_recorded_at_the_last_moment_keeps_it_open(world, url, there):
    Target(world, url).copy()
    before = world.position()
    with opened(world, there, url) as other:
        note(other, "at the last moment")
    store = Target(world, url).store
    with store.arrival() as place, pytest.raises(StoreUnreachable, match="records of its own"):
        place.shut("copy", "somewhere", before)
    assert len(log_of(store)) == before + 1
