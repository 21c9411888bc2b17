"""What is said beside every event: late, entered by another, hidden, not to be told; and the whole log."""

from __future__ import annotations

import importlib
import json
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import reviewflow
from audit.histories import histories
from audit.scene import DEFINITION, FakeNames, Log, history, opening, said, sealed, seeing
from reviewflow.audit.cycle_words import CYCLE_WORDS
from reviewflow.audit.line import line_texts, told_texts
from reviewflow.audit.registry_words import REGISTRY_WORDS
from reviewflow.audit.words import CycleHistory, tell_log
from reviewflow.cycle import events as ev
from reviewflow.cycle.seeing import HIDDEN
from reviewflow.errors import IntegrityBroken
from reviewflow.events import Event, Happened, Recorded, Unsealed, topics
from reviewflow.registry.events import MembershipBegan

FOCUS = {"areas": [Unsealed("reading")], "why": Unsealed("a secret")}
HEAD = said("hal", "head")


def test_every_event_there_is_has_words() -> None:
    root = Path(reviewflow.__path__[0])
    for path in root.rglob("events.py"):
        importlib.import_module(".".join(("reviewflow", *path.relative_to(root).with_suffix("").parts)))
    ours = {cls for cls in topics.values() if cls.__module__.startswith("reviewflow.")}
    assert ours - {*CYCLE_WORDS, *REGISTRY_WORDS} == set(), "a new event has no words in audit/*_words.py"
    assert len(ours) >= 32


def last(log: Log, viewer: str | None = None, names: FakeNames | None = None, zone: str = "UTC"):
    line = history(log, viewer, names, zone).line(log.records[-1])
    assert line is not None
    return line


@pytest.mark.parametrize(("days", "words"), [(1, "recorded 1 day later"), (12, "recorded 12 days later")])
def test_what_was_recorded_late_says_how_late(days: int, words: str) -> None:
    log = Log().of(opening())
    log.add(ev.ActRecorded(**HEAD, step="choose_focus", backdated=Unsealed("was ill")), days_late=days)
    line = last(log)
    assert (line.late, line.backdated) == (days, "was ill")
    assert line.sentence.startswith("2026-03-02 Hal Headley (Headteacher): Choose the focus: recorded; ")
    assert line.sentence.endswith(f"; {words}; reason: was ill")


def test_what_was_recorded_on_its_day_says_nothing_of_it() -> None:
    log = Log().of(opening())
    assert last(log).late == 0
    assert "later" not in last(log).sentence


def test_lateness_is_counted_in_the_days_of_the_programme() -> None:
    """Half past midnight in London in summer is still yesterday in UTC."""
    event = opening(on=date(2026, 7, 2))
    log = Log(records=[Recorded(1, datetime(2026, 7, 1, 23, 30, tzinfo=UTC), "cycle-c1", 1, event)])
    assert (last(log).late, last(log, zone="Europe/London").late) == (0, 0)
    earlier = opening(on=date(2026, 7, 1))
    log = Log(records=[Recorded(1, datetime(2026, 7, 1, 23, 30, tzinfo=UTC), "cycle-c1", 1, earlier)])
    assert (last(log).late, last(log, zone="Europe/London").late) == (0, 1)


def test_by_a_day_is_said_as_by() -> None:
    event = opening().model_copy(update={"happened": Happened(on=date(2026, 3, 2), latest=True)})
    assert last(Log().of(event)).sentence.startswith("by 2026-03-02 Lena Leadwell")


def test_who_entered_it_is_said_only_where_it_was_another() -> None:
    assert last(Log().of(opening())).entered_by is None
    other = last(Log().of(opening(entered_by="hal")))
    assert other.entered_by == "Hal Headley"
    assert other.sentence.endswith("; entered by Hal Headley")


def test_an_operator_without_a_person_is_named_by_the_sealed_name_of_their_system() -> None:
    names = FakeNames(opened={"os": "operator7"})
    assert last(Log().of(opening(entered_by=sealed("os"))), names=names).entered_by == "operator7"
    assert names.asked == [("cycle-c1", 1, "entered_by")]


def test_sealed_values_are_opened_at_the_version_and_path_they_are_bound_to() -> None:
    box = {"box": "b", "commit": "00", "length": 3}
    rows = [{"id": "r1", "question": {**box, "box": "q"}}]
    log = Log().of(
        opening(),
        ev.AgreementGiven(**said(), step="schedule", values={"first_day": "2026-04-01", "questions": rows}),
        ev.TransitionTaken(**said(), step="schedule", origin="prepare.planned", to="prepare.ready", proposal=2),
        ev.ActRecorded(**HEAD, step="choose_focus", values={"areas": [box, {**box, "box": "c"}]}),
    )
    names = FakeNames(opened={"q": "Do they?", "b": "one"}, removed=("c",))
    told = history(log, names=names).tell()
    assert ("cycle-c1", 2, "values.questions.r1.question") in names.asked
    assert ("cycle-c1", 3, "values.questions.r1.question") not in names.asked
    assert {("cycle-c1", 4, "values.areas.0"), ("cycle-c1", 4, "values.areas.1")} <= set(names.asked)
    assert ("Focus areas", "one, [removed]") in [d[:2] for d in told.lines[3].details]
    assert ("Questions, r1", "Question: Do they?") in [d[:2] for d in told.lines[2].details]


