"""A whole cycle of the shipped SPP workflow, by different people, through the engine in memory."""

from kit.world import spp_world


def test_a_cycle_goes_through_all_four_stages():
    world = spp_world()
    world.open("hazel", "lena")
    world.do("choose_focus", "hanna", focus_areas=["Pupils' writing"])
    world.do("plan_visit", "lena", planned_day="2026-11-10")
    world.do("name_school_lead", "hanna", school_lead=world.id("hanna"))
    world.do("start_self_evaluation", "hanna")
    for kind in ("self_evaluation", "evidence_list"):
        world.evidence(kind, "hanna")
    world.do("submit_self_evaluation", "hanna")
    for name in ("rob", "wilma", "alan"):
        world.assign("peer_reviewer", name, "lena")
    world.assign("lead_reviewer", "rob", "lena")
    world.do("hold_pre_review_meeting", "lena")
    world.do(
        "schedule_visit",
        "lena",
        first_day="2026-11-10",
        last_day="2026-11-11",
        mode="onsite",
        questions=[{"question": "To what extent do pupils write at length?"}],
    )
    assert world.cycle.state == "self_evaluation.ready"
    world.agree("schedule_visit", "hanna")
    assert world.cycle.state == "review_visit.scheduled"
    world.clock.set("2026-11-10")
    world.do("start_visit", "rob", attended=[world.id("rob"), world.id("wilma"), world.id("alan")])
    world.evidence("work_scrutiny", "wilma", about="r1")
    world.clock.set("2026-11-12")
    world.do("share_feedback", "rob", oral_on="2026-11-11", note="Pupils write more than they did.")
    world.assign("improvement_champion", "chloe", "lena")
    world.do("schedule_workshop", "chloe", workshop_on="2026-11-20", mode="onsite")
    world.clock.set("2026-11-20")
    world.do("hold_workshop", "chloe", attendees=14, attendee_roles=["teacher", "middle_leader"], mode="onsite")
    world.do(
        "agree_plan",
        "hanna",
        support="none",
        actions=[
            {
                "what": "Write daily",
                "owner_role": "English lead",
                "measure": "Length",
                "due": "2027-02-01",
                "finding": "Short texts",
            }
        ],
    )
    world.agree("agree_plan", "chloe")
    world.clock.set("2027-06-10")
    world.do("check_in", "hanna", status="on_track", sentence="Books show it.")
    world.do("review_impact", "lena", outcomes=[{"id": "r1", "outcome": "met"}], statement="Pupils write at length.")
    world.agree("review_impact", "hanna")
    assert world.cycle.state == "completed"
    world.close()
