"""A new master key, while others go on; whatever happens in between, one of two keys opens the vault."""

from __future__ import annotations

import threading
from binascii import b2a_base64
from typing import Any

import pytest

from reviewflow.errors import BadInput, IntegrityBroken, StoreUnreachable
from reviewflow.vault import rotation
from reviewflow.vault.durable import folder_locked
from reviewflow.vault.master_key import NEW_NAMES
from reviewflow.vault.master_source import MasterKeySource, fingerprint
from reviewflow.vault.rotation import rotate
from vault.test_vault_keyfile import no_room
from vault.vault_given import MASTER, OTHER_MASTER, master_file, noted

THIRD_MASTER = bytes(range(2, 34))


@pytest.fixture
def file(tmp_path):
    return master_file(tmp_path)


def value(key, **more: Any):
    return MasterKeySource(value=b2a_base64(key).decode(), **more)


NONE = MasterKeySource(names=NEW_NAMES)


def test_a_new_key_takes_the_place_of_the_old_one_in_its_file(kept, file, opened):
    file.chmod(0o640)
    before, gone = kept.rows()
    done = rotate(opened(kept.place), MasterKeySource(file=file), NONE)
    after, still_gone = kept.rows()
    assert (done.keys, done.file, done.finished) == (4, file, False)
    assert before.keys() == after.keys()
    assert not set(before.values()) & set(after.values())
    assert gone == still_gone == ["person-rowan"]
    assert [one.name for one in file.parent.iterdir() if "master" in one.name] == ["master-key"]
    assert file.stat().st_mode & 0o777 == 0o640
    new = MasterKeySource(file=file).read()
    assert done.fingerprint == fingerprint(new) != fingerprint(MASTER)
    with pytest.raises(StoreUnreachable, match="the master key is not the one it was made with"):
        kept.another(MASTER)
    reader = kept.another(new)
    assert [stream for stream in kept.sealed if kept.opens(stream, reader)] == [
        "cycle-a", "cycle-b", "person-ash", "organisation-a",
    ]  # fmt: skip
    assert reader.lookup("email", "x") == kept.vault.lookup("email", "x")


def test_a_key_that_is_given_leaves_every_file_alone(kept, file, opened):
    done = rotate(opened(kept.place), MasterKeySource(file=file), value(OTHER_MASTER, names=NEW_NAMES))
    assert (done.keys, done.file, done.fingerprint) == (4, None, fingerprint(OTHER_MASTER))
    assert MasterKeySource(file=file).read() == MASTER
    assert kept.opens("cycle-a", kept.another(OTHER_MASTER))
    again = rotate(opened(kept.place), MasterKeySource(file=file), value(OTHER_MASTER))
    assert again.finished
    assert kept.opens("cycle-a", kept.another(OTHER_MASTER))


def test_a_link_to_the_master_key_stays_a_link(kept, file, opened, tmp_path):
    link = tmp_path / "run" / "secret"
    link.parent.mkdir()
    link.symlink_to(file)
    done = rotate(opened(kept.place), MasterKeySource(file=link), NONE)
    assert link.is_symlink()
    assert done.file == file
    assert kept.opens("cycle-a", kept.another(MasterKeySource(file=link).read()))


def test_whoever_runs_meanwhile_goes_on_when_the_new_key_is_in_its_place(kept, file, opened):
    source = MasterKeySource(file=file)
    reader, writer = kept.another(others=source.others), kept.another(others=source.others)
    assert kept.opens("cycle-a", reader)
    unkept = {}
    writer.seal(noted("gathered"), "cycle-new", 1, unkept)
    rotate(opened(kept.place), source, NONE)
    assert kept.opens("cycle-b", reader)  # a key it did not have in memory
    assert kept.opens("cycle-a", reader)
    assert writer.keep(unkept)
    text = writer.seal(noted("later"), "cycle-new", 1).text
    fresh = kept.another(source.read())
    assert fresh.open(text, "cycle-new", 1, "text") == "later"
    assert not kept.opens("person-rowan", fresh)


