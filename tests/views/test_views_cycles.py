"""Where cycles stand: the row of each, assignments, lists and counts."""

from __future__ import annotations

from datetime import date

import pytest

from reviewflow.cycle import events as ev
from reviewflow.errors import ImpossibleHistory
from reviewflow.ports import Append
from reviewflow.views.cycles import (
    AssignmentRow,
    Count,
    CycleRow,
    assignments_of,
    count_cycles,
    get_cycles,
    list_cycles,
)
from views.viewed import DIGEST

NOT_FINAL = False


def row(log, id_="one"):
    return log.ask(get_cycles, [id_])[id_]


def test_an_opened_cycle_has_its_row(log):
    log.open(on="2026-09-03")
    assert row(log) == CycleRow(
        "one", "hazel-2026-1", "invented-review", DIGEST, "1", "invented", "river", "hazel", "2026-27", 1,
        "work.drafting", "work", NOT_FINAL, date(2026, 9, 3), date(2026, 9, 3), 1, 1,
    )  # fmt: skip


def test_a_cycle_without_a_partnership_has_none(log):
    log.open(partnership=None)
    assert row(log).partnership is None


def test_a_transition_moves_state_stage_and_since(log):
    log.open(on="2026-09-03")
    log.start(on="2026-09-05")
    moved = row(log)
    assert (moved.state, moved.stage, moved.final) == ("work.reviewing", "work", False)
    assert (moved.since, moved.opened_on) == (date(2026, 9, 5), date(2026, 9, 3))
    assert (moved.version, moved.position) == (2, 2)


def test_a_final_state_outside_stages_is_final_and_has_no_stage(log):
    log.open()
    log.start()
    log.take("finish", "work.reviewing", "done")
    assert (row(log).state, row(log).stage, row(log).final) == ("done", None, True)


@pytest.mark.parametrize(
    ("kind", "fields"),
    [
        (ev.ActRecorded, {"step": "look"}),
        (ev.AgreementGiven, {"step": "start"}),
        (ev.EvidenceAdded, {"kind": "paper"}),
        (ev.ConsentGiven, {"what": "dates", "consent_of": "head"}),
    ],
)
def test_what_changes_no_state_moves_version_and_position_only(log, kind, fields):
    log.open()
    before = row(log)
    log.say("cycle-one", kind, "2026-09-09", **fields)
    assert row(log) == before._replace(version=2, position=2)


def test_notes_waivers_and_moved_deadlines_move_version_and_position_only(log):
    log.open()
    before = row(log)
    log.say("cycle-one", ev.NoteAdded, text=log.seal("a note"))
    log.say("cycle-one", ev.RequirementWaived, of="start", requirement="team", reason=log.seal("agreed"))
    log.say("cycle-one", ev.DeadlineMoved, step="start", due=date(2026, 10, 1), reason=log.seal("illness"))
    assert row(log) == before._replace(version=4, position=4)


def test_several_events_in_one_append_leave_the_last(each_log):
    each_log.stage("cycle-one", ev.CycleOpened, **each_log.opening())
    each_log.stage("cycle-two", ev.CycleOpened, **each_log.opening("rowan"))
    each_log.stage("cycle-one", ev.TransitionTaken, step="start", origin="work.drafting", to="work.reviewing")
    each_log.commit()
    assert (row(each_log).state, row(each_log).version, row(each_log).position) == ("work.reviewing", 2, 3)
    assert row(each_log, "two").state == "work.drafting"


def test_an_assignment_is_offered_accepted_and_left(log):
    log.open()
    log.offer("rob", on="2026-09-08")
    log.offer("wilma", on="2026-09-08")
    log.accept("rob", on="2026-09-10")
    log.say("cycle-one", ev.AssignmentDeclined, "2026-09-11", assigned="reviewer", person="wilma")
    assert log.ask(assignments_of, cycle="one") == [
        AssignmentRow("one", "reviewer", "rob", "accepted", date(2026, 9, 10)),
        AssignmentRow("one", "reviewer", "wilma", "declined", date(2026, 9, 11)),
    ]
    log.say("cycle-one", ev.AssignmentWithdrawn, "2026-09-12", assigned="reviewer", person="rob")
    log.offer("rob", on="2026-09-13")
    assert [a.standing for a in log.ask(assignments_of, person="rob")] == ["offered"]


def test_an_offer_and_its_answer_in_one_append(log):
    log.open()
    log.stage("cycle-one", ev.AssignmentOffered, assigned="reviewer", person="rob")
    log.stage("cycle-one", ev.AssignmentAccepted, assigned="reviewer", person="rob")
    log.commit()
    assert [a.standing for a in log.ask(assignments_of, cycle="one")] == ["accepted"]


