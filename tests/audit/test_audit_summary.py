"""The summary of a cycle at a moment."""

from __future__ import annotations

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from audit.histories import histories
from audit.scene import DEFINITION, FakeNames, Log, folded, opening, said, seeing
from reviewflow.audit.beside import Beside
from reviewflow.audit.replay import Moment, replay
from reviewflow.audit.summary import Summary, cycle_row, state_lines, summary_texts
from reviewflow.cycle import events as ev
from reviewflow.cycle.seeing import HIDDEN
from reviewflow.events import Unsealed

HEAD, RITA = said("hal", "head"), said("rita", "reviewer")
ROWS = [{"id": "r1", "question": Unsealed("Do they read? " + "so " * 40), "theme": "reading"}]
VISIT = {"first_day": "2026-04-01", "questions": ROWS}


def log() -> Log:
    return Log().of(
        opening(),
        ev.AssignmentOffered(**said(), assigned="reviewer", person="rita"),
        ev.AssignmentAccepted(**said("rita", "reviewer", date(2026, 3, 4)), assigned="reviewer", person="rita"),
        ev.AgreementGiven(**said(on=date(2026, 3, 5)), step="schedule", values=VISIT),
        ev.AgreementGiven(**said("hal", "head", date(2026, 3, 6)), step="schedule", proposal=4),
        ev.TransitionTaken(
            **said(on=date(2026, 3, 6)), step="schedule", origin="prepare.planned", to="prepare.ready", proposal=4,
            waived=["team_size"],
        ),
        ev.ActRecorded(**HEAD, step="choose_focus", values={"areas": [Unsealed("old")]}),
        ev.ActRecorded(**HEAD, step="choose_focus", values={"areas": [Unsealed("new")]}),
        ev.AgreementGiven(**HEAD, step="answer", about="r1", values={"text": Unsealed("yes")}),
        ev.EvidenceAdded(**RITA, kind="walk", text=Unsealed("a")),
        ev.EvidenceAdded(**RITA, kind="walk", text=Unsealed("b")),
        ev.NoteAdded(**HEAD, text=Unsealed("well\ndone"), beside=2),
        ev.RequirementWaived(**said(), of="reviewer", requirement="trained", person="sam", reason=Unsealed("flu")),
        ev.ConsentGiven(**HEAD, what="choose_focus", consent_of="head"),
        ev.DeadlineMoved(**said(), step="finish", due=date(2026, 9, 1), reason=Unsealed("x")),
        ev.TransitionTaken(
            **said(on=date(2026, 3, 9)), step="pause", origin="prepare.ready", to="paused", returns_to="prepare.ready"
        ),
    )  # fmt: skip


def summed(one: Log, viewer: str | None = None, on: date | None = None) -> Summary:
    seen = seeing(one, viewer) if viewer else None
    return state_lines(folded(one), DEFINITION, FakeNames(), seen, beside=Beside(one.records, DEFINITION), on=on)


def sections(summary: Summary) -> dict[str, dict[str, str]]:
    return {section.title: {d.label: d.value for d in section.items} for section in summary.sections}


def test_where_it_is_since_when_and_how_long_it_was_anywhere() -> None:
    found = sections(summed(log(), on=date(2026, 3, 19)))
    assert found["Cycle"]["State"] == "Paused"
    assert found["Cycle"]["Since"] == "2026-03-09"
    assert found["Cycle"]["Goes back to"] == "Preparation: Ready"
    assert found["States"] == {
        "1. Preparation: Planned": "2026-03-02 to 2026-03-06, 4 days",
        "2. Preparation: Ready": "2026-03-06 to 2026-03-09, 3 days",
        "3. Paused": "2026-03-09 until now, 10 days so far",
    }


def test_who_takes_part_what_was_said_and_what_stands_beside() -> None:
    one = log()
    one.records.pop()  # the pause, which would end what was proposed
    found = sections(summed(one))
    assert found["People"] == {"Peer reviewer": "Rita Reviewton, takes part since 2026-03-04"}
    assert found["Arrange the visit"] == {
        "Done": "2026-03-06 by Lena Leadwell (Lead)",
        "Waived, not met": "team_size (two reviewers must have accepted)",
        "First day": "2026-04-01",
        "Questions, r1": "Question: Do they read? " + "so " * 40 + "; Theme: Reading",
    }
    assert found["Choose the focus"] == {
        "Done": "2026-03-02 by Hal Headley (Headteacher); done 2 times, this is the last", "Focus areas": "new",
    }  # fmt: skip
    assert found["Answer a question (proposed)"] == {
        "Waits": "proposed by Hal Headley 2026-03-02; waits for Lead", "Answer": "yes",
    }  # fmt: skip
    assert found["Evidence"] == {"Learning walk": "2"}
    assert found["Waived, not met"] == {
        "“Peer reviewer” for Sam Supposed": "trained (needs training); by Lena Leadwell"
    }
    assert found["Deadlines moved"] == {"Finish": "2026-09-01"}
    assert found["Consent"] == {"“Choose the focus”": "stands since 2026-03-02"}
    assert found["Notes"] == {"2026-03-02 Hal Headley, beside event 2": "well\ndone"}


