"""Decisions judged again with later knowledge: what would not be met, since when that is known, and what stands."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest

from kit.rechecked import LogOf, rechecked, told, withdraw_training
from kit.world import VISIT, World, ready_for_visit, visited
from reviewflow.cycle import commands as cy
from reviewflow.cycle import events as ev
from reviewflow.cycle.hindsight import Shelf
from reviewflow.cycle.rechecking import Asked, Rechecked, recheck
from reviewflow.events import Happened, Recorded, Unsealed
from reviewflow.registry import commands as reg
from reviewflow.workflow.parse import parse


def declare(world: World, name: str, since: str, other: str = "hazel") -> int:
    done = world.handle(
        reg.DeclareRelationship(
            asked=world.asked("ada"), person=world.id(name), other=world.id(other), nature="family",
            since=date.fromisoformat(since),
        )
    )  # fmt: skip
    return done.position


def begun(world: World) -> None:
    """A visit that was begun on 10 November 2026."""
    ready_for_visit(world)
    world.do("schedule_visit", "lena", **VISIT)
    world.agree("schedule_visit", "hanna")
    world.clock.set("2026-11-10")
    world.do("start_visit", "rob", attended=[world.id("rob"), world.id("wilma"), world.id("alan")])


def correct(world: World, version: int, on: str | None = None, cycle: str = "cycle", **values: Any) -> int:
    correction = cy.Correction(version, Happened(on=date.fromisoformat(on)) if on else None, values)
    asked = world.asked("lena", reason="it was mistyped")
    return world.handle(cy.CorrectEvents(asked=asked, cycle=world.id(cycle), corrections=(correction,))).position


def last(world: World, step: str) -> int:
    return world.cycle.last(step).version


def of_rob(*decisions: str, requirement: str = "trained") -> list[tuple[str, str, str]]:
    return [(decision, requirement, "rob") for decision in decisions]


VISITS = ("AssignmentOffered peer_reviewer", "AssignmentAccepted peer_reviewer", "schedule_visit", "start_visit")
"""Every decision that asks for the training of a reviewer."""


def test_an_honest_history_stands(world):
    visited(world)
    found = rechecked(world)
    assert found.findings == ()
    with world.knowing() as known:
        decided = [one for one in known.records(world.cycle.stream) if getattr(one.event, "met", None) is not None]
    assert found.decisions == len(decided) > 10


def test_training_that_turns_out_to_have_ended(world):
    visited(world)
    world.clock.set("2026-11-20")
    position = withdraw_training(world, "rob", "2026-09-01")
    assert told(world) == of_rob(*VISITS)
    for one in rechecked(world).findings:
        assert one.asked == Asked("peer_reviewer", "trained", world.id("rob"))
        assert one.sentence.endswith("needs peer-reviewer training that is valid on the day")
        assert one.source == "S2b"
        assert (one.known.position, one.known.recorded_at.date()) == (position, date(2026, 11, 20))
        assert (one.corrected, one.unjudged) == (None, False)


def test_the_day_of_the_act_is_what_counts(world):
    visited(world)
    withdraw_training(world, "rob", "2026-10-01")
    assert told(world) == of_rob("start_visit")
    assert [one.day for one in rechecked(world).findings] == [date(2026, 11, 10)]


def test_what_matters_only_after_the_day_is_no_finding(world):
    visited(world)
    withdraw_training(world, "rob", "2026-11-11")
    declare(world, "wilma", "2026-11-11")
    assert told(world) == []


def test_an_interest_declared_later(world):
    visited(world)
    position = declare(world, "wilma", "2026-11-01")
    assert told(world) == [("start_visit", "no_interest", "wilma")]
    assert rechecked(world).findings[0].known.position == position


def test_an_interest_that_the_other_end_declared(world):
    visited(world)
    world.handle(
        reg.DeclareRelationship(
            asked=world.asked("ada"), person=world.id("hanna"), other=world.id("wilma"), nature="family",
            since=date(2026, 9, 1),
        )
    )  # fmt: skip
    assert told(world) == []  # the workflow asks about the school
    declare(world, "wilma", "2026-11-01")
    assert len(told(world)) == 1


def test_a_record_put_right_makes_the_finding_go(world):
    visited(world)
    withdraw_training(world, "rob", "2026-09-01")
    assert told(world)
    world.train("rob", "peer-reviewer", "2026-08-01")
    assert told(world) == []


def test_known_from_the_last_change_that_it_did_not_survive(world):
    visited(world)
    withdraw_training(world, "rob", "2026-09-01")
    world.train("rob", "peer-reviewer", "2026-08-01")
    world.train("rob", "improvement-champion", "2026-08-01")
    position = withdraw_training(world, "rob", "2026-08-02")
    declare(world, "rob", "2026-12-01")
    assert {one.known.position for one in rechecked(world).findings} == {position}


def test_each_moment_gives_its_own_answer(world):
    visited(world)
    world.clock.set("2026-11-20")
    withdraw_training(world, "rob", "2026-10-01")
    world.clock.set("2026-12-01")
    declare(world, "wilma", "2026-11-01")
    world.clock.set("2026-12-10")
    world.train("rob", "peer-reviewer", "2026-08-01")
    answers = {day: told(world, known_at=datetime.fromisoformat(f"{day}T23:00:00Z")) for day in (
        "2026-11-12", "2026-11-25", "2026-12-05", "2026-12-20")}  # fmt: skip
    rob, wilma = ("start_visit", "trained", "rob"), ("start_visit", "no_interest", "wilma")
    assert list(answers.values()) == [[], [rob], [rob, wilma], [wilma]]


def test_only_decisions_of_some_days(world):
    visited(world)
    withdraw_training(world, "rob", "2026-09-01")
    assert told(world, since=date(2026, 9, 8)) == of_rob("start_visit")
    assert told(world, until=date(2026, 9, 8)) == of_rob(*VISITS[:-1])
    assert rechecked(world, since=date(2027, 1, 1)).decisions == 0


def test_a_correction_moves_the_visit_to_a_day_without_training(world):
    begun(world)
    world.clock.set("2026-11-20")
    withdraw_training(world, "rob", "2026-11-11")
    assert told(world) == []
    position = correct(world, last(world, "start_visit"), on="2026-11-11")
    assert told(world) == of_rob("start_visit")
    (found,) = rechecked(world).findings
    assert (found.day, found.known.position, found.corrected) == (date(2026, 11, 11), position, found.known.version)
    correct(world, last(world, "start_visit"), on="2026-11-10")
    assert told(world) == []


def test_a_correction_of_what_was_entered(world):
    begun(world)
    position = correct(world, last(world, "start_visit"), attended=[world.id("rob"), world.id("chloe")])
    assert told(world) == [("start_visit", "only_the_team", None)]
    (found,) = rechecked(world).findings
    assert (found.known.position, found.corrected) == (position, found.known.version)


def test_what_was_undone_is_not_asked_about(world):
    visited(world)
    withdraw_training(world, "rob", "2026-10-01")
    assert told(world) == of_rob("start_visit")
    asked = world.asked("lena", reason="it was another school")
    world.handle(cy.UndoSteps(asked=asked, cycle=world.id("cycle"), since=last(world, "start_visit")))
    assert told(world) == []


def test_what_was_waived_was_not_asked(world):
    ready_for_visit(world)
    world.leave("peer_reviewer", "alan")
    world.waive("schedule_visit", "team_size", "lena")
    world.do("schedule_visit", "lena", **VISIT)
    world.agree("schedule_visit", "hanna")
    assert world.cycle.last("schedule_visit").waived == ("team_size",)
    assert told(world) == []


def test_somebody_had_left_before(world):
    ready_for_visit(world)
    world.clock.set("2026-09-20")
    world.do("schedule_visit", "lena", **VISIT)
    world.agree("schedule_visit", "hanna")
    world.clock.set("2026-09-25")
    left = world.leave("peer_reviewer", "alan", on="2026-09-20").position
    assert told(world) == []  # on the same day the order of recording counts
    world.offer("peer_reviewer", "alan", "lena")
    world.accept("peer_reviewer", "alan")
    assert told(world) == []
    assert left


def test_somebody_had_left_the_day_before(world):
    ready_for_visit(world)
    world.clock.set("2026-09-20")
    world.do("schedule_visit", "lena", **VISIT)
    world.agree("schedule_visit", "hanna")
    world.clock.set("2026-09-25")
    left = world.leave("peer_reviewer", "alan", on="2026-09-19").position
    assert told(world) == [("schedule_visit", "team_size", None)]
    assert rechecked(world).findings[0].known.position == left


def test_whoever_acted_had_no_such_role_any_more(world):
    visited(world)
    end = reg.EndRole(
        asked=world.asked("ada"), person=world.id("lena"), held="partnership_lead", held_in=world.id("cluster"),
        held_in_kind="partnership", on=date(2026, 9, 6),
    )  # fmt: skip
    position = world.handle(end).position
    found = rechecked(world).findings
    assert {one.asked.requirement for one in found} == {"not-permitted"}
    assert {one.known.position for one in found} == {position}
    assert {type(one.decision.event) for one in found} >= {ev.CycleOpened, ev.AssignmentOffered}


def test_whoever_was_forgotten_had_been_trained(world):
    visited(world)
    for name in ("rob", "hanna", "lena"):
        world.handle(reg.ForgetPerson(asked=world.asked("ada"), person=world.id(name)))
    assert told(world) == []
    declare(world, "wilma", "2026-11-01")
    assert told(world) == [("start_visit", "no_interest", "wilma")]


def test_a_visit_that_was_booked_afterwards(world):
    """The other school's visit is on the same days, which became free when this visit was cancelled."""
    ready_for_visit(world)
    world.do("schedule_visit", "lena", **VISIT)
    world.agree("schedule_visit", "hanna")
    world.names["first"] = world.id("cycle")
    world.do("cancel", "ada", reason="The school closes.")
    world.clock.set("2026-09-20")
    world.person("wanda", "head", "willow")
    world.open("willow", "lena")
    world.do("choose_focus", "wanda", focus_areas=["Reading"])
    world.do("name_school_lead", "wanda", school_lead=world.id("wanda"))
    world.do("start_self_evaluation", "wanda")
    for kind in ("self_evaluation", "evidence_list"):
        world.evidence(kind, "wanda")
    world.do("submit_self_evaluation", "wanda")
    world.do("hold_pre_review_meeting", "lena")
    for name in ("rob", "bea", "alan"):
        world.assign("peer_reviewer", name, "lena")
    world.assign("lead_reviewer", "rob", "lena")
    world.do("schedule_visit", "lena", **VISIT)
    world.agree("schedule_visit", "wanda")
    assert told(world) == []
    assert told(world, cycle="first") == []


