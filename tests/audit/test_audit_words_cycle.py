"""Every event of a cycle in words, told to the operator, who sees all."""

from __future__ import annotations

from datetime import date

import pytest

from audit.scene import Log, history, opening, said
from reviewflow.audit.cycle_words import CYCLE_WORDS
from reviewflow.cycle import events as ev
from reviewflow.events import Event, Happened, Unsealed

HEAD, RITA = said("hal", "head"), said("rita", "reviewer")
VISIT = {
    "questions": [{"id": "r1", "theme": "reading", "question": Unsealed("Do they read?")}, {"id": "r2"}],
    "first_day": "2026-04-01", "online": False, "size": 3, "guests": ["rita", "sam"], "host": "oaks",
}  # fmt: skip
VISIT_IN_WORDS = [
    ("First day", "2026-04-01"), ("Online", "no"), ("Size", "3"), ("Guests", "Rita Reviewton, Sam Supposed"),
    ("Host", "The Oaks"), ("Questions, r1", "Question: Do they read?; Theme: Reading"), ("Questions, r2", "nothing"),
]  # fmt: skip
OFFERED = ev.AssignmentOffered(**said(), assigned="reviewer", person="rita", met=["free"], waived=["trained"])
ACCEPTED = ev.AssignmentAccepted(**RITA, assigned="reviewer", person="rita")
PROPOSED = ev.AgreementGiven(**said(), step="schedule", values=VISIT)
SIGNED = ev.AgreementGiven(**HEAD, step="schedule", proposal=2)
SCHEDULED = ev.TransitionTaken(
    **said(), step="schedule", origin="prepare.planned", to="prepare.ready", proposal=2, met=["in_order"],
    waived=["team_size"], booked=["rita"],
)  # fmt: skip
ANSWER = ev.AgreementGiven(**HEAD, step="answer", about="r1", values={"text": Unsealed("They do")})

