from __future__ import annotations

import hashlib
import os
import resource
import threading
from pathlib import Path

import pytest

from reviewflow.errors import BadInput, IntegrityBroken, StoreUnreachable
from reviewflow.vault.files import EvidenceFolder

DATA = bytes(range(256)) * 64
DIGEST = hashlib.sha256(DATA).hexdigest()


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "reviewflow.evidence"


@pytest.fixture
def files(folder):
    return EvidenceFolder(folder)


def stored_in(folder):
    return sorted(file for file in folder.rglob("*") if file.is_file())


def test_stored_by_digest_in_two_levels(files, folder):
    assert files.put(DATA) == DIGEST
    assert stored_in(folder) == [folder / DIGEST[:2] / DIGEST[2:4] / DIGEST]
    assert files.get(DIGEST) == DATA
    assert files.get(files.put(b"")) == b""


@pytest.mark.parametrize("umask", [0, 0o277])
def test_only_the_owner_may_read_them(files, folder, umask):
    before = os.umask(umask & 0o077)
    try:
        files.put(DATA)
    finally:
        os.umask(before)
    modes = {path.stat().st_mode & 0o777 for path in [folder, *folder.rglob("*")] if path.is_dir()}
    assert modes == {0o700}
    assert {path.stat().st_mode & 0o777 for path in stored_in(folder)} == {0o600}


def test_the_same_bytes_twice_are_stored_once(files, folder):
    files.put(DATA)
    before = stored_in(folder)[0].stat().st_ino
    files.put(DATA)
    assert [file.stat().st_ino for file in stored_in(folder)] == [before]


def test_the_same_bytes_from_many_threads(files, folder):
    threads = [threading.Thread(target=files.put, args=(DATA,)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(stored_in(folder)) == 1
    assert files.get(DIGEST) == DATA


@pytest.mark.parametrize(
    "spoil",
    [lambda d: bytes([d[0] ^ 1]) + d[1:], lambda d: d[:-1], lambda d: d + b"x", lambda d: d[:0]],
    ids=["a bit flipped", "truncated", "garbage after", "emptied"],
)
def test_bytes_that_changed_are_noticed_and_put_right_by_storing_again(files, folder, spoil):
    files.put(DATA)
    place = stored_in(folder)[0]
    place.write_bytes(spoil(DATA))
    with pytest.raises(IntegrityBroken, match=f"evidence {DIGEST[:12]}: the bytes now have the digest"):
        files.get(DIGEST)
    files.put(DATA)
    assert files.get(DIGEST) == DATA


def test_what_is_missing(files):
    with pytest.raises(IntegrityBroken, match=f"evidence {DIGEST[:12]} is missing"):
        files.get(DIGEST)


@pytest.mark.parametrize("digest", ["", "../../etc/passwd", DIGEST[:-1], DIGEST.upper(), DIGEST + "\n", DIGEST + "/x"])
def test_what_is_no_digest(files, folder, digest):
    with pytest.raises(BadInput, match="want 64 lower-case hex digits"):
        files.get(digest)
    assert not folder.exists()


def test_a_full_disk_stores_nothing(files, folder):
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, hard))
    try:
        with pytest.raises(StoreUnreachable, match="cannot write: File too large; nothing was stored"):
            files.put(DATA)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert stored_in(folder) == []
    assert files.put(DATA) == DIGEST


def test_a_place_where_no_folder_can_be(tmp_path):
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(StoreUnreachable, match="cannot write: Not a directory"):
        EvidenceFolder(tmp_path / "file" / "evidence").put(DATA)


def test_a_file_reaches_the_disk_before_its_name_and_the_name_before_the_answer(files, folder, monkeypatch):
    done = []
    sync, replace = os.fsync, os.replace

    def noting_sync(handle):
        done.append(str(Path(f"/proc/self/fd/{handle}").readlink()))
        sync(handle)

    monkeypatch.setattr(os, "fsync", noting_sync)
    monkeypatch.setattr(os, "replace", lambda a, b: (done.append("renamed"), replace(a, b)))
    files.put(DATA)
    parents = [folder.parent, folder, folder / DIGEST[:2]]
    assert done[:3] == [str(path) for path in parents]
    assert done[3].endswith(".part")
    assert done[4:] == ["renamed", str(folder / DIGEST[:2] / DIGEST[2:4])]
    done.clear()
    files.put(DATA)  # somebody else may have renamed it and not waited yet
    assert done[-1] == str(folder / DIGEST[:2] / DIGEST[2:4])
