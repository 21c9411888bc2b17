"""Each kind of failure has its exit code, its sentence and its data; a traceback never reaches a user."""

import json
import shutil

import click
import pytest

from cli.shell import LENA, PRIYA
from reviewflow import errors as e
from reviewflow.cli.app import Door
from reviewflow.cli.failures import EXIT_CODES, tell

UNMET = e.Unmet("too-few", "2 of 3 have accepted", ("Partnership lead",), "2026-10-01", ("Administrator",), "S1")
EXAMPLES = [
    (e.Refused("schedule_visit of hazel-2026-1", [UNMET]), 1, "refused"),
    (e.BadInput("the form", [e.Fault("day", "'x'", "a date")]), 2, "bad-input"),
    (e.BadDefinition("w.yaml", [e.DefinitionFault(3, 7, "roles", "x", "y")]), 2, "bad-definition"),
    (e.StreamMoved({"cycle-x": (3, 4)}), 3, "stream-moved"),
    (e.IntegrityBroken(7, "the bytes differ"), 4, "integrity-broken"),
    (e.ImpossibleHistory("cycle-x", 3, "never opened"), 4, "impossible-history"),
    (e.StoreUnreachable("the store", "no such file", "reviewflow init makes it"), 5, "store-unreachable"),
    (click.UsageError("no"), 2, "usage"),
    (KeyboardInterrupt(), 130, "interrupted"),
    (click.Abort(), 130, "interrupted"),
    (FileNotFoundError(2, "No such file or directory", "x.csv"), 2, "bad-input"),
    (RuntimeError("secret words"), 70, "internal"),
]


@pytest.mark.parametrize(("error", "code", "kind"), EXAMPLES, ids=[kind for *_, kind in EXAMPLES])
def test_code_sentence_and_data(error, code, kind, capsys):
    assert tell(error, as_json=False) == code
    sentence = capsys.readouterr().err
    assert sentence.strip()
    assert tell(error, as_json=True) == code
    out, err = capsys.readouterr()
    assert out == ""
    assert json.loads(err)["error"]["kind"] == kind
    assert "secret words" not in sentence + err


def test_every_error_of_ours_has_a_code():
    ours = {cls for cls in vars(e).values() if isinstance(cls, type) and issubclass(cls, e.ReviewflowError)}
    assert ours - {e.ReviewflowError} == set(EXIT_CODES)


def test_the_data_of_a_refusal_is_all_of_it(capsys):
    tell(EXAMPLES[0][0], as_json=True)
    assert json.loads(capsys.readouterr().err)["error"]["unmet"] == [
        {"code": "too-few", "sentence": "2 of 3 have accepted", "who": ["Partnership lead"], "by_when": "2026-10-01",
         "waivable_by": ["Administrator"], "source": "S1"}]  # fmt: skip


@pytest.mark.parametrize(("error", "code", "kind"), EXAMPLES, ids=[kind for *_, kind in EXAMPLES])
def test_the_door_lets_no_error_past(error, code, kind, capsys):
    door = Door("reviewflow")

    @door.command()
    def fail():
        raise error

    assert door.main(["fail"], standalone_mode=False) == code
    assert "Traceback" not in capsys.readouterr().err


def test_all_of_a_fault_of_ours_is_shown_when_asked_for(capsys, monkeypatch):
    monkeypatch.setenv("REVIEWFLOW_DEBUG", "1")
    tell(RuntimeError("here"), as_json=False)
    assert "RuntimeError: here" in capsys.readouterr().err


def test_without_a_store(empty):
    assert "reviewflow init" in empty.run("cycle", "list", code=5).stderr
    assert empty.fault("status", code=5)["kind"] == "store-unreachable"


def test_a_store_that_is_no_store(empty):
    (empty.folder / "reviewflow.db").write_bytes(b"not a database at all" * 100)
    empty.run("status", code=5)


def test_keys_that_are_gone(north):
    (north.folder / "reviewflow.keys").unlink()
    north.run("status", code=5)


def test_a_store_that_was_changed_behind_our_back(north):
    import sqlite3

    with sqlite3.connect(north.folder / "reviewflow.db") as raw:
        raw.execute("DROP TRIGGER records_never_change")
        raw.execute("UPDATE records SET body = ? WHERE stream LIKE 'cycle-%'", (b"{}",))
    assert north.fault("cycle", "show", "hazel-2026-1", code=4)["kind"] == "integrity-broken"


