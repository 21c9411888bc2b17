"""From events to a cycle: what each event changes, two times by example, and the events that cannot follow."""

import copy
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest

from kit.world import VISIT, ready_for_visit, visited
from reviewflow.cycle import events as ev
from reviewflow.cycle.fold import evolve, fold
from reviewflow.errors import ImpossibleHistory
from reviewflow.events import Event, Happened, Recorded, Unsealed
from reviewflow.registry.events import PersonForgotten

FIRST = datetime(2026, 9, 7, 12, tzinfo=UTC)
SAID = {"by": "hanna", "role": "head", "entered_by": "hanna", "door": "web", "cause": "test"}


def on(day, at=None):
    """A day in November 2026, as an event says it."""
    return Happened(on=date(2026, 11, day), at=at)


def opened(day=1):
    return ev.CycleOpened(
        **SAID, happened=on(day), workflow="trial", edition="1", digest="d", to="work.draft", programme="p",
        partnership="c", subject="s", year="2026", number=1, handle="s-2026-1",
    )  # fmt: skip


def moved(step, origin, to, day=2, at=None, **more: Any):
    return ev.TransitionTaken(**SAID, happened=on(day, at), step=step, origin=origin, to=to, **more)


def act(step, day=2, **more: Any):
    return ev.ActRecorded(**SAID, happened=on(day), step=step, **more)


def signed(step, proposal=None, role="head", day=2, **more: Any):
    return ev.AgreementGiven(**{**SAID, "role": role}, happened=on(day), step=step, proposal=proposal, **more)


def assigned(kind, person="rob", role="checker", day=2):
    return kind(**SAID, happened=on(day), assigned=role, person=person)


def evidence(day=2, **more: Any):
    return ev.EvidenceAdded(**SAID, happened=on(day), kind="paper", **more)


def note(beside=None, day=2):
    return ev.NoteAdded(**SAID, happened=on(day), text=Unsealed("words"), beside=beside)


def consent(kind, day=2, what="report"):
    return kind(**SAID, happened=on(day), what=what, consent_of="head")


def log(*events: Event, stream="cycle-c1"):
    """The events with their places, recorded one hour after another."""
    return [
        Recorded(10 * n, FIRST + timedelta(hours=n), stream, n, event) for n, event in enumerate(events, 1)
    ]  # fmt: skip


def test_nothing_is_no_cycle():
    assert fold([]) is None


def test_the_opening_is_the_first_thing_said():
    cycle = fold(log(opened()))
    assert (cycle.id, cycle.version, cycle.state, cycle.returns_to) == ("c1", 1, "work.draft", None)
    assert (cycle.position, cycle.recorded_at) == (10, FIRST + timedelta(hours=1))
    assert [(stay.state, stay.since, stay.left) for stay in cycle.stays] == [("work.draft", 1, None)]
    assert cycle.last("opens").by == "hanna"


def test_a_transition_ends_one_stay_and_begins_another():
    cycle = fold(
        log(opened(), moved("submit", "work.draft", "work.ready", 3, values={"a": 1}, met=["m"], waived=["w"]))
    )
    assert cycle.state == "work.ready"
    assert [(s.state, s.entered, s.left) for s in cycle.stays] == [
        ("work.draft", on(1), on(3)), ("work.ready", on(3), None),
    ]  # fmt: skip
    said = cycle.last("submit")
    assert (said.version, said.values_at, said.values, said.met, said.waived) == (2, 2, {"a": 1}, ("m",), ("w",))


def test_where_a_side_state_returns_to_is_what_the_event_says():
    paused = moved("pause", "work.draft", "paused", returns_to="work.draft")
    assert fold(log(opened(), paused)).returns_to == "work.draft"
    back = moved("resume", "paused", "work.draft")
    assert fold(log(opened(), paused, back)).returns_to is None


