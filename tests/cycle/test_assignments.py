"""Who may take part: eligibility on the day of the act, independence, room, answers."""

from kit.world import VISIT, ready_for_visit, visited


def test_a_reviewer_on_the_team_is_refused_as_champion(world):
    visited(world)
    with world.refused("trained", "independent", "never-both"):
        world.offer("improvement_champion", "rob", "lena")


def test_a_reviewer_who_withdrew_is_still_refused_as_champion_with_that_reason(world):
    ready_for_visit(world)
    world.assign("peer_reviewer", "chloe", "lena")
    world.leave("peer_reviewer", "chloe")
    assert "chloe" not in world.cycle.assigned("peer_reviewer")
    with world.refused("independent", "never-both") as caught:
        world.offer("improvement_champion", "chloe", "lena")
    assert "was on this review's team" in str(caught[0])


def test_a_champion_is_refused_as_reviewer_whichever_came_first(world):
    world.open("hazel", "lena")
    world.assign("improvement_champion", "chloe", "lena")
    with world.refused("never-both"):
        world.offer("peer_reviewer", "chloe", "lena")


def test_someone_asked_to_be_champion_cannot_meanwhile_join_the_team(world):
    world.open("hazel", "lena")
    world.offer("improvement_champion", "chloe", "lena")
    with world.refused("never-both"):
        world.offer("peer_reviewer", "chloe", "lena")


def test_expired_training_is_refused(world):
    world.open("hazel", "lena")
    world.person("olga", "staff", "rowan")
    world.train("olga", "peer-reviewer", completed="2023-01-10", until="2026-01-10")
    with world.refused("trained"):
        world.offer("peer_reviewer", "olga", "lena")


def test_training_that_expires_between_offer_and_answer_is_refused(world):
    world.open("hazel", "lena")
    world.person("olga", "staff", "rowan")
    world.train("olga", "peer-reviewer", completed="2025-09-10", until="2026-09-10")
    world.offer("peer_reviewer", "olga", "lena")
    world.clock.set("2026-09-11")
    with world.refused("trained"):
        world.accept("peer_reviewer", "olga")


def test_training_recorded_late_with_an_earlier_date_counts_on_the_day_of_the_act(world):
    world.open("hazel", "lena")
    world.person("olga", "staff", "rowan")
    world.clock.set("2026-09-20")
    with world.refused("trained"):
        world.offer("peer_reviewer", "olga", "lena", on="2026-09-10")
    world.train("olga", "peer-reviewer", completed="2026-09-08", until=None)
    world.assign("peer_reviewer", "olga", "lena", on="2026-09-10")
    assert world.id("olga") in world.cycle.assigned("peer_reviewer")
    with world.refused("before-opening", "before-last-step", "asked-already", "trained"):
        world.offer("peer_reviewer", "olga", "lena", on="2026-09-06")


def test_nobody_reviews_their_own_school(world):
    world.open("hazel", "lena")
    world.person("hugo", "staff", "hazel", trained=("peer-reviewer",))
    with world.refused("other_school"):
        world.offer("peer_reviewer", "hugo", "lena")


def test_a_champion_of_the_same_school_can_be_let_in_by_the_lead(world):
    world.open("hazel", "lena")
    world.person("hugo", "staff", "hazel", trained=("improvement-champion",))
    with world.refused("other_school"):
        world.offer("improvement_champion", "hugo", "lena")
    with world.refused("not-permitted"):
        world.waive("improvement_champion", "other_school", "hanna", person="hugo")
    world.waive("improvement_champion", "other_school", "lena", person="hugo")
    done = world.offer("improvement_champion", "hugo", "lena")
    assert done.events[0].event.waived == ["other_school"]


def test_what_is_not_waivable_cannot_be_waived(world):
    world.open("hazel", "lena")
    with world.refused("not-waivable"):
        world.waive("improvement_champion", "independent", "lena", person="chloe")


def test_only_the_partnership_lead_offers(world):
    world.open("hazel", "lena")
    with world.refused("not-permitted"):
        world.offer("peer_reviewer", "rob", "hanna")


def test_only_the_person_asked_answers(world):
    world.open("hazel", "lena")
    world.offer("peer_reviewer", "rob", "lena")
    from reviewflow.cycle.commands import AcceptAssignment

    with world.refused("not-permitted"):
        world.handle(
            AcceptAssignment(
                asked=world.asked("lena"), cycle=world.id("cycle"), role="peer_reviewer", person=world.id("rob")
            )
        )


def test_nobody_can_accept_what_was_not_offered(world):
    world.open("hazel", "lena")
    with world.refused("not-offered"):
        world.accept("peer_reviewer", "rob")


def test_four_reviewers_are_the_most(world):
    world.open("hazel", "lena")
    for name in ("rob", "wilma", "alan", "bea"):
        world.assign("peer_reviewer", name, "lena")
    with world.refused("role-full"):
        world.offer("peer_reviewer", "carl", "lena")


def test_the_lead_reviewer_comes_from_the_team(world):
    world.open("hazel", "lena")
    with world.refused("not-among"):
        world.offer("lead_reviewer", "rob", "lena")


def test_a_lead_reviewer_who_leaves_the_team_leads_it_no_more(world):
    ready_for_visit(world)
    done = world.leave("peer_reviewer", "rob")
    assert [e.event.assigned for e in done.events] == ["peer_reviewer", "lead_reviewer"]
    assert world.cycle.assigned("lead_reviewer") == []


def test_nobody_is_on_two_visits_on_one_day(world):
    ready_for_visit(world)
    world.do("schedule_visit", "lena", **VISIT)
    world.agree("schedule_visit", "hanna")
    first = world.names["cycle"]
    world.person("hilda", "head", "willow")
    world.open("willow", "lena")
    second = world.names["cycle"]
    # Not booked yet: Rob may join. Arranging the visit on the same day is refused.
    world.do("choose_focus", "hilda", focus_areas=["Reading"])
    world.do("name_school_lead", "hilda", school_lead=world.id("hilda"))
    world.do("start_self_evaluation", "hilda")
    for kind in ("self_evaluation", "evidence_list"):
        world.evidence(kind, "hilda")
    world.do("submit_self_evaluation", "hilda")
    for name in ("rob", "alan", "bea"):
        world.assign("peer_reviewer", name, "lena")
    world.assign("lead_reviewer", "rob", "lena")
    world.do("hold_pre_review_meeting", "lena")
    with world.refused("free_on_the_days"):
        world.do("schedule_visit", "lena", **{**VISIT, "first_day": "2026-11-11", "last_day": "2026-11-12"})
    world.do("schedule_visit", "lena", **{**VISIT, "first_day": "2026-11-12", "last_day": "2026-11-12"})
    world.agree("schedule_visit", "hilda")
    assert first != second


def test_nobody_joins_a_visit_while_they_are_on_another_one_that_day(world):
    ready_for_visit(world)
    world.do("schedule_visit", "lena", **VISIT)
    world.agree("schedule_visit", "hanna")
    first = world.names["cycle"]
    world.open("rowan", "lena")
    # The second cycle has booked no day yet: Bea may be on both teams.
    world.assign("peer_reviewer", "bea", "lena")
    second = world.names["cycle"]
    world.names["cycle"] = first
    world.assign("peer_reviewer", "bea", "lena")
    assert world.id("bea") in world.cycle.assigned("peer_reviewer")
    assert second != first
