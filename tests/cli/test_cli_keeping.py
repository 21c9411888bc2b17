"""`backup`, `restore`, `store copy` and `store reopen` as they are typed."""

import hashlib
import json
import shutil
import sqlite3
from contextlib import closing

import pytest

from cli.shell import LENA, Shell


def elsewhere(shell, folder):
    """The same shell with its store in another folder, and the keys where they were."""
    folder.mkdir(exist_ok=True)
    env = shell.env | {
        "REVIEWFLOW_KEYS": str(shell.folder / "reviewflow.keys"),
        "REVIEWFLOW_MASTER_KEY_FILE": str(shell.folder / "reviewflow.master-key"),
    }
    return Shell(folder, shell.clock, env)


def records(folder):
    with closing(sqlite3.connect(folder / "reviewflow.db")) as raw:
        return raw.execute("SELECT * FROM records ORDER BY position").fetchall()


def test_there_and_back(north, tmp_path):
    file = tmp_path / "it.backup"
    said = north.json("backup", str(file))
    assert said["digest"] == hashlib.sha256(file.read_bytes()).hexdigest()
    assert said["position"] == north.records
    text = north.run("restore", str(file), "--check").output
    assert "would come back" in text
    other = elsewhere(north, tmp_path / "other")
    back = other.json("restore", str(file), "--expect", said["digest"])
    assert (back["position"], back["digest"], back["warnings"]) == (north.records, said["digest"], [])
    assert records(other.folder) == records(north.folder)
    assert "Lena Example" in other.run("person", "list").output
    assert LENA in other.run("person", "show", LENA).output
    other.run("organisation", "add", "Elder", "--handle", "elder")


def test_to_names_another_place(north, tmp_path):
    north.run("backup", str(tmp_path / "it.backup"))
    (tmp_path / "other").mkdir()
    url = f"sqlite:///{tmp_path / 'other' / 'reviewflow.db'}"
    said = north.run("restore", str(tmp_path / "it.backup"), "--to", url)
    assert "All of it came back" in said.output
    assert "There are no keys" in said.stderr
    assert records(tmp_path / "other") == records(north.folder)


def test_what_cannot_be_is_told_with_its_code(north, tmp_path):
    file = tmp_path / "it.backup"
    north.run("backup", str(file))
    fault = north.fault("backup", str(file), code=2)
    assert "--force" in fault["faults"][0]["want"]
    north.run("backup", str(file), "--force")
    assert "exists" in north.fault("restore", str(file), code=2)["sentence"]
    other = elsewhere(north, tmp_path / "other")
    assert "another backup" in other.fault("restore", str(file), "--expect", "0" * 64, code=2)["sentence"]
    file.write_bytes(file.read_bytes()[:-700])
    assert "cut short" in other.fault("restore", str(file), code=2)["sentence"]
    assert "cut short" in other.fault("restore", str(file), "--check", code=2)["sentence"]
    other.run("restore", str(tmp_path / "nowhere"), code=2)
    other.run("backup", str(file), code=5)
    assert list((tmp_path / "other").iterdir()) == []


def test_evidence_that_is_lost_is_told_by_the_exit_code(north, tmp_path):
    north.env["REVIEWFLOW_EVIDENCE"] = str(tmp_path / "evidence")
    plan = tmp_path / "plan.pdf"
    plan.write_bytes(b"plan")
    cycle = north.json("cycle", "list")["cycles"][0]["handle"]
    north.run("cycle", "do", cycle, "name_school_lead", "--set", f"school_lead={LENA}", "--as", LENA)
    north.run("cycle", "do", cycle, "start_self_evaluation", "--as", LENA)
    north.run("cycle", "evidence", cycle, "self_evaluation", "--file", str(plan), "--as", LENA)
    assert "1 file" in north.run("backup", str(tmp_path / "whole.backup")).output
    shutil.rmtree(tmp_path / "evidence")
    said = north.run("backup", str(tmp_path / "it.backup"), code=1)
    assert "missing or damaged" in said.stderr
    assert (
        len(json.loads(north.run("restore", str(tmp_path / "it.backup"), "--check", "--json").output)["missing"]) == 1
    )


@pytest.fixture
def moved(north, tmp_path):
    folder = tmp_path / "other"
    folder.mkdir()
    url = f"sqlite:///{folder / 'reviewflow.db'}"
    return north, elsewhere(north, folder), url


def test_a_store_moves_and_says_so(moved):
    north, other, url = moved
    before = north.records
    dry = north.json("store", "copy", "--to", url, "--dry-run")
    assert (dry["dry_run"], dry["position"], dry["before"]) == (True, before, 0)
    assert not (other.folder / "reviewflow.db").exists()
    done = north.json("store", "copy", "--to", url)
    assert done["position"] == before
    assert records(other.folder) == records(north.folder)
    assert north.json("status")["moved_to"] == url
    fault = north.fault("organisation", "add", "Elder", "--handle", "elder", code=5)
    assert url in fault["why"]
    assert north.records == before
    again = north.run("store", "copy", "--to", url).output
    assert "Nothing needed to be done" in again
    # What it says is to be set is what makes it work.
    other.env = north.env | done["settings"]
    other.run("organisation", "add", "Elder", "--handle", "elder")
    assert "moved_to" not in other.json("status")
    refused = north.fault("store", "reopen", code=5)
    assert "another one" in refused["why"]


def test_a_move_is_taken_back(moved):
    north, other, url = moved
    assert north.json("store", "reopen")["found"] == "open"
    north.run("store", "copy", "--to", url)
    wrong = north.fault("store", "reopen", "--to", "sqlite:///another.db", code=2)
    assert "want where it was moved" in wrong["faults"][0]["want"]
    assert "Dry run" in north.run("store", "reopen", "--dry-run").output
    assert north.json("store", "reopen")["found"] == "shut"
    assert "not finished" in other.fault("status", code=5)["why"]
    north.run("organisation", "add", "Elder", "--handle", "elder")
    assert north.json("store", "copy", "--to", url)["before"] == north.records - 1
    other.run("status")


def test_without_the_master_key_it_stays_where_it_is(moved):
    north, other, url = moved
    (north.folder / "reviewflow.master-key").unlink()
    assert "not at hand" in north.fault("store", "copy", "--to", url, code=5)["why"]
    assert list(other.folder.iterdir()) == []


def test_where_it_cannot_go_is_told_before_a_large_file_is_read(north, tmp_path):
    (tmp_path / "cut.backup").write_bytes(b"not even a backup")
    assert "reviewflow.db" in north.run("restore", str(tmp_path / "cut.backup"), code=2).stderr
    nowhere = f"sqlite:///{tmp_path / 'nowhere' / 'reviewflow.db'}"
    shown = north.run("restore", str(tmp_path / "cut.backup"), "--to", nowhere, code=5).stderr
    assert "there is no folder" in shown


def test_a_backup_goes_into_a_file(north):
    assert north.fault("backup", "-", code=2)["faults"][0]["got"] == "standard output"
