from __future__ import annotations

import sqlite3
import threading

import pytest

from reviewflow.errors import BadInput, Refused, StoreUnreachable
from reviewflow.events import Unsealed
from reviewflow.ports import Forgotten
from reviewflow.vault.keyfile import KeyFile
from reviewflow.vault.vault import open_vault
from vault.vault_given import MASTER, StandingClock, noted


def traces(folder, wrapped):
    """Files in which eight bytes in a row of a wrapped key still lie."""
    pieces = [wrapped[start : start + 8] for start in range(0, len(wrapped) - 7, 4)]
    return [file.name for file in folder.iterdir() if any(piece in file.read_bytes() for piece in pieces)]


def test_what_was_forgotten_can_neither_be_opened_nor_sealed(vault):
    sealed = vault.seal(noted("gone", entered_by=Unsealed("operator")), "person-rowan", 1)
    kept = vault.seal(noted("kept"), "person-ash", 1)
    file = vault.seal_file(b"gone", "person-rowan")
    vault.forget("person-rowan")
    assert vault.forgotten("person-rowan")
    with pytest.raises(Forgotten):
        vault.open(sealed.text, "person-rowan", 1, "text")
    with pytest.raises(Forgotten):
        vault.disclose(sealed.text, "person-rowan", 1, "text")
    with pytest.raises(Forgotten):
        vault.open_file(file, "person-rowan")
    with pytest.raises(Refused, match="person-rowan was forgotten") as caught:
        vault.seal(noted(), "person-rowan", 2)
    assert caught.value.codes == ("forgotten",)
    with pytest.raises(Refused):
        vault.seal_file(b"more", "person-rowan")
    assert vault._keys.get("person-rowan") is None
    opened = vault.open_event(sealed, "person-rowan", 1, "[removed]")
    assert (opened.text, opened.entered_by) == (Unsealed("[removed]"), Unsealed("operator"))
    assert not vault.forgotten("person-ash")
    assert vault.open(kept.text, "person-ash", 1, "text") == "kept"


def test_who_entered_it_can_be_sealed_in_a_forgotten_stream(vault):
    vault.forget("person-rowan")
    event = noted().model_copy(update={"text": Unsealed("x"), "entered_by": Unsealed("operator")})
    with pytest.raises(Refused):
        vault.seal(event, "person-rowan", 2)
    vault.seal(event, "organisation-a", 2)  # the installation's key, as for every `entered_by`


def test_forgetting_twice_or_what_never_had_a_key(vault):
    vault.forget("person-rowan")
    first = vault.all_forgotten()
    vault.forget("person-rowan")
    assert vault.all_forgotten() == first
    assert [(found.stream, found.at) for found in first] == [("person-rowan", "2026-03-01T12:30:00+00:00")]
    with pytest.raises(Refused):
        vault.seal(noted(), "person-rowan", 1)


@pytest.mark.parametrize("stream", ["installation", "organisation-a", "", "people", "partnership-a"])
def test_the_installations_key_cannot_be_forgotten(vault, stream):
    with pytest.raises(BadInput, match="want a person or a cycle"):
        vault.forget(stream)
    assert vault.all_forgotten() == []
    vault.seal(noted(), "organisation-a", 1)


def test_no_byte_of_the_key_is_left_on_the_disk(stored, keys):
    streams = [f"cycle-{number}" for number in range(400)]
    stored.prepare(streams)
    wrapped = stored._keys.get("cycle-7")
    assert traces(keys.parent, wrapped) == [keys.name]
    for stream in streams[5:30]:
        stored.forget(stream)
    assert traces(keys.parent, wrapped) == []
    assert sorted(file.name for file in keys.parent.iterdir()) == [keys.name]


def test_copies_that_sqlite_left_in_unused_places_go_too(stored, keys):
    other = sqlite3.connect(keys, isolation_level=None)
    other.execute("PRAGMA secure_delete=OFF")
    left = b"left in an unused place"
    other.execute("INSERT INTO keys VALUES ('cycle-old', ?)", (left,))
    other.execute("DELETE FROM keys WHERE owner = 'cycle-old'")
    other.close()
    assert left in keys.read_bytes()
    stored.forget("cycle-new")
    assert left not in keys.read_bytes()


