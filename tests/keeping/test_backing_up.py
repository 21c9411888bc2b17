"""A backup is one file, whole or not there, with everything but the keys."""

import hashlib
import os
import signal
import stat
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

from faults.marked import Marks, Search
from faults.test_full import files_at_most
from keeping.forged import taken_apart, unpacked
from keeping.keeping_given import FILES, backup, check, everything_in, log_of, note
from kit.stored import StoredWorld
from reviewflow.cycle import commands as cy
from reviewflow.errors import BadInput, StoreUnreachable
from reviewflow.keeping import backing_up
from reviewflow.registry import commands as reg

CHILD = """
import sys
from pathlib import Path
from kit.stored import StoredWorld
from keeping.keeping_given import backup
from reviewflow.keeping import backing_up
backing_up.PART = 200
world = StoredWorld(folder=Path(sys.argv[1]))
def heard(done, of):
    print(done, of, flush=True)
    if done > 30:
        sys.stdin.readline()
backing_up._READ = 5
backup(world, Path(sys.argv[2]), heard=heard)
"""


@pytest.fixture
def file(tmp_path):
    return tmp_path / "it.backup"


@pytest.fixture
def small_parts(monkeypatch):
    monkeypatch.setattr(backing_up, "PART", 2000)


def test_any_tar_program_lists_it_and_sha256sum_gives_its_digest(world, file, small_parts):
    done = backup(world, file)
    data = file.read_bytes()
    assert (done.digest, done.size) == (hashlib.sha256(data).hexdigest(), len(data))
    assert (done.position, done.evidence, done.missing) == (world.position(), len(FILES), ())
    with tarfile.open(file) as tar:
        members = tar.getmembers()
        parts = [one for one in members if one.name.startswith("records/")]
        assert [int(one.name[8:16]) for one in parts] == list(range(1, len(parts) + 1))
        assert len(parts) > 5
        for one in members:
            assert (one.mode, one.uid, one.gid, one.mtime, one.isreg()) == (0o600, 0, 0, 0, True)
            content = tar.extractfile(one).read()
            if "/" in one.name:
                assert hashlib.sha256(content).hexdigest() in one.name
    assert members[0].name == "reviewflow-backup-1"
    assert members[-1].name == "manifest"


def test_only_its_owner_may_read_it(world, file):
    before = os.umask(0)
    try:
        backup(world, file)
    finally:
        os.umask(before)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_the_same_position_gives_the_same_file(world, tmp_path):
    assert backup(world, tmp_path / "a").digest == backup(world, tmp_path / "b").digest
    note(world, "more")
    assert backup(world, tmp_path / "c").digest != hashlib.sha256((tmp_path / "a").read_bytes()).hexdigest()


def test_no_key_and_no_plain_text_is_in_it(tmp_path, file):
    (tmp_path / "secret").mkdir()
    world = StoredWorld(folder=tmp_path / "secret")
    marks = Marks()
    try:
        world.install()
        person = reg.RegisterPerson(asked=world.asked("ada"), person_name=marks("name"), email=marks.email())
        stream = world.handle(person).events[0].stream
        backup(world, file)
        members, _ = taken_apart(file)
        plain = file.read_bytes() + b"".join(unpacked(data) for name, data in members if name.startswith("records/"))
        assert stream.encode() in plain  # the search would find what is there
        assert Search(marks.made).found(plain) == []
        keys = world.vault._keys
        for owner in ("installation", stream):
            wrapped = keys.get(owner)
            assert wrapped
            assert wrapped not in plain
            assert wrapped.hex().encode() not in plain
        assert b"k" * 32 not in plain
    finally:
        world.close()


def test_what_is_there_is_not_replaced_unless_it_is_said(world, file, tmp_path):
    file.write_bytes(b"mine")
    with pytest.raises(BadInput, match="exists"):
        backup(world, file)
    assert file.read_bytes() == b"mine"
    backup(world, file, force=True)
    assert check(world, file).restored.position == world.position()
    for other in (tmp_path, Path("/dev/null")):
        with pytest.raises(BadInput, match="ordinary"):
            backup(world, other, force=True)
    link = tmp_path / "link"
    link.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(BadInput, match="ordinary"):
        backup(world, link, force=True)
    assert [path.name for path in tmp_path.iterdir() if "partial" in path.name or path.name == "elsewhere"] == []


