"""The doctor: nothing wrong with what is well, and each thing that is broken is named, whatever else is broken."""

import os
import shutil
import sqlite3
import threading
from contextlib import closing
from pathlib import Path

import pytest

from corpus.make import unpack
from corpus.noting import settings_in
from keeping.patients import NOW, change, faults, looked, store_in
from keeping.rights import open_folder, unprivileged
from kit.clock import FixedClock
from kit.stored import StoredWorld
from reviewflow.keeping.doctor import Subject, _each, examine
from reviewflow.keeping.doctor_patient import Patient
from reviewflow.store.moved import mark_moved
from reviewflow.store.schema import SCHEMA


@pytest.fixture(scope="module")
def sound(well):
    return looked(well, deep=True)


def test_nothing_is_wrong_with_what_is_well(sound):
    assert faults(sound) == set()
    assert {name for name, one in sound.items() if one.verdict == "warning"} == {"keys"}
    assert sound["texts"].found == "50 open, 2 were forgotten"
    assert sound["sets"].found == "heads and touched are what the events say"


def test_whoever_is_passed_the_answer_learns_no_name_text_or_key(sound, well):
    told = "\n".join(f"{one.name} {one.found} {one.todo}" for one in sound.values())
    for word in ("Madeup", "@", "no finding", (well / "reviewflow.master-key").read_text().strip()):
        assert word not in told
    shown = looked(
        well, webhook="https://hooks.example/TOKEN", webhook_secret="whsec_SECRET", actor="ada@council.example"
    )["settings"].found
    assert "webhook: set, not shown" in shown
    for word in ("TOKEN", "SECRET", "ada@"):
        assert word not in shown


def test_looking_changes_nothing(well, sound):
    before = {path: path.read_bytes() for path in well.rglob("*") if path.is_file()}
    looked(well, deep=True)
    assert {path: path.read_bytes() for path in well.rglob("*") if path.is_file()} == before


def test_while_commands_go_on(tmp_path):
    world = StoredWorld(folder=tmp_path)
    world.install()
    over = threading.Event()

    def works():
        for number in range(60):
            if over.is_set():
                return
            world.person(f"person{number}")

    worker = threading.Thread(target=works)
    worker.start()
    try:
        for _ in range(3):
            found = list(examine(world.settings, FixedClock(NOW), deep=True))
            assert [one for one in found if one.verdict == "fault"] == []
    finally:
        over.set()
        worker.join()
        world.close()


class TestTables:
    def test_a_trigger_that_was_taken_away(self, folder):
        change(folder, "DROP TRIGGER records_never_go", free=False)
        assert faults(looked(folder)) == {"trigger records_never_go"}

    def test_a_trigger_that_does_nothing(self, folder):
        nothing = "CREATE TRIGGER records_never_change BEFORE UPDATE ON records BEGIN SELECT 1; END"
        change(folder, "DROP TRIGGER records_never_change", nothing, free=False)
        assert faults(looked(folder)) == {"trigger records_never_change"}

    def test_an_index_that_was_taken_away(self, folder):
        change(folder, "DROP INDEX records_by_command")
        found = looked(folder)
        assert faults(found) == {"table records"}
        assert "records_by_command" in found["table records"].found

    def test_a_table_that_was_taken_away(self, folder):
        change(folder, "DROP TABLE touched")
        found = looked(folder, deep=True)
        assert found["table touched"].found == "is not there"
        assert {"forgotten", "sets"} & faults(found) or "events" in faults(found)
        assert found["disk"].verdict == "ok"

    def test_a_view_whose_table_is_of_another_release(self, folder):
        change(folder, "ALTER TABLE cycles DROP COLUMN opened_on")
        found = looked(folder)
        assert faults(found) == {"view cycles"}
        assert "column opened_on is not there" in found["view cycles"].found
        assert found["view cycles"].todo == "`reviewflow views rebuild cycles`"

    def test_journal_mode(self, folder):
        with closing(sqlite3.connect(folder / "reviewflow.db")) as link:
            assert link.execute("PRAGMA journal_mode = DELETE").fetchone() == ("delete",)
        found = looked(folder)["journal_mode"]
        assert (found.verdict, found.found) == ("warning", "delete")


