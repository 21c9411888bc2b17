"""Handing over from the command line: shown, done, undone; and what is open of somebody who leaves."""

from __future__ import annotations

import json

import pytest

from cli.shell import BEN, CLEO, DAN, EVE, LENA, PRIYA, copied

HAZEL, CEDAR = "hazel-2026-1", "cedar-2026-1"
TO_CLEO = ("person", "handover", BEN, "--to", CLEO, "--reason", "a made-up move", "--as", PRIYA)


@pytest.fixture(scope="module")
def made(world, tmp_path_factory):
    """Ben is reviewer and leads the team at Hazel, and was asked at Cedar; only copied after."""
    north = copied(world, tmp_path_factory.mktemp("busy"))
    north.run("cycle", "open", "cedar", "--year", "2026-27", "--as", PRIYA)
    for handle in (HAZEL, CEDAR):
        north.run("cycle", "assign", handle, "peer_reviewer", BEN, "--as", PRIYA)
    north.run("cycle", "accept", HAZEL, "peer_reviewer", "--as", BEN)
    north.run("cycle", "assign", HAZEL, "lead_reviewer", BEN, "--as", PRIYA)
    north.run("cycle", "accept", HAZEL, "lead_reviewer", "--as", BEN)
    return north


@pytest.fixture
def busy(made, tmp_path):
    """The same in a folder of the test's own, at the same moment."""
    north = copied(made.folder, tmp_path)
    north.clock.moment = made.clock.moment
    return north


def parts(shell, person):
    found = shell.json("person", "show", person)["person"]["assignments"]
    return {(one["handle"], one["role"]): one["standing"] for one in found}


def test_a_dry_run_shows_what_would_move_and_moves_nothing(busy):
    before = busy.records
    told = busy.json(*TO_CLEO, "--dry-run")
    assert busy.records == before
    moves = {one["handle"]: [(m["role"], m["standing"]) for m in one["moves"]] for one in told["cycles"]}
    assert moves == {
        CEDAR: [("peer_reviewer", "offered")],
        HAZEL: [("peer_reviewer", "accepted"), ("lead_reviewer", "accepted")],
    }
    assert [task["kind"] for task in told["cycles"][0]["takes_over"]] == ["answer"]
    assert told["stays"]["roles"][0]["role"] == "staff"
    assert all(one["blocked"] == [] for one in told["cycles"])
    shown = busy.run(*TO_CLEO, "--dry-run").stdout
    assert "From Ben Example to Cleo Example" in shown
    assert "answer the offer: peer_reviewer" in shown
    assert "Dry run" in shown


def test_done_and_undone_by_its_batch(busy):
    held = parts(busy, BEN)
    done = busy.json(*TO_CLEO, "--yes")
    assert [one["topic"] for one in done["recorded"]] == ["cycle.role-handed-over/1"] * 3
    assert set(parts(busy, BEN).values()) == {"withdrawn"}
    assert parts(busy, CLEO) == held
    assert busy.json("inbox", "--as", CLEO)["tasks"][0]["handle"] == CEDAR
    undo = ("person", "handover", "--undo", done["batch"], "--reason", "the wrong Cleo", "--as", PRIYA)
    before = busy.records
    assert {one["outcome"] for one in busy.json(*undo, "--dry-run")["cycles"]} == {"yes"}
    assert busy.records == before
    undone = busy.run(*undo, "--yes").stdout
    assert "Undone in 2 cycles" in undone
    assert parts(busy, BEN) == held
    assert parts(busy, CLEO) == {}
    assert not busy.json(*undo, "--yes")["changed"]
    history = busy.run("cycle", "show", HAZEL, "--history").stdout
    assert "the role “Peer reviewer” passed from Ben Example to Cleo Example" in history
    assert "undone by event" in history


def test_it_says_under_which_batch_to_undo_it_and_the_same_command_is_done_once(busy):
    done = busy.run(*TO_CLEO, "--yes", "--command-id", "autumn-1").stdout
    assert "reviewflow person handover --undo autumn-1 --reason TEXT" in done
    assert "given before" in busy.run(*TO_CLEO, "--yes", "--command-id", "autumn-1").stdout


def test_one_cycle_that_cannot_go_keeps_all_of_them_unless_it_is_left_out(busy):
    busy.run("cycle", "assign", HAZEL, "improvement_champion", EVE, "--as", PRIYA)
    busy.run("person", "train", EVE, "peer-reviewer", "--completed", "2026-06-01", "--valid-until", "2028-05-31")
    to_eve = ("person", "handover", BEN, "--to", EVE, "--reason", "moved", "--as", PRIYA)
    assert busy.refused(*to_eve, "--yes") == ["other_school", "never-both"]
    dry = busy.run(*to_eve, "--dry-run", code=1)
    assert f"{HAZEL}: is asked to be Improvement champion in this cycle" in dry.stderr
    told = json.loads(busy.run(*to_eve, "--dry-run", "--json", code=1).stdout)
    assert [[u["code"] for u in one["blocked"]] for one in told["cycles"]] == [["other_school"], ["never-both"]]
    busy.run("cycle", "open", "birch", "--year", "2026-27", "--as", PRIYA)
    busy.run("cycle", "assign", "birch-2026-1", "peer_reviewer", DAN, "--as", PRIYA)
    busy.run("person", "handover", DAN, "--to", EVE, "--reason", "moved", "--as", PRIYA, "--yes")
    assert parts(busy, EVE)["birch-2026-1", "peer_reviewer"] == "offered"
    assert busy.refused(*TO_CLEO, "--cycle", HAZEL, "--cycle", "birch-2026-1", "--yes") == ["nothing-to-hand-over"]


