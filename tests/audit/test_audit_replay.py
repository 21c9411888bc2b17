"""A past moment: the fold of what was known and had happened, against a slow model that reads the events plainly."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from audit.histories import histories, moments
from audit.scene import Log, opening, said
from reviewflow.audit.replay import Moment, replay, replay_all
from reviewflow.cycle import events as ev
from reviewflow.cycle.fold import fold
from reviewflow.cycle.state import Cycle
from reviewflow.events import Recorded, Unsealed

FOCUS = {"areas": [Unsealed("reading")]}


def plainly(records: list[Recorded], moment: Moment) -> dict[str, Any] | None:
    """The same state, each part asked of the whole list anew. Slow, and without any fold."""
    used = [
        one
        for one in records
        if (moment.position is None or one.position <= moment.position)
        and (moment.known_at is None or one.recorded_at <= moment.known_at)
        and (moment.as_of is None or one.event.happened.on <= moment.as_of)
    ]
    events = [(one.version, one.event) for one in used]
    if not events or not isinstance(events[0][1], ev.CycleOpened):
        return None
    taken = [(v, e) for v, e in events if isinstance(e, ev.TransitionTaken)]
    done = [(v, e) for v, e in events if isinstance(e, ev.TransitionTaken | ev.ActRecorded)]
    agreed = [(v, e) for v, e in events if isinstance(e, ev.AgreementGiven)]
    assigned = [e for _, e in events if hasattr(e, "assigned")]
    standing = {(e.assigned, e.person): type(e).__name__.removeprefix("Assignment").lower() for e in assigned}
    proposed = {e.step: v for v, e in agreed if e.proposal is None}
    ended = {
        step: any(v > at and (isinstance(e, ev.TransitionTaken) or e.step == step) for v, e in done)
        for step, at in proposed.items()
    }
    return {
        "state": taken[-1][1].to if taken else events[0][1].to,
        "back": taken[-1][1].returns_to if taken else None,
        "entered": [events[0][1].happened, *(e.happened for _, e in taken)],
        "left": [*(e.happened for _, e in taken), None],
        "said": {s: sum(1 for _, e in done if e.step == s) for s in {e.step for _, e in done}},
        "standing": standing,
        "proposals": {
            step: (at, [e.role for _, e in agreed if e.proposal == at])
            for step, at in proposed.items()
            if not ended[step]
        },
        "evidence": [v for v, e in events if isinstance(e, ev.EvidenceAdded)],
        "notes": [v for v, e in events if isinstance(e, ev.NoteAdded)],
        "waivers": [v for v, e in events if isinstance(e, ev.RequirementWaived)],
        "moved": {e.step: e.due for _, e in events if isinstance(e, ev.DeadlineMoved)},
        "consents": {
            e.what: isinstance(e, ev.ConsentGiven)
            for _, e in events
            if isinstance(e, ev.ConsentGiven | ev.ConsentWithdrawn)
        },
        "version": events[-1][0],
        "position": used[-1].position,
    }


def folded(cycle: Cycle | None) -> dict[str, Any] | None:
    """What the fold says, in the shape of the slow model."""
    if cycle is None:
        return None
    return {
        "state": cycle.state,
        "back": cycle.returns_to,
        "entered": [stay.entered for stay in cycle.stays],
        "left": [stay.left for stay in cycle.stays],
        "said": {step: len(takings) for step, takings in cycle.said.items() if step != "opens"},
        "standing": {key: past[-1].standing for key, past in cycle.assignments.items()},
        "proposals": {step: (p.version, list(p.signed)) for step, p in cycle.proposals.items()},
        "evidence": [one.version for one in cycle.evidence],
        "notes": [one.version for one in cycle.notes],
        "waivers": [one.version for one in cycle.waivers],
        "moved": cycle.moved,
        "consents": {what: cycle.consented(what) for what in cycle.consents},
        "version": cycle.version,
        "position": cycle.position,
    }


@given(st.data(), histories())
def test_replay_says_what_a_plain_reading_of_the_events_says(data: st.DataObject, log: Log) -> None:
    moment = data.draw(moments(log))
    expected = plainly(log.records, moment)
    assert folded(replay(log.records, moment).cycle) == expected


@given(st.data(), histories())
def test_every_event_is_accounted_for_once(data: st.DataObject, log: Log) -> None:
    one = replay(log.records, data.draw(moments(log)))
    parts = [*one.used, *one.unknown, *one.later]
    assert sorted(parts, key=lambda r: r.version) == log.records
    assert one.position == (one.used[-1].position if one.used else 0)


@given(histories())
def test_replay_at_a_position_is_the_fold_of_that_prefix(log: Log) -> None:
    for number, recorded in enumerate(log.records, 1):
        assert replay(log.records, Moment(position=recorded.position)).cycle == fold(log.records[:number])


@given(histories())
def test_replay_of_now_is_the_cycle_as_it_stands(log: Log) -> None:
    one = replay(log.records)
    assert one.cycle == fold(log.records)
    assert (one.unknown, one.later) == ((), ())


def late() -> Log:
    """Planned on 2 March; the focus chosen on 5 March was recorded on 17 March; paused on 10 March."""
    log = Log().of(opening())
    log.add(ev.TransitionTaken(**said(on=date(2026, 3, 10)), step="pause", origin="prepare.planned", to="paused"))
    focus = ev.ActRecorded(**said("hal", "head", date(2026, 3, 5)), step="choose_focus", values=FOCUS)
    log.add(focus, days_late=12)
    return log


def test_what_was_known_then_differs_from_what_is_now_known_to_have_happened_by_then() -> None:
    log = late()
    known_then = Moment(as_of=date(2026, 3, 6), known_at=datetime(2026, 3, 6, 23, tzinfo=UTC))
    then = replay(log.records, known_then)
    now = replay(log.records, Moment(as_of=date(2026, 3, 6)))
    assert then.cycle is not None
    assert now.cycle is not None
    assert then.cycle.last("choose_focus") is None
    assert now.cycle.last("choose_focus") is not None
    assert now.cycle.state == "prepare.planned"
    assert [r.version for r in then.unknown] == [2, 3]
    assert [r.version for r in now.later] == [2]
    assert now.accounted == "2 events used, 1 happened later"
    assert then.accounted == "1 event used, 2 not known yet"


def test_all_of_the_day_counts_and_the_moment_of_recording_counts_too() -> None:
    log = late()
    on_the_day = replay(log.records, Moment(as_of=date(2026, 3, 10))).cycle
    assert on_the_day is not None
    assert on_the_day.state == "paused"
    at_the_moment = replay(log.records, Moment(known_at=log.records[1].recorded_at)).cycle
    assert at_the_moment is not None
    assert at_the_moment.state == "paused"


def test_before_its_opening_there_is_no_cycle_and_no_event_counts() -> None:
    log = late()
    early = replay(log.records, Moment(as_of=date(2026, 3, 1)))
    assert (early.cycle, early.used, early.position) == (None, (), 0)
    assert len(early.later) == 3
    assert replay([]).cycle is None


def test_what_is_said_to_have_happened_before_the_opening_does_not_count_without_it() -> None:
    log = Log().of(opening())
    log.add(ev.NoteAdded(**said("hal", "head", date(2026, 2, 27)), text=Unsealed("early")))
    early = replay(log.records, Moment(as_of=date(2026, 2, 28)))
    assert (early.cycle, early.used, [one.version for one in early.later]) == (None, (), [1, 2])


def test_many_cycles_are_told_in_the_order_of_their_opening_without_those_not_yet_opened() -> None:
    first, second = late(), Log("cycle-c2", start=10)
    second.add(opening(on=date(2026, 4, 1), handle="elm-2026-1", subject="elm"))
    registry = Recorded(20, datetime(2026, 4, 2, tzinfo=UTC), "person-x", 1, opening())
    everything = [*first.records, *second.records, registry]
    assert [one.stream for one in replay_all(everything)] == ["cycle-c1", "cycle-c2"]
    march = replay_all(everything, Moment(as_of=date(2026, 3, 31)))
    assert [(one.stream, one.position) for one in march] == [("cycle-c1", 3)]


def test_a_moment_says_which_past_it_means() -> None:
    at = datetime(2026, 3, 6, 12, tzinfo=UTC)
    assert str(Moment()) == "at the latest, as now known"
    assert str(Moment(date(2026, 3, 6))) == "on 2026-03-06, as now known"
    assert str(Moment(None, at, 7)) == "at the latest, as known at 2026-03-06T12:00:00Z, as known at position 7"