Details = list[tuple[str, str]]
GOLDEN: list[tuple[list[Event], Event, str, Details]] = [
    (
        [],
        opening(),
        "cycle hazel-2026-1 opened for Hazel Primary, number 1 in 2026-27, in “Preparation: Planned”",
        [
            ("Subject", "Hazel Primary"), ("Partnership", "North Partnership"), ("Programme", "Programme One"),
            ("Workflow", "Small review, edition 1 (abababababab)"), ("School lead", "Sam Supposed"),
        ],
    ),
    ([], PROPOSED, "Arrange the visit: proposed, to be signed by Headteacher", VISIT_IN_WORDS),
    ([PROPOSED], SIGNED, "Arrange the visit: signed, as proposed in event 2", []),
    (
        [PROPOSED, SIGNED],
        SCHEDULED,
        "Arrange the visit: from “Preparation: Planned” to “Preparation: Ready”",
        [
            *VISIT_IN_WORDS, ("Proposed in event", "2"), ("Signed by", "Hal Headley (Headteacher)"),
            ("Days booked for", "Rita Reviewton"),
        ],
    ),
    (
        [],
        ev.TransitionTaken(**said(), step="schedule", origin="prepare.ready", to="prepare.ready", values={}),
        "Arrange the visit: the cycle stays in “Preparation: Ready”",
        [],
    ),
    (
        [],
        ev.TransitionTaken(**said(), step="pause", origin="visit", to="paused", returns_to="visit"),
        "Pause: from “Visit under way” to “Paused”",
        [("Goes back to", "Visit under way")],
    ),
    (
        [PROPOSED, SIGNED, SCHEDULED],
        ev.TransitionTaken(
            **said("sam", "opens.school_lead"), step="finish", origin="visit", to="done",
            values={"results": [{"id": "r1", "result": "not_met"}, {"id": "r2", "result": "met"}]},
        ),
        "Finish: from “Visit under way” to “Done”",
        [("Results, r1 “Do they read?”", "Result: not met"), ("Results, r2", "Result: met")],
    ),
    (
        [],
        ev.ActRecorded(
            **HEAD, step="choose_focus",
            values={"why": Unsealed("so"), "themes": [], "areas": [Unsealed("sums"), Unsealed("حساب")], "old": 1},
        ),
        "Choose the focus: recorded",
        [("Focus areas", "sums, حساب"), ("Themes", "none"), ("Why", "so"), ("Old", "1")],
    ),
    (
        [PROPOSED, SIGNED, SCHEDULED],
        ANSWER,
        "Answer a question: proposed, to be signed by Lead",
        [("About", "r1 “Do they read?”"), ("Answer", "They do")],
    ),
    (
        [PROPOSED, SIGNED, SCHEDULED, ANSWER, ev.AgreementGiven(**said(), step="answer", proposal=5)],
        ev.ActRecorded(**HEAD, step="answer", proposal=5),
        "Answer a question: recorded",
        [
            ("About", "r1 “Do they read?”"), ("Answer", "They do"), ("Proposed in event", "5"),
            ("Signed by", "Lena Leadwell (Lead)"),
        ],
    ),
    ([], OFFERED, "Rita Reviewton was asked to take the role “Peer reviewer”", []),
    ([OFFERED], ACCEPTED, "Rita Reviewton took the role “Peer reviewer”", []),
    (
        [OFFERED],
        ev.AssignmentDeclined(**RITA, assigned="reviewer", person="rita", reason=Unsealed("no time")),
        "Rita Reviewton said no to the role “Peer reviewer”",
        [("Reason", "no time")],
    ),
    (
        [OFFERED, ACCEPTED],
        ev.AssignmentWithdrawn(**RITA, assigned="reviewer", person="rita"),
        "Rita Reviewton left the role “Peer reviewer”",
        [],
    ),
    (
        [OFFERED, ACCEPTED],
        ev.AssignmentWithdrawn(**said(), assigned="reviewer", person="rita"),
        "Rita Reviewton was released from the role “Peer reviewer”",
        [],
    ),
    (
        [OFFERED],
        ev.AssignmentWithdrawn(**said(), assigned="reviewer", person="rita"),
        "Rita Reviewton is no longer asked to take the role “Peer reviewer”",
        [],
    ),
    (
        [OFFERED],
        ev.AssignmentWithdrawn(**RITA, assigned="reviewer", person="rita"),
        "Rita Reviewton no longer wants to be asked for the role “Peer reviewer”",
        [],
    ),
    (
        [OFFERED, ACCEPTED],
        ev.RoleHandedOver(
            **said(), assigned="reviewer", person="rita", successor="sam", standing="accepted",
            reason=Unsealed("moved away"), batch="b1",
        ),
        "the role “Peer reviewer” passed from Rita Reviewton to Sam Supposed",
        [("Reason", "moved away"), ("Batch", "b1")],
    ),
    (
        [OFFERED],
        ev.RoleHandedOver(
            **said(), assigned="reviewer", person="rita", successor="sam", standing="offered", reason=Unsealed("ill")
        ),
        "Sam Supposed was asked to take the role “Peer reviewer” instead of Rita Reviewton",
        [("Reason", "ill")],
    ),
    (
        [PROPOSED, SIGNED, SCHEDULED],
        ev.EvidenceAdded(
            **RITA, kind="walk", about="r1", text=Unsealed("books"), file_name=Unsealed("walk.pdf"),
            file_digest="cd" * 32, file_size=12345,
        ),
        "evidence added: Learning walk",
        [
            ("About", "r1 “Do they read?”"), ("Text", "books"), ("File", "walk.pdf"),
            ("Stored as", "12,345 bytes, SHA-256 cdcdcdcdcdcd"),
        ],
    ),
    (
        [PROPOSED, SIGNED, SCHEDULED],
        ev.EventCorrected(
            **said(), corrects=2, occurred=Happened(on=date(2026, 3, 1)), reason=Unsealed("misread"),
            values={"first_day": "2026-04-02", "size": 3}, emptied=["online"],
        ),
        "event 2 (Arrange the visit) corrected",
        [
            ("Happened", "2026-03-01 (was 2026-03-02)"), ("First day", "2026-04-02 (was 2026-04-01)"), ("Size", "3"),
            ("Online", "nothing (was no)"), ("Reason", "misread"),
        ],
    ),
    (
        [PROPOSED, SIGNED, SCHEDULED],
        ev.TransitionUndone(**said(), undoes=[2, 3, 4], reason=Unsealed("another school")),
        (
            "undone: event 2 (Arrange the visit), event 3 (Arrange the visit), event 4 (Arrange the visit); "
            "they never happened"
        ),
        [("Reason", "another school")],
    ),
    ([], ev.NoteAdded(**HEAD, text=Unsealed("well done")), "note", [("Text", "well done")]),
    ([], ev.NoteAdded(**HEAD, text=Unsealed("so"), beside=1), "note beside event 1", [("Text", "so")]),
    (
        [],
        ev.RequirementWaived(**said(), of="schedule", requirement="team_size", reason=Unsealed("flu")),
        "requirement team_size of “Arrange the visit” waived: it is not asked, and never counts as met",
        [("It would ask", "two reviewers must have accepted"), ("Reason", "flu")],
    ),
    (
        [],
        ev.RequirementWaived(**said(), of="reviewer", requirement="trained", person="sam", reason=Unsealed("flu")),
        "requirement trained of “Peer reviewer” waived for Sam Supposed: it is not asked, and never counts as met",
        [("It would ask", "needs training"), ("Reason", "flu")],
    ),
    (
        [],
        ev.ConsentGiven(**HEAD, what="choose_focus", consent_of="head"),
        "consent of “Headteacher” given to show “Choose the focus”",
        [],
    ),
    (
        [],
        ev.ConsentWithdrawn(**HEAD, what="choose_focus.why", consent_of="head"),
        "consent of “Headteacher” withdrawn to show “Choose the focus”: Why",
        [],
    ),
    (
        [],
        ev.DeadlineMoved(**said(), step="finish", due=date(2026, 9, 1), reason=Unsealed("summer")),
        "deadline of “Finish” moved to 2026-09-01",
        [("Reason", "summer")],
    ),
]  # fmt: skip


