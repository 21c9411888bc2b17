"""Steps: where, who, evidence, rules, forms, second signatures, side states, late recording."""

from datetime import date

from kit.world import VISIT, ready_for_visit, visited


def test_a_step_out_of_its_state_is_refused_and_says_where_it_belongs(world):
    world.open("hazel", "lena")
    with world.refused("wrong-state", "not-permitted") as caught:
        world.do("hold_workshop", "chloe", attendees=3, attendee_roles=["teacher"], mode="onsite")
    assert "“Planned”" in str(caught[0])
    assert "“Workshop arranged”" in str(caught[0])


def test_a_refusal_names_every_unmet_requirement(world):
    world.open("hazel", "lena")
    world.do("name_school_lead", "hanna", school_lead=world.id("hanna"))
    world.do("start_self_evaluation", "hanna")
    with world.refused("not-permitted", "focus_chosen", "evidence:self_evaluation", "evidence:evidence_list"):
        world.do("submit_self_evaluation", "lena")


def test_only_the_school_chooses_its_focus(world):
    world.open("hazel", "lena")
    with world.refused("not-permitted"):
        world.do("choose_focus", "lena", focus_areas=["Results"])


def test_a_changed_focus_needs_a_reason_once_the_visit_is_arranged(world):
    ready_for_visit(world)
    world.do("choose_focus", "hanna", focus_areas=["Reading"])
    world.do("schedule_visit", "lena", **VISIT)
    world.agree("schedule_visit", "hanna")
    with world.refused("reason_for_change"):
        world.do("choose_focus", "hanna", focus_areas=["Mathematics"])
    world.do("choose_focus", "hanna", focus_areas=["Mathematics"], reason="New results came in")


def test_three_reviewers_are_needed_and_the_lead_may_waive_it(world):
    ready_for_visit(world)
    world.leave("peer_reviewer", "alan")
    with world.refused("team_size"):
        world.do("schedule_visit", "lena", **VISIT)
    world.waive("schedule_visit", "team_size", "lena")
    world.do("schedule_visit", "lena", **VISIT)
    taken = world.agree("schedule_visit", "hanna").events[-1].event
    assert taken.waived == ["team_size"]
    assert "team_size" not in taken.met


def test_a_waiver_counts_until_the_step_is_taken(world):
    ready_for_visit(world)
    world.leave("peer_reviewer", "alan")
    world.waive("schedule_visit", "team_size", "lena")
    world.do("schedule_visit", "lena", **VISIT)
    world.agree("schedule_visit", "hanna")
    with world.refused("team_size"):
        world.do("schedule_visit", "lena", **{**VISIT, "first_day": "2026-11-09", "last_day": "2026-11-09"})


def test_a_visit_on_a_weekend_is_refused_for_the_school_and_for_the_reviewers(world):
    ready_for_visit(world)
    with world.refused("school_open", "reviewers_schools_open"):
        world.do("schedule_visit", "lena", **{**VISIT, "first_day": "2026-11-13", "last_day": "2026-11-14"})


def test_a_visit_that_ends_before_it_starts_is_refused(world):
    ready_for_visit(world)
    with world.refused("dates_in_order"):
        world.do("schedule_visit", "lena", **{**VISIT, "first_day": "2026-11-12", "last_day": "2026-11-10"})


def test_every_fault_of_a_form_is_told_with_its_place(world):
    ready_for_visit(world)
    with world.bad_input("first_day", "mode", "questions[1].question", "colour"):
        world.do(
            "schedule_visit",
            "lena",
            first_day="2026-02-31",
            last_day="2026-11-11",
            mode="by-pigeon",
            questions=[{"question": ""}],
            colour="red",
        )


def test_the_second_signature_must_be_another_person_and_the_right_one(world):
    ready_for_visit(world)
    world.do("schedule_visit", "lena", **VISIT)
    with world.refused("not-permitted", "own-proposal"):
        world.agree("schedule_visit", "lena")
    with world.refused("not-permitted"):
        world.agree("schedule_visit", "rob")
    assert world.cycle.state == "self_evaluation.ready"


def test_nothing_to_sign_where_nothing_was_proposed(world):
    ready_for_visit(world)
    with world.refused("nothing-proposed"):
        world.agree("schedule_visit", "hanna")


def test_a_step_is_judged_again_when_the_last_signature_is_given(world):
    ready_for_visit(world)
    world.do("schedule_visit", "lena", **VISIT)
    world.leave("peer_reviewer", "alan")
    with world.refused("team_size"):
        world.agree("schedule_visit", "hanna")
    assert world.cycle.state == "self_evaluation.ready"


def test_a_proposal_falls_when_the_cycle_moves_on(world):
    ready_for_visit(world)
    world.do("schedule_visit", "lena", **VISIT)
    world.do("postpone", "lena", code="staffing", new_target="2027-01-11")
    world.do("resume", "lena")
    with world.refused("nothing-proposed"):
        world.agree("schedule_visit", "hanna")