def test_replay_copies_where_a_step_led_and_asks_no_workflow():
    assert fold(log(opened(), moved("unheard_of", "work.draft", "nowhere.known"))).state == "nowhere.known"


def test_a_step_taken_twice_is_said_twice_and_the_last_counts():
    cycle = fold(log(opened(), act("focus", values={"a": 1}), act("focus", values={"a": 2}, about="r1")))
    assert [said.values["a"] for said in cycle.said["focus"]] == [1, 2]
    assert cycle.last("focus").about == "r1"
    assert cycle.state == "work.draft"
    assert cycle.last("never") is None


def test_the_values_of_a_signed_step_are_those_of_its_proposal():
    proposal = signed("visit", values={"day": "2026-11-10"}, role="lead")
    cycle = fold(log(opened(), proposal))
    assert cycle.proposals["visit"].values == {"day": "2026-11-10"}
    cycle = fold(log(opened(), proposal, signed("visit", 2), moved("visit", "work.draft", "work.ready", proposal=2)))
    assert cycle.proposals == {}
    assert (cycle.last("visit").values, cycle.last("visit").values_at) == ({"day": "2026-11-10"}, 2)


def test_an_act_may_be_proposed_and_signed_too():
    proposal = signed("meet", values={"a": 1}, role="lead", about="r1")
    other = signed("visit", role="lead")
    cycle = fold(log(opened(), proposal, other, signed("meet", 2), act("meet", proposal=2)))
    assert (cycle.last("meet").values, cycle.last("meet").about, cycle.last("meet").values_at) == ({"a": 1}, "r1", 2)
    assert list(cycle.proposals) == ["visit"]


def test_proposed_again_the_later_proposal_counts_and_has_no_signatures():
    first, again = signed("visit", values={"a": 1}, role="lead"), signed("visit", values={"a": 2}, role="lead")
    cycle = fold(log(opened(), first, signed("visit", 2, "head"), again))
    assert (cycle.proposals["visit"].version, cycle.proposals["visit"].signed) == (4, {})


def test_what_was_proposed_falls_when_the_cycle_moves_on():
    cycle = fold(log(opened(), signed("visit", role="lead"), moved("submit", "work.draft", "work.ready")))
    assert cycle.proposals == {}


def test_who_has_a_role_and_who_ever_had_it():
    cycle = fold(
        log(
            opened(), assigned(ev.AssignmentOffered), assigned(ev.AssignmentAccepted),
            assigned(ev.AssignmentOffered, "wilma"), assigned(ev.AssignmentDeclined, "wilma"),
            assigned(ev.AssignmentOffered, "bea"), assigned(ev.AssignmentWithdrawn),
            assigned(ev.AssignmentOffered, "alan"), assigned(ev.AssignmentAccepted, "alan"),
        )
    )  # fmt: skip
    assert cycle.assigned("checker") == ["alan"]
    assert cycle.ever_assigned("checker") == ["rob", "alan"]
    assert cycle.offered("checker") == ["bea"]
    assert cycle.assigned("other") == cycle.ever_assigned("other") == cycle.offered("other") == []


def test_evidence_notes_waivers_consents_and_moved_deadlines_gather():
    waived = ev.RequirementWaived(**SAID, happened=on(2), of="submit", requirement="focus", reason=Unsealed("why"))
    later = ev.DeadlineMoved(**SAID, happened=on(2), step="submit", due=date(2026, 12, 1), reason=Unsealed("why"))
    given, ended = consent(ev.ConsentGiven), consent(ev.ConsentWithdrawn)
    cycle = fold(log(opened(), evidence(about="r1"), note(1), waived, given, ended, later))
    assert [(e.kind, e.about, e.version) for e in cycle.evidence] == [("paper", "r1", 2)]
    assert [(n.beside, n.version) for n in cycle.notes] == [(1, 3)]
    assert [(w.of, w.requirement, w.person, w.version) for w in cycle.waivers] == [("submit", "focus", None, 4)]
    assert not cycle.consented("report")
    assert fold(log(opened(), given)).consented("report")
    assert [entry[0] for entry in cycle.consents["report"]] == [True, False]
    assert cycle.moved == {"submit": date(2026, 12, 1)}


