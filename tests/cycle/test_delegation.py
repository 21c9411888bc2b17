"""Standing in for somebody absent: what the absent may do, and only if the rules hold for both."""

from __future__ import annotations

from datetime import date

import pytest

from kit.standing_in import agree, back, delegate, do, evidence
from kit.trial import finishing, trial_world
from kit.world import VISIT, World, acting, ready_for_visit, visited, worked
from reviewflow.cycle import commands as cy
from reviewflow.cycle.options import options
from reviewflow.cycle.seeing import Seeing
from reviewflow.events import Unsealed
from reviewflow.registry import commands as reg

# -- recording it -------------------------------------------------------------------------------------------------


def test_a_head_who_is_away_lets_a_colleague_act(world):
    world.open("hazel", "lena")
    delegate(world, "hanna", "bea")
    event = do(world, "choose_focus", "bea", "hanna", focus_areas=["Writing"]).events[0].event
    assert (event.by, event.on_behalf_of, event.role) == (world.id("bea"), world.id("hanna"), "head")


def test_without_being_asked_nobody_stands_in(world):
    world.open("hazel", "lena")
    with world.refused("not-delegated") as caught:
        do(world, "choose_focus", "bea", "hanna", focus_areas=["Writing"])
    assert caught[0].unmet[0].who == ("the absent person", "partnership lead", "programme manager", "administrator")


def test_it_holds_from_its_first_day_to_its_last(world):
    world.open("hazel", "lena")
    delegate(world, "hanna", "bea", "2026-09-20", since="2026-09-10")
    for day, works in (("2026-09-09", False), ("2026-09-10", True), ("2026-09-20", True), ("2026-09-21", False)):
        world.clock.set(day)
        if works:
            assert do(world, "choose_focus", "bea", "hanna", focus_areas=["Writing"]).events
        else:
            with world.refused("not-delegated") as caught:
                do(world, "choose_focus", "bea", "hanna", focus_areas=["Writing"])
            assert "2026-09-10 to 2026-09-20" in str(caught[0])
    assert do(world, "choose_focus", "bea", "hanna", on="2026-09-20", focus_areas=["Reading"]).events


def test_it_can_end_early_and_what_was_done_stays(world):
    world.open("hazel", "lena")
    delegate(world, "hanna", "bea")
    do(world, "choose_focus", "bea", "hanna", focus_areas=["Writing"])
    world.clock.set("2026-09-15")
    assert back(world, "hanna", "bea").events
    assert back(world, "hanna", "bea").events == ()
    assert do(world, "choose_focus", "bea", "hanna", focus_areas=["Writing"]).events, "its last day"
    world.clock.set("2026-09-16")
    with world.refused("not-delegated"):
        do(world, "choose_focus", "bea", "hanna", focus_areas=["Writing"])
    assert len(world.cycle.said["choose_focus"]) == 2
    with world.refused("not-delegated"):
        back(world, "hanna", "carl")


def test_one_that_is_ended_before_it_begins_never_holds(world):
    world.open("hazel", "lena")
    delegate(world, "hanna", "bea", since="2026-10-01")
    back(world, "hanna", "bea")
    world.clock.set("2026-10-05")
    with world.refused("not-delegated"):
        do(world, "choose_focus", "bea", "hanna", focus_areas=["Writing"])
    assert back(world, "hanna", "bea").events == (), "nothing is left to end"


def test_what_is_wrong_with_it_is_said_all_at_once(world):
    with world.bad_input("from", "until", "to", "reason"):
        world.handle(
            reg.DelegateAbsence(
                asked=world.asked("hanna"), person=world.id("hanna"), delegate=world.id("hanna"), reason=" ",
                since=date(2026, 9, 1), until=date(2026, 8, 1),
            )
        )  # fmt: skip
    with world.bad_input("until"):
        delegate(world, "hanna", "bea", "2027-09-10")
    with world.bad_input("role"):
        delegate(world, "hanna", "bea", roles=("partnership_lead",))
    with world.bad_input("to"):
        delegate(world, "hanna", "nobody")
    delegate(world, "hanna", "bea", roles=("head", "improvement_champion"))
    assert delegate(world, "hanna", "bea", roles=("head", "improvement_champion")).events == ()


