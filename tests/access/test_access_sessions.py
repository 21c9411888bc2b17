"""Sessions: found by their secret alone, over in time, ended when asked."""

import hashlib
from contextlib import contextmanager
from datetime import timedelta

import pytest

from access.admitted import NOON
from reviewflow.access.sessions import Sessions
from reviewflow.access.tables import sessions
from reviewflow.errors import StoreUnreachable


def test_a_session_is_found_by_its_secret(door):
    secret = door.sessions.begin("ada", "password")
    found = door.sessions.find(secret)
    assert (found.person, found.how, found.begun, found.seen) == ("ada", "password", NOON, NOON)
    assert found.until == NOON + timedelta(days=7)
    assert door.sessions.of("ada") == [found]


def test_each_sign_in_has_a_secret_of_its_own(door):
    first, second = (door.sessions.begin("ada", "link") for _ in range(2))
    assert first != second
    assert min(len(first), len(second)) == 43  # 256 bits in base64
    assert door.sessions.find(first).id != door.sessions.find(second).id


@pytest.mark.parametrize("secret", ["", "x", "x" * 43, "\udc80", "é" * 300, "\0", "a" * 100_000])
def test_what_is_no_secret_finds_nothing(door, secret):
    door.sessions.begin("ada", "password")
    assert door.sessions.find(secret) is None


def test_the_hash_opens_nothing_and_the_secret_is_not_stored(door):
    secret = door.sessions.begin("ada", "password")
    [row] = door.rows(sessions)
    assert row["secret"] == hashlib.sha256(secret.encode()).hexdigest()
    assert secret.encode() not in door.everything()
    assert door.sessions.find(row["secret"]) is None
    assert door.sessions.find(door.sessions.find(secret).id) is None


def test_it_ends_when_nobody_used_it_for_a_while(door):
    secret = door.sessions.begin("ada", "password")
    door.later(hours=11, minutes=59)
    assert door.sessions.find(secret)
    door.later(hours=11, minutes=59)
    assert door.sessions.find(secret)
    door.later(hours=12)
    assert door.sessions.find(secret) is None
    assert door.sessions.of("ada") == []


def test_it_ends_after_days_however_much_it_is_used(door):
    secret = door.sessions.begin("ada", "password")
    for _ in range(7 * 24 - 1):
        door.later(hours=1)
        assert door.sessions.find(secret)
    door.later(hours=1)
    assert door.sessions.find(secret) is None


def test_other_limits_can_be_given(file_door):
    short = Sessions(file_door.store, file_door.clock, idle=timedelta(minutes=10), whole=timedelta(minutes=15))
    secret = short.begin("ada", "oidc")
    file_door.later(minutes=9)
    assert short.find(secret)
    file_door.later(minutes=6)
    assert short.find(secret) is None


def test_its_use_is_written_once_a_minute_at_most(door):
    secret = door.sessions.begin("ada", "password")
    door.later(seconds=59)
    door.sessions.find(secret)
    assert door.rows(sessions)[0]["seen_at"] == door.rows(sessions)[0]["begun_at"]
    door.later(seconds=1)
    door.sessions.find(secret)
    assert door.sessions.find(secret).seen == NOON + timedelta(minutes=1)


def test_a_clock_that_is_set_back_ends_none_and_makes_none_longer(door):
    secret = door.sessions.begin("ada", "password")
    door.later(days=-3)
    assert door.sessions.find(secret)
    door.later(hours=12)
    assert door.sessions.find(secret) is None


def test_a_page_is_shown_though_its_use_cannot_be_written(file_door):
    class Shut:
        reading = file_door.store.reading

        @contextmanager
        def changing(self):
            raise StoreUnreachable("the store", "somebody writes for too long", "try again")
            yield

    secret = file_door.sessions.begin("ada", "password")
    file_door.later(hours=1)
    assert Sessions(Shut(), file_door.clock).find(secret).person == "ada"


def test_ending_one_leaves_the_others(door):
    mine, other = (door.sessions.begin("ada", "password") for _ in range(2))
    assert door.sessions.end(mine)
    assert not door.sessions.end(mine)
    assert door.sessions.find(mine) is None
    assert door.sessions.find(other)


def test_one_is_ended_by_its_id_by_its_owner_alone(door):
    secret = door.sessions.begin("ada", "password")
    one = door.sessions.find(secret).id
    assert not door.sessions.end_one("bea", one)
    assert not door.sessions.end_one("ada", "")
    assert door.sessions.find(secret)
    assert door.sessions.end_one("ada", one)
    assert door.sessions.find(secret) is None


def test_ending_all_of_a_person_leaves_those_of_others(door):
    mine = [door.sessions.begin("ada", "password") for _ in range(3)]
    other = door.sessions.begin("bea", "password")
    assert door.sessions.end_all("ada", but=mine[1]) == 2
    assert [door.sessions.find(one) is not None for one in [*mine, other]] == [False, True, False, True]
    assert door.sessions.end_all("ada") == 1
    assert door.sessions.of("ada") == []