IMPOSSIBLE = {
    "something before the opening": [note()],
    "a transition before the opening": [moved("submit", "work.draft", "work.ready")],
    "opened twice": [opened(), opened()],
    "an event of the registry": [opened(), PersonForgotten(**SAID, happened=on(2), reason="request")],
    "a transition from another state": [opened(), moved("submit", "work.ready", "done")],
    "a transition from where it was before": [
        opened(), moved("submit", "work.draft", "work.ready"), moved("submit", "work.draft", "work.ready"),
    ],
    "a transition that happened before the opening": [opened(3), moved("submit", "work.draft", "work.ready", 2)],
    "a transition that happened before the one before it": [
        opened(), moved("submit", "work.draft", "work.ready", 5), moved("check", "work.ready", "work.checked", 4),
    ],
    "a transition earlier on the same day": [
        opened(), moved("submit", "work.draft", "work.ready", 5, time(12)),
        moved("check", "work.ready", "work.checked", 5, time(11, 59)),
    ],
    "a transition of a proposal that never was": [opened(), moved("visit", "work.draft", "work.ready", proposal=2)],
    "an act of a proposal that never was": [opened(), act("visit", proposal=2)],
    "a transition of the proposal of another step": [
        opened(), signed("visit"), moved("submit", "work.draft", "work.ready", proposal=2),
    ],
    "a transition of a proposal that was replaced": [
        opened(), signed("visit"), signed("visit"), moved("visit", "work.draft", "work.ready", proposal=2),
    ],
    "a signature on nothing": [opened(), signed("visit", 2)],
    "a signature on a proposal that was replaced": [opened(), signed("visit"), signed("visit"), signed("visit", 2)],
    "a signature on a proposal that fell": [
        opened(), signed("visit"), moved("submit", "work.draft", "work.ready"), signed("visit", 2),
    ],
    "a second signature of one role": [opened(), signed("visit", role="lead"), signed("visit", 2), signed("visit", 2)],
    "accepted and never asked": [opened(), assigned(ev.AssignmentAccepted)],
    "declined and never asked": [opened(), assigned(ev.AssignmentDeclined)],
    "left and never asked": [opened(), assigned(ev.AssignmentWithdrawn)],
    "asked twice": [opened(), assigned(ev.AssignmentOffered), assigned(ev.AssignmentOffered)],
    "asked while having the role": [
        opened(), assigned(ev.AssignmentOffered), assigned(ev.AssignmentAccepted), assigned(ev.AssignmentOffered),
    ],
    "accepted twice": [
        opened(), assigned(ev.AssignmentOffered), assigned(ev.AssignmentAccepted), assigned(ev.AssignmentAccepted),
    ],
    "accepted what another was asked": [
        opened(), assigned(ev.AssignmentOffered, "rob"), assigned(ev.AssignmentAccepted, "bea"),
    ],
    "accepted another role": [
        opened(), assigned(ev.AssignmentOffered), assigned(ev.AssignmentAccepted, role="helper"),
    ],
    "left twice": [
        opened(), assigned(ev.AssignmentOffered), assigned(ev.AssignmentWithdrawn), assigned(ev.AssignmentWithdrawn),
    ],
    "a note beside itself": [opened(), note(2)],
    "a note beside what has not come": [opened(), note(3)],
    "a note beside nothing": [opened(), note(0)],
    "consent twice": [opened(), consent(ev.ConsentGiven), consent(ev.ConsentGiven)],
    "the end of a consent never given": [opened(), consent(ev.ConsentWithdrawn)],
    "the end of consent to something else": [
        opened(), consent(ev.ConsentGiven, what="notes"), consent(ev.ConsentWithdrawn),
    ],
}  # fmt: skip


