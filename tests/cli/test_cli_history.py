"""`history import` at the command line: the report, the codes, the rehearsal, and what is refused before it begins."""

import csv
import json
import shutil
import sqlite3

import pytest

from cli.shell import ADA, Shell
from history import imports
from kit.clock import FixedClock

ROWS = [
    "One,2026-08-20,submitted,", "One,2026-08-21,editor,Edith Example", "One,2026-08-22,label,=1+1",
    "One,2026-08-23,flown,", "One,2026-08-24,noise,",
]  # fmt: skip


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """Ada was administrator until yesterday; only copied after."""
    folder = tmp_path_factory.mktemp("history")
    made = Shell(folder)
    made.run("init", "--admin", "Ada Example", "--email", ADA, "--programme", "Open Reviews")
    made.env["REVIEWFLOW_ACTOR"] = ADA
    made.run("workflow", "publish", "open-software-review")
    made.run("person", "role", ADA, "administrator", "--in", "installation", "--since", "2020-01-01",
             "--until", "2026-09-06")  # fmt: skip
    (folder / "map.yaml").write_text(imports.SIMPLE, encoding="utf-8")
    (folder / "rows.csv").write_text(imports.HEADER + "\n".join(ROWS) + "\n", encoding="utf-8")
    return made


@pytest.fixture
def shell(made, tmp_path):
    """The same in a folder of the test's own, at the same moment."""
    shutil.copytree(made.folder, tmp_path, dirs_exist_ok=True)
    return Shell(tmp_path, FixedClock(made.clock.moment, made.clock.tick), dict(made.env))


def paths(shell: Shell, *names: str) -> list[str]:
    return [str(shell.folder / name) for name in names]


def test_the_report_counts_every_row_once(shell):
    rows, map_ = paths(shell, "rows.csv", "map.yaml")
    report = shell.json("history", "import", rows, "--map", map_, code=1)
    wanted = {"rows": 5, "cases": 1, "accepted": 3, "unchanged": 0, "already": 0, "ignored": 1, "refused": 1}
    assert {key: report[key] for key in wanted} == wanted
    place = report["refused_because"]["no-rule"]["places"][0]
    assert (place["place"], place["case"]) == ("row 5", "One")
    assert "'flown'" in place["sentence"]


def test_the_report_is_also_told_in_words(shell):
    rows, map_ = paths(shell, "rows.csv", "map.yaml")
    told = shell.run("history", "import", rows, "--map", map_, code=1).stdout
    assert "simple into open-software-review (csv): 1 case, 5 rows." in told
    assert "Refused, 1: no-rule\n  row 5, case One: no rule of the mapping fits What 'flown'" in told
    assert "Ignored, 1: noise says nothing" in told


def test_a_rehearsal_tells_the_same_and_writes_nothing(shell):
    rows, map_ = paths(shell, "rows.csv", "map.yaml")
    before = shell.records
    files = {file.name: file.stat().st_size for file in shell.folder.iterdir()}
    rehearsed = shell.json("history", "import", rows, "--map", map_, "--dry-run", code=1)
    assert shell.records == before
    assert {file.name for file in shell.folder.iterdir()} == set(files)
    report = shell.json("history", "import", rows, "--map", map_, code=1)
    assert {**rehearsed, "dry_run": False} == report
    assert shell.records == before + report["events"]
    assert shell.json("history", "import", rows, "--map", map_, code=1)["already"] == 3


def test_refused_rows_are_written_to_a_file_that_no_spreadsheet_runs(shell):
    (shell.folder / "more.csv").write_text(imports.HEADER + "One,never,label,=1+1\n", encoding="utf-8")
    rows, map_, refused = paths(shell, "more.csv", "map.yaml", "refused.csv")
    shell.run("history", "import", rows, "--map", map_, "--refused", refused, code=1)
    with (shell.folder / "refused.csv").open(encoding="utf-8", newline="") as file:
        found = list(csv.DictReader(file))
    assert [(one["place"], one["case"], one["reason"], one["Who"]) for one in found] == [
        ("row 2", "One", "not-opened", "'=1+1")
    ]


def test_a_file_that_is_there_is_never_written_over(shell):
    rows, map_ = paths(shell, "rows.csv", "map.yaml")
    shell.wrong("history", "import", rows, "--map", map_, "--refused", map_)
    assert (shell.folder / "map.yaml").read_text(encoding="utf-8") == imports.SIMPLE