def test_the_values_of_a_proposal_are_those_of_the_step(world):
    ready_for_visit(world)
    proposed = world.do("schedule_visit", "lena", **VISIT).events[0]
    world.agree("schedule_visit", "hanna")
    said = world.cycle.last("schedule_visit")
    assert said.values_at == proposed.version
    assert said.by == world.id("lena")
    assert said.values["first_day"] == "2026-11-10"


def test_postponed_cycles_return_to_where_they_were(world):
    visited(world)
    world.do("postpone", "lena", code="inspection", new_target="2027-01-11")
    assert world.cycle.state == "postponed"
    world.do("resume", "lena")
    assert world.cycle.state == "review_visit.feedback_shared"


def test_a_question_without_evidence_holds_the_feedback_back(world):
    ready_for_visit(world)
    two = [{"question": "First?"}, {"question": "Second?"}]
    world.do("schedule_visit", "lena", **{**VISIT, "questions": two})
    world.agree("schedule_visit", "hanna")
    world.clock.set("2026-11-10")
    world.do("start_visit", "rob", attended=[world.id("rob")])
    world.evidence("data", "rob", about="r1")
    world.clock.set("2026-11-11", 16)
    with world.refused("every_question_covered"):
        world.do("share_feedback", "rob", oral_on="2026-11-11", note="So far.")
    world.evidence("none_found", "wilma", text="No time", about="r2")
    world.do("share_feedback", "rob", oral_on="2026-11-11", note="So far.")


def test_evidence_names_a_question_that_exists(world):
    visited(world)
    ready = world.cycle.version
    with world.bad_input("about"):
        world.evidence("data", "rob", about="r9")
    with world.bad_input("kind"):
        world.evidence("gossip", "rob", about="r1")
    with world.refused("wrong-state"):
        world.evidence("data", "rob", about="r1")
    assert world.cycle.version == ready


def test_evidence_may_be_recorded_late_if_the_cycle_was_in_the_right_state_then(world):
    visited(world)
    world.evidence("data", "rob", about="r1", on="2026-11-11")
    assert world.cycle.evidence[-1].happened.on == date(2026, 11, 11)
    with world.refused("wrong-state"):
        world.evidence("data", "rob", about="r1", on="2026-11-09")


def test_a_transition_cannot_have_happened_before_the_one_before_it(world):
    visited(world)
    world.assign("improvement_champion", "chloe", "lena")
    # On that day nobody had accepted to be champion either.
    with world.refused("before-last-step", "not-permitted", "champion_found"):
        world.do("schedule_workshop", "chloe", on="2026-11-11", workshop_on="2026-11-20", mode="onsite")


def test_nothing_happens_in_the_future(world):
    world.open("hazel", "lena")
    with world.refused("in-the-future"):
        world.do("choose_focus", "hanna", on="2026-12-24", focus_areas=["Reading"])


def test_back_dating_past_the_limit_takes_a_lead_and_a_reason(world):
    world.open("hazel", "lena")
    world.clock.set("2026-11-20")
    with world.refused("too-far-back", "no-reason"):
        world.do("choose_focus", "hanna", on="2026-09-10", focus_areas=["Reading"])
    late = {"reason": "the form lay in a drawer"}
    with world.refused("too-far-back"):
        world.do("choose_focus", "hanna", on="2026-09-10", more=late, focus_areas=["Reading"])
    entered = {**late, "entered_by": world.id("lena")}
    done = world.do("choose_focus", "hanna", on="2026-09-10", more=entered, focus_areas=["Reading"])
    assert done.events[0].event.backdated is not None
    assert done.events[0].event.entered_by == world.id("lena")


def test_eligibility_is_judged_again_for_the_champion_on_the_day_of_the_workshop(world):
    visited(world)
    world.person("olga", "staff", "rowan")
    world.train("olga", "improvement-champion", completed="2024-01-10", until="2026-11-15")
    world.assign("improvement_champion", "olga", "lena")
    world.do("schedule_workshop", "olga", workshop_on="2026-11-20", mode="onsite")
    world.clock.set("2026-11-20")
    with world.refused("trained"):
        world.do("hold_workshop", "olga", attendees=3, attendee_roles=["teacher"], mode="onsite")


def test_an_ended_cycle_takes_nothing_more_but_a_safeguarding_flag(world):
    world.open("hazel", "lena")
    world.do("cancel", "ada", reason="The programme ended")
    with world.refused("wrong-state"):
        world.do("choose_focus", "hanna", focus_areas=["Reading"])
    with world.refused("wrong-state"):
        world.offer("peer_reviewer", "rob", "lena")
    world.do("raise_concern", "hanna", passed_to="designated_officer")


def test_a_school_that_is_no_member_gets_no_cycle(world):
    world.partnership("elsewhere")
    world.school("stray", "elsewhere")
    with world.refused("member"):
        world.open("stray", "lena")


def test_numbers_count_within_the_year(world):
    world.open("hazel", "lena")
    world.open("hazel", "lena")
    assert world.cycle.handle == "hazel-2026-2"
    world.open("hazel", "lena", year="2027-28")
    assert world.cycle.handle == "hazel-2027-1"