def test_a_file_that_appears_meanwhile_is_not_replaced(world, file):
    def heard(_done, _of):
        file.write_bytes(b"somebody else's")

    with pytest.raises(BadInput, match="exists"):
        backup(world, file, heard=heard)
    assert everything_in(file.parent).keys() >= {"it.backup"}
    assert file.read_bytes() == b"somebody else's"
    assert not file.with_name("it.backup.partial").exists()


def test_two_at_once_do_not_mix(world, file):
    def heard(_done, _of):
        with pytest.raises(BadInput, match="being written"):
            backup(world, file)

    backup(world, file, heard=heard)
    assert check(world, file).restored.position == world.position()


@pytest.mark.parametrize("room", [1, 600, 5000, 9000])
def test_a_full_disk_is_told_and_nothing_is_left(world, file, room):
    before = sorted(path.name for path in file.parent.iterdir())
    with files_at_most(room), pytest.raises(StoreUnreachable) as info:
        backup(world, file)
    assert "no room" in info.value.why
    assert sorted(path.name for path in file.parent.iterdir()) == before
    file.write_bytes(b"the old one")
    with files_at_most(room), pytest.raises(StoreUnreachable):
        backup(world, file, force=True)
    assert file.read_bytes() == b"the old one"


def test_a_folder_that_is_not_there_is_told(world, tmp_path):
    with pytest.raises(StoreUnreachable, match="cannot be written"):
        backup(world, tmp_path / "nowhere" / "it.backup")


def test_killed_in_the_middle_it_leaves_no_file_of_that_name(world, file):
    world.close()
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    with subprocess.Popen(
        [sys.executable, "-c", CHILD, str(world.folder), str(file)], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        text=True, env=environment,
    ) as child:  # fmt: skip
        for line in child.stdout:
            if int(line.split()[0]) > 30:
                break
        assert file.with_name("it.backup.partial").stat().st_size > 0
        child.send_signal(signal.SIGKILL)
    assert not file.exists()
    world.reopen()
    backup(world, file)
    assert not file.with_name("it.backup.partial").exists()
    assert check(world, file).restored.position == world.position()


def test_what_is_recorded_meanwhile_is_not_in_it(world, file, monkeypatch):
    monkeypatch.setattr(backing_up, "_READ", 9)
    before = log_of(world.store)
    added = []

    def heard(_done, _of):
        added.append(note(world, f"meanwhile-{len(added)}"))

    done = backup(world, file, heard=heard)
    assert len(added) > 5
    assert (done.position, check(world, file).restored.position) == (len(before), len(before))


def test_a_file_of_evidence_that_is_lost_or_damaged_is_named(world, file):
    first, second = sorted(path for path in world.settings.evidence_path.rglob("*") if path.is_file())
    first.unlink()
    second.write_bytes(second.read_bytes()[:-1])
    done = backup(world, file)
    assert set(done.missing) == {first.name, second.name}
    assert (done.evidence, done.position) == (0, world.position())
    assert set(check(world, file).restored.missing) == {first.name, second.name}


def test_a_file_that_two_records_name_is_kept_once(world, file):
    first = next(path for path in world.settings.evidence_path.rglob("*") if path.is_file())
    for number, digest in enumerate((first.name, "not a digest")):
        world.handle(cy.AddEvidence(
            asked=world.asked("hanna", id=f"again-{number}"), cycle=world.id("cycle"), kind="self_evaluation",
            file_name="again.pdf", file_digest=digest, file_size=1,
        ))  # fmt: skip
    done = backup(world, file)
    assert (done.evidence, done.missing) == (len(FILES), ())
    assert check(world, file).restored.position == world.position()


def test_a_new_store_can_be_backed_up(tmp_path, file):
    (tmp_path / "new").mkdir()
    world = StoredWorld(folder=tmp_path / "new")
    try:
        assert backup(world, file).position == 0
        assert check(world, file).restored.position == 0
    finally:
        world.close()