@pytest.mark.parametrize("events", IMPOSSIBLE.values(), ids=IMPOSSIBLE.keys())
def test_an_event_that_cannot_follow_names_its_place(events):
    records = log(*events)
    with pytest.raises(ImpossibleHistory) as info:
        fold(records)
    assert (info.value.stream, info.value.version) == ("cycle-c1", len(events))
    assert info.value.why


@pytest.mark.parametrize("events", IMPOSSIBLE.values(), ids=IMPOSSIBLE.keys())
def test_brought_forward_one_by_one_it_is_the_same(events):
    *before, last = log(*events)
    cycle = fold(before)
    kept = copy.deepcopy(cycle)
    with pytest.raises(ImpossibleHistory):
        evolve(cycle, last)
    assert cycle == kept


@pytest.mark.parametrize("version", [1, 3, 4, 0, -1])
def test_a_version_that_does_not_follow_names_its_place(version):
    records = log(opened(), note())
    records[1] = records[1]._replace(version=version)
    with pytest.raises(ImpossibleHistory) as info:
        fold(records)
    assert info.value.version == version


def test_a_cycle_opens_with_version_one():
    with pytest.raises(ImpossibleHistory):
        fold([log(opened())[0]._replace(version=2)])


def test_a_cycle_brought_forward_leaves_the_one_before_as_it_was(world):
    visited(world)
    world.assign("improvement_champion", "chloe", "lena")
    world.waive("schedule_visit", "team_size", "lena")
    with world.knowing() as known:
        records = known.cycle_records(world.id("cycle"))
    cycle, kept = None, []
    for record in records:
        cycle = evolve(cycle, record)
        kept.append((cycle, copy.deepcopy(cycle)))
    assert all(one == then for one, then in kept)
    assert [fold(records[:n]) for n in range(1, len(records) + 1)] == [one for one, _ in kept]


# -- two times, by example ----------------------------------------------------------------------------------------


@pytest.fixture
def late(world):
    """A visit on 10 and 11 November that was typed in on 16 November, and a look at pupils' work after that."""
    ready_for_visit(world)
    world.do("schedule_visit", "lena", **VISIT)
    world.agree("schedule_visit", "hanna")
    world.clock.set("2026-11-16")
    world.do("start_visit", "rob", on="2026-11-10", attended=[world.id("rob")])
    world.evidence("work_scrutiny", "wilma", about="r1", on="2026-11-11")
    world.clock.set("2026-11-17")
    world.do("share_feedback", "rob", on="2026-11-12", oral_on="2026-11-11", note="Pupils write more.")
    return world


def at(world, as_of=None, known_at=None):
    with world.knowing(
        as_of=date.fromisoformat(as_of) if as_of else None,
        known_at=datetime.fromisoformat(known_at) if known_at else None,
    ) as known:
        return known.cycle(world.id("cycle"))


@pytest.mark.parametrize(
    ("as_of", "state"),
    [
        ("2026-09-06", None), ("2026-09-07", "review_visit.scheduled"), ("2026-11-09", "review_visit.scheduled"),
        ("2026-11-10", "review_visit.under_way"), ("2026-11-11", "review_visit.under_way"),
        ("2026-11-12", "review_visit.feedback_shared"), ("2030-01-01", "review_visit.feedback_shared"),
    ],
)  # fmt: skip
def test_as_of_a_day_is_what_had_happened_by_its_end_as_now_known(late, as_of, state):
    cycle = at(late, as_of)
    assert (cycle.state if cycle else None) == state


