"""What waits, and by when, at each stage of the shipped SPP workflow; the days were counted by hand."""

from datetime import date

import pytest

from kit.world import VISIT
from reviewflow.cycle.expected import days_of, due_in, tasks
from reviewflow.registry import commands as reg
from reviewflow.registry.events import ClosedDay

HALF_TERM = [date(2026, 10, 26 + n) for n in range(5)]
ALWAYS = {"review_impact": "2027-07-20", "close_incomplete": "2027-08-17"}
PREPARING = {"submit_self_evaluation": "2026-10-20", "choose_focus": "2026-10-19"}
WORKSHOP_LATEST = {"hold_workshop": "2026-12-02"}
FEEDBACK = {"share_feedback": "2026-11-12"}

STAGES = {
    "opened": (["start_self_evaluation", "name_school_lead", "choose_focus"], {}),
    "planned": (["start_self_evaluation", "choose_focus"], {"start_self_evaluation": "2026-10-06", **PREPARING}),
    "drafting": (["submit_self_evaluation", "choose_focus"], PREPARING),
    "ready": (["answer peer_reviewer", "schedule_visit"], {}),
    "visit proposed": (["agree schedule_visit"], {}),
    "visit arranged": (["start_visit"], {"start_visit": "2026-11-10", **FEEDBACK, **WORKSHOP_LATEST}),
    "visit under way": (["share_feedback"], {**FEEDBACK, **WORKSHOP_LATEST}),
    "feedback shared": (
        ["schedule_workshop", "respond_to_feedback"], {"respond_to_feedback": "2026-11-19", **WORKSHOP_LATEST},
    ),
    "workshop arranged": (["hold_workshop"], {"hold_workshop": "2026-11-20"}),
    "workshop held": (["agree_plan"], {"agree_plan": "2026-12-04"}),
    "plan proposed": (["agree agree_plan"], {"agree_plan": "2026-12-04"}),
    "following up": (["review_impact", "check_in"], {"check_in": "2026-12-20"}),
    "checked once": (["review_impact", "check_in"], {"check_in": "2027-01-19"}),
    "checked twice": (["review_impact", "check_in"], {"check_in": "2027-02-18"}),
    "checked three times": (["review_impact"], {}),
    "impact proposed": (["agree review_impact"], {}),
}  # fmt: skip
"""What waits, in order, and the deadlines beside `ALWAYS`."""


def walk(world):
    """Each stage's name, once the cycle has come to it."""
    world.handle(
        reg.PublishCalendar(
            asked=world.asked("ada"), calendar="terms", owner=world.id("programme"), owner_kind="programme",
            closed=tuple(ClosedDay(on=day, name="half term") for day in HALF_TERM),
            named={"end_of_first_half_term": (date(2026, 10, 23),), "end_of_year": (date(2027, 7, 20),)},
        )
    )  # fmt: skip
    world.open("hazel", "lena")
    yield "opened"
    world.do("plan_visit", "lena", planned_day="2026-11-10")
    world.do("name_school_lead", "hanna", school_lead=world.id("hanna"))
    yield "planned"
    world.do("start_self_evaluation", "hanna")
    yield "drafting"
    world.do("choose_focus", "hanna", focus_areas=["Pupils' writing"])
    for kind in ("self_evaluation", "evidence_list"):
        world.evidence(kind, "hanna")
    world.do("submit_self_evaluation", "hanna")
    for name in ("rob", "wilma"):
        world.assign("peer_reviewer", name, "lena")
    world.offer("peer_reviewer", "alan", "lena")
    yield "ready"
    world.accept("peer_reviewer", "alan")
    world.assign("lead_reviewer", "rob", "lena")
    world.do("hold_pre_review_meeting", "lena")
    world.do("schedule_visit", "lena", **VISIT)
    yield "visit proposed"
    world.agree("schedule_visit", "hanna")
    yield "visit arranged"
    world.clock.set("2026-11-10")
    world.do("start_visit", "rob", attended=[world.id("rob"), world.id("wilma"), world.id("alan")])
    yield "visit under way"
    world.evidence("work_scrutiny", "wilma", about="r1")
    world.clock.set("2026-11-12")
    world.do("share_feedback", "rob", oral_on="2026-11-11", note="Pupils write more than they did.")
    yield "feedback shared"
    world.do("respond_to_feedback", "hanna", kind="confirmed")
    world.assign("improvement_champion", "chloe", "lena")
    world.do("schedule_workshop", "chloe", workshop_on="2026-11-20", mode="onsite")
    yield "workshop arranged"
    world.clock.set("2026-11-20")
    world.do("hold_workshop", "chloe", attendees=14, attendee_roles=["teacher"], mode="onsite")
    yield "workshop held"
    action = {
        "what": "Write daily",
        "owner_role": "English lead",
        "measure": "Length",
        "due": "2027-02-01",
        "finding": "-",
    }
    world.do("agree_plan", "hanna", support="none", actions=[action])
    yield "plan proposed"
    world.agree("agree_plan", "chloe")
    yield "following up"
    for times in ("once", "twice", "three times"):
        world.do("check_in", "hanna", status="on_track", sentence="Books show it.")
        yield f"checked {times}"
    world.clock.set("2027-06-10")
    world.do("review_impact", "lena", outcomes=[{"id": "r1", "outcome": "met"}], statement="Pupils write at length.")
    yield "impact proposed"


