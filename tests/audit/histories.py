"""Random histories of a cycle, made of its events directly: what can follow, follows; much is recorded late."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from audit.scene import DEFINITION, OPENED, Log, opening, said
from reviewflow.audit.replay import Moment
from reviewflow.cycle import events as ev
from reviewflow.cycle.fold import fold
from reviewflow.cycle.state import Cycle
from reviewflow.events import Event, Unsealed

PERSONS = ("rita", "sam")
WORDS = st.sampled_from(["plain", "שלום", "👩‍🏫 taught", "a\x1b[2Jb", "x\u202ey", "=1+1", "two\nlines", ""])


@st.composite
def histories(draw: st.DrawFn, most: int = 14) -> Log:
    """A log of one cycle: the opening, and whatever can follow it."""
    log = Log(start=draw(st.integers(0, 3)))
    log.add(opening(values={"school_lead": draw(st.sampled_from(PERSONS))}), days_late=draw(st.integers(0, 3)))
    for _ in range(draw(st.integers(0, most))):
        cycle = fold(log.records)
        assert cycle is not None
        event = draw(st.sampled_from(_KINDS))(draw, cycle)
        if event is not None:
            log.add(event, days_late=draw(st.sampled_from([0, 0, 1, 9, 40])))
    return log


@st.composite
def moments(draw: st.DrawFn, log: Log) -> Moment:
    """A past that may cut the log anywhere: by day, by moment of recording, by position."""
    day = draw(st.none() | st.integers(-1, 60).map(lambda n: OPENED + timedelta(days=n)))
    known = [one.recorded_at for one in log.records] + [datetime(2026, 1, 1, tzinfo=UTC)]
    position = draw(st.none() | st.integers(0, log.records[-1].position + 1))
    return Moment(day, draw(st.none() | st.sampled_from(known)), position)


def _day(draw: st.DrawFn, not_before: date) -> date:
    return not_before + timedelta(days=draw(st.integers(0, 12)))


def _text(draw: st.DrawFn) -> Unsealed:
    return Unsealed(draw(WORDS))


def _values(draw: st.DrawFn, step: str) -> dict[str, Any]:
    match step:
        case "schedule":
            rows = [
                {"id": row, "question": _text(draw), "theme": draw(st.sampled_from(["reading", "sums"]))}
                for row in draw(st.lists(st.sampled_from(["r1", "r2", "x"]), unique=True))
            ]
            return {"first_day": _day(draw, OPENED).isoformat(), "online": draw(st.booleans()), "questions": rows}
        case "choose_focus":
            return {"areas": [_text(draw) for _ in range(draw(st.integers(0, 2)))], "themes": ["reading"]}
        case "answer":
            return {"text": _text(draw)}
        case "finish":
            return {"results": [{"id": "r1", "result": draw(st.sampled_from(["met", "not_met"]))}]}
    return {}


def _transition(draw: st.DrawFn, cycle: Cycle) -> Event | None:
    possible = [name for name, step in DEFINITION.transitions.items() if cycle.state in DEFINITION.expand(step.origin)]
    if not possible:
        return None
    name = draw(st.sampled_from(possible))
    step = DEFINITION.transitions[name]
    to = (cycle.returns_to or "") if step.to == "return" else step.to
    back = cycle.state if DEFINITION.all_states()[to].side else None
    common = {"step": name, "origin": cycle.state, "to": to, "returns_to": back}
    proposal = cycle.proposals.get(name)
    if step.second:
        if proposal is None or not proposal.signed:
            return None
        later = max(proposal.happened.on, cycle.since.on)
        return ev.TransitionTaken(**said(on=_day(draw, later)), **common, proposal=proposal.version)
    return ev.TransitionTaken(**said(on=_day(draw, cycle.since.on)), **common, values=_values(draw, name))


def _proposal(draw: st.DrawFn, cycle: Cycle) -> Event | None:
    step = draw(st.sampled_from(["schedule", "answer"]))
    about = "r1" if step == "answer" else None
    day = _day(draw, cycle.opened.on)
    return ev.AgreementGiven(**said(on=day), step=step, values=_values(draw, step), about=about)


def _signature(draw: st.DrawFn, cycle: Cycle) -> Event | None:
    waiting = sorted((p for p in cycle.proposals.values() if not p.signed), key=lambda p: p.version)
    if not waiting:
        return None
    proposal = draw(st.sampled_from(waiting))
    who = ("hal", "head") if proposal.step == "schedule" else ("lena", "lead")
    day = _day(draw, proposal.happened.on)
    return ev.AgreementGiven(**said(*who, day), step=proposal.step, proposal=proposal.version)


def _act(draw: st.DrawFn, cycle: Cycle) -> Event | None:
    proposal = cycle.proposals.get("answer")
    if proposal is not None and draw(st.booleans()):
        day = _day(draw, proposal.happened.on)
        return ev.ActRecorded(**said("hal", "head", day), step="answer", proposal=proposal.version)
    values = _values(draw, "choose_focus")
    return ev.ActRecorded(**said("hal", "head", _day(draw, cycle.opened.on)), step="choose_focus", values=values)


def _assignment(draw: st.DrawFn, cycle: Cycle) -> Event | None:
    person = draw(st.sampled_from(PERSONS))
    past = cycle.assignments.get(("reviewer", person))
    standing = past[-1].standing if past else "declined"
    if standing == "offered":
        kind = draw(st.sampled_from([ev.AssignmentAccepted, ev.AssignmentDeclined, ev.AssignmentWithdrawn]))
    else:
        kind = ev.AssignmentWithdrawn if standing == "accepted" else ev.AssignmentOffered
    day = _day(draw, past[-1].happened.on if past else cycle.opened.on)
    return kind(**said(on=day), assigned="reviewer", person=person)


def _evidence(draw: st.DrawFn, cycle: Cycle) -> Event | None:
    kind = draw(st.sampled_from(["walk", "talk"]))
    return ev.EvidenceAdded(**said("rita", "reviewer", _day(draw, cycle.opened.on)), kind=kind, text=_text(draw))


def _note(draw: st.DrawFn, cycle: Cycle) -> Event | None:
    return ev.NoteAdded(**said("hal", "head", _day(draw, cycle.opened.on)), text=_text(draw))


def _waiver(draw: st.DrawFn, cycle: Cycle) -> Event | None:
    day = _day(draw, cycle.opened.on)
    return ev.RequirementWaived(**said(on=day), of="schedule", requirement="team_size", reason=_text(draw))


def _consent(draw: st.DrawFn, cycle: Cycle) -> Event | None:
    past = cycle.consents.get("choose_focus")
    kind = ev.ConsentWithdrawn if cycle.consented("choose_focus") else ev.ConsentGiven
    day = _day(draw, past[-1][1].on if past else cycle.opened.on)
    return kind(**said("hal", "head", day), what="choose_focus", consent_of="head")


def _moved(draw: st.DrawFn, cycle: Cycle) -> Event | None:
    day = _day(draw, cycle.opened.on)
    return ev.DeadlineMoved(**said(on=day), step="finish", due=_day(draw, day), reason=_text(draw))


_KINDS = (
    _transition, _transition, _transition, _proposal, _proposal, _signature, _signature, _act, _act, _assignment,
    _evidence, _note, _waiver, _consent, _moved,
)  # fmt: skip
