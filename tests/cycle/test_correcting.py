"""Corrections: both views stay, the order is kept, and nobody rewrites what is not theirs."""

from kit.mending import correct, on, records, then, version
from kit.world import VISIT, ready_for_visit, visited
from reviewflow.cycle.commands import CorrectEvents, Correction
from reviewflow.cycle.events import EventCorrected
from reviewflow.cycle.fold import fold
from reviewflow.events import Sealed


def test_a_corrected_day_counts_from_then_on_and_the_old_one_is_still_known_to_have_been_believed(world):
    visited(world)
    before = world.clock.now()
    world.clock.set("2026-11-13")
    shared = version(world, "share_feedback")
    correct(world, "lena", Correction(shared, on("2026-11-11")))
    assert world.cycle.since == on("2026-11-11")
    assert then(world, as_of="2026-11-11").state == "review_visit.feedback_shared"
    assert then(world, as_of="2026-11-11", known_at=before).state == "review_visit.under_way"
    assert then(world, known_at=before).since.on.isoformat() == "2026-11-12"


def test_nothing_that_was_recorded_is_changed(world):
    visited(world)
    before = records(world)
    world.clock.set("2026-11-13")
    correct(world, "lena", Correction(version(world, "share_feedback"), on("2026-11-11")))
    assert records(world)[:-1] == before
    event = records(world)[-1].event
    assert isinstance(event, EventCorrected)
    assert (event.by, event.role, event.happened.on.isoformat()) == (world.id("lena"), "partnership_lead", "2026-11-13")


def test_several_events_are_corrected_together_where_one_alone_would_break_the_order(world):
    visited(world)
    world.clock.set("2026-11-13")
    moved = [Correction(version(world, what), on("2026-11-13")) for what in ("start_visit", "work_scrutiny")]
    with world.refused("out-of-order"):
        correct(world, "lena", *moved)
    done = correct(world, "lena", *moved, Correction(version(world, "share_feedback"), on("2026-11-13")))
    assert [stay.entered.on.day for stay in world.cycle.stays[-2:]] == [13, 13]
    assert len(done.events) == 3
    for number in range(len(records(world)) + 1):  # every prefix of the stream is a possible history
        fold(records(world)[:number])


def test_every_event_that_would_be_out_of_place_is_named(world):
    visited(world)
    world.clock.set("2026-11-13")
    with world.refused("out-of-order") as caught:
        correct(world, "lena", Correction(version(world, "start_visit"), on("2026-11-13")))
    assert f"event {version(world, 'share_feedback')} could not stand" in str(caught[0])


def test_evidence_does_not_leave_the_time_in_which_it_could_be_added(world):
    visited(world)
    world.clock.set("2026-11-13")
    seen = version(world, "work_scrutiny")
    with world.refused("out-of-order") as caught:
        correct(world, "lena", Correction(seen, on("2026-09-08")))
    assert "the cycle would have been in" in str(caught[0])


def test_values_are_corrected_field_by_field_and_sealed_anew(world):
    visited(world)
    world.clock.set("2026-11-13")
    shared = version(world, "share_feedback")
    done = correct(world, "rob", Correction(shared, values={"note": "Pupils write less than they did."}))
    said = world.cycle.last("share_feedback")
    assert said.values["oral_on"] == "2026-11-11"
    assert said.at("oral_on") == shared
    assert said.at("note") == done.events[0].version
    box = said.values["note"]
    stream = world.cycle.stream
    text = world.vault.open(Sealed.model_validate(box), stream, said.at("note"), "values.note")
    assert text == "Pupils write less than they did."


def test_of_two_corrections_the_last_one_counts_and_each_is_known_from_its_own_moment(world):
    visited(world)
    shared = version(world, "share_feedback")
    world.clock.set("2026-11-13")
    correct(world, "lena", Correction(shared, on("2026-11-11")))
    first = world.clock.now()
    world.clock.set("2026-11-14")
    correct(world, "lena", Correction(shared, on("2026-11-10")))
    assert world.cycle.since == on("2026-11-10")
    assert then(world, known_at=first).since == on("2026-11-11")