def test_of_each_row_the_last_word_is_shown_and_a_long_row_is_cut_in_a_title() -> None:
    one = log()
    one.records.pop()
    for text in ("first", "second"):
        one.add(ev.ActRecorded(**HEAD, step="answer", about="r1", values={"text": Unsealed(text)}))
    found = sections(summed(one))
    title = next(name for name in found if name.startswith("Answer a question: r1 “Do they read?"))
    assert title.endswith("so…”")
    assert len(title) < 90
    assert found[title]["Answer"] == "second"


def test_values_are_shown_as_they_may_be_seen() -> None:
    found = summed(log(), "aud")
    said_here = sections(found)
    assert said_here["Arrange the visit"]["First day"] == "2026-04-01"
    assert said_here["Arrange the visit"]["Questions"] == HIDDEN
    assert said_here["Cycle"]["Since"] == HIDDEN
    assert "People" not in said_here
    assert "Notes" not in said_here
    assert found.hidden > 0
    everything = "\n".join(summary_texts(found))
    assert not [secret for secret in ("Hal", "Lena", "Rita", "Sam", "well", "new", "2026-03") if secret in everything]
    assert summed(log()).hidden == 0


def test_what_waits_for_a_signature_is_shown_to_whoever_may_be_told_of_it() -> None:
    one = log()
    one.records.pop()
    told = []
    for viewer in ("hal", "lena", "aud", "rita", "sam"):
        found = summed(one, viewer)
        told += [viewer] if "Answer a question (proposed)" in sections(found) else []
    assert told == ["hal", "lena"]


@given(histories(), st.sampled_from(["aud", "rita", "sam"]))
def test_nothing_that_may_not_be_told_is_summed_up(log: Log, viewer: str) -> None:
    sight = seeing(log, viewer)
    found = summed(log, viewer)
    told = {section.title for section in found.sections}
    steps = {r.event.step for r in log.records if isinstance(r.event, ev.ActRecorded) and sight.event(r.event)}
    titles = {DEFINITION.acts[step].title for step in steps}
    acts = {act.title for act in DEFINITION.acts.values()}
    assert {name.partition(":")[0] for name in told} & acts == titles


@given(histories())
def test_every_summary_is_safe_lines(log: Log) -> None:
    texts = summary_texts(summed(log, on=date(2026, 6, 1)))
    assert not [text for text in texts if "\n" in text or "\x1b" in text or "\u202e" in text]


def test_a_replayed_cycle_is_summed_up_like_any_other() -> None:
    then, beside = replay(log().records, Moment(as_of=date(2026, 3, 6))).cycle, Beside(log().records, DEFINITION)
    assert then is not None
    found = sections(state_lines(then, DEFINITION, FakeNames(), beside=beside, on=date(2026, 3, 6)))
    assert found["States"]["2. Preparation: Ready"] == "2026-03-06 until now, 0 days so far"


def test_a_row_of_a_table() -> None:
    row = cycle_row(folded(log()), DEFINITION, FakeNames())
    assert row == (
        "hazel-2026-1", "Hazel Primary", "North Partnership", "2026-27", "Paused", "2026-03-09", 16,
    )  # fmt: skip
    seen = cycle_row(folded(log()), DEFINITION, FakeNames(), seeing(log(), "aud"))
    assert (seen.state, seen.since) == ("Paused", HIDDEN)
    stranger = cycle_row(folded(log()), DEFINITION, FakeNames(), seeing(log(), "sam"))
    assert (stranger.state, stranger.since) == (HIDDEN, HIDDEN)


def test_who_acted_in_anothers_name_is_told_with_it() -> None:
    one = log()
    one.records.pop()  # the pause, which would end what was proposed
    one.add(ev.AgreementGiven(**said("sam", "head", on_behalf_of="hal"), step="answer", values={"text": Unsealed("x")}))
    one.add(ev.AgreementGiven(**said("aud", on_behalf_of="lena"), step="answer", proposal=16))
    one.add(ev.NoteAdded(**said("aud", on_behalf_of="lena"), text=Unsealed("well")))
    found = sections(summed(one))
    waits = found["Answer a question (proposed)"]["Waits"]
    assert waits.startswith("proposed by Sam Supposed for Hal Headley 2026-03-02; ")
    assert waits.endswith("; signed by Aud Itson for Lena Leadwell (Lead)")
    assert "2026-03-02 Aud Itson for Lena Leadwell" in found["Notes"]
    to_sam = "\n".join(summary_texts(summed(one, "sam")))
    assert "proposed by Sam Supposed for Hal Headley" in to_sam, "they know in whose name they did it"
    assert not [name for name in ("Lena", "Aud") if name in to_sam]
