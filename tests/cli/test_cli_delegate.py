"""Standing in for somebody who is away, from the command line."""

from __future__ import annotations

import pytest

from cli.shell import ADA, BEN, CLEO, DAN, LENA, PRIYA

CYCLE = "hazel-2026-1"
FOCUS = ("cycle", "do", CYCLE, "choose_focus", "--set", "focus_areas=Writing")


@pytest.fixture
def away(north):
    """Lena, the head, is away until 23 October; Dan stands in for her."""
    told = north.json("person", "delegate", LENA, "--to", DAN, "--until", "2026-10-23", "--reason", "a made-up cold",
                      "--as", LENA)  # fmt: skip
    assert (told["since"], told["until"], told["roles"]) == ("2026-09-07", "2026-10-23", [])
    return north


def test_a_stand_in_acts_and_history_says_for_whom(away):
    done = away.run(*FOCUS, "--as", DAN, "--for", LENA)
    assert "Done: Choose the focus, by Dan Example for Lena Example." in done.stdout
    history = away.json("cycle", "show", CYCLE, "--history")["history"]
    assert (history[-1]["by"], history[-1]["on_behalf_of"]) == ("Dan Example", "Lena Example")
    assert "Dan Example for Lena Example (Headteacher): Choose the focus: recorded" in history[-1]["sentence"]
    for words in (("cycle", "show", CYCLE), ("audit", "replay", CYCLE)):
        assert "by Dan Example for Lena Example (Headteacher)" in away.run(*words).stdout
    assert "Dan Example for Lena Example (Headteacher)" in away.run("audit", "log", CYCLE).stdout


def test_who_was_not_asked_is_refused_and_told_who_can_mend_it(away):
    fault = away.fault(*FOCUS, "--as", CLEO, "--for", LENA, code=1)
    assert [one["code"] for one in fault["unmet"]] == ["not-delegated"]
    assert "the absent person" in fault["unmet"][0]["who"]
    said = away.run(*FOCUS, "--as", CLEO, "--for", LENA, code=1).stderr
    assert "Lena Example has not asked Cleo Example to stand in on 2026-09-07" in said
    assert away.refused(*FOCUS, "--as", DAN, "--for", PRIYA) == ["not-permitted", "not-delegated"]


def test_it_ends_by_itself_or_early(away):
    away.clock.set("2026-10-24")
    assert away.refused(*FOCUS, "--as", DAN, "--for", LENA) == ["not-delegated"]
    away.run(*FOCUS, "--as", DAN, "--for", LENA, "--on", "2026-10-20")
    away.clock.set("2026-10-24", 13)
    assert not away.json("person", "delegate", LENA, "--to", DAN, "--end", "--reason", "back", "--as", LENA)["changed"]


def test_ending_it_early_is_told(away):
    ended = away.run("person", "delegate", LENA, "--to", DAN, "--end", "--reason", "back", "--as", PRIYA)
    assert "Dan Example no longer stands in for Lena Example." in ended.stdout
    shown = away.json("person", "show", LENA)["person"]["delegated"]
    assert [(one["name"], one["until"], one["reason"]) for one in shown] == [
        ("Dan Example", "2026-09-07", "a made-up cold")
    ]


def test_the_inbox_and_next_of_a_stand_in_show_what_waits_for_the_absent(away):
    tasks = away.json("inbox", "--as", DAN)["tasks"]
    assert {one["step"] for one in tasks} >= {"choose_focus", "name_school_lead"}
    assert {(one["for"]["name"], one["for"]["until"]) for one in tasks} == {("Lena Example", "2026-10-23")}
    assert "for Lena Example (until 2026-10-23)" in away.run("inbox", "--as", DAN).stdout
    assert away.json("inbox", "--person", DAN)["tasks"] == tasks
    assert all(one["for"] is None for one in away.json("inbox", "--as", LENA)["tasks"])
    told = away.json("cycle", "next", CYCLE, "--as", DAN, "--for", LENA)
    assert "choose_focus" in {one["step"] for one in told["now"]}
    assert "choose_focus" not in {one["step"] for one in away.json("cycle", "next", CYCLE, "--as", DAN)["now"]}
    away.run("cycle", "next", CYCLE, "--for", LENA, code=2)
    away.clock.set("2026-10-24")
    assert away.json("inbox", "--as", DAN)["tasks"] == []


def test_an_offer_to_the_absent_is_not_the_stand_ins_task(north):
    north.run("cycle", "assign", CYCLE, "peer_reviewer", BEN, "--as", PRIYA)
    north.run("person", "delegate", BEN, "--to", DAN, "--until", "2026-10-23", "--reason", "away", "--as", BEN)
    assert north.json("inbox", "--as", DAN)["tasks"] == []
    assert north.json("inbox", "--as", BEN)["tasks"]
    north.run("cycle", "accept", CYCLE, "peer_reviewer", "--as", DAN, "--for", BEN, code=2)


def test_a_stand_in_sees_the_cycles_of_the_absent_while_it_lasts(away):
    assert [one["handle"] for one in away.json("cycle", "list", "--as", DAN)["cycles"]] == [CYCLE]
    away.run(*FOCUS, "--as", LENA)
    assert "Writing" in away.run("cycle", "show", CYCLE, "--as", DAN).stdout
    away.clock.set("2026-10-24")
    assert away.json("cycle", "list", "--as", DAN)["cycles"] == []
    assert away.fault("cycle", "show", CYCLE, "--as", DAN, code=1)["unmet"][0]["code"] == "not-visible"


def test_a_person_shows_who_stands_in_for_whom(away):
    away.run("person", "delegate", LENA, "--to", BEN, "--from", "2026-11-02", "--until", "2026-11-06", "--role", "head",
             "--reason", "a course", "--as", PRIYA)  # fmt: skip
    lena, ben = (away.json("person", "show", one)["person"] for one in (LENA, BEN))
    assert [(one["name"], one["since"], one["roles"]) for one in lena["delegated"]] == [
        ("Dan Example", "2026-09-07", []), ("Ben Example", "2026-11-02", ["head"]),
    ]  # fmt: skip
    assert [(one["name"], one["until"]) for one in ben["stands_in_for"]] == [("Lena Example", "2026-11-06")]
    assert "stands in for" in away.run("person", "show", BEN).stdout


@pytest.mark.parametrize(
    "words",
    [
        ("--to", DAN, "--until", "2026-10-23"),
        ("--to", DAN, "--reason", "away"),
        ("--to", DAN, "--end", "--role", "head", "--reason", "back"),
        ("--to", DAN, "--end", "--from", "2026-09-01", "--reason", "back"),
    ],
    ids=" ".join,
)
def test_what_is_left_out_is_asked_for(still, words):
    still.run("person", "delegate", LENA, *words, "--as", LENA, code=2)


def test_the_log_tells_a_delegation_in_words_and_keeps_the_reason_sealed(away):
    log = away.run("audit", "log", "--details").stdout
    assert "Dan Example stands in for Lena Example from 2026-09-07 to 2026-10-23" in log
    assert "a made-up cold" in log
    for file in away.folder.glob("reviewflow.db*"):
        assert b"a made-up cold" not in file.read_bytes()


def test_commands_of_the_register_take_no_stand_in(still):
    still.run("person", "add", "Zed Example", "--as", DAN, "--for", ADA, code=2)