def test_a_box_that_is_no_box_is_broken_integrity_and_never_a_guess() -> None:
    log = Log().of(opening(), ev.ActRecorded(**HEAD, step="choose_focus", values={"why": {"box": 1}}))
    with pytest.raises(IntegrityBroken, match=r"values\.why"):
        history(log).tell()


def full() -> Log:
    """Something of everything that the viewers below may see differently."""
    return Log().of(
        opening(),
        ev.AssignmentOffered(**said(), assigned="reviewer", person="rita"),
        ev.AssignmentDeclined(**said("rita", "reviewer"), assigned="reviewer", person="rita", reason=Unsealed("ill")),
        ev.ActRecorded(**HEAD, step="choose_focus", values=FOCUS),
        ev.NoteAdded(**HEAD, text=Unsealed("between us")),
        ev.AgreementGiven(**said(), step="schedule", values={"first_day": "2026-04-01", "online": True}),
        ev.EvidenceAdded(**said("rita", "reviewer"), kind="walk", about="r1", text=Unsealed("books"), file_digest="ab"),
        ev.RequirementWaived(**said(), of="reviewer", requirement="trained", person="sam", reason=Unsealed("flu")),
    )


def test_without_a_viewer_all_is_told() -> None:
    told = history(full()).tell()
    assert (len(told.lines), told.untold) == (8, 0)
    assert not [line for line in told.lines if line.hidden]


def test_whoever_may_see_the_status_alone_is_told_that_things_happened_and_nothing_else() -> None:
    told = history(full(), "aud").tell()
    # The people who were asked, the act, and the note, may not even be told of.
    assert ([line.version for line in told.lines], told.untold) == ([1, 6, 7, 8], 4)
    visit = told.lines[1]
    assert (visit.by, visit.happened, visit.recorded_at, visit.late, visit.cause) == (HIDDEN, None, None, None, None)
    assert (visit.role, visit.hidden) == ("Lead", True)
    assert visit.what == "Arrange the visit: proposed, to be signed by Headteacher"
    assert told_texts(told)[-1] == "4 events not shown to you"
    everything = json.dumps([line.data() for line in told.lines]) + "\n".join(told_texts(told))
    for secret in ("Hal", "Lena", "Rita", "Sam", "secret", "books", "between us", "2026-03-02"):
        assert secret not in everything


def test_one_field_may_be_shown_and_its_neighbour_not() -> None:
    details = {d.label: d.value for d in history(full(), "aud").tell().lines[1].details}
    assert details == {"First day": "2026-04-01", "Online": HIDDEN}


def test_people_see_what_they_wrote_and_what_is_about_them() -> None:
    told = history(full(), "rita").tell()
    assert ([line.version for line in told.lines], told.untold) == ([2, 3, 7], 5)
    asked, answer, evidence = told.lines
    assert asked.what.startswith("Rita Reviewton was asked")
    assert (asked.by, asked.hidden) == (HIDDEN, True)
    assert (answer.by, answer.details[0].value, answer.hidden) == ("Rita Reviewton", "ill", False)
    assert "books" in [d.value for d in evidence.details]


def test_why_somebody_said_no_is_for_them_and_for_whoever_may_ask() -> None:
    reasons = {
        viewer: [d.value for d in history(full(), viewer).line(full().records[2]).details]
        for viewer in ("lena", "hal", "rita")
    }
    assert reasons == {"lena": ["ill"], "hal": [HIDDEN], "rita": ["ill"]}


def test_a_row_has_the_title_it_had_and_only_for_whoever_may_see_it() -> None:
    def visit(question: str) -> dict[str, object]:
        rows = [{"id": "r1", "question": question}]
        return {"step": "schedule", "to": "prepare.ready", "values": {"questions": rows}}

    seen = ev.EvidenceAdded(**said("rita", "reviewer"), kind="walk", about="r1", text=Unsealed("books"))
    log = Log().of(
        opening(),
        ev.AssignmentOffered(**said(), assigned="reviewer", person="rita"),
        ev.AssignmentAccepted(**said("rita", "reviewer"), assigned="reviewer", person="rita"),
        ev.TransitionTaken(**said(), origin="prepare.planned", **visit("First?")),
        seen,
        ev.TransitionTaken(**said(), origin="prepare.ready", **visit("Second?")),
        seen,
    )

    def about(viewer: str | None) -> list[str]:
        told = history(log, viewer)
        return [told.line(log.records[n]).details[0].value for n in (4, 6)]

    assert about(None) == ["r1 “First?”", "r1 “Second?”"]
    assert about("rita") == ["r1", "r1"]