def test_without_the_master_key_reading_works_with_names_hidden(north):
    priya = north.json("person", "show", PRIYA)["person"]["id"]
    shutil.move(north.folder / "reviewflow.master-key", north.folder / "elsewhere")
    assert "[sealed]" in north.run("person", "list").stdout
    assert "not at hand" in north.run("status").stdout
    shown = north.run("cycle", "note", "hazel-2026-1", "x", "--as", priya, REVIEWFLOW_ACTOR=None, code=5).stderr
    assert "REVIEWFLOW_MASTER_KEY" in shown


def test_an_address_that_cannot_be_looked_up_is_not_called_unknown_without_a_why(north):
    shutil.move(north.folder / "reviewflow.master-key", north.folder / "elsewhere")
    assert "master key is not at hand" in north.run("person", "show", PRIYA, code=2).stderr


def test_nobody_is_named_who_acts(north):
    shown = north.run("cycle", "note", "hazel-2026-1", "x", code=2, REVIEWFLOW_ACTOR=None).stderr
    assert "--as PERSON" in shown
    assert "REVIEWFLOW_ACTOR" in shown


def test_wrong_settings_are_named_as_people_set_them(north):
    shown = north.run("status", code=5, REVIEWFLOW_MASTER_KEY="short", REVIEWFLOW_MASTER_KEY_FILE="x").stderr
    assert "REVIEWFLOW_MASTER_KEY" in shown


@pytest.mark.parametrize(
    "words",
    [
        ["cycle", "note", "hazel-2026-1"],
        ["cycle", "note", "hazel-2026-1", "x", "--on", "14/03/2026"],
        ["cycle", "note", "hazel-2026-1", "x", "--on", "2026-02-30"],
        ["cycle", "note", "hazel-2026-1", "x", "--on", "2026-09-07", "--by", "2026-09-07"],
        ["cycle", "note", "hazel-2026-1", "x", "--at", "14:30"],
        ["cycle", "note", "hazel-2026-1", "x", "--on", "2026-09-07", "--at", "25:00"],
        ["cycle", "note", "hazel-2026-1", "x", "--command-id", "a b"],
        ["cycle", "note", "hazel-2026-1", "x", "--nonsense"],
        ["cycle", "show", "hazel-2026-1", "--known-at", "yesterday"],
        ["cycle", "show", "hazel-2026-1", "--as-of", "0000-00-00"],
        ["cycle", "open", "--year", "2026"],
        ["cycle", "waive", "hazel-2026-1", "schedule_visit", "pre_review_meeting"],
        ["cycle", "evidence", "hazel-2026-1", "self_evaluation"],
        ["person", "train", LENA, "peer-reviewer"],
        ["person", "train", LENA, "peer-reviewer", "--withdraw", "--valid-until", "2026-01-01"],
        ["person", "role", LENA, "head", "--end", "--since", "2026-01-01"],
        ["person", "forget", LENA],
        ["programme", "set", "example-partnership"],
        ["organisation", "import"],
        ["audit", "diff", "hazel-2026-1"],
        ["init", "--email", "a@b.example"],
        ["cycle", "list", "--limit", "0"],
        ["audit", "log", "--after", "-1"],
    ],
    ids=" ".join,
)  # fmt: skip
def test_wrong_usage(still, words):
    before = still.records
    assert still.run(*words, code=2).stderr
    assert still.fault(*words, code=2)["kind"] == "usage"
    assert still.records == before


def test_years_and_steps_and_kinds_that_are_not_there(north):
    assert north.wrong("cycle", "open", "birch", "--year", "next", "--as", PRIYA) == ["year"]
    assert north.wrong("cycle", "do", "hazel-2026-1", "fly", "--as", LENA) == ["step"]
    assert north.wrong("cycle", "evidence", "hazel-2026-1", "rumour", "--text", "x", "--as", LENA) == ["kind"]
    assert north.wrong("cycle", "assign", "hazel-2026-1", "king", LENA, "--as", PRIYA) == ["role"]
    assert north.wrong("cycle", "waive", "hazel-2026-1", "schedule_visit", "x", "--reason", "y", "--as", PRIYA) == [
        "requirement"
    ]