def waits(world):
    setting, _ = world.engine.options(world.id("cycle"), None)
    return tasks(setting.definition, setting.cycle)


def dues(world):
    setting, _ = world.engine.options(world.id("cycle"), None)
    with world.knowing() as setting.known:
        return due_in(setting.definition, setting.cycle, setting.calendar_of(setting.subject))


def test_every_stage(world):
    seen = []
    for stage in walk(world):
        expected, deadlines = STAGES[stage]
        seen.append(stage)
        plain = [t.step if t.kind in ("transition", "act") else f"{t.kind} {t.step}" for t in waits(world)]
        assert plain == expected, stage
        assert {step: str(d.due) for step, d in dues(world).items()} == {**deadlines, **ALWAYS}, stage
    assert seen == list(STAGES)


def reach(world, stage):
    for reached in walk(world):
        if reached == stage:
            return world
    raise AssertionError(stage)


def test_a_task_waits_for_the_roles_that_may_take_the_step(world):
    reach(world, "opened")
    assert {t.step: t.roles for t in waits(world)} == {
        "start_self_evaluation": ("head", "name_school_lead.school_lead"),
        "name_school_lead": ("head", "partnership_lead"),
        "choose_focus": ("head",),
    }


def test_an_offer_waits_for_the_person_asked_until_they_answer(world):
    reach(world, "ready")
    [answer] = [t for t in waits(world) if t.kind == "answer"]
    assert (answer.step, answer.roles, answer.person) == ("peer_reviewer", (), world.id("alan"))
    world.accept("peer_reviewer", "alan")
    assert [t for t in waits(world) if t.kind == "answer"] == []


def test_a_proposal_waits_for_the_second_signature(world):
    reach(world, "visit proposed")
    [agree] = waits(world)
    assert (agree.kind, agree.step, agree.roles, agree.person) == ("agree", "schedule_visit", ("head",), None)


def test_a_limit_stands_beside_its_deadline(world):
    reach(world, "visit arranged")
    found = dues(world)
    assert str(found["share_feedback"].limit) == "2026-11-25"
    assert found["hold_workshop"].limit is None
    assert found["start_visit"].because == 'on First day of "Arrange the visit" (2026-11-10)'


def test_a_workshop_arranged_has_its_day_and_the_latest_day(world):
    reach(world, "workshop arranged")
    assert str(dues(world)["hold_workshop"].limit) == "2026-12-02"


def test_while_postponed_only_the_way_back_is_due(world):
    reach(world, "following up")
    world.do("postpone", "lena", code="staffing", new_target="2027-01-11")
    assert {step: str(d.due) for step, d in dues(world).items()} == {
        "resume": "2027-01-11", "close_incomplete": "2027-08-17",
    }  # fmt: skip
    steps = [t.step for t in waits(world)]
    assert "resume" in steps
    assert not {"check_in", "review_impact"} & set(steps)
    world.do("resume", "lena")
    assert "check_in" in dues(world)


@pytest.mark.parametrize("how", ["cancelled", "completed"])
def test_nothing_waits_in_a_cycle_that_has_ended(world, how):
    if how == "completed":
        reach(world, "impact proposed")
        world.agree("review_impact", "hanna")
    else:
        reach(world, "ready")
        world.do("cancel", "ada", reason="The programme ended")
    assert world.cycle.state == how
    assert waits(world) == []
    assert dues(world) == {}


def test_a_deadline_moved_by_hand_replaces_the_one_worked_out_while_there_is_one(world):
    reach(world, "drafting")
    moved = {"submit_self_evaluation": date(2026, 10, 30), "agree_plan": date(2027, 1, 1)}
    setting, _ = world.engine.options(world.id("cycle"), None)
    setting.cycle.moved = moved
    with world.knowing() as setting.known:
        found = due_in(setting.definition, setting.cycle, setting.calendar_of(setting.subject))
    assert found["submit_self_evaluation"].due == date(2026, 10, 30)
    assert found["submit_self_evaluation"].because == "moved to 2026-10-30"
    assert "agree_plan" not in found
    setting.cycle.moved = {}


def test_the_days_of_a_cycle_are_those_last_said_and_last_taken(world):
    reach(world, "visit under way")
    setting, _ = world.engine.options(world.id("cycle"), None)
    days = days_of(setting.definition, setting.cycle)
    assert days.opened == date(2026, 9, 7)
    assert days.said["schedule_visit.last_day"] == date(2026, 11, 11)
    assert days.last["start_visit"] == date(2026, 11, 10)
    assert days.count["name_school_lead"] == 1
    assert "share_feedback" not in days.last


def test_a_day_said_again_is_the_last_one_said(world):
    reach(world, "planned")
    world.do("plan_visit", "lena", planned_day="2026-11-17")
    assert str(dues(world)["submit_self_evaluation"].due) == "2026-11-03"
