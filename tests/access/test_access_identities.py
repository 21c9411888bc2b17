"""Identities of a sign-in service: each is one person's."""

import pytest

from access.admitted import NOON, at_once
from reviewflow.access.tables import identities
from reviewflow.errors import Refused

ISSUER = "https://sign-in.example"


def test_an_identity_leads_to_a_person(door):
    assert door.identities.find(ISSUER, "s-1") is None
    door.identities.add("ada", ISSUER, "s-1")
    assert door.identities.find(ISSUER, "s-1") == "ada"
    assert door.identities.find(ISSUER, "s-2") is None
    assert door.identities.find(ISSUER + "/", "s-1") is None
    assert door.identities.find(ISSUER + "\0s", "-1") is None
    assert door.identities.of("ada") == [NOON]


def test_twice_is_once(door):
    door.identities.add("ada", ISSUER, "s-1")
    door.later(days=1)
    door.identities.add("ada", ISSUER, "s-1")
    assert door.identities.of("ada") == [NOON]


def test_nobody_takes_that_of_somebody_else(door):
    door.identities.add("ada", ISSUER, "s-1")
    with pytest.raises(Refused) as caught:
        door.identities.add("bea", ISSUER, "s-1")
    assert caught.value.codes == ("identity-taken",)
    assert door.identities.find(ISSUER, "s-1") == "ada"
    assert door.identities.of("bea") == []


def test_of_two_that_come_at_once_one_has_it(door):
    got = at_once(2, lambda n: door.identities.add(["ada", "bea"][n], ISSUER, "s-1"))
    assert sorted(type(one).__name__ for one in got) == ["NoneType", "Refused"]


def test_removed_ones_lead_nowhere(door):
    for subject in ("s-1", "s-2"):
        door.identities.add("ada", ISSUER, subject)
    door.identities.add("bea", ISSUER, "s-3")
    assert door.identities.remove("ada") == 2
    assert door.identities.find(ISSUER, "s-1") is None
    assert door.identities.find(ISSUER, "s-3") == "bea"


def test_neither_issuer_nor_subject_is_stored(door):
    door.identities.add("ada", ISSUER, "subject-one")
    assert b"example" not in door.everything()
    assert b"subject" not in door.everything()
    assert len(door.rows(identities)[0]["keyed"]) == 64