def test_nobody_stands_in_for_or_through_the_forgotten(world):
    world.open("hazel", "lena")
    delegate(world, "hanna", "bea")
    world.handle(reg.ForgetPerson(asked=world.asked("ada"), person=world.id("bea")))
    with world.refused("not-permitted"):
        do(world, "choose_focus", "bea", "hanna", focus_areas=["Writing"])
    with world.refused("forgotten"):
        delegate(world, "hanna", "bea")
    delegate(world, "hanna", "carl")
    world.handle(reg.ForgetPerson(asked=world.asked("ada"), person=world.id("hanna")))
    with world.refused("not-permitted", "not-delegated"):
        do(world, "choose_focus", "carl", "hanna", focus_areas=["Writing"])


def test_a_lead_speaks_for_the_ill_and_passes_on_only_what_they_could_give(world):
    world.open("hazel", "lena")
    with world.refused("not-permitted"):
        delegate(world, "hanna", "bea", by="rob")
    delegate(world, "hanna", "bea", by="lena")
    assert do(world, "choose_focus", "bea", "hanna", focus_areas=["Writing"]).events
    world.role("ada", "staff", "hazel")
    with world.refused("not-yours-to-give") as caught:
        delegate(world, "ada", "lena", by="lena")
    assert "administrator" in str(caught[0])
    delegate(world, "ada", "lena", by="lena", roles=("staff",))


def test_what_somebody_else_passed_on_does_not_grow(world):
    world.open("hazel", "lena")
    world.person("sam", "staff", "hazel")
    delegate(world, "sam", "bea", by="lena")
    world.role("sam", "head", "hazel")
    with world.refused("not-delegated") as caught:
        do(world, "choose_focus", "bea", "sam", focus_areas=["Writing"])
    assert "given since" in str(caught[0])
    delegate(world, "sam", "carl")
    assert do(world, "choose_focus", "carl", "sam", focus_areas=["Writing"]).events, "said by themselves: all they have"


def test_the_reason_is_sealed_and_only_ids_are_plain(world):
    event = delegate(world, "hanna", "bea").events[0].event
    assert not isinstance(event.reason, Unsealed)
    assert event.touches() == (f"delegated:{world.id('bea')}",)
    assert event.cause == f"person delegate {world.id('hanna')} {world.id('bea')}"


# -- acting: the rules hold for both ------------------------------------------------------------------------------


def test_permission_is_the_absents_and_no_other(world):
    world.open("hazel", "lena")
    delegate(world, "rob", "hanna")
    with world.refused("not-permitted"):
        do(world, "choose_focus", "hanna", "rob", focus_areas=["Writing"])
    assert world.do("choose_focus", "hanna", focus_areas=["Writing"]).events, "in their own name they may"


def test_it_may_be_for_some_roles_only(world):
    ready_for_visit(world)
    world.role("lena", "head", "hazel")
    delegate(world, "lena", "bea", roles=("partnership_lead",))
    with world.refused("not-delegated") as caught:
        do(world, "choose_focus", "bea", "lena", focus_areas=["Writing"])
    assert "only as Partnership lead; this is done as Headteacher" in str(caught[0])
    assert do(world, "schedule_visit", "bea", "lena", **VISIT).events[0].event.role == "partnership_lead"


def test_a_reviewer_of_this_cycle_does_not_stand_in_for_its_champion(world):
    worked(world)
    delegate(world, "chloe", "rob")
    plan = {"actions": [{"what": "Write daily", "owner_role": "Lead", "measure": "Length", "finding": "Short texts",
                         "due": "2027-02-01"}], "support": "none"}  # fmt: skip
    world.do("agree_plan", "hanna", **plan)
    with world.refused("trained", "independent", "never-both") as caught:
        agree(world, "agree_plan", "rob", "chloe")
    assert all(world.id("rob") in one.sentence for one in caught[0].unmet)
    delegate(world, "chloe", "carl")
    assert world.cycle.state != "follow_up.under_way"
    assert agree(world, "agree_plan", "carl", "chloe").events


