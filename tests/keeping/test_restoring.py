"""A backup comes back whole, proved, or not at all."""

import os
import shutil
import signal
import subprocess
import sys

import pytest

from faults.test_full import files_at_most
from keeping.keeping_given import FILES, backup, check, everything_in, log_of, makes, note, opened, restore, same
from kit.checking import check_everything
from kit.stored import StoredWorld
from reviewflow.errors import BadInput, StoreUnreachable
from reviewflow.keeping import arriving, backing_up
from reviewflow.keeping.bringing_back import Place, bring_back, try_out
from reviewflow.keeping.restoring import check_file
from reviewflow.registry import commands as reg
from reviewflow.vault.vault import create_vault, open_vault

CHILD = """
import sys
from pathlib import Path
from kit.clock import FixedClock
from kit.stored import settings_in
from keeping.keeping_given import makes
from reviewflow.keeping import bringing_back
from reviewflow.keeping.restoring import check_file
from datetime import UTC, datetime
folder, file, url = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3]
clock = FixedClock(datetime(2026, 9, 7, 12, tzinfo=UTC))
def heard(what, done, of):
    print(what, done, flush=True)
    if (what, done > 30) in (("restoring", True), ("comparing", True)):
        sys.stdin.readline()
store = folder / "reviewflow.db" if url.startswith("sqlite") else None
place = bringing_back.Place(url, store, folder / "reviewflow.evidence")
bringing_back.bring_back(file, check_file(file, None), place, makes(clock, folder), None, heard)
"""


@pytest.fixture(autouse=True)
def small(monkeypatch):
    monkeypatch.setattr(backing_up, "PART", 3000)
    monkeypatch.setattr(arriving, "BATCH", 7)


@pytest.fixture
def file(world, tmp_path):
    path = tmp_path / "it.backup"
    backup(world, path)
    return path


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request):
    """None: a file; else an empty database."""
    return None if request.param == "sqlite" else request.getfixturevalue("postgres_url")


def test_everything_comes_back(world, file, there, url):
    back = restore(world, file, there, url)
    assert back.restored.position == world.position()
    assert back.restored.evidence == len(FILES)
    assert (back.forgotten_again, back.forgotten_since, back.without_key) == ((), (), ())
    assert {path.name for path in there.iterdir()} == {"reviewflow.evidence"} | (set() if url else {"reviewflow.db"})
    with opened(world, there, url) as other:
        same(world.store, other.store)
        check_everything(other)
        note(other, "it goes on")
        check_everything(other)
        assert other.store.moved() is None


def test_from_a_database_into_a_file(tmp_path, there, postgres_url, made):
    (tmp_path / "db").mkdir()
    world = StoredWorld(folder=tmp_path / "db", url=postgres_url)
    try:
        world.install()
        backup(world, tmp_path / "it.backup")
        restore(world, tmp_path / "it.backup", there)
        with opened(world, there) as other:
            same(world.store, other.store)
    finally:
        world.close()


def test_to_try_it_out_changes_nothing(world, file, tmp_path):
    before = everything_in(tmp_path)
    back = check(world, file)
    assert back.restored.position == world.position()
    assert everything_in(tmp_path) == before


def test_a_place_where_something_is_refused_and_left_alone(world, file, there, url):
    restore(world, file, there, url)
    before = everything_in(there)
    with pytest.raises((BadInput, StoreUnreachable)) as info:
        restore(world, file, there, url)
    assert "exists" in str(info.value) or "a store already" in str(info.value)
    assert everything_in(there) == before


@pytest.mark.parametrize("left", ["reviewflow.db-wal", "reviewflow.db-journal", "reviewflow.db"])
def test_what_another_store_left_is_refused(world, file, there, left):
    (there / left).write_bytes(b"")
    with pytest.raises(BadInput, match="exists"):
        restore(world, file, there)
    assert list(everything_in(there)) == [left]


def test_evidence_that_is_there_stays_and_what_is_damaged_is_mended(world, file, there):
    folder = there / "reviewflow.evidence"
    shutil.copytree(world.settings.evidence_path, folder)
    (folder / "mine").write_bytes(b"another's")
    first, second = sorted(path for path in folder.rglob("*") if len(path.name) == 64)
    first.unlink()
    second.write_bytes(b"damaged")
    restore(world, file, there)
    assert (folder / "mine").read_bytes() == b"another's"
    with opened(world, there) as other:
        check_everything(other)


