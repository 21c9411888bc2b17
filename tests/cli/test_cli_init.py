"""`init` makes all of it or nothing, touches nothing that was there, and goes on where there is nobody yet."""

from pathlib import Path

import psycopg
import pytest
from click.testing import CliRunner

from cli.shell import ADA, Shell
from kit.stored import MASTER_KEY
from reviewflow.cli.app import door
from reviewflow.errors import StoreUnreachable
from reviewflow.keeping import half_made
from reviewflow.store.sql import SqlStore
from reviewflow.vault import keydatabase
from reviewflow.views.tasks import TasksView

WORDS = ("init", "--admin", "Ada Example", "--email", ADA, "--programme", "Example Partnership")


def full(*_: object):
    raise StoreUnreachable("the store", "there is no room left on the disk", "make room")


def stopped(*_: object):
    raise KeyboardInterrupt


def tables(url):
    with psycopg.connect(url) as link:
        found = link.execute("SELECT relname FROM pg_class WHERE relnamespace = current_schema()::regnamespace")
        made = link.execute("SELECT proname FROM pg_proc WHERE pronamespace = current_schema()::regnamespace")
        return {row[0] for row in (*found, *made)}


PLACES = (SqlStore, "create"), (TasksView, "create"), (SqlStore, "append")


@pytest.mark.parametrize("fault", [full, stopped])
@pytest.mark.parametrize("where", PLACES, ids=lambda place: f"{place[0].__name__}.{place[1]}")
def test_what_cannot_be_made_leaves_nothing(empty, monkeypatch, where, fault):
    with monkeypatch.context() as broken:
        broken.setattr(*where, fault)
        assert "room left" in empty.run(*WORDS, code=5).stderr if fault is full else empty.run(*WORDS, code=130)
    assert list(empty.folder.iterdir()) == []
    empty.run(*WORDS)
    assert empty.records == 3


@pytest.mark.parametrize("place", ["reviewflow.db", "reviewflow.keys", "reviewflow.master-key", "reviewflow.db-wal"])
def test_what_was_there_stays(empty, place):
    (empty.folder / place).write_bytes(b"somebody's")
    assert place in empty.run(*WORDS, code=2).stderr
    assert [(path.name, path.read_bytes()) for path in empty.folder.iterdir()] == [(place, b"somebody's")]


def test_of_two_at_once_one_makes_it(empty, monkeypatch):
    """The other one was through with looking whether there is something, and takes away only what is its own."""
    env = {"REVIEWFLOW_KEYS": str(empty.folder / "other.keys"), "REVIEWFLOW_MASTER_KEY": MASTER_KEY}
    look = half_made.check_free

    def between(*places: Path):
        look(*places)
        monkeypatch.undo()
        assert CliRunner(env={"REVIEWFLOW_KEYS": None}).invoke(door, WORDS, obj=empty.clock).exit_code == 0

    monkeypatch.setattr("reviewflow.wiring.check_free", between)
    assert "reviewflow.db" in empty.run(*WORDS, code=2, **env).stderr
    assert sorted(path.name for path in empty.folder.iterdir()) == ["reviewflow.db", "reviewflow.keys"]
    assert "Ada Example" in empty.run("person", "list", REVIEWFLOW_MASTER_KEY=MASTER_KEY).output


@pytest.mark.parametrize("on", ["sqlite", "postgresql"])
def test_an_installation_without_anybody_gets_its_administrator(tmp_path, request, on):
    shell = Shell(tmp_path, store=request.getfixturevalue("postgres_url") if on == "postgresql" else "")
    assert "init --admin NAME" in shell.run("init").output
    before = {path.name: path.read_bytes() for path in tmp_path.glob("*.master-key")}
    shown = shell.run(*WORDS).output
    assert "Store found" in shown
    assert "example-partnership" in shown
    assert before == {path.name: path.read_bytes() for path in tmp_path.glob("*.master-key")}
    assert shell.records == 3
    assert "a file that exists" in shell.run(*WORDS, code=2).stderr
    assert shell.records == 3


def test_a_database_where_it_cannot_be_made_keeps_nothing(tmp_path, postgres_url, monkeypatch):
    shell = Shell(tmp_path, store=postgres_url)
    with monkeypatch.context() as broken:
        broken.setattr(TasksView, "create", full)
        shell.run(*WORDS, code=5)
    assert tables(postgres_url) == set()
    assert list(tmp_path.iterdir()) == []
    with monkeypatch.context() as broken:
        broken.setattr(SqlStore, "append", full)
        shell.run(*WORDS, code=5)
    assert "Store found" in shell.run(*WORDS).output
    assert shell.records == 3


def test_keys_in_a_database_are_not_left_behind(tmp_path, postgres, monkeypatch):
    keys = postgres.fresh()
    shell = Shell(tmp_path, env={"REVIEWFLOW_KEYS": keys, "REVIEWFLOW_MASTER_KEY": MASTER_KEY})
    try:
        for where in (keydatabase.DatabaseRows, "put"), *PLACES:
            with monkeypatch.context() as broken:
                broken.setattr(*where, full)
                shell.run(*WORDS, code=5)
            assert tables(keys) == set()
            assert list(tmp_path.iterdir()) == []
        shell.run(*WORDS)
    finally:
        postgres.drop(keys)


def test_what_cannot_be_taken_away_is_told(tmp_path):
    def making():
        with half_made.whole_or_nothing() as made:
            made.claim(tmp_path / "a.db")
            made.add("the keys", stopped_by_the_disk)
            full()

    with pytest.raises(StoreUnreachable) as told:
        making()
    assert told.value.remedy == "make room; remove what could not be taken away again: the keys"
    assert list(tmp_path.iterdir()) == []


def stopped_by_the_disk():
    raise OSError(5, "Input/output error")


def test_an_address_that_is_none_is_told_without_its_password(empty):
    shown = empty.run("init", code=5, REVIEWFLOW_STORE="mysql://ada:secret@host/reviews").stderr
    assert "SQLite or PostgreSQL" in shown
    assert "secret" not in shown
