"""Passwords: checked, hashed again when that costs more, and every other session ends with a new one."""

import time
import unicodedata

import pytest

from access.admitted import CHEAP, GOOD, at_once
from reviewflow.access import argon
from reviewflow.access.argon import Argon, Cost
from reviewflow.access.passwords import Passwords
from reviewflow.access.tables import passwords
from reviewflow.errors import BadInput, StoreUnreachable
from reviewflow.vault.vault import create_vault


def test_a_password_is_checked(door):
    assert not door.passwords.has("ada")
    door.passwords.set("ada", GOOD)
    assert door.passwords.has("ada")
    assert door.passwords.check("ada", GOOD)
    assert not door.passwords.check("ada", GOOD + " ")
    assert not door.passwords.check("bea", GOOD)
    assert not door.passwords.check(None, GOOD)
    assert not door.passwords.check("", "")


def test_a_new_one_takes_its_place(door):
    door.passwords.set("ada", GOOD)
    door.passwords.set("ada", "another piano gravel")
    assert not door.passwords.check("ada", GOOD)
    assert door.passwords.check("ada", "another piano gravel")


def test_one_that_was_removed_opens_nothing(door):
    door.passwords.set("ada", GOOD)
    assert door.passwords.remove("ada")
    assert not door.passwords.remove("ada")
    assert not door.passwords.check("ada", GOOD)


def test_it_may_be_typed_in_either_form_of_unicode(door):
    text = "café naïve Übung Ångström"
    door.passwords.set("ada", unicodedata.normalize("NFD", text))
    assert door.passwords.check("ada", unicodedata.normalize("NFC", text))


@pytest.mark.parametrize("text", ["a\0b violin otter", "\N{ROCKET}" * 3 + " otter plum", " leading and trailing "])
def test_any_character_will_do(door, text):
    door.passwords.set("ada", text)
    assert door.passwords.check("ada", text)
    assert not door.passwords.check("ada", text.replace("o", "O").replace("l", "L"))


@pytest.mark.parametrize("text", ["", "\udc80" * 20, "x" * 1_000_000])
def test_whatever_is_sent_is_answered(door, text):
    door.passwords.set("ada", GOOD)
    assert not door.passwords.check("ada", text)


def test_a_new_one_ends_every_other_session_and_the_link(door):
    mine, other = door.sessions.begin("ada", "password"), door.sessions.begin("ada", "password")
    stranger, link = door.sessions.begin("bea", "password"), door.links.make("ada", by=None)
    door.passwords.set("ada", GOOD, keep=mine)
    assert door.sessions.find(mine)
    assert door.sessions.find(stranger)
    assert door.sessions.find(other) is None
    assert door.links.use(link) is None
    door.passwords.set("ada", "another piano gravel")
    assert door.sessions.find(mine) is None


def test_a_weak_one_changes_nothing(door):
    door.passwords.set("ada", GOOD)
    secret = door.sessions.begin("ada", "password")
    with pytest.raises(BadInput):
        door.passwords.set("ada", "short")
    assert door.passwords.check("ada", GOOD)
    assert door.sessions.find(secret)


def test_it_is_stored_as_argon2id_and_not_to_be_tried_without_the_key(door):
    door.passwords.set("ada", GOOD)
    [row] = door.rows(passwords)
    assert row["hash"].startswith("$argon2id$v=19$m=64,t=1,p=1$")
    assert not Argon(CHEAP).check(row["hash"], GOOD)
    stolen = Passwords(door.store, create_vault(None, b"x" * 32, clock=door.clock), door.clock, cost=CHEAP)
    assert not stolen.check("ada", GOOD)


def test_a_hash_that_is_put_beside_another_person_opens_nothing(door):
    door.passwords.set("ada", GOOD)
    with door.store.changing() as connection:
        connection.execute(passwords.update().values(person="bea"))
    assert not door.passwords.check("bea", GOOD)


def test_it_is_hashed_again_when_that_costs_more_and_not_when_less(door):
    door.passwords.set("ada", GOOD)
    dearer = Passwords(door.store, door.vault, door.clock, cost=Cost(2, 128, 1))
    assert not dearer.check("ada", "wrong one altogether")
    assert door.rows(passwords)[0]["hash"].startswith("$argon2id$v=19$m=64,")
    assert dearer.check("ada", GOOD)
    [row] = door.rows(passwords)
    assert row["hash"].startswith("$argon2id$v=19$m=128,t=2,p=1$")
    assert door.passwords.check("ada", GOOD)
    assert door.rows(passwords) == [row]


def test_what_is_no_hash_opens_nothing(file_door):
    file_door.passwords.set("ada", GOOD)
    with file_door.store.changing() as connection:
        connection.execute(passwords.update().values(hash="$argon2id$rubbish"))
    assert not file_door.passwords.check("ada", GOOD)


def test_the_cost_is_that_of_the_standard():
    assert Cost() == (3, 64 * 1024, 4)  # RFC 9106, section 4, second recommendation
    made = Argon()
    text = made.hash("x")
    assert text.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    assert [len(part) for part in text.split("$")[4:]] == [len(part) for part in made.nobody.split("$")[4:]]
    assert made.check(text, "x")
    assert not made.check(made.nobody, "x")


def test_as_much_is_computed_for_somebody_without_one(file_door, monkeypatch):
    """Counted and not timed: one computation, at the same cost, whoever it is."""
    checked = []
    real = Argon.check
    monkeypatch.setattr(Argon, "check", lambda self, found, text: checked.append(found) or real(self, found, text))
    file_door.passwords.set("ada", GOOD)
    for who, text in (("ada", "wrong"), ("bea", "wrong"), (None, "wrong"), ("ada", "x" * 5000)):
        assert not file_door.passwords.check(who, text)
    assert len(checked) == 4
    assert {one.split("$")[3] for one in checked} == {"m=64,t=1,p=1"}


def test_two_are_computed_at_once_and_no_more(monkeypatch):
    made, running, most = Argon(CHEAP), [], []

    class Slow:
        def hash(self, _text):
            running.append(1)
            most.append(len(running))
            time.sleep(0.01)
            running.pop()
            return "hash"

    made._hasher = Slow()
    assert at_once(6, lambda _: made.hash("x")) == ["hash"] * 6
    assert max(most) == 2


def test_who_would_wait_too_long_is_sent_away(monkeypatch):
    monkeypatch.setattr(argon, "_PATIENCE", 0.01)
    with argon._turn(), argon._turn(), pytest.raises(StoreUnreachable, match="try again in a minute"):
        Argon(CHEAP).hash("x")
    assert Argon(CHEAP).hash("x")


def test_of_two_that_are_set_at_once_one_holds(door):
    texts = ["violin otter marmalade", "another piano gravel"]
    assert at_once(2, lambda n: door.passwords.set("ada", texts[n])) == [None, None]
    assert sum(door.passwords.check("ada", text) for text in texts) == 1