def test_only_the_file_that_is_expected(world, file):
    digest = check_file(file, None).digest
    assert check_file(file, digest.upper()).digest == digest
    with pytest.raises(BadInput, match="another backup"):
        check_file(file, digest[:-1] + ("0" if digest[-1] != "0" else "1"))


def test_another_file_in_its_place_between_two_looks_is_noticed(world, file, there):
    proved = check_file(file, None)
    note(world, "more")
    backup(world, file, force=True)
    place = Place(f"sqlite:///{there / 'reviewflow.db'}", there / "reviewflow.db", there / "reviewflow.evidence")
    with pytest.raises(BadInput):
        bring_back(file, proved, place, makes(world.clock, there), None)
    assert everything_in(there) == {}


def test_the_forgotten_are_forgotten_again(world, file, there):
    """The log says that she was forgotten; a copy of the keys from before does not know it yet."""
    pia = f"person-{world.names['pia']}"
    old = create_vault(there / "reviewflow.keys", b"k" * 32, clock=world.clock)
    old.prepare([pia, f"person-{world.names['ada']}"])
    try:
        back = try_out(file, check_file(file, None), makes(world.clock, there), old)
        assert back.forgotten_again == (pia,)
        assert not old.forgotten(pia)
        back = restore(world, file, there, vault=old)
        assert back.forgotten_again == (pia,)
        assert old.forgotten(pia)
        assert not old.has_key(pia)
        # None of the others was made with these keys: each is named, and nobody is left out.
        assert f"person-{world.names['lena']}" in back.without_key
        assert f"person-{world.names['ada']}" not in back.without_key
        assert pia not in back.without_key
    finally:
        old.close()


def test_who_was_forgotten_after_the_backup_is_told(world, file, there):
    carl = world.names["carl"]
    world.handle(reg.ForgetPerson(asked=world.asked("ada"), person=carl))
    back = restore(world, file, there)
    assert back.forgotten_since == (f"person-{carl}",)
    assert back.without_key == ()
    with opened(world, there) as other:
        check_everything(other)


def test_without_keys_it_comes_back_with_everything_hidden(world, file, there):
    back = restore(world, file, there, vault=None)
    assert (back.without_key, back.forgotten_since) == ((), ())
    with opened(world, there) as other:
        same(world.store, other.store)


def test_without_the_master_key_too(world, file, there):
    shut = open_vault(world.settings.keys_path, None, clock=world.clock)
    try:
        assert restore(world, file, there, vault=shut).without_key == ()
    finally:
        shut.close()


@pytest.mark.parametrize("room", [4096, 60_000, 150_000])
def test_a_full_disk_is_told_and_nothing_is_left(world, file, there, room):
    with files_at_most(room), pytest.raises(StoreUnreachable):
        restore(world, file, there)
    assert everything_in(there) == {}
    restore(world, file, there)


@pytest.mark.parametrize("at", ["restoring", "comparing"])
def test_killed_in_the_middle_it_leaves_no_store_and_is_done_again(world, file, there, url, at):
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    where = url or f"sqlite:///{there / 'reviewflow.db'}"
    with subprocess.Popen(
        [sys.executable, "-c", CHILD, str(there), str(file), where], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        text=True, env=environment,
    ) as child:  # fmt: skip
        for line in child.stdout:
            what, done = line.split()
            if int(done) > 30:
                if what == at:
                    break
                child.stdin.write("\n")
                child.stdin.flush()
        child.send_signal(signal.SIGKILL)
    assert not (there / "reviewflow.db").exists()
    assert not (there / "reviewflow.evidence").exists()
    assert restore(world, file, there, url).restored.position == world.position()
    assert {path.name for path in there.iterdir()} == {"reviewflow.evidence"} | (set() if url else {"reviewflow.db"})


def test_two_at_once_do_not_mix(world, file, there):
    def heard(what, _done, _of):
        if what == "comparing":
            with pytest.raises(BadInput, match="being written"):
                restore(world, file, there)

    place = Place(f"sqlite:///{there / 'reviewflow.db'}", there / "reviewflow.db", there / "reviewflow.evidence")
    bring_back(file, check_file(file, None), place, makes(world.clock, there), world.vault, heard)
    with opened(world, there) as other:
        same(world.store, other.store)


def test_a_restored_store_can_be_backed_up_to_the_same_file(world, file, there, tmp_path):
    restore(world, file, there)
    with opened(world, there) as other:
        assert backup(other, tmp_path / "again.backup").digest == check_file(file, None).digest
        assert len(log_of(other.store)) == world.position()
