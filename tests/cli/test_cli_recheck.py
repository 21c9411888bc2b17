"""`audit recheck` as an auditor meets it: what it says, what it exits with, what it shows to whom."""

import pytest

from cli.shell import ADA, BEN, CLEO, LENA, PRIYA

CYCLE = "hazel-2026-1"


@pytest.fixture
def asked(north):
    """Ben was asked and accepted; afterwards it turns out that his training had been withdrawn before."""
    for person in (BEN, CLEO):
        north.run("cycle", "assign", CYCLE, "peer_reviewer", person, "--as", PRIYA)
        north.run("cycle", "accept", CYCLE, "peer_reviewer", "--as", person)
    north.run("audit", "recheck", CYCLE)
    north.clock.set("2026-09-20")
    north.run("person", "train", BEN, "peer-reviewer", "--withdraw", "--on", "2026-09-01", "--reason", "a mix-up")
    return north


def test_nothing_was_found(still):
    assert still.json("audit", "recheck") == {
        "view": "operator", "cycles": 1, "decisions": 1, "hidden": 0, "findings": []
    }  # fmt: skip
    assert "1 decision of 1 cycle judged again: all stand as now known" in still.run("audit", "recheck").stdout


def test_what_was_found_is_told_with_the_day_from_which_it_was_known(asked):
    position = asked.records
    told = asked.json("audit", "recheck", CYCLE, code=1)
    assert told["decisions"] == 5
    assert [(one["topic"], one["requirement"], one["person"]) for one in told["findings"]] == [
        ("cycle.assignment-offered/1", "trained", "Ben Example"),
        ("cycle.assignment-accepted/1", "trained", "Ben Example"),
    ]
    one = told["findings"][1]
    assert (one["known_position"], one["known_since"][:10]) == (position, "2026-09-20")
    assert (one["known_topic"], one["judged"], one["corrected_by"]) == ("registry.training-withdrawn/1", True, None)
    assert (one["cycle"], one["day"], one["by"], one["of"]) == (CYCLE, "2026-09-07", "Ben Example", "peer_reviewer")
    shown = asked.run("audit", "recheck", CYCLE, code=1).stdout
    assert "Ben Example took the role “Peer reviewer”" in shown
    assert "trained: needs peer-reviewer training that is valid on the day" in shown
    assert f"known since 2026-09-20 12:00 UTC, record {position}" in shown
    assert "5 decisions of 1 cycle judged again: 2 would not be met as now known" in shown


def test_each_moment_has_its_own_answer(asked):
    asked.run("audit", "recheck", "--known-at", "2026-09-19")
    asked.run("audit", "recheck", "--known-at", "2026-09-20", code=1)
    asked.run("audit", "recheck", "--since", "2026-09-08")
    asked.run("audit", "recheck", "--as-of", "2026-09-07", code=1)
    assert asked.json("audit", "recheck", "--known-at", "2026-09-07T00:00Z")["cycles"] == 0


def test_training_put_right(asked):
    asked.run("person", "train", BEN, "peer-reviewer", "--completed", "2026-05-01")
    asked.run("audit", "recheck", CYCLE)


def test_which_cycles(asked):
    assert asked.json("audit", "recheck", "--partnership", "north", code=1)["cycles"] == 1
    asked.run("partnership", "add", "South Example Cluster", "--handle", "south")
    assert asked.json("audit", "recheck", "--partnership", "south")["cycles"] == 0
    assert asked.json("audit", "recheck", "--programme", "example-partnership", code=1)["cycles"] == 1
    asked.run("audit", "recheck", CYCLE, "--partnership", "north", code=2)
    assert asked.wrong("audit", "recheck", "--partnership", "nowhere") == ["--partnership"]
    assert asked.wrong("audit", "recheck", "hazel-2031-1") == ["cycle"]
    assert asked.wrong("audit", "recheck", CYCLE, "--as-of", "2026-09-01") == ["cycle"]


def test_only_who_may_read_the_log_may_ask(asked):
    for person in (BEN, LENA, PRIYA):
        assert asked.refused("audit", "recheck", CYCLE, "--as", person) == ["not-permitted"]
        assert asked.refused("audit", "recheck", "--as", person) == ["not-permitted"]


def test_what_may_not_be_told_is_counted(north):
    """The focus is the school's until it shares it: an administrator is told that there is something, and no more."""
    north.run("cycle", "do", CYCLE, "choose_focus", "--set", "focus_areas=Handwriting", "--as", LENA)
    north.run("person", "role", LENA, "head", "--in", "hazel", "--end", "--on", "2026-09-01", "--as", ADA)
    told = north.json("audit", "recheck", CYCLE, code=1)
    assert [(one["of"], one["requirement"]) for one in told["findings"]] == [("choose_focus", "not-permitted")]
    assert "only Headteacher may do this" in told["findings"][0]["sentence"]
    told = north.json("audit", "recheck", CYCLE, "--as", ADA, code=1)
    assert (told["findings"], told["hidden"]) == ([], 1)
    shown = north.run("audit", "recheck", CYCLE, "--as", ADA, code=1).stdout
    assert "(1 finding not shown to you)" in shown
    assert "ocus" not in shown


def test_it_changes_nothing(asked):
    before = asked.records
    asked.run("audit", "recheck", code=1)
    assert asked.records == before


def test_a_name_that_is_gone_stays_gone(asked):
    asked.run("person", "forget", BEN, "--yes")
    shown = asked.run("audit", "recheck", CYCLE, code=1).stdout
    assert "Ben" not in shown
    assert "[removed] took the role" in shown
