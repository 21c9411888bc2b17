"""Tokens: found by their secret alone, for some days, until they are revoked or their owner is forgotten."""

import hashlib
from datetime import timedelta

import pytest

from access.admitted import NOON
from reviewflow.access.tables import tokens
from reviewflow.errors import BadInput, IntegrityBroken, Refused
from reviewflow.vault.vault import KeyVault


def test_a_token_is_found_by_its_secret(door):
    one, secret = door.tokens.make("ada", "Nightly export", ["read"], 30, by="bea")
    assert secret.startswith("rfl_")
    assert len(secret) == 47
    found = door.tokens.find(secret)
    assert (found.id, found.person, found.name, found.scopes) == (one, "ada", "Nightly export", {"read"})
    assert found.by == "bea"
    assert (found.made, found.until) == (NOON, NOON + timedelta(days=30))


def test_to_act_is_to_read_as_well(door):
    for scopes in (["act"], ["read", "act"]):
        _, secret = door.tokens.make("ada", "Timetable", scopes, 1)
        assert door.tokens.find(secret).scopes == {"read", "act"}


@pytest.mark.parametrize("secret", ["", "rfl_", "rfl_" + "x" * 43, "x", "rfl_\udc80", "rfl_" + "a" * 100_000])
def test_what_is_no_secret_finds_nothing(file_door, secret):
    file_door.tokens.make("ada", "Nightly export", ["read"], 30)
    assert file_door.tokens.find(secret) is None


def test_neither_secret_nor_name_is_stored(door):
    one, secret = door.tokens.make("ada", "Nightly export", ["read"], 30)
    [row] = door.rows(tokens)
    assert row["secret"] == hashlib.sha256(secret.encode()).hexdigest()
    everything = door.everything()
    assert secret.encode() not in everything
    assert b"Nightly" not in everything
    assert door.tokens.find(row["secret"]) is door.tokens.find("rfl_" + row["secret"]) is door.tokens.find(one) is None


def test_it_ends_on_its_day(door):
    _, secret = door.tokens.make("ada", "Nightly export", ["read"], 30)
    door.later(days=30, seconds=-1)
    assert door.tokens.find(secret)
    door.later(seconds=1)
    assert door.tokens.find(secret) is None
    assert [one.name for one in door.tokens.of("ada")] == ["Nightly export"]  # still shown, as ended


def test_the_last_day_of_its_use_is_noted(door):
    _, secret = door.tokens.make("ada", "Nightly export", ["read"], 30)
    assert door.tokens.of("ada")[0].used_on is None
    door.tokens.find(secret)
    assert door.tokens.of("ada")[0].used_on == NOON.date()
    door.later(days=2)
    assert door.tokens.find(secret).used_on == NOON.date()
    assert door.tokens.find(secret).used_on == NOON.date() + timedelta(days=2)


def test_a_revoked_one_opens_nothing(door):
    one, secret = door.tokens.make("ada", "Nightly export", ["read"], 30)
    _, other = door.tokens.make("ada", "Another", ["read"], 30)
    assert door.tokens.revoke(one)
    assert not door.tokens.revoke(one)
    assert door.tokens.find(secret) is None
    assert door.tokens.find(other)


def test_those_of_one_person_or_of_everybody_are_listed(door):
    door.tokens.make("ada", "First", ["read"], 30)
    door.later(seconds=1)
    door.tokens.make("bea", "Second", ["act"], 30)
    assert [one.name for one in door.tokens.of("bea")] == ["Second"]
    assert [one.name for one in door.tokens.of()] == ["First", "Second"]


def test_every_fault_is_told_and_nothing_is_made(file_door):
    with pytest.raises(BadInput) as caught:
        file_door.tokens.make("ada", "  ", ["write", "read"], 366)
    assert [(fault.where, fault.got) for fault in caught.value.faults] == [
        ("name", "0 characters"), ("scope", "'write'"), ("days", "366"),
    ]  # fmt: skip
    for name, scopes, days in (("x" * 101, ["read"], 1), ("a\0b", ["read"], 1), ("a", [], 1), ("a", ["read"], 0)):
        with pytest.raises(BadInput):
            file_door.tokens.make("ada", name, scopes, days)
    assert file_door.rows(tokens) == []


def test_those_of_a_forgotten_person_open_nothing(door):
    _, secret = door.tokens.make("ada", "Nightly export", ["act"], 30)
    _, other = door.tokens.make("bea", "Another", ["act"], 30)
    door.vault.forget("person-ada")
    assert door.tokens.find(secret) is None
    assert [one.person for one in door.tokens.of()] == ["bea"]
    assert door.tokens.find(other)
    with pytest.raises(Refused):
        door.tokens.make("ada", "Once more", ["read"], 30)


def test_without_the_master_key_it_has_no_name_but_opens(file_door):
    _, secret = file_door.tokens.make("ada", "Nightly export", ["read"], 30)
    vault = file_door.vault
    file_door.vault = KeyVault(vault._keys, None, clock=file_door.clock, random=vault._random)
    file_door.open()
    found = file_door.tokens.find(secret)
    assert (found.name, found.person) == (None, "ada")


def test_a_row_that_was_put_beside_another_person_opens_nothing(file_door):
    _, secret = file_door.tokens.make("ada", "Nightly export", ["act"], 30)
    file_door.tokens.make("bea", "Another", ["act"], 30)
    with file_door.store.changing() as connection:
        connection.execute(tokens.update().where(tokens.c.person == "ada").values(person="bea"))
    with pytest.raises(IntegrityBroken):
        file_door.tokens.find(secret)
