"""Decisions of stand-ins, and handovers, judged again: no finding where they were right, one where it turns out not."""

from __future__ import annotations

from datetime import date

from kit.rechecked import rechecked, told, withdraw_training
from kit.standing_in import agree, back, delegate, do
from kit.world import VISIT, World, ready_for_visit, visited, worked
from reviewflow.cycle import commands as cy
from reviewflow.cycle.rechecking import Asked
from reviewflow.registry import commands as reg

WORKSHOP = {"workshop_on": "2026-11-20", "mode": "onsite"}
CHAMPION = "improvement-champion"


def hand_over(world: World, person: str, to: str, by: str = "lena") -> None:
    asked = world.asked(by, reason="an invented illness")
    world.handle(
        cy.HandOverRoles(asked=asked, person=world.id(person), successor=world.id(to), cycles=(world.id("cycle"),))
    )


def lead_no_more(world: World, on: str) -> None:
    world.handle(
        reg.EndRole(
            asked=world.asked("ada"), person=world.id("lena"), held="partnership_lead", held_in=world.id("cluster"),
            held_in_kind="partnership", on=date.fromisoformat(on),
        )
    )  # fmt: skip


def stood_in(world: World) -> None:
    """Carl scheduled the workshop in the name of Chloe, the champion."""
    visited(world)
    world.assign("improvement_champion", "chloe", "lena")
    delegate(world, "chloe", "carl")
    do(world, "schedule_workshop", "carl", "chloe", **WORKSHOP)


def test_a_step_that_a_stand_in_was_right_to_take_stands(world):
    stood_in(world)
    assert told(world) == []
    world.clock.set("2026-11-20")
    back(world, "chloe", "carl")
    world.clock.set("2026-11-24")
    withdraw_training(world, "carl", "2026-11-24", CHAMPION)
    assert told(world) == [], "what ended since was so on the day"


def test_a_stand_in_whose_training_turns_out_to_have_ended(world):
    stood_in(world)
    world.clock.set("2026-11-24")
    position = withdraw_training(world, "carl", "2026-09-01", CHAMPION)
    (one,) = rechecked(world).findings
    assert one.asked == Asked("schedule_workshop", "trained", world.id("carl"))
    assert one.sentence.startswith(f"{world.id('carl')}, who stands in: ")
    assert (one.known.position, one.known.recorded_at.date()) == (position, date(2026, 11, 24))
    assert one.day == date(2026, 11, 12)


def test_the_absent_whose_training_turns_out_to_have_ended(world):
    stood_in(world)
    withdraw_training(world, "chloe", "2026-09-01", CHAMPION)
    assert told(world) == [
        ("AssignmentOffered improvement_champion", "trained", "chloe"),
        ("AssignmentAccepted improvement_champion", "trained", "chloe"),
        ("schedule_workshop", "trained", "chloe"),
    ]


def test_a_stand_in_who_signed_and_had_no_training(world):
    worked(world)
    delegate(world, "chloe", "carl")
    action = {"what": "Write daily", "owner_role": "Lead", "measure": "Length", "finding": "Short texts"}
    world.do("agree_plan", "hanna", actions=[{**action, "due": "2027-02-01"}], support="none")
    agree(world, "agree_plan", "carl", "chloe")
    assert told(world) == []
    withdraw_training(world, "carl", "2026-09-01", CHAMPION)
    assert told(world) == [("agree_plan", "trained", "carl")]


def test_a_lead_who_was_none_any_more_had_nothing_to_pass_on(world):
    world.open("hazel", "lena")
    delegate(world, "lena", "chloe", until="2026-09-30")
    asked = world.asked("chloe", on_behalf_of=world.id("lena"))
    world.handle(cy.OfferAssignment(asked=asked, cycle=world.id("cycle"), role="peer_reviewer", person=world.id("rob")))
    assert told(world) == []
    lead_no_more(world, "2026-09-06")
    found = rechecked(world).findings
    assert {(type(one.decision.event).__name__, one.asked.requirement) for one in found} == {
        ("CycleOpened", "not-permitted"), ("AssignmentOffered", "not-permitted"),
    }  # fmt: skip


def test_a_role_that_was_handed_over(world):
    ready_for_visit(world)
    hand_over(world, "alan", "bea")
    assert told(world) == []
    withdraw_training(world, "alan", "2026-09-01")
    position = withdraw_training(world, "bea", "2026-09-01")
    assert told(world) == [
        ("AssignmentOffered peer_reviewer", "trained", "alan"),
        ("AssignmentAccepted peer_reviewer", "trained", "alan"),
        ("RoleHandedOver peer_reviewer", "trained", "bea"),
    ]
    assert rechecked(world).findings[-1].known.position == position


def test_whoever_handed_a_role_over_had_no_say_any_more(world):
    ready_for_visit(world)
    world.clock.set("2026-09-20")
    hand_over(world, "alan", "bea")
    assert told(world) == []
    lead_no_more(world, "2026-09-10")
    assert told(world) == [("RoleHandedOver peer_reviewer", "not-permitted", None)]


def test_what_a_stand_in_proposed_and_another_signed(world):
    ready_for_visit(world)
    delegate(world, "lena", "carl")
    delegate(world, "hanna", "bea")
    do(world, "schedule_visit", "carl", "lena", **VISIT)
    agree(world, "schedule_visit", "bea", "hanna")
    assert told(world) == []
