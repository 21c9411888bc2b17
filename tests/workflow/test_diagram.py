"""Drawings and descriptions: complete, the same each time, and safe whatever the titles hold."""

from __future__ import annotations

import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kit.sample_workflow import sample
from kit.world import spp
from reviewflow.workflow.definition import Definition
from reviewflow.workflow.describe import describe
from reviewflow.workflow.describe_text import describe_text
from reviewflow.workflow.diagram import mermaid, plain
from reviewflow.workflow.words import due_words

SAMPLE = Definition.model_validate(sample())

DRAWN = """\
stateDiagram-v2
    state "Active" as ACTIVE {
        state "Work" as STAGE_work {
            state "Begun" as work_STATE_begun
            state "Arranged" as work_STATE_arranged
            state "Visited" as work_STATE_visited
        }
        state "Afterwards" as STAGE_after {
            state "Open" as after_STATE_open
        }
    }
    state "Done" as STATE_done
    state "Stopped" as STATE_stopped
    state "Paused" as STATE_paused
    [*] --> work_STATE_begun : Open
    work_STATE_begun --> work_STATE_arranged : Arrange
    work_STATE_arranged --> work_STATE_visited : Visit
    work_STATE_visited --> after_STATE_open : Report
    STAGE_after --> STATE_done : Finish
    ACTIVE --> STATE_paused : Pause
    STATE_paused --> ACTIVE : Resume
    ACTIVE --> STATE_stopped : Stop
    STATE_paused --> STATE_stopped : Stop
    STATE_done --> [*]
    STATE_stopped --> [*]
    classDef finalState stroke-width:3px
    class STATE_done,STATE_stopped finalState
    classDef sideState stroke-dasharray:5 5
    class STATE_paused sideState
"""

LINE = re.compile(
    r"""stateDiagram-v2|\}|state\ "[^"#;:<>{}\[\]%`$^|~\\]*"\ as\ \w+(\ \{)?
    |(\[\*\]|\w+)\ -->\ (\[\*\]|\w+)(\ :\ [^"#;:<>{}\[\]%`$^|~\\]+)?|classDef\ \w+\ [\w:\- ]+|class\ [\w,]+\ \w+""",
    re.VERBOSE,
)
CODE = re.compile(r"#\d+;")


def test_the_sample_drawn():
    assert mermaid(SAMPLE) == DRAWN


def test_a_way_into_the_box_it_leaves_is_drawn_from_each_state():
    # Mermaid cannot draw an arrow from a box to something inside it.
    back = {"title": "Back", "from": "active", "to": "work.begun", "by": ["lead"]}
    lines = mermaid(Definition.model_validate(sample(transitions__back=back))).splitlines()
    assert [line.split()[0] for line in lines if line.endswith(": Back")] == [
        "work_STATE_begun", "work_STATE_arranged", "work_STATE_visited", "after_STATE_open",
    ]  # fmt: skip


def test_without_active_there_is_no_box_around_everything():
    changed = sample(transitions__pause__from=["work"], transitions__stop__from=["work", "paused"])
    drawn = mermaid(Definition.model_validate(changed))
    assert "ACTIVE" not in drawn
    assert "STATE_paused --> STAGE_work : Resume" in drawn


@pytest.mark.parametrize("draw", [mermaid, plain, describe_text])
def test_every_state_and_step_of_the_shipped_workflow_is_there(draw):
    definition = spp().definition
    text = draw(definition)
    assert draw(Definition.model_validate(spp().document)) == text
    for transition in definition.transitions.values():
        assert transition.title in text
    if draw is not describe_text:
        for state in definition.all_states().values():
            assert state.title in text


titles = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=20) | st.sampled_from(
    [
        '"',
        "#quot;",
        "[*] --> x",
        "%% no",
        "}",
        "{",
        "a;b",
        "end note",
        "<b>",
        "state",
        ":::x",
        "--",
        "<<fork>>",
        "a\nb",
        " ",
    ]
)


@given(titles, titles, titles)
def test_no_title_can_change_the_drawing(stage, state, step):
    changed = sample(
        stages__work__title=stage, stages__work__states__begun__title=state, transitions__visit__title=step
    )
    lines = mermaid(Definition.model_validate(changed)).split("\n")
    assert len(lines) == len(DRAWN.split("\n"))
    for line, plain_line in zip(lines, DRAWN.split("\n"), strict=True):
        assert not line.strip() or LINE.fullmatch(CODE.sub("x", line.strip())), line
        assert line.partition('"')[0].partition(" : ")[0] == plain_line.partition('"')[0].partition(" : ")[0]


def test_the_sample_in_plain_text():
    assert plain(SAMPLE).splitlines()[:9] == [
        "A sample (sample, edition 1)",
        "Opens with: Open (by Lead) -> Begun [work.begun]",
        "",
        "Work",
        "  Begun [work.begun], initial",
        "    Arrange [arrange] (by Lead, signed by Headteacher) -> Arranged [work.arranged]",
        "    here also: Talk; Warn",
        "  Arranged [work.arranged]",
        "    Visit [visit] (by First visitor, guide) -> Visited [work.visited]",
    ]
    assert "    Resume [resume] (by Lead) -> where it was before" in plain(SAMPLE).splitlines()


def test_what_is_described_is_data_that_json_can_hold():
    described = describe(SAMPLE, "abc")
    assert json.loads(json.dumps(described)) == described
    assert described["digest"] == "abc"
    assert [role["name"] for role in described["roles"]] == list(SAMPLE.roles)
    assert [step["name"] for step in described["steps"]] == ["opens", *SAMPLE.steps()]
    assert described["roles"][2]["eligible"] == [
        {"name": "trained", "rule": '"visit" in person.valid_training', "else": "not so", "waivable_by": ["lead"],
         "source": "ours"},
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("step", "words"),
    [
        ("visit", ["on “first” of “Arrange”"]),
        ("report", ["5 days after the day of “Visit”, at the latest 2 weeks after the day of “Visit”"]),
        ("finish", ["3 school days before end of year; while that is not known, 1 month after the day of “Report”"]),
        ("talk", ["before “Report” is due"]),
        ("answer", ["30 days after the day of “Visit”", "60 days after the day of “Visit”"]),
        ("pause", []),
    ],
)
def test_deadlines_in_words(step, words):
    described = {found["name"]: found for found in describe(SAMPLE)["steps"]}
    assert described[step]["due"] == words


def test_a_deadline_of_nothing_is_that_very_day():
    due = (
        Definition.model_validate(sample(transitions__visit__due={"days": 0, "from": "held"})).transitions["visit"].due
    )
    assert due_words(SAMPLE, due) == "on the day of “Visit”"
