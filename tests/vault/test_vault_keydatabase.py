"""What a keys database does beyond what every place promises: apart from the log, found again, heard in time."""

from __future__ import annotations

import threading
import time

import psycopg
import pytest

from reviewflow.errors import BadInput, ConnectionLost, StoreUnreachable
from reviewflow.keeping.key_places import keys_apart
from reviewflow.settings import Settings
from reviewflow.vault import keydatabase
from reviewflow.vault.keydatabase import KeyDatabase, identity
from reviewflow.vault.keydatabase_link import KeyLink, told_name
from vault.vault_given import Kept, new_vault, noted


@pytest.fixture
def given(database):
    made = Kept(database)
    yield made
    made.close()


@pytest.fixture
def beside(database):
    """Another connection to the same tables."""
    with psycopg.connect(database, autocommit=True) as link:
        yield link


def cut(beside):
    """End every connection of ours, as a server that is restarted does."""
    beside.execute(
        "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
        " WHERE application_name = 'reviewflow keys' AND pid <> pg_backend_pid()"
    )


def test_keys_are_not_made_nor_opened_in_a_database_with_a_log(given, database, beside):
    beside.execute("CREATE SCHEMA IF NOT EXISTS log_beside")
    beside.execute("CREATE TABLE log_beside.records (x int)")
    beside.execute("CREATE TABLE log_beside.heads (x int)")
    try:
        with pytest.raises(StoreUnreachable, match=r"schema log_beside.*every backup of the log would carry the keys"):
            given.another()
        with pytest.raises(StoreUnreachable, match="keep the keys in a database of their own"):
            new_vault(database)
    finally:
        beside.execute("DROP SCHEMA log_beside CASCADE")
    assert given.opens("cycle-a")


def test_the_same_database_is_known_however_it_is_written(postgres, one_database, tmp_path):
    url, _ = one_database
    other = url.replace("postgresql://", "postgresql+psycopg://") + "&application_name=x"
    assert identity(url) == identity(other)
    keys = tmp_path / "reviewflow.keys"
    assert keys_apart(Settings(store=url, keys=keys)) == []
    assert keys_apart(Settings(keys=url)) == []
    with pytest.raises(BadInput, match="REVIEWFLOW_KEYS: got the database of the log; want a database of their own"):
        keys_apart(Settings(store=url, keys=other))
    [warning] = keys_apart(Settings(store=postgres.url, keys=url))
    assert "keys and log lie on the same server" in warning


def test_a_connection_that_was_cut_is_opened_again_by_the_next_use(given, beside):
    running = given.another()
    assert given.opens("cycle-a", running)
    cut(beside)
    assert given.opens("cycle-b", running)
    cut(beside)
    text = running.seal(noted(), "cycle-new", 1).text
    cut(beside)
    running.forget("cycle-b")
    cut(beside)
    assert running.open(text, "cycle-new", 1, "text") == "Rowan said so"
    assert not given.opens("cycle-b")


def test_a_server_that_stays_away_is_a_connection_lost(given, monkeypatch):
    running = given.another()
    assert given.opens("cycle-a", running)
    running._keys._lease = 0.0
    running._keys._link._link.close()
    monkeypatch.setattr(running._keys._link, "_conninfo", "host=/nowhere dbname=x")
    with pytest.raises(ConnectionLost, match=r"the connection was lost: .*; try again once the server answers"):
        given.opens("cycle-a", running)


def test_a_change_of_many_rows_that_was_cut_is_not_tried_again(given, beside):
    before = given.rows()
    with pytest.raises(ConnectionLost):
        cut_while_changing(given.vault._keys, beside)
    assert given.rows() == before


def cut_while_changing(keys, beside):
    with keys.changing() as change:
        change.clear()
        cut(beside)
        change.put([("x", b"x")])


def test_no_server_there():
    with pytest.raises(StoreUnreachable, match="start the server, or name the right one with REVIEWFLOW_KEYS"):
        KeyDatabase.open("postgresql://nobody:hidden@/db?host=/nowhere")


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://ada:hidden@db.example/keys",
        "postgresql+psycopg://db.example/keys?user=ada&password=hidden",
        "postgres://ada:hidden@db.example:5432,db2.example:5433/keys?target_session_attrs=any",
    ],
)
def test_a_password_is_never_told(url):
    told = told_name(url)
    assert "keys database keys on db.example" in told
    assert "hidden" not in told


