"""No room left, or no right to write: told in plain words, nothing is there by half, and work goes on afterwards."""

import os
import resource
import shutil
import tempfile
from contextlib import contextmanager, suppress
from hashlib import sha256
from pathlib import Path

import pytest

from faults.worker import note
from kit.checking import check_everything
from kit.stored import StoredWorld, settings_in
from kit.world import spp_people
from reviewflow.cycle import commands as cy
from reviewflow.errors import StoreUnreachable
from reviewflow.registry import commands as reg
from reviewflow.wiring import open_installation


@contextmanager
def files_at_most(size):
    """No file may grow beyond so many bytes: what a full disk is to a program."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.fixture
def busy(tmp_path):
    world = spp_people(StoredWorld(folder=tmp_path))
    world.open("hazel", "lena")
    world.do("name_school_lead", "hanna", school_lead=world.id("hanna"))
    world.do("start_self_evaluation", "hanna")
    yield world
    world.close()


def notes(world, name):
    """Notes without end, each of them long."""
    number = 0
    while True:
        number += 1
        yield cy.AddNote(
            asked=world.asked("lena", id=f"{name}-{number}"), cycle=world.id("cycle"), text=f"note {number} " * 400
        )


def until_full(world, name):
    """Write until it is told that there is no room; the commands acknowledged, the one refused, and the error."""
    acknowledged = []
    for command in notes(world, name):
        try:
            acknowledged.append((command, world.handle(command).position))
        except StoreUnreachable as error:
            return acknowledged, command, error
        assert len(acknowledged) < 10_000
    raise AssertionError


def test_a_disk_that_fills_up(busy):
    wal = Path(f"{busy.settings.store_path}-wal")
    with files_at_most(wal.stat().st_size + 200_000):
        acknowledged, refused, error = until_full(busy, "full")
        position = busy.position()
        assert position == acknowledged[-1][1]
        # Reading still works, and asking again is told the same.
        assert busy.cycle.notes[-1].version == busy.cycle.version
        with pytest.raises(StoreUnreachable):
            busy.handle(refused)
        assert busy.position() == position
    assert error.what
    assert "Traceback" not in str(error)
    check_everything(busy)
    assert not busy.handle(refused).repeated
    for command, at in acknowledged:
        again = busy.handle(command)
        assert (again.repeated, again.position) == (True, at)
    check_everything(busy)


def test_a_disk_that_filled_up_and_a_process_that_died_of_it(busy):
    wal = Path(f"{busy.settings.store_path}-wal")
    with files_at_most(wal.stat().st_size + 60_000):
        acknowledged, refused, _ = until_full(busy, "full")
        with suppress(StoreUnreachable):
            busy.close()
    busy.reopen()
    assert busy.position() == acknowledged[-1][1]
    check_everything(busy)
    busy.handle(refused)
    check_everything(busy)


def test_a_database_that_may_not_grow(busy):
    raw = busy.store._links.writer().raw
    [[pages]] = raw.execute("PRAGMA page_count").fetchall()
    raw.execute(f"PRAGMA max_page_count = {pages + 8}")
    acknowledged, refused, error = until_full(busy, "full")
    assert "no room left" in error.why
    assert busy.position() == acknowledged[-1][1]
    check_everything(busy)
    busy.store._links.writer().raw.execute(f"PRAGMA max_page_count = {pages + 4000}")
    busy.handle(refused)
    check_everything(busy)


def test_no_room_for_a_new_key(busy):
    """A key is durable before its first event: without room for it there is no event."""
    before = busy.position()
    command = reg.RegisterPerson(asked=busy.asked("ada"), person_name="Pia Madeup")
    with files_at_most(1), pytest.raises(StoreUnreachable) as info:
        busy.handle(command)
    assert "keys" in info.value.what
    assert busy.position() == before
    check_everything(busy)
    busy.handle(command)
    check_everything(busy)


def test_no_room_for_a_file_of_evidence(busy):
    command = cy.AddEvidence(
        asked=busy.asked("hanna"), cycle=busy.id("cycle"), kind="self_evaluation", file_name="a.pdf"
    )
    before = busy.position()
    data = os.urandom(2_000_000)
    with files_at_most(1_000_000), pytest.raises(StoreUnreachable) as info:
        busy.engine.add_evidence(command, data)
    assert "evidence" in info.value.what
    assert busy.position() == before
    assert [path for path in busy.settings.evidence_path.rglob("*") if path.is_file()] == []
    busy.engine.add_evidence(command, data)
    check_everything(busy)


# -- no right to write ------------------------------------------------------------------------------------------------


@contextmanager
def unprivileged():
    """As a user who has only the rights that files give; root has all of them."""
    root = os.geteuid() == 0
    if root:
        os.seteuid(65534)
    try:
        yield
    finally:
        if root:
            os.seteuid(0)


@pytest.fixture
def guarded():
    """A store and its folder that belong to an ordinary user."""
    folder = Path(tempfile.mkdtemp())
    if os.geteuid() == 0:
        os.chown(folder, 65534, 65534)
    with unprivileged():
        world = spp_people(StoredWorld(folder=folder))
        world.open("hazel", "lena")
        world.handle(note("first", world.id("lena"), world.id("cycle"), world.clock))
        world.close()
        yield world
    folder.chmod(0o700)
    shutil.rmtree(folder)


def bytes_of(folder):
    return {path.name: sha256(path.read_bytes()).hexdigest() for path in folder.iterdir() if path.is_file()}


def test_a_store_that_may_only_be_read(guarded):
    guarded.settings.store_path.chmod(0o444)
    before = bytes_of(guarded.folder)
    guarded.reopen()
    assert guarded.cycle.state == "set_up.planned"
    position = guarded.position()
    with pytest.raises(StoreUnreachable) as info:
        guarded.handle(note("a", guarded.id("lena"), guarded.id("cycle"), guarded.clock))
    assert "may be read but not written" in info.value.why
    assert guarded.position() == position
    guarded.close()
    assert bytes_of(guarded.folder).items() >= before.items()


def test_a_folder_that_may_only_be_read(guarded):
    before = bytes_of(guarded.folder)
    guarded.folder.chmod(0o555)
    with (
        pytest.raises(StoreUnreachable) as info,
        open_installation(settings_in(guarded.folder), guarded.clock) as opened,
    ):
        opened.engine.handle(note("a", guarded.id("lena"), guarded.id("cycle"), guarded.clock))
    assert str(guarded.folder) in str(info.value)
    assert bytes_of(guarded.folder) == before


def test_a_folder_that_may_only_be_read_gets_no_new_store():
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o555)
    try:
        with unprivileged(), pytest.raises(StoreUnreachable):
            StoredWorld(folder=folder)
        assert list(folder.iterdir()) == []
    finally:
        folder.chmod(0o700)
        shutil.rmtree(folder)
