"""What is rebuilt from the log is what the live views hold, whatever happened; and a difference is named."""

from __future__ import annotations

from contextlib import contextmanager
from typing import Any

import pytest
from hypothesis import given
from sqlalchemy import create_engine

from reviewflow.cycle import events as ev
from reviewflow.errors import ImpossibleHistory
from reviewflow.events import encode
from reviewflow.ports import Append, Staged
from reviewflow.store.memory import MemoryStore
from reviewflow.views.cycles import assignments, cycles, list_cycles
from reviewflow.views.grants import grants, grants_of
from reviewflow.views.organisations import get_organisations
from reviewflow.views.partnerships import members
from reviewflow.views.people import people
from reviewflow.views.rebuild import compare, rebuild
from reviewflow.views.tasks import tasks
from views.histories import IDS, KINDS, History, histories
from views.viewed import DAY, Log


@contextmanager
def elsewhere():
    """A database with nothing in it."""
    engine = create_engine("sqlite://")
    with engine.connect() as connection:
        yield connection
    engine.dispose()


def difference(log, **more: Any):
    with elsewhere() as rebuilt:
        with log.store.snapshot() as snapshot:
            assert rebuild(snapshot, rebuilt, log.views.synchronous, **more) == snapshot.position()
        with log.store.reading() as live:
            return compare(live, rebuilt, log.views.synchronous)


@given(history=histories)
def test_live_equals_rebuilt_after_any_history(history):
    log = Log()
    History(log).play(history)
    assert difference(log, batch=7, most=1) is None
    log.store.close()


@given(history=histories)
def test_the_rows_say_what_the_folds_say(history):
    log = Log()
    played = History(log)
    played.play(history)
    shown = {cycle.id: (cycle.state, cycle.version, cycle.since) for cycle in log.ask(list_cycles)}
    assert shown == {c.id: (c.state, c.version, c.since.on) for c in log.cycles.values()}
    finished = {c.id for c in log.cycles.values() if c.state == "done"}
    assert finished.isdisjoint(row[0] for row in log.rows(tasks))
    assert {c.id for c in log.cycles.values()} - finished == {row[0] for row in log.rows(tasks)}
    for partnership in IDS:
        later = log.ask(members, partnership, DAY.replace(year=2027))
        still = {m for p, m in played.members if p == partnership}
        known = set(log.ask(get_organisations, list(IDS)))
        assert {m.organisation for m in later} == still & known
    log.store.close()


def a_history(log):
    """Everything that can happen, several times over; nobody is forgotten at first, and one cycle never ends."""
    kinds = [kind for kind in KINDS if kind not in ("finish", "forget")] * 2 + list(KINDS)
    history = [(kind, one, "b", n % 10, n % 2 == 0) for n, kind in enumerate(kinds) for one in IDS]
    History(log).play([step for step in history if step[:2] != ("finish", "c")])


def test_live_equals_rebuilt_in_every_store(each_log):
    a_history(each_log)
    kept = {table.name: len(each_log.rows(table)) for table in (cycles, assignments, tasks, people, grants)}
    assert all(kept.values()), kept
    assert difference(each_log) is None


@pytest.mark.parametrize("most", [1, 2, 4096])
def test_a_rebuild_keeps_few_cycles_and_reads_the_others_again(log, most):
    for id_ in IDS:
        log.open(id_)
    for _ in range(3):
        for id_ in IDS:
            log.say(f"cycle-{id_}", ev.NoteAdded, text=log.seal("a note"))
    for id_ in IDS:
        log.start(id_)
    assert difference(log, batch=2, most=most) is None


CHANGED = {
    "a value": ("UPDATE cycles SET state = 'x' WHERE id = 'b'", "cycles b: state is 'x', rebuilt 'work.reviewing'"),
    "a row too few": ("DELETE FROM cycles WHERE id = 'b'", "cycles b: is not in the live view"),
    "the last row gone": ("DELETE FROM cycles WHERE id = 'c'", "cycles c: is not in the live view"),
    "a row too many": ("INSERT INTO assignments VALUES ('a', 'reviewer', 'zoe', 'offered', '2026-09-07', 9)",
                       "assignments a, reviewer, zoe: is in the live view only"),
    "a hash that should be gone": ("UPDATE people SET email_key = 'x' WHERE id = 'a'", "people a: email_key is 'x'"),
    "a task of another": ("UPDATE tasks SET scope = 'z' WHERE cycle = 'a' AND step = 'finish'", "tasks a, transition"),
}  # fmt: skip


@pytest.mark.parametrize("case", CHANGED)
def test_the_first_row_that_differs_is_named(log, case):
    for id_ in IDS:
        log.person(id_)
        log.open(id_)
        log.start(id_)
    statement, told = CHANGED[case]
    with log.store.writing() as connection:
        assert connection.exec_driver_sql(statement).rowcount == 1
    assert told in str(difference(log))


def test_the_first_of_several_is_named_in_the_order_of_the_keys(log):
    for id_ in IDS:
        log.open(id_)
    with log.store.writing() as connection:
        connection.exec_driver_sql("DELETE FROM cycles WHERE id = 'a'")
        connection.exec_driver_sql("UPDATE cycles SET state = 'done' WHERE id = 'b'")
    found = difference(log)
    assert (found.table, found.key, found.live) == ("cycles", ("a",), None)
    assert found.rebuilt["state"] == "work.drafting"


def test_a_rebuild_never_writes_over_tables_that_are_there(log):
    log.open()
    before = log.everything()
    with (
        log.store.snapshot() as snapshot,
        log.store.reading() as live,
        pytest.raises(Exception, match="already exists"),
    ):
        rebuild(snapshot, live, log.views.synchronous)
    assert log.everything() == before


def test_a_rebuild_of_a_log_that_cannot_be_says_where(log):
    store = MemoryStore(log.clock)  # without views nobody objects
    event = ev.ActRecorded(**log.said(), step="look")
    store.append(Append([Staged("cycle-one", 1, event.topic, encode(event), event)], None, {}))
    with (
        elsewhere() as rebuilt,
        store.snapshot() as snapshot,
        pytest.raises(ImpossibleHistory, match="cycle-one version 1"),
    ):
        rebuild(snapshot, rebuilt, log.views.synchronous)


def test_roles_survive_forgetting_as_ids_only(log):
    log.person("a")
    log.role("a", "head", "b", "organisation")
    log.forget("a")
    assert [g.role for g in log.ask(grants_of, ["a"])] == ["head"]
    assert difference(log) is None