@pytest.mark.parametrize(("before", "event", "what", "details"), GOLDEN)
def test_words(before: list[Event], event: Event, what: str, details: Details) -> None:
    log = Log().of(*([] if isinstance(event, ev.CycleOpened) else [opening()]), *before, event)
    line = history(log).line(log.records[-1])
    assert line is not None
    assert (line.what, [(d.label, d.value) for d in line.details]) == (what, details)
    assert not line.hidden
    assert line.cause == "cycle do something"


def test_every_event_of_a_cycle_stands_above() -> None:
    assert {type(event) for _, event, _, _ in GOLDEN} | {ev.CycleAdopted} == set(CYCLE_WORDS)


def test_a_cycle_taken_over_midway_says_so_and_where_from() -> None:
    opened = opening().model_dump()
    opened |= {"to": "prepare.ready", "source": "past-reviews", "values": {}}
    line = history(Log().of(ev.CycleAdopted(**opened))).tell().lines[0]
    assert line.what == (
        "cycle hazel-2026-1 taken over for Hazel Primary, number 1 in 2026-27, midway in “Preparation: Ready”: "
        "what came before is not known"
    )
    assert ("Source", "past-reviews") in [(d.label, d.value) for d in line.details]


def test_what_was_mended_is_marked_with_the_event_that_mended_it() -> None:
    correction = ev.EventCorrected(**said(), corrects=2, values={"size": 4}, reason=Unsealed("a slip"))
    undo = ev.TransitionUndone(**said(), undoes=[2, 3, 4], reason=Unsealed("another school"))
    told = history(Log().of(opening(), PROPOSED, SIGNED, SCHEDULED, correction, undo)).tell().lines
    assert [(line.corrected_by, line.undone_by) for line in told] == [
        (None, None), (5, 6), (None, 6), (None, 6), (None, None), (None, None)
    ]  # fmt: skip
    assert "corrected by event 5" in told[1].sentence
    assert "undone by event 6: it never happened" in told[3].sentence


def test_a_correction_is_told_to_nobody_who_is_not_told_of_its_event() -> None:
    act = ev.ActRecorded(**HEAD, step="choose_focus", values={"why": Unsealed("so")})
    correction = ev.EventCorrected(**said(), corrects=2, values={"why": Unsealed("thus")}, reason=Unsealed("a slip"))
    log = Log().of(opening(), act, correction)
    for viewer in ("rita", "hal", "lena", "arthur"):
        told = {line.version for line in history(log, viewer).tell().lines}
        assert (3 in told) == (2 in told or viewer == "lena"), viewer


def test_a_waived_requirement_is_marked_waived_and_never_listed_as_met() -> None:
    log = Log().of(opening(), PROPOSED, SIGNED, SCHEDULED)
    line = history(log).line(log.records[-1])
    assert line is not None
    assert [(one.requirement, one.otherwise) for one in line.waived] == [
        ("team_size", "two reviewers must have accepted")
    ]
    assert line.met == ("in_order",)
    assert line.sentence.endswith("; waived: team_size")
    offered = history(Log().of(opening(), OFFERED)).tell().lines[-1]
    assert [str(one) for one in offered.waived] == ["trained (needs training)"]
    assert offered.met == ("free",)


def test_a_history_that_cannot_be_folded_can_still_be_told() -> None:
    log = Log().of(opening(), ev.TransitionTaken(**said(), step="gone", origin="nowhere", to="elsewhere", proposal=9))
    told = history(log).tell()
    assert told.lines[-1].what == "gone: from “nowhere” to “elsewhere”"
