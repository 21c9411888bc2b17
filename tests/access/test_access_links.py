"""Sign-in links: once, for some days, and one a person."""

from datetime import timedelta

import pytest

from access.admitted import NOON, at_once
from reviewflow.access.tables import links
from reviewflow.errors import BadInput


def test_a_link_lets_in_once(door):
    secret = door.links.make("ada", by="bea")
    assert door.links.whose(secret) == "ada"
    assert door.links.whose(secret) == "ada"  # looking is not using
    assert door.links.use(secret) == "ada"
    assert door.links.use(secret) is None
    assert door.links.whose(secret) is None


def test_it_says_who_made_it_and_until_when_but_no_secret(door):
    secret = door.links.make("ada", 5, by="bea")
    found = door.links.of("ada")
    assert found == ("ada", "bea", NOON, NOON + timedelta(hours=5))
    assert secret.encode() not in door.everything()
    door.links.make("cora", by=None)
    assert door.links.of("cora").by is None
    assert door.links.of("dora") is None


def test_who_made_it_is_told_to_whoever_uses_it(door):
    secret = door.links.make("ada", by="bea")
    used = door.links.take(secret)
    assert (used.person, used.by) == ("ada", "bea")
    assert door.links.take(secret) is None
    session = door.sessions.begin(used.person, "link", let_in_by=used.by)
    assert door.sessions.find(session).let_in_by == "bea"


def test_it_is_too_old_after_its_hours(door):
    secret = door.links.make("ada", by=None)
    door.later(hours=71, minutes=59)
    assert door.links.whose(secret) == "ada"
    door.later(minutes=1)
    assert door.links.whose(secret) is door.links.of("ada") is None
    assert door.links.use(secret) is None


def test_a_newer_one_replaces_it(door):
    old, other = door.links.make("ada", by=None), door.links.make("bea", by=None)
    new = door.links.make("ada", by=None)
    assert door.links.use(old) is None
    assert door.links.use(new) == "ada"
    assert door.links.use(other) == "bea"


def test_a_dropped_one_lets_nobody_in(door):
    secret = door.links.make("ada", by=None)
    assert door.links.drop("ada")
    assert not door.links.drop("ada")
    assert door.links.use(secret) is None


@pytest.mark.parametrize("hours", [0, -1, 337])
def test_a_life_that_no_link_has_is_refused(file_door, hours):
    with pytest.raises(BadInput, match="want 1 to 336"):
        file_door.links.make("ada", hours, by=None)
    assert file_door.rows(links) == []


@pytest.mark.parametrize("secret", ["", "x", "\udc80", "a" * 100_000])
def test_what_is_no_secret_lets_nobody_in(door, secret):
    door.links.make("ada", by=None)
    assert door.links.use(secret) is door.links.whose(secret) is None


def test_of_many_at_once_one_is_let_in(door):
    for _ in range(5):
        secret = door.links.make("ada", by=None)
        got = at_once(4, lambda _, secret=secret: door.links.use(secret))
        assert sorted(got, key=str) == [None, None, None, "ada"]


def test_of_many_made_at_once_one_is_left(door):
    made = at_once(4, lambda _: door.links.make("ada", by=None))
    assert all(isinstance(one, str) for one in made)
    assert sum(door.links.use(one) == "ada" for one in made) == 1