def test_a_second_signature_leaves_the_values_in_the_proposal_and_there_they_are_corrected(world):
    ready_for_visit(world)
    world.do("schedule_visit", "lena", **VISIT)
    world.agree("schedule_visit", "hanna")
    taken = version(world, "schedule_visit")
    done = correct(world, "lena", Correction(taken, values={"last_day": "2026-11-12"}))
    assert done.events[0].event.corrects == taken - 2
    assert done.events[0].event.people == sorted(world.id(n) for n in ("rob", "wilma", "alan"))
    assert world.cycle.last("schedule_visit").values["last_day"] == "2026-11-12"


def test_rules_about_the_form_alone_hold_for_what_it_should_have_said(world):
    ready_for_visit(world)
    world.do("schedule_visit", "lena", **VISIT)
    world.agree("schedule_visit", "hanna")
    with world.refused("dates_in_order"):
        correct(world, "lena", Correction(version(world, "schedule_visit"), values={"last_day": "2026-11-09"}))


def test_saying_what_is_known_already_changes_nothing(world):
    visited(world)
    shared = version(world, "share_feedback")
    done = correct(world, "lena", Correction(shared, on("2026-11-12")), Correction(shared - 1, None))
    assert done.events == ()
    happened = records(world)[shared - 1].event.happened
    assert correct(world, "lena", Correction(shared, happened)).events == ()
    assert correct(world, "lena", Correction(shared, on("2026-11-12", by=True))).events != ()


def test_only_the_author_a_lead_or_an_administrator_may_correct(world):
    visited(world)
    shared = version(world, "share_feedback")
    with world.refused("not-permitted"):
        correct(world, "hanna", Correction(shared, on("2026-11-11")))
    correct(world, "rob", Correction(shared, on("2026-11-11")))
    correct(world, "ada", Correction(shared, on("2026-11-12")))


def test_a_reason_is_always_wanted(world):
    visited(world)
    with world.refused("no-reason"):
        correct(world, "lena", Correction(version(world, "share_feedback"), on("2026-11-11")), reason=" ")


def test_a_day_to_come_and_a_day_long_past_are_refused_to_whoever_has_no_authority(world):
    visited(world)
    shared = version(world, "share_feedback")
    with world.refused("in-the-future"):
        correct(world, "lena", Correction(shared, on("2026-11-13")))
    world.clock.set("2027-01-20")
    with world.refused("too-far-back"):
        correct(world, "rob", Correction(shared, on("2026-11-11")))
    correct(world, "lena", Correction(shared, on("2026-11-11")))


def test_faults_of_input_are_all_told_with_the_event_they_are_about(world):
    visited(world)
    shared, seen = version(world, "share_feedback"), version(world, "work_scrutiny")
    last = len(records(world))
    with world.bad_input(
        f"event {last + 9}", f"event {shared}: oral_on", f"event {shared}: colour", f"event {seen}", f"event {shared}"
    ):
        correct(
            world, "lena", Correction(last + 9, on("2026-11-11")), Correction(seen, values={"text": "other"}),
            Correction(shared, values={"oral_on": "yesterday", "colour": "red"}), Correction(shared, on("2026-11-11")),
        )  # fmt: skip


def test_a_correction_is_not_corrected_but_its_event_again(world):
    visited(world)
    world.clock.set("2026-11-13")
    done = correct(world, "lena", Correction(version(world, "share_feedback"), on("2026-11-11")))
    with world.bad_input(f"event {done.events[0].version}"):
        correct(world, "lena", Correction(done.events[0].version, on("2026-11-10")))


def test_the_same_command_given_twice_is_done_once(world):
    visited(world)
    world.clock.set("2026-11-13")
    command = (Correction(version(world, "share_feedback"), on("2026-11-11")),)
    asked = world.asked("lena", reason="wrong", id="once")
    first = world.handle(CorrectEvents(asked=asked, cycle=world.id("cycle"), corrections=command))
    again = world.handle(CorrectEvents(asked=asked, cycle=world.id("cycle"), corrections=command))
    assert again.repeated
    assert again.events == first.events


def test_the_opening_may_turn_out_to_have_been_earlier_but_not_later_than_what_followed(world):
    visited(world)
    world.clock.set("2026-11-13")
    correct(world, "lena", Correction(1, on("2026-09-01")))
    assert world.cycle.opened == on("2026-09-01")
    with world.refused("out-of-order"):
        correct(world, "lena", Correction(1, on("2026-10-01")))
