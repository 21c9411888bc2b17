"""Undos: the latest transition, everything from a point on, or one event; what is left is a possible history."""

from kit.mending import correct, on, records, then, undo, version
from kit.world import VISIT, acting, ready_for_visit, visited, worked
from reviewflow.cycle.commands import AddNote, Correction


def test_the_latest_transition_never_happened_and_before_the_undo_it_was_believed(world):
    visited(world)
    before = world.clock.now()
    world.clock.set("2026-11-13")
    undo(world, "lena")
    assert world.cycle.state == "review_visit.under_way"
    assert world.cycle.last("share_feedback") is None
    assert then(world, as_of="2026-11-12").state == "review_visit.under_way"
    assert then(world, known_at=before).state == "review_visit.feedback_shared"


def test_after_an_undo_the_step_can_be_taken_again(world):
    visited(world)
    world.clock.set("2026-11-13")
    undo(world, "lena")
    world.do("share_feedback", "rob", oral_on="2026-11-11", note="Said once more.")
    assert world.cycle.state == "review_visit.feedback_shared"
    assert len(world.cycle.said["share_feedback"]) == 1


def test_with_a_step_go_its_proposal_and_its_signatures(world):
    ready_for_visit(world)
    world.do("schedule_visit", "lena", **VISIT)
    world.agree("schedule_visit", "hanna")
    done = undo(world, "lena")
    taken = version(world, "schedule_visit")
    assert done.events[0].event.undoes == [taken - 2, taken - 1, taken]
    assert done.events[0].event.people == sorted(world.id(n) for n in ("rob", "wilma", "alan"))
    assert world.cycle.proposals == {}
    assert world.cycle.state == "self_evaluation.ready"


def test_what_could_not_stand_without_it_is_named_and_nothing_is_undone(world):
    visited(world)
    world.do("respond_to_feedback", "hanna", kind="confirmed")
    with world.refused("out-of-order") as caught:
        undo(world, "lena")
    assert f"event {version(world, 'respond_to_feedback')} could not stand" in str(caught[0])
    assert f"--from {version(world, 'share_feedback')}" in str(caught[0])


def test_everything_from_a_point_on_goes_as_one_event_but_notes_stay(world):
    acting(world)
    world.handle(AddNote(asked=world.asked("lena"), cycle=world.id("cycle"), text="Remember the hall."))
    shared = version(world, "share_feedback")
    last = len(records(world))
    done = undo(world, "lena", since=shared)
    assert len(done.events) == 1
    assert done.events[0].event.undoes == list(range(shared, last))
    assert world.cycle.state == "review_visit.under_way"
    assert len(world.cycle.notes) == 1
    assert world.cycle.assigned("improvement_champion") == []


def test_a_point_between_a_proposal_and_its_conclusion_takes_the_proposal_with_it(world):
    ready_for_visit(world)
    world.do("schedule_visit", "lena", **VISIT)
    world.agree("schedule_visit", "hanna")
    taken = version(world, "schedule_visit")
    assert undo(world, "lena", since=taken).events[0].event.undoes == [taken - 2, taken - 1, taken]


def test_one_event_that_is_no_transition_can_be_undone_where_the_rest_stands_without_it(world):
    visited(world)
    undo(world, "lena", only=version(world, "work_scrutiny"))
    assert [one.kind for one in world.cycle.evidence].count("work_scrutiny") == 0
    assert world.cycle.state == "review_visit.feedback_shared"


def test_a_role_given_by_mistake_is_undone_offer_and_answer_each(world):
    visited(world)
    world.assign("improvement_champion", "chloe", "lena")
    accepted = version(world, "chloe")
    with world.refused("out-of-order"):
        undo(world, "lena", only=accepted - 1)
    undo(world, "lena", only=accepted)
    undo(world, "lena", only=accepted - 1)
    assert world.cycle.ever_assigned("improvement_champion") == []


def test_an_earlier_transition_is_not_undone_by_itself(world):
    visited(world)
    with world.refused("not-the-latest") as caught:
        undo(world, "lena", only=version(world, "start_visit"))
    assert "--from" in str(caught[0])


def test_the_opening_is_not_undone(world):
    visited(world)
    with world.refused("opening"):
        undo(world, "lena", since=1)
    world.open("rowan", "lena")
    with world.refused("nothing-to-undo"):
        undo(world, "lena")


def test_what_was_undone_is_not_undone_again_nor_corrected(world):
    visited(world)
    shared = version(world, "share_feedback")
    undo(world, "lena")
    with world.refused("not-there"):
        undo(world, "lena", only=shared)
    with world.bad_input(f"event {shared}"):
        correct(world, "lena", Correction(shared, on("2026-11-11")))


def test_undoing_undoes_corrections_with_their_event(world):
    visited(world)
    world.clock.set("2026-11-13")
    correct(world, "lena", Correction(version(world, "share_feedback"), on("2026-11-11")))
    undo(world, "lena")
    assert world.cycle.state == "review_visit.under_way"


def test_only_authors_leads_and_administrators_undo_and_they_say_why(world):
    visited(world)
    with world.refused("not-permitted"):
        undo(world, "hanna")
    with world.refused("no-reason"):
        undo(world, "lena", reason=None)
    undo(world, "rob")


def test_wrong_numbers_are_faults_of_input(world):
    visited(world)
    with world.bad_input("event"):
        undo(world, "lena", since=999)
    with world.bad_input("event"):
        undo(world, "lena", since=2, only=3)


def test_a_visit_that_never_happened_leaves_its_reviewers_free(world):
    worked(world)
    start = version(world, "schedule_visit", 0)
    undo(world, "lena", since=start)
    assert world.cycle.state == "self_evaluation.ready"
    world.do("schedule_visit", "lena", **{**VISIT, "first_day": "2026-11-24", "last_day": "2026-11-25"})
