"""What waits for whom: tasks follow the cycle; who they are for is asked for a day."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from reviewflow.cycle import events as ev
from reviewflow.cycle.expected import tasks as expected
from reviewflow.events import Happened
from reviewflow.registry import events as reg
from reviewflow.views.tasks import tasks
from reviewflow.views.waiting import everyone, for_person, of_cycle
from views.viewed import DAY, DEFINITION


@pytest.fixture
def people(log):
    """Everybody there is, with what they hold in the river partnership."""
    for name in ("hanna", "lena", "ada", "rob", "wilma", "nobody"):
        log.person(name)
    log.role("hanna", "head", "hazel", "organisation")
    log.role("lena", "partnership_lead", "river", "partnership")
    log.role("ada", "administrator", "invented", "programme")
    return log


def waits(log, person, day=DAY, **more: Any):
    return [(t.kind, t.step) for t in log.ask(for_person, person, day, **more)]


def test_a_task_waits_for_whoever_holds_the_role_at_the_subject(people):
    people.open()
    assert waits(people, "hanna") == [("transition", "start")]
    assert [waits(people, name) for name in ("lena", "ada", "rob", "nobody")] == [[], [], [], []]


def test_the_row_says_which_cycle_and_through_which_roles(people):
    people.open(values={"leader": "hanna"})
    (task,) = people.ask(for_person, "hanna", DAY)
    assert (task.cycle.handle, task.cycle.state) == ("hazel-2026-1", "work.drafting")
    assert (task.roles, task.people) == (("head", "opens.leader"), ("hanna",))


def test_a_head_elsewhere_has_nothing_to_do(people):
    people.open(subject="rowan")
    assert waits(people, "hanna") == []


@pytest.mark.parametrize(
    ("day", "found"), [("2025-08-31", []), ("2025-09-01", ["start"]), ("2026-12-31", ["start"]), ("2027-01-01", [])]
)
def test_a_role_counts_from_its_first_to_its_last_day(people, day, found):
    people.open(subject="rowan")
    people.role("rob", "head", "rowan", "organisation", "2025-09-01", "2026-12-31")
    assert [step for _, step in waits(people, "rob", date.fromisoformat(day))] == found


def test_a_role_that_ended_counts_no_longer(people):
    people.open()
    people.say("person-hanna", reg.RoleEnded, grant="hanna-head-hazel-2025-09-01", scope="hazel", on=date(2026, 9, 8))
    assert waits(people, "hanna", date(2026, 9, 8)) == [("transition", "start")]
    assert waits(people, "hanna", date(2026, 9, 9)) == []


def test_a_task_waits_for_the_person_a_form_named(people):
    people.open(values={"leader": "rob"})
    assert waits(people, "rob") == [("transition", "start")]
    assert waits(people, "wilma") == []


def test_a_plain_text_is_never_taken_for_a_person(people):
    people.open(values={"motto": "rob"})
    people.start()
    assert waits(people, "rob") == []
    assert all("rob" not in row for row in people.rows(tasks))


def test_a_lead_and_a_reviewer_have_tasks_in_the_cycle(people):
    people.open()
    people.start()
    assert waits(people, "lena") == [("transition", "finish")]
    assert waits(people, "rob") == []
    people.offer("rob")
    assert waits(people, "rob") == [("answer", "reviewer")]
    people.accept("rob")
    assert waits(people, "rob") == [("act", "look")]
    people.say("cycle-one", ev.AssignmentWithdrawn, assigned="reviewer", person="rob")
    assert waits(people, "rob") == []


def test_each_offer_is_a_task_of_its_own(people):
    people.open()
    people.offer("rob")
    people.offer("wilma")
    offers = [t for t in people.ask(everyone, DAY) if t.kind == "answer"]
    assert [(t.step, t.people) for t in offers] == [("reviewer", ("rob",)), ("reviewer", ("wilma",))]


def test_an_act_is_expected_as_often_as_it_is_due(people):
    people.open()
    people.start()
    people.offer("rob")
    people.accept("rob")
    people.say("cycle-one", ev.ActRecorded, step="look")
    assert waits(people, "rob") == [("act", "look")]
    people.say("cycle-one", ev.ActRecorded, step="look")
    assert waits(people, "rob") == []


def test_a_proposal_waits_for_the_second_signature(people):
    people.open()
    people.start()
    people.say("cycle-one", ev.AgreementGiven, step="finish")
    assert waits(people, "lena") == []
    assert waits(people, "hanna") == [("agree", "finish")]


def test_anyone_is_everybody_with_a_role_here(people):
    people.open()
    people.start()
    people.offer("rob")
    people.accept("rob")
    people.take("pause", "work.reviewing", "paused", returns_to="work.reviewing")
    assert waits(people, "ada") == [("transition", "resume"), ("act", "speak")]
    for name in ("hanna", "lena", "rob"):
        assert waits(people, name) == [("act", "speak")], name
    assert waits(people, "nobody") == []


def test_an_administrator_of_the_installation_is_one_in_every_programme(people):
    people.role("wilma", "administrator", "installation", "installation")
    people.role("wilma", "head", "installation", "installation")
    people.open()
    people.take("pause", "work.drafting", "paused", returns_to="work.drafting")
    assert ("transition", "resume") in waits(people, "wilma")
    people.take("resume", "paused", "work.drafting")
    assert waits(people, "wilma") == []  # only what is held in a programme is held from above


def test_at_the_end_nothing_waits(people):
    people.open()
    people.offer("rob")
    people.start()
    people.take("finish", "work.reviewing", "done")
    assert people.rows(tasks) == []
    assert people.ask(everyone, DAY) == []


def test_nothing_waits_for_the_forgotten(people):
    people.open(values={"leader": "rob"})
    people.forget("rob", "2026-09-08")
    assert waits(people, "rob", date(2026, 9, 7)) == [("transition", "start")]
    assert waits(people, "rob", date(2026, 9, 8)) == []
    (task,) = people.ask(everyone, date(2026, 9, 8))
    assert (task.roles, task.people) == (("head", "opens.leader"), ("hanna",))


def test_everyone_shows_what_waits_for_nobody(people):
    people.open(subject="rowan", partnership=None)
    people.start()
    found = {(t.step, t.roles): t.people for t in people.ask(everyone, DAY)}
    assert found == {("finish", ("partnership_lead",)): (), ("look", ("opens.motto", "reviewer")): ()}


def test_everyone_can_be_narrowed_and_paged(people):
    for n, school in enumerate(("hazel", "rowan", "willow")):
        people.open(f"c{n}", school, programme="other" if school == "rowan" else "invented")
        people.start(f"c{n}")

    def cycles(**more: Any):
        return [t.cycle.id for t in people.ask(everyone, DAY, **more)]

    assert cycles() == ["c0", "c0", "c1", "c1", "c2", "c2"]
    assert cycles(programme="other") == ["c1", "c1"]
    assert cycles(partnership="hill") == []
    assert cycles(limit=2) == ["c0", "c0", "c1", "c1"]
    assert cycles(limit=2, after="rowan-2026-1") == ["c2", "c2"]
    assert [t.step for t in people.ask(of_cycle, "c1", DAY)] == ["finish", "look"]
    assert people.ask(of_cycle, "unknown", DAY) == []


def test_a_persons_list_is_paged_by_cycle(people):
    for n, school in enumerate(("hazel", "rowan", "willow")):
        people.open(f"c{n}", school)
        people.offer("rob", f"c{n}")
        people.start(f"c{n}")
        people.accept("rob", f"c{n}")
        people.offer("wilma", f"c{n}")
    assert len(waits(people, "rob")) == 3
    assert [t.cycle.id for t in people.ask(for_person, "rob", DAY, limit=2)] == ["c0", "c1"]
    assert [t.cycle.id for t in people.ask(for_person, "rob", DAY, after="hazel-2026-1", limit=5)] == ["c1", "c2"]
    assert [t.cycle.id for t in people.ask(for_person, "rob", DAY, limit=0)] == []
    assert len(waits(people, "rob", programme="invented", partnership="river")) == 3
    assert waits(people, "rob", programme="other") == waits(people, "rob", partnership="hill") == []


def told(cycle):
    """What the workflow expects, read plainly: kind, step, and each role or person it waits for."""
    found = set()
    for task in expected(DEFINITION, cycle):
        if task.person:
            found.add((task.kind, task.step, task.step, task.person))
        for role in DEFINITION.roles if "anyone" in task.roles else task.roles:
            said = cycle.last("opens").values.get("leader", "") if role == "opens.leader" else ""
            found.add((task.kind, task.step, role, said))
    return found


def test_after_every_event_the_rows_are_what_is_expected(people):
    people.open(values={"leader": "rob", "motto": "onwards"})
    steps = [
        (ev.AssignmentOffered, {"assigned": "reviewer", "person": "rob"}),
        (ev.NoteAdded, {"text": people.seal("a note")}),
        (ev.AgreementGiven, {"step": "start"}),
        (ev.TransitionTaken, {"step": "start", "origin": "work.drafting", "to": "work.reviewing", "proposal": 4}),
        (ev.AssignmentAccepted, {"assigned": "reviewer", "person": "rob"}),
        (ev.ActRecorded, {"step": "look"}),
        (ev.EvidenceAdded, {"kind": "paper"}),
        (ev.DeadlineMoved, {"step": "look", "due": DAY, "reason": people.seal("illness")}),
        (ev.TransitionTaken,
         {"step": "pause", "origin": "work.reviewing", "to": "paused", "returns_to": "work.reviewing"}),
        (ev.RequirementWaived, {"of": "resume", "requirement": "rest", "reason": people.seal("rested")}),
        (ev.ConsentGiven, {"what": "dates", "consent_of": "head"}),
        (ev.TransitionTaken, {"step": "resume", "origin": "paused", "to": "work.reviewing"}),
        (ev.ActRecorded, {"step": "look"}),
        (ev.ConsentWithdrawn, {"what": "dates", "consent_of": "head"}),
        (ev.AssignmentOffered, {"assigned": "reviewer", "person": "wilma"}),
        (ev.AssignmentDeclined, {"assigned": "reviewer", "person": "wilma"}),
        (ev.RoleHandedOver, {"assigned": "reviewer", "person": "rob", "successor": "wilma", "standing": "accepted",
                             "reason": people.seal("moved away")}),
        (ev.AssignmentWithdrawn, {"assigned": "reviewer", "person": "wilma"}),
        (ev.AgreementGiven, {"step": "finish"}),
        (ev.TransitionTaken, {"step": "finish", "origin": "work.reviewing", "to": "done", "proposal": 20}),
        (ev.EventCorrected, {"corrects": 21, "occurred": Happened(on=DAY), "reason": people.seal("a slip")}),
        (ev.TransitionUndone, {"undoes": [20, 21], "reason": people.seal("another cycle")}),
        (ev.TransitionUndone, {"undoes": [18, 19], "reason": people.seal("they stay")}),
        (ev.TransitionUndone, {"undoes": [10, 13], "reason": people.seal("it never paused")}),
    ]  # fmt: skip
    assert {kind for kind, _ in steps} | {ev.CycleOpened, ev.CycleAdopted} == set(every_event(ev.CycleEvent))
    for kind, fields in steps:
        people.say("cycle-one", kind, **fields)
        shown = {row[1:5] for row in people.rows(tasks)}
        assert shown == told(people.cycles["cycle-one"]), kind


def every_event(kind):
    """All events of a cycle, so that a new one cannot be left out above."""
    for one in kind.__subclasses__():
        if one.topic:
            yield one
        yield from every_event(one)
