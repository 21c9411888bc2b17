"""Slowing down: longer and longer, a quarter of an hour at most, over a restart, and never for ever."""

import pytest

from access.admitted import at_once
from reviewflow.access.tables import failures
from reviewflow.access.throttle import network

HANNA = ("account", "hanna@hazel.example")


def fail(door, number, key=HANNA):
    for _ in range(number):
        door.throttle.failed(*key)


def test_the_first_few_cost_nothing(door):
    assert door.throttle.may(*HANNA) == 0
    fail(door, 4)
    assert door.throttle.may(*HANNA) == 0
    fail(door, 1)
    assert door.throttle.may(*HANNA) == 5


def test_each_further_one_doubles_the_pause_up_to_a_quarter_of_an_hour(door):
    fail(door, 5)
    pauses = []
    for _ in range(12):
        pauses.append(door.throttle.may(*HANNA))
        fail(door, 1)
    assert pauses == [5, 10, 20, 40, 80, 160, 320, 640, 900, 900, 900, 900]


def test_the_pause_passes(door):
    fail(door, 6)
    door.later(seconds=4)
    assert door.throttle.may(*HANNA) == 6
    door.later(seconds=6)
    assert door.throttle.may(*HANNA) == 0
    fail(door, 1)
    assert door.throttle.may(*HANNA) == 20


def test_nobody_is_locked_out_for_ever(door):
    fail(door, 60)
    door.later(minutes=15)
    assert door.throttle.may(*HANNA) == 0
    door.later(days=1)
    fail(door, 4)
    assert door.throttle.may(*HANNA) == 0
    assert door.rows(failures)[0]["number"] == 4


def test_it_survives_a_restart(door):
    fail(door, 6)
    door.open()
    assert door.throttle.may(*HANNA) == 10


def test_what_went_well_begins_anew(door):
    fail(door, 6)
    door.throttle.cleared(*HANNA)
    assert door.throttle.may(*HANNA) == 0
    assert door.rows(failures) == []
    door.throttle.cleared(*HANNA)


def test_an_address_has_more_tries_and_one_success_takes_back_one(door):
    school = ("address", "203.0.113.9")
    fail(door, 20, school)
    assert door.throttle.may(*school) == 5
    door.throttle.cleared(*school)
    assert door.throttle.may(*school) == 0
    assert door.rows(failures)[0]["number"] == 19
    fail(door, 1, school)
    assert door.throttle.may(*school) == 5


def test_one_account_says_nothing_about_another(door):
    fail(door, 9)
    assert door.throttle.may("account", "bea@rowan.example") == 0
    assert door.throttle.may("address", "hanna@hazel.example") == 0
    assert door.throttle.may("account", " Hanna@Hazel.Example ") > 0  # it is the same account, however it is typed


def test_neither_accounts_nor_addresses_stand_in_the_table(door):
    fail(door, 1)
    fail(door, 1, ("address", "203.0.113.9"))
    everything = door.everything()
    assert b"hanna" not in everything
    assert b"203.0" not in everything


def test_an_attempt_is_counted_before_anybody_knows(door):
    got = at_once(8, lambda _: door.throttle.attempt(*HANNA))
    assert sorted(wait > 0 for wait in got) == [False] * 5 + [True] * 3
    assert door.rows(failures)[0]["number"] == 5
    assert door.throttle.attempt(*HANNA) > 0
    assert door.rows(failures)[0]["number"] == 5  # who must wait tried nothing


def test_who_must_wait_at_one_door_uses_up_nothing_at_the_other(door):
    school = ("address", "203.0.113.9")
    assert [door.throttle.enter(HANNA, school) for _ in range(9)] == [0.0] * 5 + [5.0] * 4
    assert sorted(row["number"] for row in door.rows(failures)) == [5, 5]
    assert door.throttle.enter() == 0


def test_failures_at_once_are_all_counted(door):
    assert at_once(4, lambda _: door.throttle.failed(*HANNA)) == [None] * 4
    assert door.rows(failures)[0]["number"] == 4


def test_a_clock_that_is_set_back_locks_nobody_out_for_long(door):
    fail(door, 30)
    door.later(days=-400)
    assert door.throttle.may(*HANNA) == 900
    door.later(minutes=15)
    assert door.throttle.may(*HANNA) == 0
    door.later(days=-400)
    assert door.throttle.attempt(*HANNA) == 900
    door.later(minutes=15)
    assert door.throttle.attempt(*HANNA) == 0


def test_it_cleans_up_after_itself(door):
    fail(door, 1)
    door.later(days=1, seconds=1)
    fail(door, 1, ("account", "bea@rowan.example"))
    assert len(door.rows(failures)) == 1


@pytest.mark.parametrize(("typed", "one"), [
    ("203.0.113.9", "203.0.113.9"), ("::ffff:203.0.113.9", "203.0.113.9"), ("2001:db8:1:2:3::4", "2001:db8:1:2::/64"),
    ("2001:db8:1:2:ffff::1%eth0", "2001:db8:1:2::/64"), ("testclient", "testclient"),
])  # fmt: skip
def test_a_network_counts_as_one(typed, one):
    assert network(typed) == one


@pytest.mark.parametrize("key", ["", "\udc80", "\0", "x" * 100_000])
def test_whatever_is_typed_is_counted(door, key):
    fail(door, 6, ("account", key))
    assert door.throttle.may("account", key) == 10