class TestStores:
    """A store that cannot be opened: it is said once, and everything else is looked at all the same."""

    def refused(self, folder, why):
        found = looked(folder, deep=True)
        told = [one for one in found.values() if one.verdict == "fault" and why in one.found]
        assert len(told) == 1, found
        assert told[0].todo
        assert found["master key"].verdict == found["disk"].verdict == found["versions"].verdict == "ok"
        return found

    def test_of_an_older_release(self, tmp_path):
        found = self.refused(unpack("schema-1", tmp_path), f"tables of version 1, want {SCHEMA}")
        assert found["store"].todo == "run `reviewflow store upgrade`"
        assert found["records"].verdict == "ok"

    def test_of_a_newer_release(self, folder):
        change(folder, f"UPDATE log_schema SET version = {SCHEMA + 1}")
        assert "newer" in self.refused(folder, f"version {SCHEMA + 1}")["store"].todo

    def test_no_file(self, folder):
        (folder / "reviewflow.db").unlink()
        assert (
            self.refused(folder, "there is no such file")["records"].found
            == "not looked at: the database cannot be opened"
        )
        assert not (folder / "reviewflow.db").exists()

    def test_an_empty_file(self, folder):
        (folder / "reviewflow.db").write_bytes(b"")
        self.refused(folder, "it is empty")

    def test_a_file_of_another_kind(self, folder):
        (folder / "reviewflow.db").write_text("Dear colleague, " * 500)
        self.refused(folder, "not a reviewflow store")

    def test_somebody_elses_database(self, folder):
        (folder / "reviewflow.db").unlink()
        change(folder, "CREATE TABLE schools (name TEXT)")
        self.refused(folder, "something else than a reviewflow store")

    def test_a_file_that_was_cut(self, folder):
        path = folder / "reviewflow.db"
        path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
        found = looked(folder, deep=True)
        assert "pages" in {name.partition(" ")[0] for name in faults(found)} or "pages are damaged" in str(found)
        assert found["master key"].verdict == found["disk"].verdict == "ok"

    def test_a_page_of_noise(self, folder):
        path = folder / "reviewflow.db"
        data = bytearray(path.read_bytes())
        data[8192:12288] = os.urandom(4096)
        path.write_bytes(data)
        found = looked(folder, deep=True)
        assert faults(found)
        assert found["master key"].verdict == found["disk"].verdict == "ok"

    def test_moved_elsewhere(self, folder):
        with store_in(folder) as store, store.writing() as connection:
            mark_moved(connection, "postgresql://elsewhere/log", NOW)
        found = looked(folder)
        assert faults(found) == {"moved"}
        assert "postgresql://elsewhere/log" in found["moved"].found


def test_a_store_that_may_not_be_read(well):
    with open_folder() as place:
        folder = shutil.copytree(well, place / "patient")
        folder.chmod(0o755)
        (folder / "reviewflow.db").chmod(0)
        with unprivileged():
            found = looked(folder)
    assert "may not" in found["store"].found
    assert {"store", "keys"} <= faults(found)
    assert found["versions"].verdict == "ok"


def test_a_doctor_who_stumbles_goes_on():
    def stumbles(_patient):
        raise ZeroDivisionError("over zero")
        yield

    with Patient(settings_in(Path("nowhere")), FixedClock(NOW), deep=False, heard=None) as patient:
        [one] = _each(Subject("odd", stumbles), patient)
    assert (one.name, one.verdict, one.found) == (
        "odd",
        "fault",
        "could not be looked at: ZeroDivisionError: over zero",
    )
