"""Threads: notes, and steps that answer a field of another step, beneath what they stand beside."""

from __future__ import annotations

from datetime import date
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from audit.histories import histories
from audit.scene import DEFINITION, KNOWN, FakeNames, Log, folded, opening, said, seeing
from reviewflow.audit.beside import Beside
from reviewflow.audit.diff import compare, compared_texts
from reviewflow.audit.line import Detail, thread_texts
from reviewflow.audit.replay import Moment
from reviewflow.audit.summary import Summary, state_lines, summary_texts
from reviewflow.audit.words import CycleHistory
from reviewflow.cycle import events as ev
from reviewflow.cycle.seeing import Seeing
from reviewflow.cycle.setting import Setting
from reviewflow.events import Happened, Unsealed
from reviewflow.workflow.definition import Definition

_DOCUMENT = DEFINITION.model_dump(mode="json", by_alias=True, exclude_none=True)
_DOCUMENT["acts"]["reply"] = {
    "title": "Reply", "in": "any", "by": ["lead"], "form": "answer", "beside": "choose_focus.why",
}  # fmt: skip
_DOCUMENT["visible"].append({"what": ["reply"], "to": ["head", "lead"]})
REPLYING = Definition.model_validate(_DOCUMENT, by_alias=True, by_name=False)


def focus(why: str | None = "They asked.", on: date = date(2026, 3, 3), area: str = "Sums") -> ev.ActRecorded:
    values: dict[str, Any] = {"areas": [Unsealed(area)], **({"why": Unsealed(why)} if why else {})}
    return ev.ActRecorded(**said("hal", "head", on), step="choose_focus", values=values)


def reply(text: str, on: date = date(2026, 3, 4)) -> ev.ActRecorded:
    return ev.ActRecorded(**said("lena", "lead", on), step="reply", values={"text": Unsealed(text)})


def note(text: str, beside: int | None = None, by: str = "hal") -> ev.NoteAdded:
    role = {"hal": "head", "lena": "lead"}[by]
    return ev.NoteAdded(**said(by, role, date(2026, 3, 5)), text=Unsealed(text), beside=beside)


def undone(*versions: int) -> ev.TransitionUndone:
    return ev.TransitionUndone(**said("lena", "lead", date(2026, 3, 6)), undoes=list(versions), reason=Unsealed("no"))


def corrected(version: int, **more: Any) -> ev.EventCorrected:
    return ev.EventCorrected(
        **said("hal", "head", date(2026, 3, 6)), corrects=version, reason=Unsealed("a slip"), **more
    )


def sight(log: Log, viewer: str) -> Seeing:
    cycle, today = folded(log), Happened(on=date(2026, 12, 1))
    setting = Setting(KNOWN, REPLYING, "ab" * 32, "prog", "north", "hazel", today, today, 30, cycle, cycle)  # type: ignore[arg-type]
    return Seeing(setting, viewer)


def summed(log: Log, viewer: str | None = None, definition: Definition = REPLYING) -> Summary:
    seen = (sight if definition is REPLYING else seeing)(log, viewer) if viewer else None
    return state_lines(folded(log), definition, FakeNames(), seen, beside=Beside(log.records, definition))


def found(summary: Summary, title: str) -> list[Detail]:
    return [item for section in summary.sections if section.title == title for item in section.items]


def tree(details: list[Detail] | tuple[Detail, ...]) -> list[Any]:
    """Values alone, each with what stands beside it."""
    return [(one.value, tree(one.beside)) if one.beside else one.value for one in details]


