"""Keys brought back from a backup, without those of the forgotten."""

from __future__ import annotations

import os
from datetime import UTC, datetime

import pytest

from reviewflow.errors import BadInput, StoreUnreachable
from reviewflow.vault.backing_up import back_up
from reviewflow.vault.master_source import MasterKeySource, fingerprint
from reviewflow.vault.places import keys_there, open_keys
from reviewflow.vault.restoring import restore
from reviewflow.vault.rotation import rotate
from vault.backup_given import NOW, OTHER, SOURCE, brought_back, made
from vault.test_vault_keyfile import no_room
from vault.vault_given import MASTER, OTHER_MASTER, Kept, noted


@pytest.fixture
def elsewhere(kept, tmp_path):
    """Another place, without keys."""
    return tmp_path / "elsewhere.keys"


def test_to_where_there_is_none(kept, file, elsewhere):
    made(kept, file)
    done = restore(elsewhere, file, SOURCE, NOW, [])
    assert (done.keys, done.forgotten, done.kept_out, done.lost, done.aside) == (4, 1, 0, 0, None)
    there = Kept.__new__(Kept)
    there.place, there._open, there.sealed = elsewhere, [], kept.sealed
    vault = there.another()
    assert [stream for stream in kept.sealed if kept.opens(stream, vault)] == [
        "cycle-a", "cycle-b", "person-ash", "organisation-a",
    ]  # fmt: skip
    assert vault.all_forgotten()[0].stream == "person-rowan"
    assert [one.destroy_by for one in vault.backups()] == ["2026-04-05"]
    assert elsewhere.stat().st_mode & 0o777 == 0o600
    there.close()


def test_from_a_file_into_a_database_and_back(stored, keys, file, database, tmp_path):
    stored.seal(noted(), "cycle-a", 1)
    back_up(stored._keys, SOURCE, file, NOW)
    restore(database, file, SOURCE, NOW, [])
    in_database, back = open_keys(database), tmp_path / "back.backup"
    assert back_up(in_database, SOURCE, back, NOW).header.keys == 2
    in_database.close()
    assert restore(tmp_path / "back.keys", back, SOURCE, NOW, []).keys == 2


def test_keys_that_are_there_are_not_touched_unless_that_is_said_and_then_kept_aside(kept, file):
    made(kept, file)
    kept.vault.seal(noted(), "cycle-since", 1)
    before = kept.rows()
    with pytest.raises(BadInput, match="got keys that are there; want a place without; --replace puts them aside"):
        brought_back(kept, file)
    assert kept.rows() == before
    looked = brought_back(kept, file, check=True)
    assert kept.rows() == before
    assert (looked.keys, looked.lost, looked.aside) == (4, 1, None)
    done = brought_back(kept, file, replace=True)
    assert done == looked._replace(aside=done.aside)
    assert done.aside.name.startswith(("reviewflow.keys.before-restore-2", "keys.backup.before-restore-2"))
    assert done.aside.stat().st_mode & 0o777 == 0o600
    aside = Kept.__new__(Kept)
    aside.place = done.aside
    assert aside.rows() == before
    assert sorted(kept.rows()[0]) == ["cycle-a", "cycle-b", "installation", "person-ash"]
    assert kept.opens("cycle-a")


def test_who_was_forgotten_since_stays_forgotten_by_each_of_the_three_lists(kept, file):
    made(kept, file)
    kept.vault.forget("cycle-a")
    log = [("person-ash", "2026-03-02T00:00:00+00:00"), ("person-never", "2026-03-03T00:00:00+00:00")]
    done = brought_back(kept, file, log=log, replace=True)
    assert (done.keys, done.kept_out, done.forgotten) == (2, 2, 4)
    keys, gone = kept.rows()
    assert sorted(keys) == ["cycle-b", "installation"]
    assert sorted(gone) == ["cycle-a", "person-ash", "person-never", "person-rowan"]
    reader = kept.another()
    assert [stream for stream in kept.sealed if kept.opens(stream, reader)] == ["cycle-b", "organisation-a"]
    assert {one.stream: one.at for one in reader.all_forgotten()} == {
        **dict(log), "person-rowan": "2026-03-01T12:30:00+00:00", "cycle-a": "2026-03-01T12:30:00+00:00",
    }  # fmt: skip


def test_no_byte_of_a_key_that_was_forgotten_since_gets_onto_the_disk(stored, keys, file):
    stored.prepare([f"cycle-{number}" for number in range(50)])
    wrapped = stored._keys.get("cycle-7")
    back_up(stored._keys, SOURCE, file, NOW)
    stored.forget("cycle-7")
    done = restore(keys, file, SOURCE, NOW, [], replace=True)
    for place in (keys, done.aside):
        assert wrapped[:8] not in place.read_bytes()
    assert stored.forgotten("cycle-7")