RULED = """
workflow: ruled
title: Ruled
edition: "1"
subject: organisation
roles:
  head: {title: Head, held_in: subject, ours: true}
stages: {work: {title: Work, states: {begun: {title: Begun, initial: true}, ended: {title: Ended, final: true}}}}
forms: {why: {reason: {type: text, label: Reason}, more: {type: list, of: text, optional: true}}}
opens: {title: Open, to: work.begun, by: [head], ours: true}
transitions:
  finish:
    title: Finish
    from: work.begun
    to: work.ended
    by: [head]
    form: why
    requires:
      a_reason: {rule: 'form.reason != "none"', else: a reason is needed, ours: true}
      no_secret: {rule: '!("secret" in form.more)', else: nothing secret, ours: true}
    ours: true
visible: [{what: [status], to: [head]}]
"""


@pytest.fixture
def ruled(tmp_path):
    world = World(folder=tmp_path)
    world.install()
    world.publish(parse(RULED, "ruled.yaml"))
    world.partnership("cluster")
    world.school("hazel")
    world.person("hanna", "head", "hazel")
    world.open("hazel", "hanna")
    values = {"reason": "It is done.", "more": ["one", "two"]}
    world.handle(cy.TakeStep(asked=world.asked("hanna"), cycle=world.id("cycle"), step="finish", values=values))
    yield world
    world.close()


