"""What only the SQLite store promises: durability, guards, costs, and what it says when the file is no good."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from reviewflow.errors import IntegrityBroken, StoreUnreachable, StreamMoved
from reviewflow.ports import CommandRepeated
from reviewflow.store.schema import SCHEMA
from reviewflow.store.sql import SqlStore
from store.batches import Seen, SetClock, batch, check_log, everything, staged


def outside(path: Path, *statements: str):
    """Run statements as somebody who opens the file with SQLite itself."""
    with closing(sqlite3.connect(path)) as raw, raw:
        for statement in statements:
            raw.execute(statement)


@contextmanager
def counted(store):
    """The statements that the writer sends; SQLite echoes one for each step of a guard, which is not counted."""
    said = []

    def note(text):
        if said[-1:] != [text]:
            said.append(text)

    raw = store._links.writer().raw
    raw.set_trace_callback(note)
    try:
        yield said
    finally:
        raw.set_trace_callback(None)


class TestSettings:
    def test_acknowledged_means_on_disk(self, sqlite, path):
        sqlite.append(batch(staged("cycle-a", 1)))
        for link in (sqlite._links.writer(), sqlite._links.take()):
            with closing(link):
                assert link.cursor.execute("PRAGMA journal_mode").fetchone() == ("wal",)
                assert link.cursor.execute("PRAGMA synchronous").fetchone() == (2,)
        with closing(sqlite3.connect(path)) as raw:
            assert raw.execute("SELECT count(*) FROM records").fetchone() == (1,)

    @pytest.mark.usefixtures("sqlite")
    def test_the_position_is_the_row_itself(self, path):
        with closing(sqlite3.connect(path)) as raw:
            (ddl,) = raw.execute("SELECT sql FROM sqlite_master WHERE name = 'records'").fetchone()
        assert "position INTEGER NOT NULL" in ddl
        assert "PRIMARY KEY (position)" in ddl

    def test_a_url_and_a_path_name_the_same_store(self, sqlite, path, clock):
        sqlite.append(batch(staged("cycle-a", 1)))
        with SqlStore(f"sqlite:///{path}", clock) as other, other.snapshot() as snapshot:
            assert snapshot.position() == 1


AGAIN = "INSERT INTO records VALUES (2, 0, 's', 9, 't', x'00', NULL, NULL)"
UNPLACED = "INSERT INTO records (recorded_at, stream, version, topic, body) VALUES (0, 's', 1, 't', x'')"


class TestGuards:
    @pytest.mark.parametrize(
        ("statement", "why"),
        [
            ("UPDATE records SET body = x'00' WHERE position = 1", "never changed"),
            ("UPDATE OR REPLACE records SET position = 2 WHERE position = 1", "never changed"),
            ("DELETE FROM records WHERE position = 2", "never removed"),
            ("DELETE FROM records", "never removed"),
            ("INSERT OR REPLACE INTO records VALUES (1, 0, 's', 9, 't', x'00', NULL, NULL)", "not the next position"),
            ("REPLACE INTO records VALUES (3, 0, 'cycle-a', 1, 't', x'00', NULL, NULL)", "has this version already"),
            ("INSERT OR REPLACE INTO records VALUES (3, 0, 's', 1, 't', x'00', 'c1', 0)", "command id is in the log"),
            ("INSERT OR IGNORE INTO records VALUES (1, 0, 's', 9, 't', x'00', NULL, NULL)", "not the next position"),
            (f"{AGAIN} ON CONFLICT (position) DO UPDATE SET body = x'00'", "not the next position"),
            ("INSERT INTO records VALUES (4, 0, 's', 1, 't', x'00', NULL, NULL)", "not the next position"),
            (UNPLACED, "not the next position"),
            ("INSERT INTO records VALUES (3, 0, 's', 1, 't', x'00', 'c9', NULL)", "CHECK constraint"),
            ("INSERT INTO records VALUES (3, 0, 's', 1, 't', 'text', NULL, NULL)", "cannot store TEXT"),
        ],
    )
    def test_a_record_stays_as_it_is(self, sqlite, path, statement, why):
        sqlite.append(batch(staged("cycle-a", 1), staged("cycle-b", 1), command="c1"))
        before = everything(sqlite)
        with pytest.raises(sqlite3.IntegrityError, match=why):
            outside(path, statement)
        assert everything(sqlite) == before

    def test_the_unique_keys_stand_even_without_the_guards(self, sqlite, path):
        sqlite.append(batch(staged("cycle-a", 1), command="c1"))
        outside(path, "DROP TRIGGER records_only_grow")
        with pytest.raises(CommandRepeated):
            sqlite.append(batch(staged("cycle-b", 1), command="c1"))
        for again in ("(2, 0, 'cycle-a', 1, 't', x'', NULL, NULL)", "(2, 0, 's', 1, 't', x'', 'c1', 0)"):
            with pytest.raises(sqlite3.IntegrityError, match="UNIQUE"):
                outside(path, f"INSERT INTO records VALUES {again}")
        assert everything(sqlite)[0] == 1

    def test_a_guard_that_refuses_for_a_reason_of_its_own_is_not_taken_for_a_race(self, sqlite, path):
        refuse = "CREATE TRIGGER odd BEFORE INSERT ON records BEGIN SELECT RAISE(ABORT, 'not on Mondays'); END"
        outside(path, refuse)
        with pytest.raises(IntegrityBroken, match="position 1: the log refused it: not on Mondays"):
            sqlite.append(batch(staged("cycle-a", 1), command="c1"))
        assert everything(sqlite)[0] == 0


class TestCost:
    def test_statements_of_an_append(self, sqlite):
        sqlite._views = ()
        sqlite.append(batch(staged("cycle-a", 1)))
        with counted(sqlite) as said:
            reads = {"cycle-a": 1, "person-b": 0, "visits-of:b": 0}
            sqlite.append(batch(staged("cycle-a", 2), command="c1", reads=reads))
        assert [line.split()[0] for line in said] == ["BEGIN", "SELECT", "INSERT", "COMMIT"]
        with counted(sqlite) as said:
            sqlite.append(batch(staged("cycle-a", 3, "visits-of:b"), staged("cycle-a", 4, "visits-of:b")))
        kinds = [" ".join(line.split()[:3]) for line in said if line.startswith("INSERT")]
        assert kinds == ["INSERT INTO records"] * 2 + ["INSERT INTO heads", "INSERT INTO touched"]
        assert len(said) == 3 + len(kinds)

    def test_a_repeated_command_is_noticed_before_anything_is_written(self, sqlite):
        sqlite.append(batch(staged("cycle-a", 1), command="c1"))
        with counted(sqlite) as said, pytest.raises(CommandRepeated):
            sqlite.append(batch(staged("cycle-a", 1), command="c1"))
        assert [line.split()[0] for line in said] == ["BEGIN", "SELECT", "SELECT", "ROLLBACK"]

    def test_readers_give_their_connections_back(self, sqlite):
        for _ in range(5):
            with sqlite.snapshot() as outer, sqlite.snapshot() as inner:
                assert outer.position() == inner.position()
        assert len(sqlite._links._idle) == 2


class TestSettling:
    """That the disk is waited for is shown in tests/faults/test_power.py."""

    def test_no_lock_is_given_away(self, sqlite, path):
        """POSIX lets go of all locks on a file when a process closes any handle on it."""
        sqlite.append(batch(staged("cycle-a", 1)))
        take = "import sqlite3, sys; sqlite3.connect(sys.argv[1], 0, isolation_level=None).execute('BEGIN EXCLUSIVE')"
        words = [sys.executable, "-c", take, str(path)]
        with sqlite.writing():
            with sqlite.snapshot() as snapshot:
                snapshot.settle()
            locked = subprocess.run(words, capture_output=True, text=True, check=False)
        assert "database is locked" in locked.stderr
        assert subprocess.run(words, capture_output=True, check=False).returncode == 0

    def test_a_store_behind_a_link(self, sqlite, path, clock, monkeypatch):
        sqlite.append(batch(staged("cycle-a", 1)))
        link = path.with_name("another") / "link.db"
        link.parent.mkdir()
        link.symlink_to(path)
        waited = []
        monkeypatch.setattr(os, "fsync", lambda handle: waited.append(os.fstat(handle).st_ino))
        with SqlStore(link, clock, [Seen()]) as store, store.snapshot() as snapshot:
            snapshot.settle()
        assert waited == [path.with_name("log.db-wal").stat().st_ino]

    def test_a_disk_that_fails(self, sqlite, monkeypatch):
        sqlite.append(batch(staged("cycle-a", 1)))

        def fails(_handle):
            raise OSError(5, "Input/output error")

        with sqlite.snapshot() as snapshot:
            monkeypatch.setattr(os, "fsync", fails)
            with pytest.raises(StoreUnreachable, match="the disk failed: Input/output error"):
                snapshot.settle()


class TestFaults:
    def test_a_full_disk(self, sqlite, view):
        sqlite.append(batch(staged("cycle-a", 1), command="c1"))
        before, rows = everything(sqlite), view.rows(sqlite)
        raw = sqlite._links.writer().raw
        ((pages,),) = raw.execute("PRAGMA page_count").fetchall()
        raw.execute(f"PRAGMA max_page_count = {pages + 1}")
        with pytest.raises(StoreUnreachable, match="no room left on the disk; nothing was written"):
            sqlite.append(batch(staged("cycle-a", 2), staged("cycle-a", 3, body=b"x" * 50_000), command="c2"))
        assert everything(sqlite) == before
        assert view.rows(sqlite) == rows
        raw.execute(f"PRAGMA max_page_count = {pages + 1000}")
        sqlite.append(batch(staged("cycle-a", 2), staged("cycle-a", 3, body=b"x" * 50_000), command="c2"))
        assert check_log(sqlite) == 3

    @pytest.mark.usefixtures("sqlite")
    def test_somebody_else_writes_for_too_long(self, path, clock):
        with SqlStore(path, clock, [Seen()], patience=0.05) as impatient, closing(sqlite3.connect(path)) as other:
            other.execute("BEGIN IMMEDIATE")
            with pytest.raises(StoreUnreachable, match=r"somebody else has been writing .* more than 0\.05 seconds"):
                impatient.append(batch(staged("cycle-a", 1)))
            assert everything(impatient)[0] == 0  # reading does not wait
            other.rollback()
            impatient.append(batch(staged("cycle-a", 1)))
            assert check_log(impatient) == 1

    def test_another_thread_of_ours_writes_for_too_long(self, path, clock):
        with SqlStore(path, clock, patience=0.05) as impatient:
            impatient.create()
            with impatient.writing(), pytest.raises(StoreUnreachable, match="somebody else has been writing"):
                impatient.append(batch(staged("cycle-a", 1)))
            assert everything(impatient)[0] == 0

    def test_a_view_without_its_table(self, sqlite, path):
        outside(path, "DROP TABLE seen")
        with pytest.raises(StoreUnreachable, match="not those of this release: no such table: seen"):
            sqlite.append(batch(staged("cycle-a", 1)))
        assert everything(sqlite)[0] == 0

    def test_a_question_to_a_view_without_its_table(self, sqlite, path, view):
        outside(path, "DROP TABLE seen")
        with pytest.raises(StoreUnreachable, match="no such table: seen"):
            view.rows(sqlite)

    def test_a_connection_that_broke_is_replaced(self, sqlite):
        sqlite.append(batch(staged("cycle-a", 1)))
        sqlite._links.writer().raw.close()
        with pytest.raises(sqlite3.ProgrammingError):
            sqlite.append(batch(staged("cycle-a", 2)))
        sqlite.append(batch(staged("cycle-a", 2)))
        assert check_log(sqlite) == 2

    def test_damaged_pages(self, sqlite, path, clock):
        for version in range(1, 40):
            sqlite.append(batch(staged("cycle-a", version, body=b"x" * 3000)))
        sqlite.close()
        with path.open("r+b") as file:
            file.seek(4096 * 3)
            file.write(b"\xff" * 4096 * 20)
        with SqlStore(path, clock) as damaged, pytest.raises(StoreUnreachable, match="its pages are damaged"):
            everything(damaged)


@pytest.fixture
def open_folder():
    """A folder that any user of this machine may enter: a test's own is closed to all but its owner."""
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o777)
    yield folder
    folder.chmod(0o700)
    shutil.rmtree(folder)


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