def test_a_sweep_that_did_not_happen_is_made_up_for_on_opening(stored, keys, monkeypatch):
    def full(_file):
        raise StoreUnreachable("disk", "full")

    monkeypatch.setattr(KeyFile, "sweep", full)
    with pytest.raises(StoreUnreachable, match="full"):
        stored.forget("cycle-a")
    unswept = "SELECT count(*) FROM forgotten WHERE swept = 0"
    assert stored._keys._one(unswept) == 1
    stored.close()
    monkeypatch.undo()
    with_key = open_vault(keys, MASTER, clock=StandingClock())
    assert with_key.forgotten("cycle-a")
    assert with_key._keys._one(unswept) == 0
    with_key.close()


def test_reopening_stays_forgotten(stored, keys):
    sealed = stored.seal(noted(), "cycle-a", 1).text
    stored.forget("cycle-a")
    stored.close()
    again = open_vault(keys, MASTER, clock=StandingClock())
    assert again.forgotten("cycle-a")
    with pytest.raises(Forgotten):
        again.open(sealed, "cycle-a", 1, "text")
    with pytest.raises(Refused):
        again.seal(noted(), "cycle-a", 2)
    again.close()


def test_preparing_a_forgotten_stream_makes_no_key(vault):
    vault.forget("cycle-a")
    vault.prepare(["cycle-a", "cycle-b", "organisation-a"])
    assert vault._keys.get("cycle-a") is None
    assert vault._keys.get("cycle-b") is not None


def test_another_vault_on_the_same_file_knows_at_once(stored, keys):
    other = open_vault(keys, MASTER, clock=StandingClock())
    sealed = other.seal(noted(), "cycle-a", 1).text
    assert stored.open(sealed, "cycle-a", 1, "text")
    assert not stored.forgotten("cycle-a")
    stored.prepare(["cycle-b"])  # a commit of its own in between must not hide the other's
    other.forget("cycle-a")
    with pytest.raises(Refused):
        stored.seal(noted(), "cycle-a", 2)
    with pytest.raises(Forgotten):
        stored.open(sealed, "cycle-a", 1, "text")
    assert stored.forgotten("cycle-a")
    other.close()


def test_listing_the_forgotten_does_not_hide_what_another_just_forgot(stored, keys):
    other = open_vault(keys, MASTER, clock=StandingClock())
    stored.seal(noted(), "cycle-a", 1)
    other.forget("cycle-a")
    assert [found.stream for found in stored.all_forgotten()] == ["cycle-a"]
    with pytest.raises(Refused):
        stored.seal(noted(), "cycle-a", 2)
    other.close()


def test_a_key_that_is_forgotten_while_another_thread_reads_it_is_not_remembered(stored, keys, monkeypatch):
    sealed = stored.seal(noted(), "cycle-a", 1).text
    stored.close()
    vault = open_vault(keys, MASTER, clock=StandingClock())
    read = vault._keys.get

    def read_then_wait(owner):
        wrapped = read(owner)
        vault.forget(owner)  # as another thread might, right here
        return wrapped

    monkeypatch.setattr(vault._keys, "get", read_then_wait)
    with pytest.raises(Forgotten):
        vault.open(sealed, "cycle-a", 1, "text")
    assert "cycle-a" not in vault._ciphers
    vault.close()


def test_threads_that_seal_while_another_forgets(another):
    vault = another
    vault.prepare(["cycle-a"])
    answered, sealed_after, started = threading.Event(), [], threading.Barrier(4)

    def seal() -> None:
        started.wait()
        while True:
            before = answered.is_set()
            try:
                vault.seal(noted(), "cycle-a", 1)
            except Refused:
                return
            if before:
                sealed_after.append(1)
                return

    threads = [threading.Thread(target=seal) for _ in range(3)]
    for thread in threads:
        thread.start()
    started.wait()
    vault.forget("cycle-a")
    answered.set()
    for thread in threads:
        thread.join()
    assert sealed_after == []