def test_whoever_runs_meanwhile_and_cannot_find_the_new_key_says_so_and_stores_nothing_under_the_old(kept, opened):
    writer, reader = kept.another(), kept.another()
    unkept = {}
    writer.seal(noted("gathered"), "cycle-new", 1, unkept)
    rotate(opened(kept.place), value(MASTER), value(OTHER_MASTER))
    for ask in (
        lambda: writer.keep(unkept),
        lambda: writer.seal(noted(), "cycle-newer", 1),
        lambda: writer.prepare(["cycle-newest"]),
        lambda: kept.opens("cycle-a", reader),
        lambda: kept.opens("cycle-a", reader),
    ):
        with pytest.raises(StoreUnreachable, match="was changed, or it was restored, while this process ran; start"):
            ask()
    keys, _ = kept.rows()
    assert sorted(keys) == ["cycle-a", "cycle-b", "installation", "person-ash"]


def test_a_key_that_is_read_while_the_master_key_changes_is_read_again(kept, file, opened, monkeypatch):
    source = MasterKeySource(file=file)
    reader = kept.another(others=source.others)
    assert reader.open(kept.sealed["organisation-a"], "organisation-a", 1, "text")
    get, rotated = reader._keys.get, []

    def get_after_a_rotation(owner):
        if not rotated:
            rotated.append(rotate(opened(kept.place), source, NONE))
        return get(owner)

    monkeypatch.setattr(reader._keys, "get", get_after_a_rotation)
    assert kept.opens("cycle-a", reader)
    assert rotated


def test_a_new_key_that_was_laid_beside_the_old_one_is_taken(kept, file, opened):
    """So that several servers can have it before it is needed, and each finds it by itself."""
    source = MasterKeySource(file=file)
    source.next_file.write_bytes(b2a_base64(OTHER_MASTER))
    elsewhere = file.parent / "other server"
    elsewhere.mkdir()
    theirs = MasterKeySource(file=master_file(elsewhere))
    theirs.next_file.write_bytes(b2a_base64(OTHER_MASTER))
    running = kept.another(others=theirs.others)
    assert kept.opens("cycle-a")
    done = rotate(opened(kept.place), source, NONE)
    assert (done.fingerprint, done.finished) == (fingerprint(OTHER_MASTER), False)
    assert kept.opens("cycle-b", running)
    assert kept.opens("cycle-a", kept.another(MASTER, theirs.others))
    done = rotate(opened(kept.place), theirs, MasterKeySource(file=theirs.next_file, names=NEW_NAMES))
    assert (done.finished, done.file) == (True, theirs.file)
    assert theirs.read() == OTHER_MASTER
    assert not theirs.next_file.exists()


@pytest.mark.parametrize("left", [b"", b"half a k", b2a_base64(MASTER)], ids=["empty", "half", "the old one"])
def test_what_a_killed_rotation_left_beside_the_old_key_is_no_new_key(kept, file, opened, left):
    source = MasterKeySource(file=file)
    source.next_file.write_bytes(left)
    assert kept.opens("cycle-a", kept.another(MASTER, source.others))
    rotate(opened(kept.place), source, NONE)
    assert source.read() != MASTER
    assert kept.opens("cycle-a", kept.another(source.read()))


