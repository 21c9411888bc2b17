"""A store that came all the way is one that was made new; what is none of ours, or newer, is left alone."""

import os
import signal
import sqlite3
import subprocess
import sys
import threading
from contextlib import closing
from pathlib import Path

import psycopg
import pytest

from reviewflow.access import tables as access_tables
from reviewflow.errors import StoreUnreachable
from reviewflow.following import tables as following_tables
from reviewflow.store.addresses import database
from reviewflow.store.layout import differences
from reviewflow.store.migrations import versions
from reviewflow.store.schema import SCHEMA
from reviewflow.store.sql import SqlStore
from reviewflow.store.tables import metadata
from reviewflow.store.upgrading import plan_upgrade, upgrade
from store.batches import SetClock
from store.laid_out import laid_out, made_as_of


@pytest.fixture(params=["sqlite", "postgresql"])
def empty(request, tmp_path):
    """The address of a place where there is nothing yet."""
    return str(tmp_path / "old.db") if request.param == "sqlite" else request.getfixturevalue("postgres_url")


@pytest.fixture
def old(empty):
    """A store of version 1, with a record."""
    made_as_of(empty, 1)
    change(empty, "INSERT INTO records VALUES (1, 5, 'cycle-a', 1, 'a/1', 'bytes', NULL, NULL)")
    return empty


@pytest.fixture
def fresh(empty, tmp_path, request):
    """The address of a store that was made new in the same kind of database."""
    server = request.getfixturevalue("postgres") if "://" in empty else None
    url = server.fresh() if server else str(tmp_path / "new.db")
    with SqlStore(url, SetClock(), beside=[following_tables.create, access_tables.create]) as store:
        store.create()
    yield url
    if server:
        server.drop(url)


def change(url, *statements: str):
    if "://" in url:
        with psycopg.connect(url, autocommit=True) as link:
            for statement in statements:
                link.execute(statement.replace("'bytes'", "'bytes'::bytea"))
    else:
        with closing(sqlite3.connect(url)) as link:
            for statement in statements:
                link.execute(statement.replace("'bytes'", "x'00'"))
            link.commit()


def version(url):
    at = database(url, 5)
    link = at.link()
    try:
        return link.cursor.execute("SELECT version FROM log_schema").fetchall()
    finally:
        link.close()


def test_a_store_that_came_all_the_way_is_as_one_made_new(old, fresh):
    assert laid_out(old) != laid_out(fresh)
    done = upgrade(old)
    assert (done.found, done.wanted) == (1, SCHEMA)
    assert [step.version for step in done.steps] == list(range(2, SCHEMA + 1))
    assert laid_out(old) == laid_out(fresh)
    assert list(version(old)) == [(SCHEMA,)]


def test_what_was_recorded_is_there_and_goes_on(old):
    upgrade(old)
    with SqlStore(old, SetClock()) as store, store.snapshot() as snapshot:
        assert [(one.position, one.stream, one.topic) for one in snapshot.log()] == [(1, "cycle-a", "a/1")]


def test_every_difference_of_tables_is_seen(fresh):
    """The comparison that a doctor makes: nothing wrong with a new store, and each thing that is taken away is told."""
    at, tables = database(fresh, 5), tuple(metadata.tables.values())

    def seen():
        link = at.link()
        try:
            return differences(link.connection, tables)
        finally:
            link.close()

    assert seen() == {}
    change(fresh, "DROP INDEX records_by_command", "ALTER TABLE heads ADD COLUMN more TEXT", "DROP TABLE moved")
    assert seen() == {
        "records": ["the index records_by_command on (command_id, ordinal) is not there"],
        "heads": ["column more is none of ours"],
        "moved": ["is not there"],
    }


def test_a_plan_changes_nothing(old):
    before = laid_out(old)
    assert plan_upgrade(old).steps == upgrade(old).steps
    added = ("moved", "effects", "followers", *(table.name for table in access_tables.TABLES))
    change(old, "UPDATE log_schema SET version = 1", *(f"DROP TABLE {name}" for name in added))
    plan_upgrade(old)
    assert {one for one in laid_out(old) if one[0] not in ("trigger", "function")} == before


def test_a_store_that_has_what_is_wanted_is_left_alone(fresh):
    before = laid_out(fresh)
    assert upgrade(fresh).steps == plan_upgrade(fresh).steps == ()
    assert laid_out(fresh) == before


