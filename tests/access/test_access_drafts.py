"""Drafts: sealed under their owner's key, one a step, gone with the key, and old one day."""

import pytest

from access.admitted import NOON, at_once
from reviewflow.access.drafts import LARGEST, MOST
from reviewflow.access.tables import drafts
from reviewflow.errors import BadInput, IntegrityBroken, Refused

HALF = {"focus": "Reading \N{EN DASH} invented", "actions": [{"id": "a1", "what": "", "by": None}], "days": 2}


def test_what_was_entered_is_there_again(door):
    door.drafts.save("ada", "c1", "submit", HALF, 7)
    assert door.drafts.load("ada", "c1", "submit") == ("c1", "submit", HALF, 7, NOON)
    assert door.drafts.load("bea", "c1", "submit") is None
    assert door.drafts.load("ada", "c2", "submit") is None
    assert door.drafts.load("ada", "c1", "open") is None


def test_what_is_entered_later_takes_its_place(door):
    door.drafts.save("ada", "c1", "submit", HALF, 7)
    door.later(minutes=1)
    door.drafts.save("ada", "c1", "submit", {}, 8)
    assert door.drafts.load("ada", "c1", "submit")[2:4] == ({}, 8)
    assert len(door.rows(drafts)) == 1


def test_nothing_of_it_can_be_read_in_the_store(door):
    door.drafts.save("ada", "c1", "submit", HALF, 7)
    assert b"Reading" not in door.everything()
    assert b"focus" not in door.everything()


def test_those_of_one_person_are_listed_newest_first(door):
    door.drafts.save("ada", "c1", "submit", HALF, 7)
    door.later(minutes=1)
    door.drafts.save("ada", "c2", "submit", HALF, 1)
    door.drafts.save("bea", "c2", "submit", HALF, 1)
    assert [(one.cycle, one.version) for one in door.drafts.of("ada")] == [("c2", 1), ("c1", 7)]


def test_a_dropped_one_is_gone(door):
    door.drafts.save("ada", "c1", "submit", HALF, 7)
    assert not door.drafts.drop("bea", "c1", "submit")
    assert door.drafts.drop("ada", "c1", "submit")
    assert not door.drafts.drop("ada", "c1", "submit")
    assert door.drafts.load("ada", "c1", "submit") is None


def test_an_old_one_is_not_shown(door):
    door.drafts.save("ada", "c1", "submit", HALF, 7)
    door.later(days=90, seconds=-1)
    assert door.drafts.load("ada", "c1", "submit")
    door.later(seconds=1)
    assert door.drafts.load("ada", "c1", "submit") is None
    assert door.drafts.of("ada") == []


def test_those_of_a_forgotten_person_are_gone_at_once(door):
    door.drafts.save("ada", "c1", "submit", HALF, 7)
    door.vault.forget("person-ada")
    assert door.drafts.load("ada", "c1", "submit") is None
    assert door.drafts.of("ada") == []
    with pytest.raises(Refused):
        door.drafts.save("ada", "c1", "submit", HALF, 7)


def test_one_that_is_too_large_leaves_the_last_one(file_door):
    file_door.drafts.save("ada", "c1", "submit", {"text": "x" * (LARGEST - 11)}, 7)
    with pytest.raises(BadInput, match="200,001 bytes; want at most 200,000"):
        file_door.drafts.save("ada", "c1", "submit", {"text": "x" * (LARGEST - 10)}, 8)
    assert file_door.drafts.load("ada", "c1", "submit").version == 7


def test_the_oldest_make_room(file_door):
    for n in range(MOST + 2):
        file_door.later(seconds=1)
        file_door.drafts.save("ada", f"c{n}", "submit", {}, 1)
    assert len(file_door.drafts.of("ada")) == MOST
    assert file_door.drafts.load("ada", "c1", "submit") is None
    assert file_door.drafts.load("ada", f"c{MOST + 1}", "submit")


@pytest.mark.parametrize("text", ["\udc80", "\0", "é\N{ROCKET}", '"]'])
def test_any_text_is_kept_as_it_is(file_door, text):
    file_door.drafts.save("ada", "c1", "submit", {"text": text}, 7)
    assert file_door.drafts.load("ada", "c1", "submit").values == {"text": text}


def test_one_that_was_put_elsewhere_does_not_open(file_door):
    file_door.drafts.save("ada", "c1", "submit", HALF, 7)
    with file_door.store.changing() as connection:
        connection.execute(drafts.update().values(cycle="c2"))
    with pytest.raises(IntegrityBroken, match="want draft/c2/submit"):
        file_door.drafts.load("ada", "c2", "submit")


def test_one_whose_bytes_were_changed_does_not_open(file_door):
    file_door.drafts.save("ada", "c1", "submit", HALF, 7)
    box = bytearray(file_door.rows(drafts)[0]["box"])
    box[-1] ^= 1
    with file_door.store.changing() as connection:
        connection.execute(drafts.update().values(box=bytes(box)))
    with pytest.raises(IntegrityBroken):
        file_door.drafts.load("ada", "c1", "submit")


def test_of_several_saved_at_once_one_stays(door):
    assert at_once(4, lambda n: door.drafts.save("ada", "c1", "submit", {"n": n}, n)) == [None] * 4
    found = door.drafts.load("ada", "c1", "submit")
    assert found.values == {"n": found.version}