def test_two_rotations_at_once(kept, file, opened):
    source, done, failed = MasterKeySource(file=file), [], []

    def turn(keys):
        try:
            done.append(rotate(keys, source, NONE))
        except StoreUnreachable as error:
            failed.append(error.why)

    threads = [threading.Thread(target=turn, args=(opened(kept.place),)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert done
    assert set(failed) <= {"another process changes it right now"}
    assert kept.opens("cycle-a", kept.another(source.read()))
    assert not source.next_file.exists()


def test_while_another_process_changes_the_master_key_it_is_left_alone(kept, file, opened):
    with folder_locked(file.parent), pytest.raises(StoreUnreachable, match="changes it right now; wait"):
        rotate(opened(kept.place), MasterKeySource(file=file), NONE)
    assert kept.opens("cycle-a")


def test_two_servers_that_rotate_at_once_with_files_of_their_own(kept, opened, tmp_path):
    sources = []
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        sources.append(MasterKeySource(file=master_file(tmp_path / name)))
    rotate(opened(kept.place), sources[0], NONE)
    with pytest.raises(StoreUnreachable, match=r"it opens with neither of .*two.master-key and .*master-key\.new"):
        rotate(opened(kept.place), sources[1], NONE)
    assert sources[1].read() == MASTER
    assert not sources[1].next_file.exists()
    assert kept.opens("cycle-a", kept.another(sources[0].read()))


def test_a_dry_run_changes_nothing(kept, file, opened):
    before = kept.rows()
    done = rotate(opened(kept.place), MasterKeySource(file=file), NONE, dry_run=True)
    assert (done.keys, done.fingerprint, done.file) == (4, None, file)
    assert kept.rows() == before
    assert MasterKeySource(file=file).read() == MASTER
    assert not MasterKeySource(file=file).next_file.exists()
    given = rotate(opened(kept.place), MasterKeySource(file=file), value(OTHER_MASTER), dry_run=True)
    assert given.fingerprint == fingerprint(OTHER_MASTER)
    assert kept.rows() == before


@pytest.mark.parametrize("dry_run", [True, False])
def test_keys_that_do_not_open_are_named_and_nothing_is_done(kept, file, opened, dry_run):
    keys = opened(kept.place)
    with keys.changing() as change:
        change.put([("cycle-x", b"x" * 60), ("cycle-y", b"")])
    before = kept.rows()
    with pytest.raises(IntegrityBroken, match=r"2 keys in .* do not open under its master key: cycle-x, cycle-y$"):
        rotate(keys, MasterKeySource(file=file), NONE, dry_run=dry_run)
    assert kept.rows() == before
    assert MasterKeySource(file=file).read() == MASTER
    assert kept.opens("cycle-a")
    done = rotate(keys, MasterKeySource(file=file), NONE, dry_run=dry_run, leave_damaged=True)
    assert (done.keys, done.damaged) == (4, ("cycle-x", "cycle-y"))
    if not dry_run:
        assert kept.rows()[0]["cycle-x"] == b"x" * 60
        assert kept.opens("cycle-a", kept.another(MasterKeySource(file=file).read()))


@pytest.mark.parametrize(
    ("old", "new", "error", "why"),
    [
        (MasterKeySource(), NONE, BadInput, "got none; want the present one: set REVIEWFLOW_MASTER_KEY_FILE"),
        (value(MASTER), NONE, BadInput, "want REVIEWFLOW_NEW_MASTER_KEY, .*only a key in a file can be made"),
        (value(MASTER), value(MASTER), BadInput, "got the present one; want another one"),
        (value(OTHER_MASTER), value(THIRD_MASTER), StoreUnreachable, "it opens with neither of"),
        (value(MASTER), value(OTHER_MASTER, command="x", names=NEW_NAMES), StoreUnreachable,
         "REVIEWFLOW_NEW_MASTER_KEY and REVIEWFLOW_NEW_MASTER_KEY_COMMAND are all set"),
        (value(MASTER), MasterKeySource(value="short", names=NEW_NAMES), StoreUnreachable,
         "REVIEWFLOW_NEW_MASTER_KEY: got something that is not base64"),
    ],
)  # fmt: skip
def test_what_is_refused(kept, opened, old, new, error, why):
    before = kept.rows()
    with pytest.raises(error, match=why):
        rotate(opened(kept.place), old, new)
    assert kept.rows() == before


def test_a_full_disk_changes_nothing(kept, file, opened):
    source, before = MasterKeySource(file=file), kept.rows()
    with no_room(), pytest.raises(StoreUnreachable):
        rotate(opened(kept.place), source, NONE)
    assert kept.rows() == before
    assert kept.opens("cycle-a")
    rotate(opened(kept.place), source, NONE)
    assert kept.opens("cycle-a", kept.another(source.read()))


def test_a_disk_that_fills_up_half_way_changes_nothing(stored, keys, file):
    stored.prepare([f"cycle-{number}" for number in range(100)])
    pages = stored._keys._one("PRAGMA page_count")
    stored._keys._db.execute(f"PRAGMA max_page_count={pages}").fetchall()
    rows = [(f"person-{number}", b"x" * 60) for number in range(500)]
    with pytest.raises(StoreUnreachable, match="full; make room on the disk"), stored._keys.changing() as change:
        change.put(rows)
    assert stored._keys._one("SELECT count(*) FROM keys") == 101


def test_a_folder_that_cannot_be_written(kept, file, opened, monkeypatch):
    def full(*_: Any):
        raise StoreUnreachable("the master key", "cannot write: No space left on device")

    monkeypatch.setattr(rotation, "create_master_key", full)
    with pytest.raises(StoreUnreachable, match="No space left"):
        rotate(opened(kept.place), MasterKeySource(file=file), NONE)
    assert kept.opens("cycle-a")
    assert MasterKeySource(file=file).read() == MASTER


def test_a_new_key_that_cannot_take_its_place_is_said_and_the_next_rotation_puts_it_there(
    kept, file, opened, monkeypatch
):
    source = MasterKeySource(file=file)
    with monkeypatch.context() as patch:
        patch.setattr(type(file), "replace", lambda *_: (_ for _ in ()).throw(PermissionError(13, "Permission denied")))
        with pytest.raises(StoreUnreachable, match=r"the keys are wrapped by the key in .*\.new; move it to"):
            rotate(opened(kept.place), source, NONE)
    with pytest.raises(StoreUnreachable):
        kept.another(MASTER)
    assert kept.opens("cycle-a", kept.another(MASTER, source.others))
    assert rotate(opened(kept.place), source, NONE).finished
    assert kept.opens("cycle-a", kept.another(source.read()))


def test_rotating_while_others_forget_and_seal(kept, file, opened):
    source, stop, failed = MasterKeySource(file=file), threading.Event(), []
    sealed = {}

    def work(vault, name):
        number = 0
        while not stop.is_set():
            stream = f"cycle-{name}-{number}"
            try:
                sealed[stream] = vault.seal(noted(stream), stream, 1).text
                if number % 3 == 0:
                    vault.forget(stream)
                    sealed[stream] = None
            except StoreUnreachable as error:
                sealed.pop(stream, None)  # nobody was told that it was sealed, or forgotten
                if "try again" not in error.remedy:  # a busy machine may keep one waiting for too long
                    failed.append(error)
            number += 1
            stop.wait(0.01)

    vaults = [kept.another(others=source.others) for _ in range(2)]
    threads = [threading.Thread(target=work, args=(vault, name)) for name, vault in enumerate(vaults)]
    for thread in threads:
        thread.start()
    for _ in range(3):
        rotate(opened(kept.place), source, NONE)
    stop.set()
    for thread in threads:
        thread.join()
    assert failed == []
    assert sealed
    reader = kept.another(source.read())
    for stream, text in sealed.items():
        if text is None:
            assert reader.forgotten(stream)
            assert reader._keys.get(stream) is None
        else:
            assert reader.open(text, stream, 1, "text") == stream


def test_no_wrapped_key_of_before_is_left_in_the_file(stored, keys, file):
    stored.prepare([f"cycle-{number}" for number in range(400)])
    with stored._keys.whole() as whole:
        before = [wrapped for chunk in whole.chunks() for _, wrapped in chunk]
    rotate(stored._keys, MasterKeySource(file=file), NONE)
    on_disk = keys.read_bytes()
    assert not any(wrapped[:8] in on_disk for wrapped in before)