def test_a_url_that_cannot_be_read_is_refused_without_telling_it():
    with pytest.raises(StoreUnreachable) as caught:
        KeyLink("postgresql://ada:hidden@[::1/keys?x=y&z")
    assert "want postgresql://host/database" in str(caught.value)
    assert "hidden" not in str(caught.value)


def test_when_forgetting_answers_every_process_has_asked_again(database, monkeypatch):
    """With a long lease: another process goes on with what it has heard, and forgetting waits for that to end."""
    monkeypatch.setattr(keydatabase, "LEASE", 0.5)
    given = Kept(database)
    running, used_after, answered = given.another(), [], threading.Event()
    asked = []

    def use():
        while True:
            after = answered.is_set()
            if not given.opens("cycle-a", running):
                return
            if after:
                used_after.append(1)
                return

    counter = running._keys._link.do
    monkeypatch.setattr(running._keys._link, "do", lambda work: (asked.append(1), counter(work))[1])
    thread = threading.Thread(target=use)
    thread.start()
    given.vault.forget("cycle-a")
    answered.set()
    thread.join()
    assert used_after == []
    assert len(asked) <= 10, "an answer holds for a moment, however often a key is used"
    given.close()


def test_the_test_above_would_see_a_forgetting_that_does_not_wait(database, monkeypatch):
    monkeypatch.setattr(keydatabase, "LEASE", 5.0)
    monkeypatch.setattr(KeyDatabase, "_wait", lambda _: None)
    given = Kept(database)
    running = given.another()
    assert given.opens("cycle-a", running)
    given.vault.forget("cycle-a")
    assert given.opens("cycle-a", running)
    given.close()


def test_of_two_answers_that_cross_the_later_question_counts(given):
    keys = given.vault._keys
    keys._lease = 60.0
    now = time.clock_gettime(keydatabase._CLOCK)
    keys._heard(now, b"new")
    keys._heard(now - 1, b"old")
    assert keys.counter() == b"new"


def test_a_key_is_durable_whatever_the_server_says_by_default(given, database, beside):
    url = f"{database.replace('options=-c', 'options=-c%20synchronous_commit%3Doff%20-c')}"
    link = KeyLink(url)
    show = "SHOW synchronous_commit"
    assert link.do(lambda asked: asked.execute(show).fetchone()) == ("off",)
    with link.transaction(durable=True) as inside:
        assert inside.execute(show).fetchone() == ("on",)
    assert link.do(lambda asked: asked.execute(show).fetchone()) == ("off",)
    link.close()


def test_somebody_who_keeps_the_turn_for_too_long(given, beside, monkeypatch):
    given.vault._keys._link.do(lambda link: link.execute("SET lock_timeout = '50ms'"))
    with beside.transaction():
        beside.execute("SELECT 1 FROM vault_state FOR UPDATE")
        assert given.vault._keys.ensure(["cycle-a"], str.encode)  # what is there waits for nobody
        with pytest.raises(StoreUnreachable, match="another process kept it for 10 seconds; try again"):
            given.vault.forget("cycle-a")
    assert given.opens("cycle-a")


def test_a_role_that_owns_nothing_can_work_with_the_tables(given, database, beside):
    schema = beside.execute("SELECT current_schema()").fetchone()[0]
    role = f"worker_of_{schema}"
    beside.execute(f"CREATE ROLE {role}")
    beside.execute(f"GRANT USAGE ON SCHEMA {schema} TO {role}")
    beside.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA {schema} TO {role}")
    try:
        vault = given.another()
        vault._keys._link.do(lambda link: link.execute(f"SET ROLE {role}"))
        vault.seal(noted(), "cycle-new", 1)
        vault.forget("cycle-new")
        assert given.opens("cycle-a", vault)
        beside.execute(f"REVOKE DELETE ON ALL TABLES IN SCHEMA {schema} FROM {role}")
        with pytest.raises(StoreUnreachable, match="grant this role SELECT, INSERT, UPDATE, DELETE on its tables"):
            vault.forget("cycle-a")
        assert given.opens("cycle-a", vault)
    finally:
        beside.execute(f"DROP OWNED BY {role}")
        beside.execute(f"DROP ROLE {role}")


def test_another_format_is_said(given, beside):
    beside.execute("UPDATE vault_state SET format = 2")
    with pytest.raises(StoreUnreachable, match="got format 2; want 1; it is of a newer release"):
        given.another()
