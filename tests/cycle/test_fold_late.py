"""What is recorded late must fit what was recorded before: every history that is written folds for every day."""

from datetime import date, timedelta

import pytest

from kit.world import ready_for_visit


@pytest.fixture
def team(world):
    """Rob was asked and accepted on 10 September; today is the 15th."""
    world.open("hazel", "lena")
    world.clock.set("2026-09-10")
    world.assign("peer_reviewer", "rob", "lena")
    world.clock.set("2026-09-15")
    return world


def test_nobody_led_a_team_before_they_were_on_it(team):
    with team.refused("not-among"):
        team.offer("lead_reviewer", "rob", "lena", on="2026-09-09")
    team.offer("lead_reviewer", "rob", "lena", on="2026-09-10")


def test_nobody_comes_to_lead_a_team_that_they_have_left(team):
    team.leave("peer_reviewer", "rob")
    with team.refused("not-among"):
        team.offer("lead_reviewer", "rob", "lena", on="2026-09-12")


def test_leaving_the_team_ends_leading_it_and_cannot_come_before_that_began(team):
    team.clock.set("2026-09-20")
    team.assign("lead_reviewer", "rob", "lena", on="2026-09-18")
    with team.refused("before-last-step"):
        team.leave("peer_reviewer", "rob", on="2026-09-16")
    assert team.cycle.assigned("lead_reviewer") == [team.id("rob")]
    team.leave("peer_reviewer", "rob", on="2026-09-19")
    assert team.cycle.assigned("lead_reviewer") == team.cycle.assigned("peer_reviewer") == []


def test_an_answer_does_not_come_before_the_question(team):
    team.offer("peer_reviewer", "wilma", "lena", on="2026-09-12")
    with team.refused("before-last-step"):
        team.accept("peer_reviewer", "wilma", on="2026-09-11")
    team.accept("peer_reviewer", "wilma", on="2026-09-12")


def test_the_last_day_that_may_be_recorded_late_by_anyone_is_that_of_the_policy(world):
    """Thirty days: the thirtieth day back is one of them."""
    world.open("hazel", "lena")
    world.clock.set("2026-10-08")
    with world.refused("too-far-back", "no-reason"):
        world.do("choose_focus", "hanna", on="2026-09-07", focus_areas=["Reading"])
    done = world.do("choose_focus", "hanna", on="2026-09-08", focus_areas=["Reading"])
    assert done.events[0].event.backdated is None


def test_every_day_of_a_history_with_late_recordings_can_be_folded(world):
    ready_for_visit(world)
    world.clock.set("2026-10-01")
    world.offer("improvement_champion", "chloe", "lena", on="2026-09-20")
    world.accept("improvement_champion", "chloe", on="2026-09-25")
    world.evidence("timetable", "lena", on="2026-09-09")
    world.leave("improvement_champion", "chloe", on="2026-09-28")
    days = {}
    for n in range(-2, 26):
        day = date(2026, 9, 7) + timedelta(days=n)
        with world.knowing(as_of=day) as known:
            cycle = known.cycle(world.id("cycle"))
        kinds = len(cycle.evidence) if cycle else None
        days[day.isoformat()] = (kinds, cycle.assigned("improvement_champion") if cycle else None)
    chloe = world.id("chloe")
    assert days["2026-09-06"] == (None, None)
    assert days["2026-09-08"] == (2, [])
    assert days["2026-09-09"] == (3, [])
    assert days["2026-09-24"] == (3, [])
    assert days["2026-09-25"] == days["2026-09-27"] == (3, [chloe])
    assert days["2026-09-28"] == (3, [])