def test_an_answer_stands_under_the_field_it_answers() -> None:
    log = Log().of(opening(), focus(), reply("Agreed."), note("Well said.", 3), note("Thank you.", 4, "lena"))
    log.of(reply("And more.", date(2026, 3, 6)), note("All in all."))
    done, areas, why = found(summed(log), "Choose the focus")
    assert (areas.value, why.value) == ("Sums", "They asked.")
    first, second = why.beside
    assert (first.label, first.value) == ("Reply (event 3)", "2026-03-04 by Lena Leadwell (Lead)")
    assert tree(first.beside) == ["Agreed.", ("Well said.", ["Thank you."])]
    assert (second.label, tree(second.beside)) == ("Reply (event 6)", ["And more."])
    assert found(summed(log), "Reply") == []
    assert tree(found(summed(log), "Notes")) == ["All in all."]
    assert done.value == "2026-03-03 by Hal Headley (Headteacher)"
    texts = summary_texts(summed(log))
    assert texts[texts.index("  Why: They asked.") :] == [
        "  Why: They asked.",
        "      Reply (event 3): 2026-03-04 by Lena Leadwell (Lead)",
        "          Answer: Agreed.",
        "          Note, 2026-03-05 Hal Headley (event 4): Well said.",
        "              Note, 2026-03-05 Lena Leadwell (event 5): Thank you.",
        "      Reply (event 6): 2026-03-06 by Lena Leadwell (Lead)",
        "          Answer: And more.",
        "Notes",
        "  2026-03-05 Hal Headley: All in all.",
    ]


def test_an_answer_to_what_was_left_empty() -> None:
    *_, last = found(summed(Log().of(opening(), focus(None), reply("Agreed."))), "Choose the focus")
    assert (last.label, tree(last.beside)) == ("Reply (event 3)", ["Agreed."])


def test_whoever_may_see_the_answer_alone_sees_it_alone() -> None:
    log = Log().of(opening(), focus(), reply("Agreed."))
    told = summed(log, "lena")
    assert found(told, "Choose the focus") == []
    assert tree(found(told, "Reply")) == ["2026-03-04 by Lena Leadwell (Lead); beside event 2", "Agreed."]
    log.add(ev.ConsentGiven(**said("hal", "head"), what="choose_focus", consent_of="head"))
    assert found(summed(log, "lena"), "Reply") == []
    assert tree(found(summed(log, "lena"), "Choose the focus")[-1].beside) == [
        ("2026-03-04 by Lena Leadwell (Lead)", ["Agreed."])
    ]


def test_whoever_may_see_neither_sees_neither() -> None:
    log = Log().of(opening(), focus(), reply("Agreed."), note("Well said.", 3), note("Indeed.", 2))
    for viewer in ("aud", "rita", "sam"):
        told = summed(log, viewer)
        shown = "\n".join([*summary_texts(told), *thread_texts(history(log, viewer).tell())])
        assert not [text for text in ("Agreed", "Well", "Indeed", "asked", "Sums") if text in shown], viewer
        assert told.hidden


def test_an_answer_stays_with_what_it_answered() -> None:
    log = Log().of(opening(), focus(), reply("Agreed."), focus("Something else.", date(2026, 3, 8), "Reading"))
    assert tree(found(summed(log), "Reply")) == ["2026-03-04 by Lena Leadwell (Lead); beside event 2", "Agreed."]
    log.add(reply("Now that too.", date(2026, 3, 9)))
    log.add(reply("Late, for the first.", date(2026, 3, 5)))
    assert Beside(log.records, REPLYING).of == {3: 2, 5: 4, 6: 2}
    assert tree(found(summed(log), "Choose the focus")[-1].beside) == [
        ("2026-03-09 by Lena Leadwell (Lead)", ["Now that too."])
    ]
    assert tree(found(summed(log), "Reply"))[-1] == "Late, for the first."