def test_a_text_that_a_rule_reads_is_opened_again(ruled):
    assert rechecked(ruled) == Rechecked(2, ())


def test_a_corrected_text_is_read_where_it_stands(ruled):
    asked = ruled.asked("hanna", reason="mistyped")
    correction = cy.Correction(2, None, {"reason": "It was done."})
    ruled.handle(cy.CorrectEvents(asked=asked, cycle=ruled.id("cycle"), corrections=(correction,)))
    assert rechecked(ruled) == Rechecked(2, ())


def test_a_text_that_is_gone_cannot_be_judged(ruled):
    ruled.vault.forget(ruled.cycle.stream)
    found = rechecked(ruled).findings
    assert [(one.asked, one.unjudged, one.known) for one in found] == [
        (Asked("finish", "a_reason"), True, None),
        (Asked("finish", "no_secret"), True, None),
    ]
    assert "gone: Reason" in found[0].sentence


def forged(world: World, version: int, **changed: Any) -> Rechecked:
    """As if an event had said something else from the beginning."""

    class Forged(LogOf):
        def records(self, stream: str) -> list[Recorded]:
            return [
                one._replace(event=one.event.model_copy(update=changed))
                if one.stream == self.world.cycle.stream and one.version == version
                else one
                for one in super().records(stream)
            ]

    with world.knowing() as known:
        return recheck(world.id("cycle"), Shelf(Forged(world, known)))


def test_what_was_not_met_even_then_is_told_too(world):
    ready_for_visit(world)
    world.do("schedule_visit", "lena", **VISIT)
    world.agree("schedule_visit", "hanna")
    team = ("alan", "wilma")
    lost = {a.version for name in team for a in world.cycle.assignments["peer_reviewer", world.id(name)]}
    said = Unsealed("nobody came")

    class Forged(LogOf):
        def records(self, stream: str) -> list[Recorded]:
            return [self._as_forged(one) for one in super().records(stream)]

        def _as_forged(self, one: Recorded) -> Recorded:
            if one.stream != world.cycle.stream or one.version not in lost:
                return one
            event = one.event
            note = ev.NoteAdded(
                by=event.by,
                role=event.role,
                entered_by=event.by,
                door="cli",
                happened=event.happened,
                cause="",
                text=said,
            )
            return one._replace(event=note)

    with world.knowing() as known:
        found = recheck(world.id("cycle"), Shelf(Forged(world, known))).findings
    assert [(one.asked.requirement, one.known) for one in found] == [("team_size", None)]


def test_however_many_cycles_are_judged_little_is_kept():
    class Endless:
        read = 0

        def records(self, _stream: str) -> list[Recorded]:
            self.read += 1
            return []

    log = Endless()
    shelf = Shelf(log)
    for number in (*range(5_000), 4_999, 0):
        shelf.fold(f"person-{number}", None, len)
    assert log.read == 5_001
    assert len(shelf._records) == len(shelf._folds) == 1_000
