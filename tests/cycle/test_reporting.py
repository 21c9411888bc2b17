"""What a source reports becomes the events that are missing for it to be so: all of them or none."""

import dataclasses
from typing import Any

import pytest

from history import imports
from kit.world import World, ready_for_visit, spp_world
from reviewflow.cycle.commands import ReportAssignment, ReportStep
from reviewflow.engine import Done
from reviewflow.events import Happened


@pytest.fixture
def world():
    made = imports.world()
    made.partnership("cluster")
    made.school("hazel")
    made.open("hazel", "ada", "2020-21", on="2020-03-01", reason="late")
    yield made
    made.close()


def report(world: World, step: str, on: str, manner: str = "settle", by: str = "ada", **more: Any) -> Done:
    asked = dataclasses.replace(world.asked(by, on, reason="imported", door="import"), entered_by=world.id("ada"))
    return world.handle(ReportStep(asked=asked, cycle=world.id("cycle"), step=step, manner=manner, **more))


def topics(done: Done) -> list[str]:
    return [one.event.topic.removeprefix("cycle.").removesuffix("/1") for one in done.events]


def test_a_step_that_is_not_known_is_taken(world):
    assert topics(report(world, "record_approval", "2020-04-01")) == ["transition-taken"]


def test_another_day_is_a_correction_made_now(world):
    report(world, "record_approval", "2020-04-01")
    done = report(world, "record_approval", "2020-04-05")
    assert topics(done) == ["event-corrected"]
    assert done.events[0].event.happened.on == world.clock.today
    assert str(world.cycle.last("record_approval").happened) == "2020-04-05"


def test_the_same_day_is_nothing_new(world):
    report(world, "record_approval", "2020-04-01")
    assert topics(report(world, "record_approval", "2020-04-01")) == []


def test_what_must_have_been_before_is_supplied_as_by_then(world):
    done = report(world, "close", "2020-05-01", implied=("record_approval",))
    assert topics(done) == ["transition-taken", "transition-taken"]
    assert done.events[0].event.happened == Happened(on=done.events[1].event.happened.on, latest=True)
    assert {one.event.cause for one in done.events} == {f"cycle do {world.id('cycle')} close"}


def test_what_is_known_is_not_supplied_again(world):
    report(world, "record_approval", "2020-04-01")
    assert topics(report(world, "record_approval", "2020-09-01", "supply")) == []
    assert topics(report(world, "close", "2020-05-01", implied=("record_approval",))) == ["transition-taken"]


def test_a_refusal_of_one_part_leaves_none(world):
    with world.refused("wrong-state"):
        report(world, "delist", "2020-05-01", implied=("put_on_hold",))


def test_a_step_is_undone(world):
    report(world, "close", "2020-05-01", implied=("record_approval",))
    assert topics(report(world, "close", "2020-05-01", "undo")) == ["transition-undone"]
    assert world.cycle.state == "ecosystem.approved"
    assert topics(report(world, "close", "2020-05-01", "undo")) == []


def test_only_the_latest_is_undone(world):
    report(world, "close", "2020-05-01", implied=("record_approval",))
    with world.refused("not-the-latest"):
        report(world, "record_approval", "2020-05-01", "undo")


def test_the_same_report_twice_is_answered_as_the_first(world):
    asked = world.asked("ada", "2020-05-01", reason="imported")
    command = ReportStep(
        asked=asked, cycle=world.id("cycle"), step="close", manner="settle", implied=("record_approval",)
    )  # fmt: skip
    first, again = world.handle(command), world.handle(command)
    assert (first.events, again.repeated) == (again.events, True)


def test_somebody_is_asked_and_accepts_at_once_and_others_leave(world):
    for name in ("rob", "ria"):
        world.person(name)

    def give(name: str, on: str, *, instead: bool = True) -> Done:
        asked = world.asked("ada", on, reason="imported")
        return world.handle(ReportAssignment(
            asked=asked, cycle=world.id("cycle"), role="editor", person=world.id(name), instead=instead
        ))  # fmt: skip

    done = give("rob", "2020-04-01")
    assert topics(done) == ["assignment-offered", "assignment-accepted"]
    assert [one.event.by for one in done.events] == [world.id("ada"), world.id("rob")]
    assert topics(give("rob", "2020-04-02")) == []
    assert topics(give("ria", "2020-04-03")) == ["assignment-withdrawn", "assignment-offered", "assignment-accepted"]
    with world.refused("role-full"):
        give("rob", "2020-04-04", instead=False)


def test_a_step_with_a_second_signature_is_signed_at_once():
    world = ready_for_visit(spp_world())
    visit = {"first_day": "2026-11-10", "last_day": "2026-11-11", "mode": "onsite",
             "questions": [{"question": "To what extent do pupils write at length?"}]}  # fmt: skip
    asked = world.asked("lena")
    done = world.handle(ReportStep(
        asked=asked, cycle=world.id("cycle"), step="schedule_visit", values=visit, signed_by=(world.id("hanna"),)
    ))  # fmt: skip
    assert topics(done) == ["agreement-given", "agreement-given", "transition-taken"]
    assert world.cycle.state == "review_visit.scheduled"
    world.close()