@pytest.mark.parametrize(
    ("known_at", "state"),
    [
        ("2026-09-07T11:59:59+00:00", None), ("2026-11-15T23:59:00+00:00", "review_visit.scheduled"),
        ("2026-11-16T11:59:59.999999+00:00", "review_visit.scheduled"),
        ("2026-11-16T12:00:00+00:00", "review_visit.under_way"),
        ("2026-11-16T13:00:00+01:00", "review_visit.under_way"),
        ("2026-11-17T11:59:59+00:00", "review_visit.under_way"),
        ("2026-11-17T12:00:00+00:00", "review_visit.feedback_shared"),
    ],
)  # fmt: skip
def test_known_at_a_moment_is_what_was_recorded_by_then(late, known_at, state):
    cycle = at(late, known_at=known_at)
    assert (cycle.state if cycle else None) == state


@pytest.mark.parametrize(
    ("as_of", "known_at", "state"),
    [
        ("2026-11-11", "2026-11-11T18:00:00+00:00", "review_visit.scheduled"),
        ("2026-11-11", "2026-11-16T18:00:00+00:00", "review_visit.under_way"),
        ("2026-11-12", "2026-11-16T18:00:00+00:00", "review_visit.under_way"),
        ("2026-11-12", "2026-11-17T18:00:00+00:00", "review_visit.feedback_shared"),
        ("2026-11-09", "2026-11-17T18:00:00+00:00", "review_visit.scheduled"),
    ],
)
def test_both_times_at_once(late, as_of, known_at, state):
    assert at(late, as_of, known_at).state == state


def test_evidence_added_late_was_there_on_its_day_and_not_known_then(late):
    assert [e.kind for e in at(late, "2026-11-11").evidence][-1] == "work_scrutiny"
    assert [e.kind for e in at(late, "2026-11-10").evidence][-1] == "evidence_list"
    assert len(at(late, known_at="2026-11-11T18:00:00+00:00").evidence) == 2


def test_what_is_folded_as_of_a_day_has_the_places_of_what_happened_by_then(late):
    whole, part = at(late), at(late, "2026-11-11")
    assert part.version == whole.version - 1
    assert part.position < whole.position
    assert part.last("start_visit") == whole.last("start_visit")


def test_stays_say_in_which_states_it_was_at_a_moment(late):
    cycle = late.cycle
    assert cycle.states_at(on(9)) == ["review_visit.scheduled"]
    assert cycle.states_at(on(10)) == ["review_visit.scheduled", "review_visit.under_way"]
    assert cycle.states_at(on(11)) == ["review_visit.under_way"]
    assert cycle.states_at(on(12)) == ["review_visit.under_way", "review_visit.feedback_shared"]
    assert cycle.states_at(Happened(on=date(2026, 9, 6))) == []


def test_times_of_day_tell_stays_apart_where_both_are_known():
    moves = moved("submit", "work.draft", "work.ready", 5, time(12)), moved("check", "work.ready", "done", 5, time(14))
    cycle = fold(log(opened(), *moves))
    assert cycle.states_at(on(5, time(11))) == ["work.draft"]
    assert cycle.states_at(on(5, time(12))) == ["work.draft", "work.ready"]
    assert cycle.states_at(on(5, time(13))) == ["work.ready"]
    assert cycle.states_at(on(5)) == ["work.draft", "work.ready", "done"]


def test_an_opening_that_had_not_happened_is_no_cycle_on_that_day():
    assert fold(log(opened(5), note(day=6)), as_of=date(2026, 11, 4)) is None


def test_as_of_a_day_leaves_out_what_came_later_wherever_it_stands():
    records = log(opened(), evidence(9), evidence(3), note(day=9), evidence(4))
    cycle = fold(records, as_of=date(2026, 11, 5))
    assert [item.version for item in cycle.evidence] == [3, 5]
    assert cycle.notes == ()
    assert cycle.version == 5


def test_the_known_prefix_ends_with_the_moment_asked_about():
    records = log(opened(), note(), note())
    assert [fold(records, known_at=r.recorded_at).version for r in records] == [1, 2, 3]
    assert fold(records, known_at=FIRST) is None