class TestRights:
    def test_a_file_that_may_only_be_read(self, open_folder, clock):
        path = open_folder / "log.db"
        with SqlStore(path, clock) as store:
            store.create()
            store.append(batch(staged("cycle-a", 1)))
        path.chmod(0o444)
        with unprivileged(), SqlStore(path, clock) as store:
            assert check_log(store) == 1
            with pytest.raises(StoreUnreachable, match="may be read but not written"):
                store.append(batch(staged("cycle-a", 2)))
            assert check_log(store) == 1

    def test_a_folder_that_may_only_be_read(self, open_folder, clock):
        path = open_folder / "log.db"
        open_folder.chmod(0o555)
        with unprivileged(), SqlStore(path, clock) as store:
            with pytest.raises(StoreUnreachable, match="no such file, and this user may not write into its folder"):
                everything(store)
            with pytest.raises(StoreUnreachable, match="may not write into its folder"):
                store.create()
        assert list(open_folder.iterdir()) == []


class TestOpening:
    def refuses(self, path, why, remedy=""):
        with SqlStore(path, SetClock()) as store:
            for use in (lambda: everything(store), lambda: store.append(batch(staged("cycle-a", 1)))):
                with pytest.raises(StoreUnreachable, match=why) as caught:
                    use()
                assert remedy in caught.value.remedy
                assert str(path) in caught.value.what

    def test_a_missing_file_is_not_made(self, path):
        self.refuses(path, "there is no such file", "`reviewflow init`")
        assert not path.exists()

    def test_a_missing_folder(self, path, clock):
        nowhere = path.parent / "nowhere" / "log.db"
        self.refuses(nowhere, "there is no folder")
        with SqlStore(nowhere, clock) as store, pytest.raises(StoreUnreachable, match="there is no folder"):
            store.create()

    def test_a_folder_in_its_place(self, path):
        path.mkdir()
        self.refuses(path, "it is a folder")

    def test_an_empty_file(self, path):
        path.touch()
        self.refuses(path, "it is empty", "`reviewflow init`")

    def test_some_other_file(self, path):
        path.write_text("Dear colleague, " * 500)
        self.refuses(path, "not a reviewflow store", "REVIEWFLOW_STORE")
        assert path.read_text() == "Dear colleague, " * 500

    def test_some_other_database(self, path, clock):
        outside(path, "CREATE TABLE schools (name)")
        before = path.read_bytes()
        self.refuses(path, "something else than a reviewflow store", "REVIEWFLOW_STORE")
        with SqlStore(path, clock) as store, pytest.raises(StoreUnreachable, match="there is something already"):
            store.create()
        assert path.read_bytes() == before

    @pytest.mark.usefixtures("sqlite")
    def test_a_store_of_a_newer_release(self, path):
        outside(path, f"UPDATE log_schema SET version = {SCHEMA + 1}")
        self.refuses(path, f"its tables have version {SCHEMA + 1}; this release wants {SCHEMA}", "newer")

    @pytest.mark.usefixtures("sqlite")
    def test_a_store_of_an_older_release(self, path):
        outside(path, "UPDATE log_schema SET version = 1")
        self.refuses(path, f"its tables have version 1; this release wants {SCHEMA}", "run `reviewflow store upgrade`")

    @pytest.mark.usefixtures("sqlite")
    def test_a_store_without_its_marker(self, path):
        outside(path, "DELETE FROM log_schema")
        self.refuses(path, "log_schema says no version; want one", "restore a backup")

    @pytest.mark.parametrize(
        ("url", "why"),
        [
            ("mysql://clerk:secret@server/log", "keeps its log in SQLite or PostgreSQL only"),
            ("sqlite://", "names no file"),
            ("sqlite:///:memory:", "names no file"),
            ("sqlite:///log.db?mode=memory", "names no file"),
            ("somewhere://", "SQLite or PostgreSQL only"),
            ("my sql://clerk:secret@server/log", "not the address of a store"),
            ("sqlite://server/log.db", "names no file"),
            ("://", "not the address of a store"),
        ],
    )
    def test_an_address_that_cannot_be_a_store(self, url, why, clock):
        with pytest.raises(StoreUnreachable, match=why) as caught:
            SqlStore(url, clock)
        assert "secret" not in str(caught.value)

    @pytest.mark.parametrize("url", ["sqlite:///{}/a%20log.db", "SQLite:///{}/a log.db", "{}/a log.db"])
    def test_a_name_with_a_space(self, url, clock, tmp_path):
        with SqlStore(url.format(tmp_path), clock) as store:
            store.create()
        assert (tmp_path / "a log.db").exists()