def test_the_untrained_do_not_stand_in_for_the_trained(world):
    visited(world)
    world.assign("improvement_champion", "chloe", "lena")
    delegate(world, "chloe", "bea")
    with world.refused("trained"):
        do(world, "schedule_workshop", "bea", "chloe", workshop_on="2026-11-20", mode="onsite")
    world.train("bea", "improvement-champion")
    assert do(world, "schedule_workshop", "bea", "chloe", workshop_on="2026-11-20", mode="onsite").events


def test_who_stands_in_for_a_lead_reviewer_must_be_fit_to_be_a_reviewer(world):
    ready_for_visit(world)
    world.do("schedule_visit", "lena", **VISIT)
    world.agree("schedule_visit", "hanna")
    world.clock.set("2026-11-10")
    world.person("olga", "staff", "rowan")
    for name in ("olga", "hanna", "bea"):
        delegate(world, "rob", name)
    team = [world.id(name) for name in ("rob", "wilma", "alan")]
    with world.refused("trained"):
        do(world, "start_visit", "olga", "rob", attended=team)
    with world.refused("trained", "other_school"):
        do(world, "start_visit", "hanna", "rob", attended=team)
    assert do(world, "start_visit", "bea", "rob", attended=team).events[0].event.role == "lead_reviewer"


def test_a_requirement_that_was_waived_for_the_stand_in_is_not_asked_of_them(world):
    visited(world)
    world.assign("improvement_champion", "chloe", "lena")
    world.person("hugo", "staff", "hazel", trained=("improvement-champion",))
    delegate(world, "chloe", "hugo")
    with world.refused("other_school"):
        do(world, "schedule_workshop", "hugo", "chloe", workshop_on="2026-11-20", mode="onsite")
    world.waive("improvement_champion", "other_school", "lena", person="hugo")
    assert do(world, "schedule_workshop", "hugo", "chloe", workshop_on="2026-11-20", mode="onsite").events


def test_who_stood_in_as_reviewer_is_no_champion_of_that_cycle(world):
    ready_for_visit(world)
    world.do("schedule_visit", "lena", **VISIT)
    world.agree("schedule_visit", "hanna")
    world.clock.set("2026-11-10")
    team = [world.id(name) for name in ("rob", "wilma", "alan")]
    world.do("start_visit", "rob", attended=team)
    delegate(world, "wilma", "chloe")
    assert evidence(world, "work_scrutiny", "chloe", "wilma", about="r1").events
    world.clock.set("2026-11-12")
    world.do("share_feedback", "rob", oral_on="2026-11-11", note="Pupils write more.")
    with world.refused("never-both") as caught:
        world.offer("improvement_champion", "chloe", "lena")
    assert "stood in as Peer reviewer" in str(caught[0])
    world.assign("improvement_champion", "carl", "lena")
    delegate(world, "carl", "chloe")
    with world.refused("never-both"):
        do(world, "schedule_workshop", "chloe", "carl", workshop_on="2026-11-20", mode="onsite")


def test_a_signature_takes_two_on_both_sides(world):
    ready_for_visit(world)
    delegate(world, "lena", "hanna")
    delegate(world, "hanna", "lena")
    delegate(world, "hanna", "bea")
    delegate(world, "lena", "bea")
    # B for A proposed: neither B nor A signs, in whosever name.
    do(world, "schedule_visit", "bea", "lena", **VISIT)
    proposal = world.cycle.proposals["schedule_visit"]
    assert (proposal.by, proposal.on_behalf_of) == (world.id("bea"), world.id("lena"))
    with world.refused("own-proposal"):
        agree(world, "schedule_visit", "bea", "hanna")
    with world.refused("own-proposal"):
        agree(world, "schedule_visit", "lena", "hanna")
    world.role("lena", "head", "hazel")
    with world.refused("own-proposal"):
        world.agree("schedule_visit", "lena")
    taken = world.agree("schedule_visit", "hanna").events[-1].event
    assert (taken.by, taken.on_behalf_of, taken.role) == (world.id("bea"), world.id("lena"), "partnership_lead")


