"""What an append pays for its views, in statements; and nothing is compiled twice."""

from __future__ import annotations

from contextlib import contextmanager

import pytest

from reviewflow.cycle import events as ev
from reviewflow.registry import events as reg
from reviewflow.views.statement import Statement
from reviewflow.views.waiting import _who
from views.viewed import DAY

HEAD = {"grant": "g", "held": "head", "scope": "s", "scope_kind": "organisation", "since": DAY}


@contextmanager
def counted(log):
    """The statements that reach the views' database inside; each row of several counts."""
    seen: list[str] = []
    raw = log.store.link.raw
    raw.set_trace_callback(
        lambda text: seen.append(text.split()[0]) if text.split()[0] not in ("BEGIN", "COMMIT") else None
    )
    try:
        yield seen
    finally:
        raw.set_trace_callback(None)


@pytest.fixture
def running(log):
    log.open()
    log.start()
    log.offer("rob")
    return log


def test_a_note_costs_one_statement(running):
    with counted(running) as seen:
        running.say("cycle-one", ev.NoteAdded, text=running.seal("a note"))
    assert seen == ["UPDATE"]


def test_a_transition_reads_the_tasks_once_and_writes_what_changed(running):
    with counted(running) as seen:
        running.take("finish", "work.reviewing", "done")
    assert seen == ["UPDATE", "SELECT", *["DELETE"] * 4]  # finish, look for two, and the offer


def test_an_act_that_leaves_its_task_open_writes_no_task(running):
    with counted(running) as seen:
        running.say("cycle-one", ev.ActRecorded, step="look")
    assert seen == ["UPDATE", "SELECT"]


def test_an_acceptance_takes_its_one_task_away(running):
    with counted(running) as seen:
        running.accept("rob")
    assert seen == ["UPDATE", "UPDATE", "SELECT", "DELETE"]


def test_an_opening_only_inserts(log):
    with counted(log) as seen:
        log.open()
    assert seen == ["INSERT", "INSERT", "INSERT"]  # the cycle, and who may start it: two


def test_one_append_of_many_events_writes_each_cycle_once(log):
    for n in range(20):
        log.stage(f"cycle-c{n}", ev.CycleOpened, **log.opening(f"s{n}"))
        log.stage(f"cycle-c{n}", ev.TransitionTaken, step="start", origin="work.drafting", to="work.reviewing")
        log.stage(f"cycle-c{n}", ev.NoteAdded, text=log.seal("a note"))
    with counted(log) as seen:
        log.commit()
    assert seen == ["INSERT"] * 20 * 4  # the cycle, and its three tasks


@pytest.mark.parametrize(
    ("stream", "kind", "fields", "cost"),
    [
        ("person-rob", reg.TrainingRecorded, {"training": "t", "course": "visit", "completed": DAY}, 0),
        ("calendar-o", reg.CalendarPublished, {"owner": "o", "calendar": "c", "source": "entered"}, 0),
        ("programme-p", reg.ProgrammeSetUp, {"name": "P", "handle": "p", "time_zone": "Europe/London"}, 1),
        ("partnership-p", reg.MembershipBegan, {"organisation": "hazel"}, 1),
        ("person-x", reg.RoleGiven, HEAD, 1),
        ("workflow-w", reg.WorkflowPublished, {"workflow": "w", "edition": "1", "digest": "d", "document": {}}, 2),
    ],
)  # fmt: skip
def test_an_event_of_the_registry_costs_a_statement_or_none(log, stream, kind, fields, cost):
    with counted(log) as seen:
        log.say(stream, kind, **fields)
    assert len(seen) == cost


def test_nothing_is_compiled_twice(running, monkeypatch):
    def compiled(*_: object):
        raise AssertionError("a hot statement was compiled again")

    running.open("warm", "rowan")
    running.start("warm")
    running.offer("rob", "warm")
    running.accept("rob", "warm")
    running.take("finish", "work.reviewing", "done", "warm")
    monkeypatch.setattr(Statement, "_compile", compiled)
    running.accept("rob")
    running.take("finish", "work.reviewing", "done")
    assert running.position() == 10


def test_a_persons_tasks_are_reached_from_the_person(log):
    asked = _who(DAY, lambda who: who == "rob")
    with log.store.reading() as connection:
        text = asked.compile(dialect=connection.dialect, compile_kwargs={"literal_binds": True})
        plan = [row[3] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {text}")]
    assert not any(line.startswith("SCAN") for line in plan), plan
    assert sum("tasks_by_person (person=?)" in line for line in plan) == 1, plan  # those who are named, and no other
    assert any("assignments_by_person" in line for line in plan), plan
    assert any("grants_by_person" in line for line in plan), plan