class TestCreating:
    def test_an_existing_store_is_left_alone(self, sqlite):
        sqlite.append(batch(staged("cycle-a", 1)))
        with pytest.raises(StoreUnreachable, match="there is something already"):
            sqlite.create()
        assert check_log(sqlite) == 1

    def test_a_view_that_cannot_make_its_tables_leaves_nothing(self, path, clock):
        class Broken(Seen):
            def create(self, connection):
                super().create(connection)
                raise ZeroDivisionError

        with SqlStore(path, clock, [Broken()]) as store, pytest.raises(ZeroDivisionError):
            store.create()
        with SqlStore(path, clock, [Seen()]) as store:
            store.create()
            store.append(batch(staged("cycle-a", 1)))
            assert check_log(store) == 1


def test_what_a_snapshot_saw_outlives_nothing(sqlite):
    with sqlite.snapshot() as snapshot:
        assert snapshot.position() == 0
    with pytest.raises(RuntimeError, match="inside its `with` block"):
        snapshot.log()


def test_a_snapshot_open_while_the_store_closes_is_given_up_at_its_end(sqlite):
    with sqlite.snapshot() as snapshot:
        sqlite.close()
        assert snapshot.log() == []
    assert sqlite._links._idle == []


def test_stale_reads_of_a_closed_race_are_named_after_the_lock_is_free(sqlite):
    sqlite.append(batch(staged("cycle-a", 1)))
    with pytest.raises(StreamMoved):
        sqlite.append(batch(staged("cycle-a", 1)))
    assert not sqlite._links.writing.locked()
    assert not sqlite._links.writer().raw.in_transaction


def test_a_disk_too_full_to_read_is_told_so(sqlite):
    fault = sqlite3.OperationalError("disk I/O error")
    fault.sqlite_errorcode = sqlite3.SQLITE_IOERR_SHMSIZE
    assert "no room left" in str(sqlite._database.unreachable(fault))


def test_a_turn_that_was_interrupted_before_its_end_does_not_hold_up_closing(sqlite, monkeypatch):
    monkeypatch.setattr("reviewflow.store.links._CLOSING", 0.01)
    assert sqlite._links.writing.acquire()
    sqlite.close()
    assert sqlite._links.writing.locked()


@pytest.mark.parametrize("url", ["sqlite:///a%00b.db", "a\0b.db"])
def test_a_name_that_the_system_would_cut_off_is_no_place(url):
    with pytest.raises(StoreUnreachable, match="names no file"):
        SqlStore(url, SetClock())


def test_a_folder_whose_name_is_no_utf8_will_do(tmp_path):
    folder = tmp_path / os.fsdecode(b"caf\xe9")
    folder.mkdir()
    with SqlStore(folder / "log.db", SetClock()) as store:
        store.create()
        store.append(batch(staged("cycle-a", 1)))
    assert (folder / "log.db").exists()