def test_a_day_stays_hidden_in_a_deadline_too() -> None:
    log = Log().of(opening(), ev.DeadlineMoved(**said(), step="finish", due=date(2026, 9, 1), reason=Unsealed("x")))
    assert last(log, "aud").what == f"deadline of “Finish” moved to {HIDDEN}"
    assert last(log, "hal").what == "deadline of “Finish” moved to 2026-09-01"


def test_consent_opens_what_it_is_about() -> None:
    log = full()
    assert "a secret" not in str(history(log, "lena").tell())
    log.add(ev.ConsentGiven(**HEAD, what="choose_focus", consent_of="head"))
    assert [d.value for d in history(log, "lena").tell().lines[3].details] == ["reading", "a secret"]


def test_a_stranger_is_told_nothing_but_how_much() -> None:
    told = history(full(), "sam").tell()
    # The school lead was named in the opening, which gives no role.
    assert (told.lines, told.untold) == ((), 8)
    assert told_texts(told) == ["8 events not shown to you"]


@given(histories(), st.sampled_from(["aud", "rita", "hal", "lena", "sam"]))
def test_nobody_is_told_more_than_may_be_told(log: Log, viewer: str) -> None:
    told, sight = history(log, viewer).tell(), seeing(log, viewer)
    assert [line.version for line in told.lines] == [r.version for r in log.records if sight.event(r.event)]
    assert told.untold == len(log.records) - len(told.lines)
    whole = {line.version: line for line in history(log).tell().lines}
    for line in told.lines:
        if line.hidden:
            assert line.cause is None
        else:
            assert line == whole[line.version]


@given(histories())
def test_every_text_is_one_safe_line(log: Log) -> None:
    for text in told_texts(history(log).tell()):
        assert "\n" not in text
        assert text.isprintable() or "👩‍🏫" in text
    for line in history(log).tell().lines:
        json.dumps(line.data())


def test_a_text_of_several_lines_stands_below_its_label() -> None:
    log = Log().of(opening(), ev.NoteAdded(**HEAD, text=Unsealed("one\ntwo\x1b[2J")))
    assert line_texts(last(log)) == [
        "     2  2026-03-02 Hal Headley (Headteacher): note", "          Text:", "              one",
        "              two\\x1b[2J",
    ]  # fmt: skip
    assert len(line_texts(last(log), details=False)) == 1


def test_the_log_tells_cycles_and_registry_in_one_order() -> None:
    log = Log(start=1).of(opening(), ev.NoteAdded(**HEAD, text=Unsealed("hello")))
    joined: Event = MembershipBegan(**said(), organisation="hazel")
    registry = Recorded(1, log.records[0].recorded_at, "partnership-north", 4, joined)
    asked: list[str] = []

    def of(stream: str) -> CycleHistory:
        asked.append(stream)
        return CycleHistory(log.records, DEFINITION, FakeNames(), seeing=seeing(log, "aud"))

    told = tell_log([registry, *log.records], FakeNames(), of)
    assert ([line.position for line in told.lines], told.untold, asked) == ([1, 2], 1, ["cycle-c1"])
    assert [line.cycle for line in told.lines] == [None, "hazel-2026-1"]
    member, opened, left_out = told_texts(told, details=False, in_log=True)
    assert member.startswith("     1  2026-03-02 Lena Leadwell (lead): “Hazel Primary” became a member")
    assert opened.startswith(f"     2  hazel-2026-1, event 1: {HIDDEN} (Lead): cycle hazel-2026-1 opened")
    assert left_out == "1 event not shown to you"


@pytest.mark.parametrize(("entered_by", "named"), [("hal", False), ("ada", True)])
def test_what_a_last_signature_concludes_names_who_entered_it_only_if_it_was_not_the_signer(entered_by, named):
    log = Log().of(
        opening(),
        ev.AgreementGiven(**said(), step="schedule", values={"first_day": "2026-04-01"}),
        ev.AgreementGiven(**said("hal", "head", entered_by=entered_by), step="schedule", proposal=2),
        ev.TransitionTaken(
            **said(entered_by=entered_by), step="schedule", origin="prepare.planned", to="prepare.ready", proposal=2
        ),
    )
    line = history(log).tell().lines[-1]
    assert (line.entered_by is not None) is named