def several(log):
    log.open("one", "hazel")
    log.open("two", "rowan", partnership="hill", year="2025-26")
    log.open("three", "willow", programme="other", workflow="another", partnership=None)
    log.start("two")
    log.start("three")
    log.take("finish", "work.reviewing", "done", "three")


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ({}, ["one", "two", "three"]),
        ({"programme": "invented"}, ["one", "two"]),
        ({"partnership": "hill"}, ["two"]),
        ({"subject": "hazel"}, ["one"]),
        ({"year": "2025-26"}, ["two"]),
        ({"workflow": "another"}, ["three"]),
        ({"state": "work.reviewing"}, ["two"]),
        ({"state": "work"}, ["one", "two"]),
        ({"final": True}, ["three"]),
        ({"final": False}, ["one", "two"]),
        ({"programme": "invented", "state": "done"}, []),
        ({"limit": 2}, ["one", "two"]),
        ({"after": "hazel-2026-1", "limit": 1}, ["two"]),
        ({"after": "willow-2026-1"}, []),
    ],
)
def test_cycles_are_listed_by_handle(log, wanted, found):
    several(log)
    assert [cycle.id for cycle in log.ask(list_cycles, **wanted)] == found


def test_involved_is_who_was_offered_or_accepted_a_role(log):
    several(log)
    log.offer("rob", "one")
    log.offer("rob", "two")
    log.accept("rob", "two")
    log.offer("rob", "three")
    log.say("cycle-three", ev.AssignmentDeclined, assigned="reviewer", person="rob")
    assert [c.id for c in log.ask(list_cycles, involving="rob")] == ["one", "two"]
    assert log.ask(list_cycles, involving="nobody") == []


def test_involved_is_whom_a_form_named_where_that_gives_a_part(log):
    log.open("one", values={"leader": "rob"})
    assert [c.id for c in log.ask(list_cycles, involving="rob")] == ["one"]
    assert log.ask(assignments_of, person="rob") == [], "it is no role that anybody was offered"
    log.say("cycle-one", ev.EventCorrected, corrects=1, values={"leader": "sam"}, reason=log.seal("a slip"))
    assert log.ask(list_cycles, involving="rob") == []
    assert [c.id for c in log.ask(list_cycles, involving="sam")] == ["one"]


@pytest.mark.parametrize(
    ("scope", "kind", "found"),
    [
        ("hazel", "organisation", ["one"]),
        ("hill", "partnership", ["two"]),
        ("other", "programme", ["three"]),
        ("installation", "installation", ["one", "two", "three"]),
        ("birch", "organisation", []),
    ],
)
def test_with_a_day_involved_is_also_who_holds_a_role_there(log, scope, kind, found):
    several(log)
    log.person("hanna")
    log.role("hanna", "head", scope, kind, since="2025-01-01", until="2026-12-31")
    assert [c.id for c in log.ask(list_cycles, involving="hanna", day=date(2026, 12, 31))] == found
    assert log.ask(list_cycles, involving="hanna", day=date(2027, 1, 1)) == []
    assert log.ask(list_cycles, involving="hanna") == []


def test_cycles_are_counted_by_workflow_and_state(log):
    several(log)
    log.open("four", "birch")
    assert log.ask(count_cycles) == [
        Count("another", None, "done", 1),
        Count("invented-review", "work", "work.drafting", 2),
        Count("invented-review", "work", "work.reviewing", 1),
    ]
    assert log.ask(count_cycles, "other") == [Count("another", None, "done", 1)]


def test_more_cycles_can_be_fetched_than_a_statement_takes_parameters(log):
    several(log)
    assert set(log.ask(get_cycles, [f"no-{n}" for n in range(40_000)] + ["one", "three"])) == {"one", "three"}


def broken(log, staged):
    """What is appended is refused, and neither the log nor any row has changed."""
    before, position = log.everything(), log.position()
    with pytest.raises(ImpossibleHistory) as info:
        log.store.append(Append([staged], None, {}))
    assert log.everything() == before
    assert log.position() == position
    return str(info.value)


def test_without_the_folded_cycle_nothing_is_appended(each_log):
    each_log.open()
    staged = each_log.stage("cycle-one", ev.ActRecorded, step="look")
    assert "without the folded cycle" in broken(each_log, staged._replace(after=None))


def test_with_the_fold_of_another_version_nothing_is_appended(each_log):
    each_log.open()
    opened = each_log.cycles["cycle-one"]
    staged = each_log.stage("cycle-one", ev.TransitionTaken, step="start", origin="work.drafting", to="work.reviewing")
    assert "at version 1" in broken(each_log, staged._replace(after=opened))


@pytest.mark.parametrize(
    "lost", ["DELETE FROM cycles", "UPDATE cycles SET version = 0", "UPDATE cycles SET version = 2"]
)
def test_a_cycle_that_the_view_lost_cannot_go_on(each_log, lost):
    each_log.open()
    with each_log.store.writing() as connection:
        connection.exec_driver_sql(lost)
    staged = each_log.stage("cycle-one", ev.ActRecorded, step="look")
    assert "cycle-one version 2: the cycle is not at version 1" in broken(each_log, staged)