def test_whoever_runs_meanwhile_notices(kept, file):
    made(kept, file)
    running = kept.another()
    lost = running.seal(noted(), "cycle-since", 1).text
    assert kept.opens("cycle-a", running)
    kept.vault.forget("cycle-b")
    brought_back(kept, file, replace=True)
    assert kept.opens("cycle-a", running)
    assert not kept.opens("cycle-b", running)
    with pytest.raises(StoreUnreachable, match="it has no key of cycle-since, which was never forgotten"):
        running.open(lost, "cycle-since", 1, "text")
    text = running.seal(noted("sealed again"), "cycle-since", 1).text
    assert kept.another().open(text, "cycle-since", 1, "text") == "sealed again"


def test_a_backup_from_before_the_master_key_was_changed(kept, file, tmp_path):
    made(kept, file)
    keys = open_keys(kept.place)
    rotate(keys, SOURCE, OTHER)
    keys.close()
    kept.another(OTHER_MASTER).forget("cycle-b")
    before = kept.rows()
    with pytest.raises(StoreUnreachable, match=f"sealed under another master key .{fingerprint(MASTER)}; .* holds"):
        brought_back(kept, file, OTHER, replace=True)
    with pytest.raises(StoreUnreachable, match="the master key is not at hand"):
        brought_back(kept, file, MasterKeySource(), replace=True)
    assert kept.rows() == before
    done = brought_back(kept, file, replace=True)
    assert (done.kept_out, done.lost) == (1, 0)
    assert kept.opens("cycle-a")
    with pytest.raises(StoreUnreachable):
        kept.another(OTHER_MASTER)


def test_a_full_disk_changes_nothing(kept, file):
    made(kept, file)
    before = kept.rows()
    with no_room(), pytest.raises(StoreUnreachable):
        brought_back(kept, file, replace=True)
    assert kept.rows() == before
    assert kept.opens("cycle-a")
    assert not list(file.parent.glob("*before-restore*"))
    elsewhere = file.parent / "elsewhere.keys"
    with no_room(), pytest.raises(StoreUnreachable):
        restore(elsewhere, file, SOURCE, NOW, [])
    assert not elsewhere.exists()


def test_past_its_life(kept, file):
    made(kept, file, days=1)
    last, after = datetime(2026, 3, 2, 23, 59, tzinfo=UTC), datetime(2026, 3, 3, tzinfo=UTC)
    assert brought_back(kept, file, now=last, replace=True).keys == 4
    for check in (True, False):
        with pytest.raises(BadInput, match="of 2026-03-01 that was to be destroyed by 2026-03-02; want a younger one"):
            brought_back(kept, file, now=after, replace=True, check=check)
    assert brought_back(kept, file, now=after, replace=True, past_its_life=True).keys == 4


def test_keys_that_cannot_be_read_are_put_aside_as_they_are(stored, keys, file):
    back_up(stored._keys, SOURCE, file, NOW)
    stored.close()
    keys.write_bytes(b"not a database at all" * 500)
    keys.with_name(f"{keys.name}-journal").write_bytes(b"of the old file")
    with pytest.raises(BadInput, match="keys that are there"):
        restore(keys, file, SOURCE, NOW, [])
    looked = restore(keys, file, SOURCE, NOW, [], check=True)
    assert looked.unread
    done = restore(keys, file, SOURCE, NOW, [("cycle-a", "2026")], replace=True)
    assert done.unread
    assert done.aside.read_bytes() == b"not a database at all" * 500
    assert done.aside.stat().st_mode & 0o777 == 0o600
    assert not keys.with_name(f"{keys.name}-journal").exists()
    assert not list(keys.parent.glob("*.part"))
    found = keys_there(keys)
    assert [one.stream for one in found.forgotten()] == ["cycle-a"]
    found.close()


def test_whoever_still_has_the_damaged_file_open_notices(stored, keys, file):
    sealed = stored.seal(noted(), "cycle-a", 1).text
    back_up(stored._keys, SOURCE, file, NOW)
    with keys.open("r+b") as raw:  # one page of the keys, as a failing disk would
        raw.seek(4096)
        raw.write(os.urandom(64))
    assert stored.open(sealed, "cycle-a", 1, "text")  # it has the key in memory
    assert restore(keys, file, SOURCE, NOW, [], replace=True).unread
    with pytest.raises(StoreUnreachable, match="it was replaced or removed while in use; start again"):
        stored.open(sealed, "cycle-a", 1, "text")


def test_another_programs_file_is_never_replaced(keys, file, stored, tmp_path):
    import sqlite3

    back_up(stored._keys, SOURCE, file, NOW)
    theirs = tmp_path / "theirs.db"
    link = sqlite3.connect(theirs)
    link.execute("CREATE TABLE theirs (x)")
    link.close()
    before = theirs.read_bytes()
    with pytest.raises(StoreUnreachable):
        restore(theirs, file, SOURCE, NOW, [], replace=True)
    assert theirs.read_bytes() == before