def test_a_file_that_ends_too_early_gives_its_place_and_keeps_what_came_before(shell):
    (shell.folder / "cut.csv").write_text(imports.HEADER + ROWS[0] + '\nOne,2026-08-21,label,"x', encoding="utf-8")
    cut, map_ = paths(shell, "cut.csv", "map.yaml")
    done = shell.run("history", "import", cut, "--map", map_, code=2)
    assert "row 3" in done.stderr
    assert shell.json("cycle", "list")["cycles"][0]["handle"] == "one-2026-1"


def test_only_whoever_runs_a_programme_may(shell):
    shell.run("person", "add", "Rob Example", "--email", "rob@birch.example")
    rows, map_ = paths(shell, "rows.csv", "map.yaml")
    assert shell.refused("history", "import", rows, "--map", map_, "--as", "rob@birch.example") == ["not-permitted"]


def test_a_mapping_is_checked_without_any_file(shell):
    (map_,) = paths(shell, "map.yaml")
    assert shell.json("history", "import", "--map", map_, "--check-map")["sound"] is True
    (shell.folder / "bad.yaml").write_text(imports.SIMPLE.replace("pass_checks", "pass_check"), encoding="utf-8")
    fault = shell.fault("history", "import", "--map", *paths(shell, "bad.yaml"), "--check-map", code=2)
    assert [one["want"] for one in fault["faults"]] == ["did you mean `pass_checks`?"]


def test_the_example_is_a_mapping_that_works(shell):
    (shell.folder / "example.yaml").write_text(shell.run("history", "import", "--example").stdout, encoding="utf-8")
    assert shell.json("history", "import", "--map", *paths(shell, "example.yaml"), "--check-map")["rules"] > 3


@pytest.mark.parametrize(
    "words",
    [
        ("rows.csv",), ("rows.csv", "--map", "none.yaml"), ("none.csv", "--map", "map.yaml"), ("--map", "map.yaml"),
        ("rows.csv", "--map", "map.yaml", "--workflow", "other"), ("rows.csv", "--map", "map.yaml", "--table", "x"),
        ("rows.csv", "--map", "map.yaml", "--table", "x=rows.csv"), ("-", "--map", "map.yaml"), ("--check-map",),
        ("rows.csv", "--map", "rows.csv"), ("rows.csv", "--retry"),
        ("rows.csv", "--map", "map.yaml", "--programme", "x"),
        (".", "--map", "map.yaml"),
        ("rows.csv", "--map", "map.yaml", "--refused", "no/such/folder.csv"),
    ],
)  # fmt: skip
def test_what_cannot_begin_is_bad_input_and_writes_nothing(shell, words):
    before = shell.records
    names = ("rows.csv", "map.yaml", "none.yaml", "none.csv")
    shell.run("history", "import", *(str(shell.folder / word) if word in names else word for word in words), code=2)
    assert shell.records == before


def test_history_says_who_brought_it_in_and_nothing_lies_open(shell):
    shell.run("history", "import", *paths(shell, "rows.csv"), "--map", *paths(shell, "map.yaml"), code=1)
    shown = shell.json("cycle", "show", "one-2026-1")
    assert json.dumps(shown).count("Edith Example") >= 1
    with sqlite3.connect(shell.folder / "reviewflow.db") as raw:
        dump = "\n".join(raw.iterdump())
    raw.close()
    assert "Edith" not in dump
    assert "imported from" not in dump


def test_what_was_exported_comes_in_without_a_mapping(shell, tmp_path_factory):
    shell.run("history", "import", *paths(shell, "rows.csv"), "--map", *paths(shell, "map.yaml"), code=1)
    shell.run("audit", "export", *paths(shell, "out.csv"))
    other = Shell(tmp_path_factory.mktemp("other"))
    other.run("init", "--admin", "Ada Example", "--email", ADA, "--programme", "Open Reviews")
    other.env["REVIEWFLOW_ACTOR"] = ADA
    other.run("workflow", "publish", "open-software-review")
    before = other.records
    rehearsed = other.json("history", "import", *paths(shell, "out.csv"), "--dry-run")
    assert (rehearsed["taken_over"], other.records) == (1, before)
    assert other.json("history", "import", *paths(shell, "out.csv"))["taken_over"] == 1
    assert other.json("history", "import", *paths(shell, "out.csv"))["unchanged"] == 1
    [there], [here] = (one.json("cycle", "list")["cycles"] for one in (shell, other))
    assert {key: here[key] for key in ("id", "handle", "state", "version")} == {
        key: there[key] for key in ("id", "handle", "state", "version")
    }