def test_what_was_undone_or_corrected_is_said_to_be() -> None:
    log = Log().of(
        opening(), focus(), reply("Agreed."), note("Indeed.", 2), corrected(2, values={"why": Unsealed("?")})
    )
    done, _, why = found(summed(log), "Choose the focus")[:3]
    assert done.value == "2026-03-03 by Hal Headley (Headteacher) (corrected by event 5)"
    assert (why.value, len(why.beside)) == ("?", 1)
    log.add(undone(2))
    assert tree(found(summed(log), "Reply")) == [
        "2026-03-04 by Lena Leadwell (Lead); beside event 2 (undone)", "Agreed.",
    ]  # fmt: skip
    assert [one.label for one in found(summed(log), "Notes")] == ["2026-03-05 Hal Headley, beside event 2 (undone)"]
    lines = {line.version: line.what for line in history(log).tell().lines}
    assert lines[3] == "Reply: recorded, beside event 2 (undone)"
    assert lines[4] == "note beside event 2 (undone)"


def test_a_correction_of_what_was_proposed_is_said_where_it_counts() -> None:
    log = Log().of(
        opening(),
        ev.AgreementGiven(**said("hal", "head"), step="answer", values={"text": Unsealed("yes")}, about="r1"),
        ev.AgreementGiven(**said("lena", "lead"), step="answer", proposal=2),
        ev.ActRecorded(**said("hal", "head"), step="answer", proposal=2),
        note("Beside the proposal.", 2),
        corrected(2, values={"text": Unsealed("no")}),
    )
    done, text, beside = found(summed(log), "Answer a question: r1")
    assert done.value.endswith("(corrected by event 6)")
    assert (text.value, beside.value) == ("no", "Beside the proposal.")


def history(log: Log, viewer: str | None = None, definition: Definition = REPLYING) -> CycleHistory:
    seen = (sight if definition is REPLYING else seeing)(log, viewer) if viewer else None
    return CycleHistory(log.records, definition, FakeNames(), seeing=seen)


def test_a_history_in_threads() -> None:
    log = Log().of(opening(), focus(), note("Indeed.", 2), focus("b", date(2026, 3, 8)), note("Why?", 3), reply("c"))
    told = history(log).tell()

    def versions(lines: list[dict[str, Any]]) -> list[Any]:
        return [
            (one["version"], versions(one["replies"])) if one["replies"] else one["version"] for one in lines
        ]  # fmt: skip

    assert versions(told.threads()) == [1, (2, [(3, [5]), 6]), 4]
    texts = thread_texts(told)
    assert next(text for text in texts if "note beside event 3" in text).startswith(" " * 13 + "5  ")
    part = history(log).tell([one for one in log.records if one.version in (3, 5)])
    assert versions(part.threads()) == [(3, [5])]


@given(histories(), st.data())
def test_a_note_is_shown_where_what_it_stands_beside_may_be_seen(log: Log, data: st.DataObject) -> None:
    """The headteacher of this workflow may see notes and everything but evidence: told the same at every door."""
    day = log.records[0].event.happened.on
    hidden = log.add(ev.EvidenceAdded(**said("rita", "reviewer", day), kind="walk", text=Unsealed("seen"))).version
    secrets: dict[int, int] = {log.add(note("secret-0-", hidden, "lena")).version: hidden}
    for _ in range(data.draw(st.integers(1, 5))):
        beside = data.draw(st.integers(1, log.records[-1].version))
        secrets[log.add(note(f"secret-{len(secrets)}-", beside, "lena")).version] = beside
    events = {one.version: one.event for one in log.records}

    def may(version: int) -> bool:
        event = events[version]
        return (
            may(secrets[version]) if version in secrets else event.by == "hal" or event.topic[:15] != "cycle.evidence-"
        )

    expected = {f"secret-{n}-" for n, (_, beside) in enumerate(secrets.items()) if may(beside)}
    compared = compare(
        log.records, Moment(position=log.start), Moment(), DEFINITION, FakeNames(), seeing=seeing(log, "hal")
    )
    for texts in (
        summary_texts(summed(log, "hal", DEFINITION)),
        thread_texts(history(log, "hal", DEFINITION).tell()),
        compared_texts(compared, details=True),
    ):
        shown = "\n".join(texts)
        assert {one for one in (f"secret-{n}-" for n in range(len(secrets))) if one in shown} == expected
