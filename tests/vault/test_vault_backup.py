"""Making a backup of the keys: while others go on, whole or not at all."""

from __future__ import annotations

import os
import re
import threading
from pathlib import Path
from typing import Any

import pytest

from reviewflow.errors import BadInput, StoreUnreachable
from reviewflow.vault import backing_up
from reviewflow.vault.backing_up import back_up, name_until
from reviewflow.vault.master_source import MasterKeySource, fingerprint
from reviewflow.vault.places import open_keys
from reviewflow.vault.restoring import restore
from vault.backup_given import NOW, OTHER, SOURCE, brought_back, made
from vault.test_vault_keyfile import no_room
from vault.vault_given import MASTER, Counting, noted


def test_what_is_in_a_backup(kept, file):
    before = os.umask(0)
    try:
        header = made(kept, file)
    finally:
        os.umask(before)
    assert header == ("2026-03-01T12:30:00+00:00", "2026-04-05", 4, 1, fingerprint(MASTER))
    lines = file.read_text("ascii").splitlines()
    keys, _ = kept.rows()
    assert lines[0] == "reviewflow vault backup, format 1"
    assert [line.split()[:2] for line in lines[2:-1]] == [*(["key", owner] for owner in sorted(keys)),
                                                         ["forgotten", "person-rowan"]]  # fmt: skip
    assert re.fullmatch("end [0-9a-f]{64}", lines[-1])
    assert file.stat().st_mode & 0o777 == 0o600
    assert MASTER not in file.read_bytes()
    assert [one.destroy_by for one in kept.vault.backups()] == ["2026-04-05"]
    assert [one.name for one in file.parent.iterdir() if one.name.startswith("keys.backup")] == ["keys.backup"]


def test_the_bytes_of_a_backup_stay(tmp_path):
    """A stored format: what this release writes, every later one must read."""
    from reviewflow.vault.keyfile import KeyFile
    from reviewflow.vault.ring import Wrapping, master_cipher

    chance, wrapping = Counting(), Wrapping(master_cipher(MASTER), b"")
    rows = [(owner, wrapping.wrap(chance, owner, chance(32))) for owner in ("installation", "cycle-a", "person 100%")]
    keys = KeyFile.create(None, lambda change: (change.put(rows), change.note_forgotten([("cycle-b", "2026")])))
    back_up(keys, SOURCE, tmp_path / "golden", NOW)
    golden = (Path(__file__).parent / "golden.backup").read_bytes()
    assert (tmp_path / "golden").read_bytes() == golden
    done = restore(tmp_path / "keys", Path(__file__).parent / "golden.backup", SOURCE, NOW, [])
    assert (done.keys, done.forgotten) == (3, 1)


def test_a_name_says_by_when_it_is_to_be_destroyed():
    assert name_until("2026-04-05") == "reviewflow-keys-destroy-by-2026-04-05.backup"


@pytest.mark.parametrize("days", [0, -1, 3651, 10**9])
def test_a_life_that_is_none(kept, file, days):
    with pytest.raises(BadInput, match=f"got {days}; want 1 to 3650"):
        made(kept, file, days=days)
    assert not file.exists()


def test_an_older_one_is_written_over_only_when_that_is_said(kept, file):
    file.write_text("older")
    with pytest.raises(BadInput, match="want a new place, or --force"):
        made(kept, file)
    assert file.read_text() == "older"
    made(kept, file, force=True)
    assert brought_back(kept, file, check=True).keys == 4


def test_two_backups_to_one_place_at_once(kept, file):
    done, failed, barrier = [], [], threading.Barrier(3)

    def turn():
        barrier.wait()
        try:
            done.append(made(kept, file))
        except BadInput as error:
            failed.append(error)

    threads = [threading.Thread(target=turn) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(done), len(failed)) == (1, 2)
    assert brought_back(kept, file, check=True).keys == 4


@pytest.mark.parametrize("force", [True, False])
def test_no_part_of_the_installation_and_nothing_that_is_no_file_is_written_over(stored, keys, tmp_path, force):
    before = keys.read_bytes()
    link = tmp_path / "link"
    link.symlink_to(keys)
    for place in (keys, link, Path(os.devnull), tmp_path):
        with pytest.raises(BadInput):
            back_up(stored._keys, SOURCE, place, NOW, force=force, never=(keys, tmp_path / "no such"))
    assert keys.read_bytes() == before
    assert stored.backups() == []


def test_a_disk_without_links(kept, file, monkeypatch):
    monkeypatch.setattr(os, "link", lambda *_: (_ for _ in ()).throw(PermissionError(1, "Operation not permitted")))
    made(kept, file)
    with pytest.raises(BadInput, match="a file that exists"):
        made(kept, file)
    assert brought_back(kept, file, check=True).keys == 4


def test_a_full_disk_leaves_nothing(kept, file):
    with no_room(), pytest.raises(StoreUnreachable):
        made(kept, file)
    assert not [one for one in file.parent.iterdir() if "backup" in one.name]
    assert kept.opens("cycle-a")


def test_a_disk_that_fills_up_says_which_file(kept, file, monkeypatch):
    def full(*_: Any):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(backing_up, "write_backup", full)
    with pytest.raises(StoreUnreachable, match=rf"{file}: cannot be written: No space left on device; no backup"):
        made(kept, file)
    assert not list(file.parent.glob("keys.backup*"))
    assert kept.vault.backups() == [], "what was not made is not noted"


def test_keys_that_can_only_be_read_are_backed_up_all_the_same(kept, file, monkeypatch):
    def read_only(*_: Any):
        raise StoreUnreachable("the keys", "read-only")

    keys = open_keys(kept.place)
    monkeypatch.setattr(keys, "note_backup", read_only)
    assert back_up(keys, SOURCE, file, NOW).noted is False
    keys.close()
    assert brought_back(kept, file, check=True).keys == 4
    assert kept.vault.backups() == []


def test_no_backup_without_the_right_master_key(kept, file):
    for source, why in ((MasterKeySource(), "not at hand"), (OTHER, "does not open it; set the right one")):
        with pytest.raises(StoreUnreachable, match=why):
            made(kept, file, source)
    assert not list(file.parent.glob("keys.backup*"))


def test_while_it_is_made_others_go_on_and_what_is_forgotten_meanwhile_is_found_on_the_list(kept, file, monkeypatch):
    """In a file they wait until all is read, in a database not even that; nothing torn ever comes out."""
    stop, worker = threading.Event(), kept.another()

    def work():
        number = 0
        while not stop.is_set():
            worker.seal(noted(), f"cycle-new-{number}", 1)
            worker.forget(f"cycle-new-{number}")
            number += 1
            stop.wait(0.01)

    thread = threading.Thread(target=work)
    thread.start()
    try:
        headers = [made(kept, file, force=True) for _ in range(3)]
    finally:
        stop.set()
        thread.join()
    done = brought_back(kept, file, check=True)
    assert done.header == headers[-1]
    keys, gone = (
        re.findall(r"^key (\S+)", file.read_text(), re.MULTILINE),
        re.findall(r"^forgotten (\S+)", file.read_text(), re.MULTILINE),
    )
    assert not set(keys) & set(gone)
    assert kept.opens("cycle-a")
