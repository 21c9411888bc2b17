"""The difference of two moments, and why there is one."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from audit.histories import histories, moments
from audit.scene import DEFINITION, FakeNames, Log, opening, said, sealed, seeing
from reviewflow.audit.diff import Compared, compare, compared_texts
from reviewflow.audit.replay import Moment
from reviewflow.cycle import events as ev
from reviewflow.events import Unsealed

HEAD = said("hal", "head")
ROWS = [{"id": "r1", "question": Unsealed("Do they read?"), "theme": "reading"}]


def day(number: int) -> date:
    return date(2026, 3, number)


def log() -> Log:
    """Events 1 to 8, on the days 2 to 9 of March; the focus, event 4, was recorded on 17 March."""
    one = Log().of(
        opening(),
        ev.AssignmentOffered(**said(on=day(3)), assigned="reviewer", person="rita"),
        ev.AgreementGiven(**said(on=day(4)), step="schedule", values={"first_day": "2026-04-01", "questions": ROWS}),
    )
    one.add(
        ev.ActRecorded(**said("hal", "head", day(5)), step="choose_focus", values={"areas": [Unsealed("reading")]}),
        days_late=12,
    )
    return one.of(
        ev.AgreementGiven(**said("hal", "head", day(6)), step="schedule", proposal=3),
        ev.TransitionTaken(
            **said(on=day(6)), step="schedule", origin="prepare.planned", to="prepare.ready", proposal=3
        ),
        ev.NoteAdded(**said("hal", "head", day(7)), text=Unsealed("well")),
        ev.EvidenceAdded(**said("rita", "reviewer", day(8)), kind="walk", text=Unsealed("books")),
    )


def differ(
    one: Log, before: Moment, after: Moment, viewer: str | None = None, names: FakeNames | None = None
) -> Compared:
    sight = seeing(one, viewer) if viewer else None
    return compare(one.records, before, after, DEFINITION, names or FakeNames(), seeing=sight)


def test_state_people_steps_values_and_the_events_that_make_the_difference() -> None:
    found = differ(log(), Moment(as_of=day(2)), Moment(as_of=day(8)))
    assert [(str(one), one.versions) for one in found.differences] == [
        ("State: Preparation: Planned -> Preparation: Ready", (6,)),
        ("Peer reviewer: Rita Reviewton: nothing -> offered", (2,)),
        ("Arrange the visit: nothing -> done once", (3, 5, 6)),
        ("Choose the focus: nothing -> done once", (4,)),
        ("Arrange the visit: First day: nothing -> 2026-04-01", (3, 5, 6)),
        ("Arrange the visit: Questions, r1, Question: nothing -> Do they read?", (3, 5, 6)),
        ("Arrange the visit: Questions, r1, Theme: nothing -> Reading", (3, 5, 6)),
        ("Choose the focus: Focus areas: nothing -> reading", (4,)),
        ("Evidence: Learning walk: nothing -> 1 in all (event 8)", (8,)),
        ("Note (event 7): nothing -> well", (7,)),
    ]
    assert found.sentence == "10 differences"
    assert {one.why for one in found.between} == {"happened"}


def test_what_became_known_is_told_from_what_happened() -> None:
    then = Moment(as_of=day(6), known_at=datetime(2026, 3, 10, tzinfo=UTC))
    found = differ(log(), then, Moment(as_of=day(6)))
    whys = {one.recorded.version: (one.why, one.counts) for one in found.between}
    # What was appended after the late one stands behind it in the log, and became known no earlier.
    assert whys == {4: ("known", "after"), 5: ("known", "after"), 6: ("known", "after")}
    later = differ(log(), then, Moment(as_of=day(8)))
    assert {one.recorded.version: one.why for one in later.between}[8] == "both"
    texts = compared_texts(found)
    assert texts[:2] == [
        "before: on 2026-03-06, as known at 2026-03-10T00:00:00Z", "after:  on 2026-03-06, as now known",
    ]  # fmt: skip
    assert "          became known between the two moments; counts only after" in texts


def test_a_value_said_again_with_the_same_words_is_no_difference() -> None:
    focus = {"step": "choose_focus", "values": {"areas": [sealed("one").model_dump()], "themes": ["reading"]}}
    again = {"step": "choose_focus", "values": {"areas": [sealed("two").model_dump()], "themes": ["sums"]}}
    one = Log().of(opening(), ev.ActRecorded(**HEAD, **focus), ev.ActRecorded(**HEAD, **again))
    same = FakeNames(opened={"one": "reading", "two": "reading"})
    before, after = Moment(position=2), Moment(position=3)
    assert [str(d) for d in differ(one, before, after, names=same).differences] == [
        "Choose the focus: done once -> done 2 times",
        "Choose the focus: Themes: Reading -> Sums & numbers",
    ]
    # Where nobody can read them any more, two boxes are two: nothing is claimed to be the same.
    gone = differ(one, before, after, names=FakeNames(removed=("one", "two")))
    assert "Choose the focus: Focus areas: [removed] -> [removed]" in [str(d) for d in gone.differences]


def test_items_of_a_list_are_compared_one_by_one() -> None:
    lists = [[], [""], ["a, b"], ["a", "b"]]
    acts = [{"step": "choose_focus", "values": {"areas": [Unsealed(t) for t in texts]}} for texts in lists]
    one = Log().of(opening(), *(ev.ActRecorded(**HEAD, **act) for act in acts))
    seen = [str(differ(one, Moment(position=n), Moment(position=n + 1)).differences[1]) for n in (2, 3, 4)]
    assert seen == [f"Choose the focus: Focus areas: {change}" for change in (
        "none -> an empty text", "an empty text -> a, b", "a, b -> a, b",
    )]  # fmt: skip


def test_people_of_the_same_name_are_not_the_same() -> None:
    again = {"step": "schedule", "to": "prepare.ready"}
    one = Log().of(
        opening(),
        ev.TransitionTaken(**said(), **again, origin="prepare.planned", values={"guests": ["rita"]}),
        ev.TransitionTaken(**said(), **again, origin="prepare.ready", values={"guests": ["sam"]}),
    )

    class Alike(FakeNames):
        def person(self, id: str) -> str:  # noqa: A002, ARG002
            return "Chris Common"

    found = differ(one, Moment(position=2), Moment(position=3), names=Alike())
    assert "Arrange the visit: Guests: Chris Common -> Chris Common" in [str(d) for d in found.differences]


def test_rows_are_compared_one_by_one_and_cell_by_cell() -> None:
    rows = [{"id": "r1", "theme": "sums", "question": Unsealed("Do they read?")}, {"id": "r2"}]
    one = log()
    one.add(
        ev.TransitionTaken(
            **said(on=day(9)), step="schedule", origin="prepare.ready", to="prepare.ready",
            values={"questions": rows},
        )
    )  # fmt: skip
    found = differ(one, Moment(position=8), Moment(position=9))
    assert [str(d) for d in found.differences] == [
        "Arrange the visit: done once -> done 2 times",
        "Arrange the visit: First day: 2026-04-01 -> nothing",
        "Arrange the visit: Questions, r1, Theme: Reading -> Sums & numbers",
        "Arrange the visit: Questions, r2: nothing -> nothing in it",
    ]


def test_waivers_consent_deadlines_and_proposals() -> None:
    one = Log().of(
        opening(),
        ev.AgreementGiven(**said(), step="schedule"),
        ev.AgreementGiven(**HEAD, step="schedule", proposal=2),
        ev.RequirementWaived(**said(), of="reviewer", requirement="trained", person="sam", reason=Unsealed("x")),
        ev.ConsentGiven(**HEAD, what="choose_focus", consent_of="head"),
        ev.DeadlineMoved(**said(), step="finish", due=day(30), reason=Unsealed("x")),
        ev.ConsentWithdrawn(**HEAD, what="choose_focus", consent_of="head"),
        ev.TransitionTaken(**said(), step="pause", origin="prepare.planned", to="paused", returns_to="prepare.planned"),
    )
    found = differ(one, Moment(position=2), Moment(position=6))
    assert [(str(d), d.versions) for d in found.differences] == [
        ("Arrange the visit, proposed: in event 2, not signed yet -> in event 2, signed by Headteacher", (3,)),
        ("Requirement trained of Peer reviewer for Sam Supposed: nothing -> waived, not met (event 4)", (4,)),
        ("Deadline of Finish: nothing -> 2026-03-30", (6,)),
        ("Consent to show “Choose the focus”: nothing -> given", (5,)),
    ]
    found = differ(one, Moment(position=6), Moment())
    assert [(str(d), d.versions) for d in found.differences] == [
        ("State: Preparation: Planned -> Paused", (8,)),
        ("Goes back to: nothing -> Preparation: Planned", (8,)),
        ("Arrange the visit, proposed: in event 2, signed by Headteacher -> nothing", (8,)),
        ("Pause: nothing -> done once", (8,)),
        ("Consent to show “Choose the focus”: given -> withdrawn", (7,)),
    ]


def test_no_difference_is_said_in_words() -> None:
    same = differ(log(), Moment(as_of=day(6)), Moment(as_of=day(6)))
    assert same.empty
    assert same.sentence == "no difference: the same events count at both moments"
    assert compared_texts(same)[-1] == same.sentence
    never = differ(log(), Moment(as_of=day(1)), Moment(position=0))
    assert never.sentence == "no difference: the cycle was not open at either moment"
    one = Log().of(
        opening(),
        ev.ConsentGiven(**HEAD, what="choose_focus", consent_of="head"),
        ev.ConsentWithdrawn(**HEAD, what="choose_focus", consent_of="head"),
        ev.ConsentGiven(**HEAD, what="choose_focus", consent_of="head"),
    )
    back = differ(one, Moment(position=2), Moment())
    assert back.empty
    assert back.sentence == (
        "no difference: the cycle is the same, though not the same events count (2 events at one moment only)"
    )
    assert len(back.between) == 2


def test_a_cycle_that_was_not_open_differs_in_everything() -> None:
    found = differ(log(), Moment(as_of=day(1)), Moment(as_of=day(2)))
    assert [(str(d), d.versions) for d in found.differences] == [
        ("State: nothing -> Preparation: Planned", (1,)),
        ("Plan the review: nothing -> done once", (1,)),
        ("Plan the review: School lead: nothing -> Sam Supposed", (1,)),
    ]


def test_what_is_hidden_is_counted_and_no_part_of_it_told() -> None:
    found = differ(log(), Moment(as_of=day(2)), Moment(), "aud")
    assert [str(d) for d in found.differences] == [
        "State: Preparation: Planned -> Preparation: Ready",
        "Arrange the visit: nothing -> done once",
        "Arrange the visit: First day: nothing -> 2026-04-01",
        "Evidence: Learning walk: nothing -> 1 in all (event 8)",
    ]
    assert found.sentence == "4 differences, 5 more not shown to you"
    texts = compared_texts(found, details=True)
    assert texts[-1] == "3 events not shown to you"
    everything = "\n".join(texts[2:]) + json.dumps(found.data()["differences"]) + json.dumps(found.data()["events"])
    assert not [s for s in ("Rita", "Hal", "Lena", "well", "reading", "books", "2026-03") if s in everything]


def test_whether_a_hidden_value_changed_is_hidden_too() -> None:
    def said_again(text: str) -> Compared:
        values = [{"areas": [Unsealed("reading")]}, {"areas": [Unsealed(text)]}]
        one = Log().of(opening(), *(ev.ActRecorded(**HEAD, step="choose_focus", values=v) for v in values))
        return differ(one, Moment(position=2), Moment(position=3), "aud")

    assert said_again("reading").data() == said_again("sums").data()


def test_a_stranger_is_told_only_how_much_differs() -> None:
    one = Log().of(
        opening(),
        ev.AgreementGiven(**HEAD, step="answer", about="r1", values={"text": Unsealed("yes")}),
        ev.RequirementWaived(**said(), of="schedule", requirement="team_size", reason=Unsealed("x")),
        ev.DeadlineMoved(**said(), step="finish", due=day(30), reason=Unsealed("x")),
        ev.ConsentGiven(**HEAD, what="choose_focus", consent_of="head"),
        ev.EvidenceAdded(**said("rita", "reviewer"), kind="walk", text=Unsealed("a")),
        ev.TransitionTaken(**said(), step="schedule", origin="prepare.planned", to="prepare.ready", values={}),
    )
    for position in range(1, 7):
        found = differ(one, Moment(position=position), Moment(position=position + 1), "sam")
        assert (found.differences, found.hidden > 0, found.empty) == ((), True, False)
        assert compared_texts(found)[-1] == "1 event not shown to you"


def test_rows_that_one_side_hides_are_not_said_to_be_gone() -> None:
    again = {"step": "schedule", "to": "prepare.ready", "values": {"questions": ROWS}}
    one = Log().of(
        opening(),
        ev.TransitionTaken(**said("rita", "reviewer"), **again, origin="prepare.planned"),
        ev.TransitionTaken(**said(), **again, origin="prepare.ready"),
    )
    found = differ(one, Moment(position=2), Moment(position=3), "rita")
    assert found.differences == ()
    assert found.hidden == 2  # how often the visit was arranged, and its questions


@given(st.data(), histories())
def test_equal_moments_do_not_differ(data: st.DataObject, log: Log) -> None:
    moment = data.draw(moments(log))
    found = differ(log, moment, moment, data.draw(st.sampled_from([None, "aud", "rita"])))
    assert (found.differences, found.between, found.hidden) == ((), (), 0)
    assert found.sentence.startswith("no difference")


@given(st.data(), histories())
def test_the_other_way_round_says_the_same_the_other_way_round(data: st.DataObject, log: Log) -> None:
    first, second = data.draw(moments(log)), data.draw(moments(log))
    viewer = data.draw(st.sampled_from([None, "aud", "rita", "lena"]))
    there, back = differ(log, first, second, viewer), differ(log, second, first, viewer)
    assert [d._replace(before=d.after, after=d.before) for d in there.differences] == list(back.differences)
    other = {"before": "after", "after": "before"}
    assert [b._replace(counts=other[b.counts]) for b in there.between] == list(back.between)
    assert (there.hidden, there.empty) == (back.hidden, back.empty)
    json.dumps([there.data(), back.data()])


@given(st.data(), histories())
def test_every_difference_names_events_that_count_at_one_moment_only(data: st.DataObject, log: Log) -> None:
    first, second = data.draw(moments(log)), data.draw(moments(log))
    found = differ(log, first, second)
    between = {b.recorded.version for b in found.between}
    for one in found.differences:
        assert one.versions
        assert set(one.versions) <= between
    assert between == {r.version for r in found.before.used} ^ {r.version for r in found.after.used}


@given(histories())
def test_between_two_neighbours_only_what_was_said_before_is_silent(log: Log) -> None:
    """A deadline may be moved to where it is."""
    for earlier, later in pairwise(log.records):
        found = differ(log, Moment(position=earlier.position), Moment(position=later.position))
        assert found.differences or isinstance(later.event, ev.DeadlineMoved)