def test_a_cycle_or_a_role_can_be_chosen_or_left_out(busy):
    busy.run(*TO_CLEO, "--leave-out", HAZEL, "--yes")
    assert parts(busy, CLEO) == {(CEDAR, "peer_reviewer"): "offered"}
    assert busy.refused(*TO_CLEO, "--role", "lead_reviewer", "--yes") == ["not-among"]
    busy.run(*TO_CLEO, "--role", "peer_reviewer", "--partnership", "north", "--yes")
    assert parts(busy, CLEO)[HAZEL, "lead_reviewer"] == "accepted"
    assert busy.refused(*TO_CLEO, "--yes") == ["nothing-to-hand-over"]


def test_what_could_go_is_named_beside_what_could_not(busy):
    busy.run("cycle", "assign", HAZEL, "improvement_champion", EVE, "--as", PRIYA)
    busy.run("person", "train", CLEO, "improvement-champion", "--completed", "2026-06-01")
    busy.run("cycle", "assign", HAZEL, "improvement_champion", CLEO, "--as", PRIYA)
    shown = busy.run(*TO_CLEO, "--dry-run", code=1).stdout
    assert f"Without those: --leave-out {HAZEL}" in shown
    busy.run(*TO_CLEO, "--leave-out", HAZEL, "--yes")


def test_without_a_terminal_it_asks_for_yes(busy):
    before = busy.records
    assert "give --yes" in busy.run(*TO_CLEO, code=2).stderr
    assert busy.records == before


@pytest.mark.parametrize(
    "words",
    [
        (),
        (BEN, "--to", CLEO),
        (BEN, "--undo", "b1", "--reason", "x"),
        ("--undo", "b1"),
        (BEN, "--leave-out", HAZEL),
        (BEN, "--role", "peer_reviewer"),
    ],
    ids=" ".join,
)
def test_what_does_not_go_together_is_wrong_usage(still, words):
    still.run("person", "handover", *words, code=2)


def test_an_unknown_batch_is_bad_input(still):
    assert still.wrong("person", "handover", "--undo", "nothing", "--reason", "x", "--yes") == ["batch"]


def test_a_reviewer_hands_nothing_over(busy):
    words = ("person", "handover", BEN, "--to", CLEO, "--reason", "moved", "--yes", "--as", BEN)
    assert set(busy.refused(*words)) == {"not-permitted"}
    told = json.loads(busy.run(*words, "--dry-run", "--json", code=1).stdout)
    assert all(one["takes_over"] == [] for one in told["cycles"])


def test_what_is_open_of_somebody_who_leaves_is_listed_with_how_it_passes_on(busy):
    told = busy.json("person", "handover", BEN, "--as", PRIYA)
    assert [(one["handle"], one["role"], one["standing"]) for one in told["roles"]] == [
        (CEDAR, "peer_reviewer", "offered"), (HAZEL, "peer_reviewer", "accepted"), (HAZEL, "lead_reviewer", "accepted"),
    ]  # fmt: skip
    assert [(one["handle"], one["kind"], one["ways"][0]["way"]) for one in told["tasks"]] == [
        (CEDAR, "answer", "offered")
    ]
    busy.run("cycle", "do", HAZEL, "name_school_lead", "--set", f"school_lead={BEN}", "--as", LENA)
    waiting = busy.json("person", "handover", BEN)["tasks"]
    assert {(one["step"], one["ways"][0]["way"]) for one in waiting} >= {("start_self_evaluation", "named")}
    assert {w["way"] for t in busy.json("person", "handover", LENA)["tasks"] for w in t["ways"]} == {"held"}
    shown = busy.run("person", "handover", LENA).stdout
    assert "held: give the role to somebody else: person role; for a while: person delegate" in shown
    assert "head" in shown
    assert busy.json("person", "handover", BEN, "--cycle", HAZEL)["roles"][0]["handle"] == HAZEL


def test_who_leaves_while_standing_in_for_another_is_told(busy):
    busy.run("person", "delegate", LENA, "--to", BEN, "--until", "2026-10-23", "--reason", "away", "--as", LENA)
    told = busy.json("person", "handover", BEN)
    assert [(one["name"], one["until"]) for one in told["stands_in_for"]] == [("Lena Example", "2026-10-23")]
    assert "Stands in for Lena Example until 2026-10-23" in busy.run("person", "handover", BEN).stdout


def test_what_is_open_of_a_person_is_not_everybodys_business(busy):
    assert busy.fault("person", "handover", BEN, "--as", DAN, code=1)["unmet"][0]["code"] == "not-permitted"
    assert busy.json("person", "handover", BEN, "--as", BEN)["roles"]


def test_the_reason_is_sealed(busy):
    busy.run(*TO_CLEO, "--yes")
    assert "a made-up move" in busy.run("audit", "log", HAZEL, "--details").stdout
    for file in busy.folder.glob("reviewflow.db*"):
        assert b"a made-up move" not in file.read_bytes()
