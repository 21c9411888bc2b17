from __future__ import annotations

import os
import resource
import shutil
import sqlite3
from contextlib import contextmanager
from pathlib import Path

import pytest

from reviewflow.errors import BadInput, StoreUnreachable
from reviewflow.events import Unsealed
from reviewflow.ports import Forgotten
from reviewflow.vault import keyfile
from reviewflow.vault.vault import create_vault, open_vault
from vault.vault_given import MASTER, OTHER_MASTER, StandingClock, filled, new_vault, noted

CLOCK = StandingClock()


@contextmanager
def no_room():
    """No file can grow or be written beyond its first bytes: what a full disk does."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.mark.parametrize("umask", [0o000, 0o022, 0o277])
def test_only_the_owner_may_read_the_keys_and_their_journal(keys, umask):
    before = os.umask(umask)
    try:
        vault = new_vault(keys)
        vault.prepare(["cycle-a"])
        vault._keys._db.execute("BEGIN IMMEDIATE")
        vault._keys._db.execute("DELETE FROM keys WHERE owner = 'cycle-a'")
        modes = {file.name: file.stat().st_mode & 0o777 for file in keys.parent.iterdir()}
        vault._keys._db.execute("ROLLBACK")
    finally:
        os.umask(before)
    assert modes == {"reviewflow.keys": 0o600, "reviewflow.keys-journal": 0o600}
    vault.close()


def test_how_sqlite_is_set(stored):
    asked = {
        name: stored._keys._db.execute(f"PRAGMA {name}").fetchone()[0]
        for name in ("journal_mode", "synchronous", "secure_delete", "temp_store")
    }
    assert asked == {"journal_mode": "delete", "synchronous": 3, "secure_delete": 1, "temp_store": 2}


def test_a_second_vault_in_the_same_file_is_refused_and_the_first_keeps_its_keys(stored, keys):
    sealed = stored.seal(noted(), "cycle-a", 1).text
    before = keys.read_bytes()
    with pytest.raises(BadInput, match="got a file with content; want a new place"):
        new_vault(keys)
    assert keys.read_bytes() == before
    assert stored.open(sealed, "cycle-a", 1, "text")


def test_an_empty_file_that_a_killed_init_left_is_not_opened_but_finished(keys):
    keys.touch(0o644)
    with pytest.raises(StoreUnreachable, match="nothing of ours is in it; if it is empty, run `reviewflow init` again"):
        open_vault(keys, MASTER, clock=CLOCK)
    vault = new_vault(keys)
    vault.seal(noted(), "cycle-a", 1)
    vault.close()
    assert keys.stat().st_mode & 0o777 == 0o600


def test_no_keys_file(keys):
    with pytest.raises(StoreUnreachable, match="does not exist; name the right one with REVIEWFLOW_KEYS"):
        open_vault(keys, MASTER, clock=CLOCK)
    assert list(keys.parent.iterdir()) == []


def test_a_vault_that_was_closed_does_nothing_more(vault):
    sealed = vault.seal(noted(), "cycle-a", 1).text
    vault.close()
    vault.close()
    for ask in (
        lambda: vault.seal(noted(), "cycle-a", 1),
        lambda: vault.open(sealed, "cycle-a", 1, "text"),
        lambda: vault.forget("cycle-a"),
        vault.all_forgotten,
    ):
        with pytest.raises(StoreUnreachable):
            ask()


def test_no_folder_to_make_it_in(tmp_path):
    with pytest.raises(StoreUnreachable, match="cannot be made: No such file or directory"):
        new_vault(tmp_path / "missing" / "reviewflow.keys")


def test_a_path_with_odd_characters(tmp_path):
    folder = tmp_path / "100% odd? #1 ü"
    folder.mkdir()
    vault = new_vault(folder / "reviewflow.keys")
    vault.seal(noted(), "cycle-a", 1)
    vault.close()
    assert [file.name for file in folder.iterdir()] == ["reviewflow.keys"]


@pytest.mark.parametrize(
    ("spoil", "why"),
    [
        (lambda db: db.execute("PRAGMA application_id=7"), "got application 7, format 1"),
        (lambda db: db.execute("PRAGMA user_version=2"), "format 2; want 52464b31, format 1"),
    ],
)
def test_another_programs_file_or_a_newer_release(stored, keys, spoil, why):
    stored.close()
    db = sqlite3.connect(keys)
    spoil(db)
    db.close()
    with pytest.raises(StoreUnreachable, match=why):
        open_vault(keys, MASTER, clock=CLOCK)


def test_not_a_database(keys):
    keys.write_bytes(b"something else altogether" * 100)
    with pytest.raises(StoreUnreachable, match="not a database; restore its backup: `reviewflow vault restore"):
        open_vault(keys, MASTER, clock=CLOCK)
    with pytest.raises(StoreUnreachable, match="not a database"):
        new_vault(keys)
    assert keys.read_bytes() == b"something else altogether" * 100


def test_a_write_ahead_log_is_switched_off_again(stored, keys):
    stored.close()
    db = sqlite3.connect(keys)
    assert db.execute("PRAGMA journal_mode=WAL").fetchone() == ("wal",)
    db.close()
    vault = open_vault(keys, MASTER, clock=CLOCK)
    vault.prepare(["cycle-a"])
    assert [file.name for file in keys.parent.iterdir()] == ["reviewflow.keys"]
    vault.close()


def test_the_wrong_master_key(stored, keys):
    stored.close()
    with pytest.raises(StoreUnreachable, match=r"not the one it was made with.*set the right master key"):
        open_vault(keys, OTHER_MASTER, clock=CLOCK)
    open_vault(keys, MASTER, clock=CLOCK).close()


@pytest.mark.parametrize("length", [0, 16, 31, 33])
def test_a_master_key_of_another_length(keys, length):
    with pytest.raises(StoreUnreachable, match=f"got {length} bytes, want 32"):
        create_vault(keys, bytes(length), clock=CLOCK)
    assert not keys.exists()


def test_without_the_master_key_texts_are_hidden_and_nothing_is_sealed(stored, keys):
    sealed = stored.seal(noted(), "cycle-a", 1)
    file = stored.seal_file(b"x", "cycle-a")
    stored.forget("cycle-b")
    stored.close()
    before = keys.read_bytes()
    closed = open_vault(keys, None, clock=CLOCK)
    assert not closed.readable
    for stream in ("cycle-a", "cycle-b", "organisation-a"):
        with pytest.raises(Forgotten):
            closed.open(sealed.text, stream, 1, "text")
        with pytest.raises(StoreUnreachable, match="the master key is not at hand; set REVIEWFLOW_MASTER_KEY"):
            closed.seal(noted(), stream, 2)
    with pytest.raises(Forgotten):
        closed.open_file(file, "cycle-a")
    with pytest.raises(StoreUnreachable):
        closed.lookup("email", "x")
    assert closed.open_event(sealed, "cycle-a", 1, "hidden").text == Unsealed("hidden")
    assert closed.seal(filled(plain=["a"]), "cycle-a", 2) == filled(plain=["a"])
    assert (closed.forgotten("cycle-a"), closed.forgotten("cycle-b")) == (False, True)
    assert [found.stream for found in closed.all_forgotten()] == ["cycle-b"]
    assert keys.read_bytes() == before
    closed.close()


def test_forgetting_needs_no_master_key(stored, keys):
    stored.seal(noted(), "cycle-a", 1)
    closed = open_vault(keys, None, clock=CLOCK)
    closed.forget("cycle-a")
    closed.close()
    assert stored.forgotten("cycle-a")


def test_a_full_disk_makes_no_key_and_loses_none(stored, keys):
    sealed = stored.seal(noted(), "cycle-a", 1).text
    with no_room(), pytest.raises(StoreUnreachable, match="the keys file"):
        stored.seal(noted(), "cycle-b", 1)
    assert stored._keys.get("cycle-b") is None
    assert stored.open(sealed, "cycle-a", 1, "text")
    stored.seal(noted(), "cycle-b", 1)


def test_a_full_database_says_so(stored):
    pages = stored._keys._one("PRAGMA page_count")
    stored._keys._db.execute(f"PRAGMA max_page_count={pages}").fetchall()
    with pytest.raises(StoreUnreachable, match="full; make room on the disk"):
        stored.prepare([f"cycle-{number}" for number in range(500)])
    assert stored._keys._one("SELECT count(*) FROM keys") == 1


def test_forgetting_on_a_full_disk_is_said_not_to_have_happened(stored):
    sealed = stored.seal(noted("still here"), "cycle-a", 1).text
    with no_room(), pytest.raises(StoreUnreachable):
        stored.forget("cycle-a")
    assert not stored.forgotten("cycle-a")
    assert stored.open(sealed, "cycle-a", 1, "text") == "still here"
    stored.forget("cycle-a")
    assert stored.forgotten("cycle-a")


def test_making_a_vault_on_a_full_disk_can_be_done_again(keys):
    with no_room(), pytest.raises(StoreUnreachable):
        new_vault(keys)
    new_vault(keys).close()


def test_no_key_is_made_in_a_file_that_was_replaced_or_removed(stored, keys):
    shutil.copy(keys, keys.with_suffix(".copy"))
    keys.with_suffix(".copy").replace(keys)
    with pytest.raises(StoreUnreachable, match="replaced or removed while in use"):
        stored.seal(noted(), "cycle-a", 1)
    keys.unlink()
    with pytest.raises(StoreUnreachable, match="replaced or removed while in use"):
        stored.forget("cycle-a")
    assert not stored.forgotten("cycle-a")


def test_somebody_else_keeps_the_file(stored, keys, monkeypatch):
    monkeypatch.setattr(keyfile, "_BUSY_SECONDS", 0.05)
    other = open_vault(keys, MASTER, clock=CLOCK)
    stored._keys._db.execute("BEGIN EXCLUSIVE")
    with pytest.raises(StoreUnreachable, match=r"locked; another process kept it for 0\.05 seconds; try again"):
        other.seal(noted(), "cycle-a", 1)
    stored._keys._db.execute("ROLLBACK")
    other.seal(noted(), "cycle-a", 1)
    other.close()


def test_closing_one_vault_leaves_the_locks_of_another_in_peace(stored, keys, monkeypatch):
    monkeypatch.setattr(keyfile, "_BUSY_SECONDS", 0.05)
    second = open_vault(keys, MASTER, clock=CLOCK)
    stored._keys._db.execute("BEGIN EXCLUSIVE")
    second.close()
    second.close()
    # /proc/locks knows what this process still holds on the file.
    inode = f":{keys.stat().st_ino} "
    locks = Path("/proc/locks").read_text("ascii").splitlines()
    held = [line for line in locks if inode in line and f" {os.getpid()} " in line]
    stored._keys._db.execute("ROLLBACK")
    assert held