def test_what_the_absent_proposed_is_not_signed_for_them_nor_by_their_stand_in(world):
    ready_for_visit(world)
    world.role("lena", "head", "hazel")
    delegate(world, "lena", "bea")
    delegate(world, "hanna", "lena")
    world.do("schedule_visit", "lena", **VISIT)
    with world.refused("own-proposal"):
        agree(world, "schedule_visit", "bea", "lena")
    with world.refused("own-proposal"):
        agree(world, "schedule_visit", "lena", "hanna")
    delegate(world, "hanna", "bea")
    assert agree(world, "schedule_visit", "bea", "hanna").events


def test_one_hand_does_not_sign_for_two_roles():
    world = finishing(trial_world())
    delegate(world, "hanna", "rob")
    agree(world, "finish", "rob", "hanna")
    with world.refused("signed-already"):
        world.agree("finish", "rob")
    world.do("finish", "lena")
    world.agree("finish", "rob")
    with world.refused("signed-already"):
        agree(world, "finish", "rob", "hanna")
    assert world.agree("finish", "hanna").events
    world.close()


def test_an_offer_is_answered_by_whoever_was_asked(world):
    world.open("hazel", "lena")
    world.offer("peer_reviewer", "rob", "lena")
    delegate(world, "rob", "wilma")
    for kind in (cy.AcceptAssignment, cy.DeclineAssignment):
        asked = world.asked("wilma", on_behalf_of=world.id("rob"))
        with world.refused("not-for-another"):
            world.handle(kind(asked=asked, cycle=world.id("cycle"), role="peer_reviewer", person=world.id("rob")))


def test_nothing_of_the_registry_is_done_for_another(world):
    delegate(world, "hanna", "bea")
    asked = world.asked("bea", on_behalf_of=world.id("hanna"))
    with world.refused("not-permitted"):
        world.handle(
            reg.DelegateAbsence(
                asked=asked, person=world.id("hanna"), delegate=world.id("carl"), until=date(2026, 12, 1), reason="on"
            )
        )
    asked = world.asked("lena", on_behalf_of=world.id("hanna"))
    with world.refused("not-for-another"):
        world.handle(reg.RegisterPerson(asked=asked, person_name="Zed Madeup"))


def test_a_delegation_is_not_passed_on(world):
    world.open("hazel", "lena")
    delegate(world, "hanna", "bea")
    delegate(world, "bea", "carl")
    with world.refused("not-delegated"):
        do(world, "choose_focus", "carl", "hanna", focus_areas=["Writing"])
    with world.refused("not-permitted"):
        do(world, "choose_focus", "carl", "bea", focus_areas=["Writing"])


def test_offers_waivers_consent_notes_and_openings_can_be_left_to_a_stand_in(world):
    delegate(world, "lena", "bea")
    delegate(world, "hanna", "bea")
    for_lena, for_hanna = {"on_behalf_of": world.id("lena")}, {"on_behalf_of": world.id("hanna")}
    opened = world.open("hazel", "bea", **for_lena).events[0].event
    assert (opened.by, opened.on_behalf_of, opened.role) == (world.id("bea"), world.id("lena"), "partnership_lead")
    about = {"cycle": world.id("cycle"), "role": "peer_reviewer", "person": world.id("rob")}
    world.handle(cy.OfferAssignment(asked=world.asked("bea", **for_lena), **about))
    with world.refused("not-permitted"):
        world.handle(cy.WithdrawAssignment(asked=world.asked("bea", **for_hanna), **about))
    world.handle(cy.WithdrawAssignment(asked=world.asked("bea", **for_lena), **about))
    world.handle(cy.WaiveRequirement(
        asked=world.asked("bea", **for_lena), cycle=world.id("cycle"), of="improvement_champion",
        requirement="other_school", reason="agreed", person=world.id("carl"),
    ))  # fmt: skip
    world.handle(cy.Consent(asked=world.asked("bea", **for_hanna), cycle=world.id("cycle"), what="choose_focus"))
    done = world.handle(cy.AddNote(asked=world.asked("bea", **for_hanna), cycle=world.id("cycle"), text="hello"))
    assert done.events[0].event.role == "head"
    with world.knowing() as known:
        told = known.cycle_records(world.id("cycle"))
    assert all(one.event.on_behalf_of and one.event.by == world.id("bea") for one in told)