def test_triggers_that_were_taken_away_are_put_back(fresh):
    before = laid_out(fresh)
    where = " ON records" if "://" in fresh else ""
    change(fresh, f"DROP TRIGGER records_never_change{where}")
    assert plan_upgrade(fresh).guards == upgrade(fresh).guards == ("records_never_change",)
    assert laid_out(fresh) == before
    assert upgrade(fresh).guards == ()


def test_an_old_store_says_what_to_do(old):
    with SqlStore(old, SetClock()) as store, pytest.raises(StoreUnreachable) as caught, store.snapshot():
        """It is not opened."""
    assert caught.value.why == f"its tables have version 1; this release wants {SCHEMA}"
    assert caught.value.remedy == "run `reviewflow store upgrade`"


@pytest.mark.parametrize("ask", [plan_upgrade, upgrade])
def test_a_newer_store_is_refused(fresh, ask):
    change(fresh, f"UPDATE log_schema SET version = {SCHEMA + 1}")
    before = laid_out(fresh)
    with pytest.raises(StoreUnreachable, match=f"version {SCHEMA + 1}; this release knows versions up to {SCHEMA}"):
        ask(fresh)
    assert laid_out(fresh) == before


def test_what_is_done_besides_belongs_to_it(old):
    before = laid_out(old)

    def fails(connection, made):
        assert {"followers", "effects", "moved"} <= made
        connection.exec_driver_sql("CREATE TABLE besides (name TEXT)")
        raise RuntimeError("it failed")

    with pytest.raises(RuntimeError, match="it failed"):
        upgrade(old, fails)
    assert laid_out(old) == before


def test_two_at_once_come_one_after_the_other(old, fresh):
    begun, second = threading.Event(), []

    def slowly(_connection, _made):
        begun.set()
        other.join(0.3)
        assert second == []

    other = threading.Thread(target=lambda: (begun.wait(), second.append(upgrade(old).steps)))
    other.start()
    assert upgrade(old, slowly).steps
    other.join()
    assert second == [()]
    assert laid_out(old) == laid_out(fresh)


KILLED = """
import os, signal, sys
from reviewflow.store.upgrading import upgrade
upgrade(sys.argv[1], lambda connection, made: os.kill(os.getpid(), signal.SIGKILL))
"""


def test_killed_in_the_middle_it_leaves_the_store_as_it_was(old, fresh):
    before = laid_out(old)
    environment = {**os.environ, "PYTHONWARNINGS": "error"}
    done = subprocess.run([sys.executable, "-c", KILLED, old], env=environment, capture_output=True, check=False)
    assert done.returncode == -signal.SIGKILL, done.stderr
    assert laid_out(old) == before
    assert list(version(old)) == [(1,)]
    upgrade(old)
    assert laid_out(old) == laid_out(fresh)


def test_a_database_with_something_else_in_it(empty):
    change(empty, "CREATE TABLE schools (name TEXT)")
    with pytest.raises(StoreUnreachable, match="something else than a reviewflow store"):
        upgrade(empty)


class TestFiles:
    """What only a file can be."""

    def refused(self, path, why):
        before = path.read_bytes() if path.is_file() else None
        for ask in (plan_upgrade, upgrade):
            with pytest.raises(StoreUnreachable, match=why):
                ask(path)
        assert (path.read_bytes() if path.is_file() else None) == before

    def test_no_file(self, tmp_path):
        self.refused(tmp_path / "nothing.db", "no such file")

    def test_an_empty_file(self, tmp_path):
        (tmp_path / "empty.db").touch()
        self.refused(tmp_path / "empty.db", "it is empty")

    def test_a_file_of_another_kind(self, tmp_path):
        (tmp_path / "letter.db").write_text("Dear colleague, " * 500)
        self.refused(tmp_path / "letter.db", "not a reviewflow store")

    def test_a_file_that_was_cut(self, tmp_path):
        path = tmp_path / "cut.db"
        made_as_of(str(path), 1)
        path.write_bytes(path.read_bytes()[:4096])
        self.refused(path, "pages are damaged")

    def test_a_marker_that_says_two_things(self, tmp_path):
        path = tmp_path / "two.db"
        made_as_of(str(path), 1)
        change(str(path), "INSERT INTO log_schema VALUES (2)")
        self.refused(path, "log_schema says 1, 2; want one version")


def test_each_version_has_its_revision():
    """The folder holds what `SCHEMA` says, no more."""
    names = sorted(path.name for path in Path(versions.__path__[0]).glob("v*.py"))
    assert [int(name[1:5]) for name in names] == list(range(1, SCHEMA + 1))
