"""Notes, and notes that answer notes, beneath what they stand beside: for whoever may see it, and nobody else."""

from __future__ import annotations

from typing import Any

import pytest

from cli.shell import ADA, BEN, LENA, PRIYA, Shell

CYCLE = "hazel-2026-1"
FIRST, ANSWER, OTHER = "Why handwriting?", "Because of the test results.", "Seen by the governors."


@pytest.fixture
def noted(north):
    """The focus is event 2; event 3 is a note beside it, event 4 answers that, event 5 stands for itself."""
    north.run("cycle", "do", CYCLE, "choose_focus", "--set", "focus_areas=Handwriting", "--as", LENA)
    north.run("cycle", "note", CYCLE, FIRST, "--beside", "2", "--as", LENA)
    north.run("cycle", "note", CYCLE, ANSWER, "--beside", "3", "--as", LENA)
    north.run("cycle", "note", CYCLE, OTHER, "--as", LENA)
    return north


def section(shell: Shell, title: str, *more: str) -> list[dict[str, Any]]:
    told = shell.json("cycle", "show", CYCLE, *more)
    return next((s["items"] for s in told["sections"] if s["title"].startswith(title)), [])


def test_a_thread_stands_beneath_what_it_is_about(noted):
    shown = noted.run("cycle", "show", CYCLE).stdout
    begin = shown.index("Choose the focus")
    focus = shown[begin : shown.index("\nNotes\n")].splitlines()
    assert focus[-3:] == [
        "  Focus areas: Handwriting",
        f"  Note, 2026-09-07 11:00 Lena Example (event 3): {FIRST}",
        f"      Note, 2026-09-07 11:00 Lena Example (event 4): {ANSWER}",
    ]
    notes = shown[shown.index("\nNotes\n") :]
    assert OTHER in notes
    assert FIRST not in notes
    assert ANSWER not in notes


def test_the_document_says_the_same(noted):
    *_, note = section(noted, "Choose")
    assert (note["name"], note["value"]) == ("3", FIRST)
    assert [one["value"] for one in note["beside"]] == [ANSWER]
    assert [one["value"] for one in section(noted, "Notes")] == [OTHER]
    day = ("--as-of", "2026-09-08")
    replayed = noted.json("audit", "replay", CYCLE, *day)["replay"]["sections"]
    assert replayed == noted.json("cycle", "show", CYCLE, *day)["sections"]
    assert note in next(s["items"] for s in replayed if s["title"] == "Choose the focus")


def test_the_history_is_threaded_and_the_log_is_not(noted):
    history = noted.json("cycle", "show", CYCLE, "--history")["history"]
    assert [line["version"] for line in history] == [1, 2, 5]
    (note,) = history[1]["replies"]
    assert (note["version"], note["what"]) == (3, "note beside event 2")
    assert [line["version"] for line in note["replies"]] == [4]
    shown = noted.run("cycle", "show", CYCLE, "--history").stdout.splitlines()
    lines = [line for line in shown if "note" in line and "Lena Example" in line]
    assert [len(line) - len(line.lstrip()) for line in lines] == [9, 13, 5]
    assert [one["version"] for one in noted.json("audit", "log", CYCLE)["records"]] == [1, 2, 3, 4, 5]


def test_what_it_stands_beside_was_corrected_or_undone(noted):
    before = noted.clock.now().isoformat()
    noted.run("cycle", "correct", CYCLE, "2.focus_areas=Reading", "--reason", "misheard", "--as", LENA)
    done = section(noted, "Choose")[0]["value"]
    assert done.endswith("(corrected by event 6)")
    noted.run("cycle", "undo", CYCLE, "--event", "2", "--reason", "it was not said", "--as", LENA)
    assert section(noted, "Choose") == []
    labels = [one["label"] for one in section(noted, "Notes")]
    assert "2026-09-07 11:00 Lena Example, beside event 2 (undone)" in labels
    assert section(noted, "Notes")[0]["beside"][0]["value"] == ANSWER
    assert [one["value"] for one in section(noted, "Notes", "--known-at", before)] == [OTHER]
    assert section(noted, "Choose", "--known-at", before)[-1]["value"] == FIRST
    history = noted.json("cycle", "show", CYCLE, "--history")["history"]
    assert history[1]["replies"][0]["what"] == "note beside event 2 (undone)"


def test_a_note_that_was_undone(noted):
    noted.run("cycle", "undo", CYCLE, "--event", "3", "--reason", "not meant so", "--as", LENA)
    assert [one["name"] for one in section(noted, "Notes")] == ["4", "5"]
    assert section(noted, "Notes")[0]["label"].endswith("beside event 3 (undone)")


def test_nobody_reads_a_note_beside_what_they_may_not_see(north):
    """A concern is for the administrator alone, though the headteacher may read notes."""
    secret = "The officer was told."
    north.run("cycle", "do", CYCLE, "raise_concern", "--set", "passed_to=designated_officer", "--as", ADA)
    concern = north.json("cycle", "show", CYCLE)["cycle"]["version"]
    north.run("cycle", "note", CYCLE, secret, "--beside", str(concern), "--as", ADA)
    north.run("cycle", "note", CYCLE, f"And: {secret}", "--beside", str(concern + 1), "--as", ADA)
    north.run("cycle", "note", CYCLE, OTHER, "--as", PRIYA)
    questions = [
        ("cycle", "show", CYCLE), ("cycle", "show", CYCLE, "--history"), ("audit", "log", CYCLE, "--details"),
        ("audit", "replay", CYCLE), ("audit", "diff", CYCLE, "--from-position", "1", "--details"),
    ]  # fmt: skip
    for words in questions:
        for more in ((), ("--json",)):
            assert secret in north.run(*words, *more).stdout, words
            assert secret in north.run(*words, *more, "--as", ADA).stdout, words
    for words in questions[:2]:
        for more in ((), ("--json",)):
            shown = north.run(*words, *more, "--as", LENA).stdout
            assert OTHER in shown, words
            assert secret not in shown, words
            assert "officer" not in shown, words
    untold = north.json("cycle", "show", CYCLE, "--history", "--as", LENA)
    assert (len(untold["history"]), untold["untold"]) == (2, 3)


def test_a_note_beside_what_comes_to_be_seen(noted):
    """A reviewer may see the focus, and the notes beside it, from the day they take part."""
    assert noted.fault("cycle", "show", CYCLE, "--as", BEN, code=1)["unmet"][0]["code"] == "not-visible"
    assert FIRST not in noted.run("cycle", "show", CYCLE, "--as", PRIYA).stdout
    noted.run("cycle", "assign", CYCLE, "peer_reviewer", BEN, "--as", PRIYA)
    noted.run("cycle", "accept", CYCLE, "peer_reviewer", "--as", BEN)
    assert [one["value"] for one in section(noted, "Choose", "--as", BEN)[-1]["beside"]] == [ANSWER]


def test_a_note_stands_beside_an_event_that_is_there(north):
    assert north.wrong("cycle", "note", CYCLE, FIRST, "--beside", "9", "--as", LENA) == ["beside"]
    assert "Noted beside event 1." in north.run("cycle", "note", CYCLE, FIRST, "--beside", "1", "--as", LENA).stdout