def test_leaving_a_role_is_nobody_elses_to_say(world):
    world.open("hazel", "lena")
    world.assign("peer_reviewer", "rob", "lena")
    delegate(world, "rob", "wilma")
    with world.refused("not-permitted"):
        world.handle(
            cy.WithdrawAssignment(
                asked=world.asked("wilma", on_behalf_of=world.id("rob")), cycle=world.id("cycle"),
                role="peer_reviewer", person=world.id("rob"),
            )
        )  # fmt: skip


def test_back_dating_is_judged_on_who_enters_it(world):
    world.open("hazel", "lena")
    delegate(world, "hanna", "bea")
    world.clock.set("2026-11-20")
    with world.refused("too-far-back", "no-reason"):
        do(world, "choose_focus", "bea", "hanna", on="2026-09-10", focus_areas=["Writing"])
    more = {"on_behalf_of": world.id("hanna"), "entered_by": world.id("lena"), "reason": "lost on paper"}
    done = world.do("choose_focus", "bea", "2026-09-10", more=more, focus_areas=["Writing"])
    assert done.events[0].event.backdated is not None


# -- seeing and being told beforehand -----------------------------------------------------------------------------


def seeing(world: World, viewer: str) -> Seeing:
    with world.knowing() as known:
        return Seeing(world.engine.setting(known, world.id("cycle")), world.id(viewer))


def test_who_stands_in_sees_what_the_absent_sees_as_long_as_they_do(world):
    acting(world)
    assert not seeing(world, "bea").anything
    delegate(world, "hanna", "bea", "2026-11-30")
    assert seeing(world, "bea").may("status")
    assert seeing(world, "bea").roles == {"head", "name_school_lead.school_lead"}, "hanna is both"
    world.clock.set("2026-12-01")
    assert not seeing(world, "bea").anything


def test_who_cannot_stand_in_sees_nothing_for_it(world):
    worked(world)
    world.person("olga", "staff", "rowan")
    delegate(world, "chloe", "olga")
    assert seeing(world, "olga").roles == set()
    world.train("olga", "improvement-champion")
    assert seeing(world, "olga").roles == {"improvement_champion"}


def test_the_absent_sees_what_was_done_in_their_name(world):
    world.open("hazel", "lena")
    delegate(world, "hanna", "bea")
    event = do(world, "choose_focus", "bea", "hanna", focus_areas=["Writing"]).events[0].event
    world.handle(
        reg.EndRole(asked=world.asked("ada"), person=world.id("hanna"), held="head", held_in=world.id("hazel"),
                    held_in_kind="organisation", on=date(2026, 9, 6))
    )  # fmt: skip
    assert seeing(world, "hanna").event(event)


@pytest.mark.parametrize("actor", ["bea", "rob", "carl", "hanna"])
def test_options_say_before_what_a_command_says_after(world, actor):
    worked(world)
    delegate(world, "chloe", "bea")
    delegate(world, "chloe", "carl")
    with world.knowing() as known:
        setting = world.engine.setting(known, world.id("cycle"))
        found = {o.step: o for o in options(setting, world.id(actor), world.id("chloe"))}
    # What the champion proposes at that point is the plan; only who is trained and independent may for her.
    assert found["agree_plan"].here
    assert ("not-delegated" in {j.code for j in found["agree_plan"].unmet}) is (actor in ("rob", "hanna"))
