"""`run`, `effects`, lag in `status`, and the log of one person, from the command line."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
import threading
from contextlib import closing
from typing import Any

import pytest

from cli.shell import ADA, BEN, LENA, PRIYA
from cli.test_cli_processes import SRC
from notify.receiver import SECRET, Receiver, answer

HOOK = {"REVIEWFLOW_WEBHOOK_SECRET": SECRET}


def follower(shell: Any, name: str = "activity", **env: str) -> Any:
    found = {one["name"]: one for one in shell.json("status", **env)["followers"]}
    return found.get(name)


def break_activity(shell: Any, *statements: str) -> None:
    with closing(sqlite3.connect(shell.folder / "reviewflow.db")) as raw, raw:
        for statement in statements:
            raw.execute(statement)


def test_status_says_how_far_behind_each_is_until_it_has_caught_up(north):
    behind = follower(north)
    assert (behind["position"], behind["behind"], behind["broken_at"]) == (0, north.records, None)
    first = north.json("audit", "log", "--after", "0", "--limit", "1")["records"][0]
    assert behind["since"] == first["recorded_at"].replace("+00:00", "Z")
    assert "never run: `reviewflow run`" in north.run("status").stdout
    found = north.json("run", "--once")
    assert found == {"followers": [follower(north)], "effects": {"waiting": 0, "aside": 0}}
    assert (follower(north)["position"], follower(north)["behind"], follower(north)["since"]) == (
        north.records,
        0,
        None,
    )
    north.run("cycle", "note", "hazel-2026-1", "Invented.", "--as", LENA)
    assert follower(north)["behind"] == 1


def test_status_of_a_past_moment_and_of_who_may_not_read_the_log_tells_no_lag(north):
    assert "followers" not in north.json("status", "--known-at", "2026-09-07T10:00Z")
    assert "followers" not in north.json("status", "--as", LENA)
    assert "followers" in north.json("status", "--as", ADA)


@pytest.mark.parametrize(
    ("who", "more"),
    [
        (ADA, []), (BEN, []), (PRIYA, []), (ADA, ["--after", "3", "--limit", "4"]), (ADA, ["--limit", "2"]),
        (PRIYA, ["--as-of", "2026-09-07"]), (ADA, ["--known-at", "2026-09-07T09:00:20Z"]),
        (ADA, ["--limit", "1", "--details"]),
    ],
)  # fmt: skip
def test_the_log_of_a_person_is_the_same_however_far_the_view_has_come(north, who, more):
    question = ["audit", "log", "--by", who, *more]
    before = north.json(*question)
    whole = north.json("audit", "log", "--limit", "500")["records"]
    north.run("run", "--once")
    assert north.json(*question) == before
    if not more:
        mine = [line for line in whole if line["by"] == f"{who.partition('@')[0].title()} Example"]
        assert before["records"] == mine
    north.run("cycle", "note", "hazel-2026-1", "Invented.", "--as", who if who == PRIYA else LENA)
    with_tail = north.json(*question)
    break_activity(north, "DELETE FROM followers", "DELETE FROM activity")
    assert north.json(*question) == with_tail


def test_the_whole_log_backwards_and_forwards(still):
    last = [line["position"] for line in still.json("audit", "log", "--limit", "5")["records"]]
    assert last == list(range(still.records - 4, still.records + 1))
    assert [line["position"] for line in still.json("audit", "log", "--after", "0", "--limit", "3")["records"]] == [
        1,
        2,
        3,
    ]


def test_a_broken_view_is_said_everywhere_and_tried_again_only_when_told(north):
    break_activity(
        north, "INSERT INTO activity VALUES (9, 's', 1, 't', 'p', 'r', NULL, NULL, '2026-01-01', 0, NULL, NULL)"
    )
    told = north.run("run", "--once", code=1)
    assert "broken at 9: Taken in " in told.stdout
    assert " broken follower=activity position=9 " in told.stderr
    assert (follower(north)["position"], follower(north)["broken_at"]) == (8, 9)
    assert "broken at 9" in north.run("status").stdout
    break_activity(north, "DELETE FROM activity WHERE position = 9")
    north.run("run", "--once", code=1)
    assert follower(north)["position"] == 8
    north.run("run", "--once", "--retry", "activity")
    assert (follower(north)["behind"], follower(north)["broken_at"]) == (0, None)


def test_the_follower_of_another_release_is_shown_and_left_alone(north):
    break_activity(north, "INSERT INTO followers VALUES ('from-elsewhere', 3, NULL, NULL, 0)")
    assert follower(north, "from-elsewhere")["known"] is False
    assert "of another release: left alone" in north.run("run", "--once").stdout
    assert follower(north, "from-elsewhere")["position"] == 3


def test_names_that_none_has_are_said_with_those_there_are(north):
    assert north.fault("run", "--once", "--only", "unheard-of", code=2)["faults"][0] == {
        "where": "--only", "got": "'unheard-of'", "want": "there are: activity",
    }  # fmt: skip
    assert north.fault("run", "--once", "--retry", "activity", code=2)["faults"][0]["want"] == "there are: none yet"


def test_each_record_is_announced_from_the_first_run_on(north):
    with Receiver() as receiver:
        hook = {"REVIEWFLOW_WEBHOOK": receiver.url, **HOOK}
        assert north.json("run", "--once", **hook)["effects"] == {"waiting": 0, "aside": 0}
        assert receiver.got == []
        north.run("cycle", "note", "hazel-2026-1", "Nobody may read this.", "--as", LENA)
        north.run("person", "add", "Nora Example", "--email", "nora@example.example")
        north.run("run", "--once", **hook)
        north.run("run", "--once", **hook)
    assert [(got.data["topic"], got.data["cycle"]) for got in receiver.got] == [
        ("cycle.note-added/1", "hazel-2026-1"), ("registry.person-registered/1", None),
    ]  # fmt: skip
    for got in receiver.got:
        for word in (b"Nobody", b"Nora", b"nora", b"Lena"):
            assert word not in got.body
    done = north.json("effects", "list", "--state", "done")["effects"]
    assert [one["position"] for one in done] == [got.data["position"] for got in receiver.got]
    assert {one["id"] for one in done} == {got.headers["webhook-id"] for got in receiver.got}


def test_what_fails_waits_is_listed_and_can_be_retried_or_dropped(north):
    statuses = iter([500, 410, 200, 200])
    with Receiver(lambda handler: answer(handler, next(statuses))) as receiver:
        hook = {"REVIEWFLOW_WEBHOOK": receiver.url, **HOOK}
        north.run("run", "--once", **hook)
        for text in ("One.", "Two."):
            north.run("cycle", "note", "hazel-2026-1", text, "--as", LENA)
        assert north.json("run", "--once", **hook)["effects"] == {"waiting": 2, "aside": 0}
        one, two = north.json("effects", "list")["effects"]
        assert (one["state"], one["tries"], one["why"]) == ("waiting", 1, "it answered with status 500")
        assert "next" in north.run("effects", "list").stdout
        assert north.json("effects", "retry", one["id"], "--dry-run") == {"dry_run": True, "effects": 1}
        assert north.json("effects", "retry", one["id"]) == {"dry_run": False, "effects": 1}
        assert north.json("run", "--once", **hook)["effects"] == {"waiting": 1, "aside": 1}
        assert "1 effect set aside: see `reviewflow effects list`" in north.run("status").stdout
        assert north.json("effects", "drop", two["id"], "--dry-run")["effects"] == 1
        assert north.json("effects", "drop", two["id"])["effects"] == 1
        assert north.json("effects", "drop", two["id"])["effects"] == 0
        north.run("run", "--once", **hook)
        assert len(receiver.got) == 2
        assert north.json("effects", "retry", "--all", "--dry-run")["effects"] == 1
        north.run("effects", "retry", "--all")
        north.run("effects", "retry", two["id"])
        north.run("run", "--once", **hook)
        assert (
            north.fault("effects", "retry", one["id"], code=2)["faults"][0]["want"]
            == "it is done; nothing is sent twice"
        )
    assert [got.data["position"] for got in receiver.got] == [one["position"]] * 3 + [two["position"]]
    assert len({got.headers["webhook-id"] for got in receiver.got}) == 2


def test_a_recipient_that_is_no_more_is_dropped_with_its_place_and_begins_anew(north):
    with Receiver(lambda handler: answer(handler, 500)) as receiver:
        hook = {"REVIEWFLOW_WEBHOOK": receiver.url, **HOOK}
        north.run("run", "--once", **hook)
        north.run("cycle", "note", "hazel-2026-1", "One.", "--as", LENA)
        north.run("run", "--once", **hook)
        name = next(one["name"] for one in north.json("status")["followers"] if one["name"] != "activity")
        assert north.json("effects", "drop", "--recipient", name.partition(":")[2], "--dry-run")["effects"] == 1
        assert follower(north, name) is not None
        assert "1 effect dropped" in north.run("effects", "drop", "--recipient", name).stdout
        assert follower(north, name) is None
        north.run("cycle", "note", "hazel-2026-1", "Two.", "--as", LENA)
        north.run("run", "--once", **hook)
    assert len(receiver.got) == 1
    assert north.json("effects", "list")["effects"] == []
    assert north.fault("effects", "drop", "--recipient", "nobody", code=2)["faults"][0]["want"] == f"there are: {name}"


def test_a_restored_store_announces_nothing_again(north):
    with Receiver() as receiver:
        hook = {"REVIEWFLOW_WEBHOOK": receiver.url, **HOOK}
        north.run("run", "--once", **hook)
        north.run("cycle", "note", "hazel-2026-1", "One.", "--as", LENA)
        north.run("run", "--once", **hook)
        north.run("cycle", "note", "hazel-2026-1", "Two.", "--as", LENA)
        north.run("backup", str(north.folder / "kept.backup"))
        store = f"sqlite:///{north.folder / 'again.db'}"
        for name in ("keys", "master-key"):
            (north.folder / f"again.{name}").write_bytes((north.folder / f"reviewflow.{name}").read_bytes())
        (north.folder / "again.master-key").chmod(0o600)
        north.run("restore", str(north.folder / "kept.backup"), "--to", store)
        found = north.json("run", "--once", REVIEWFLOW_STORE=store, **hook)
        assert found["effects"] == {"waiting": 0, "aside": 0}
        assert len(receiver.got) == 1
        assert {one["behind"] for one in found["followers"]} == {0}
        north.run("cycle", "note", "hazel-2026-1", "Three.", "--as", LENA, REVIEWFLOW_STORE=store)
        north.run("run", "--once", REVIEWFLOW_STORE=store, **hook)
    assert [got.data["position"] for got in receiver.got] == [north.records - 1, north.records + 1]


def test_only_some_followers_are_run(north):
    with Receiver() as receiver:
        hook = {"REVIEWFLOW_WEBHOOK": receiver.url, **HOOK}
        north.run("run", "--once", "--only", "webhook", **hook)
        assert follower(north)["position"] == 0
        north.run("run", "--once", "--only", "activity", **hook)
        assert follower(north)["behind"] == 0


@pytest.mark.parametrize(
    ("env", "where"),
    [
        ({"REVIEWFLOW_WEBHOOK": "http://hooks.example/", **HOOK}, "REVIEWFLOW_WEBHOOK"),
        ({"REVIEWFLOW_WEBHOOK": "https://hooks.example/"}, "REVIEWFLOW_WEBHOOK_SECRET"),
        (
            {"REVIEWFLOW_WEBHOOK": "https://hooks.example/", "REVIEWFLOW_WEBHOOK_SECRET": "hush"},
            "REVIEWFLOW_WEBHOOK_SECRET",
        ),
    ],
)
def test_settings_that_do_not_fit_are_said_and_nothing_is_run(north, env, where):
    fault = north.fault("run", "--once", code=2, **env)["faults"][0]
    assert fault["where"] == where
    assert "hush" not in json.dumps(fault)
    assert follower(north)["moved_at"] is None
    north.run("status", **env)


@pytest.mark.parametrize(
    "words",
    [
        ["effects", "retry"], ["effects", "retry", "msg_1", "--all"], ["effects", "drop"],
        ["effects", "drop", "msg_1", "--recipient", "x"], ["effects", "drop", "msg_1"], ["effects", "retry", "msg_1"],
        ["effects", "list", "--state", "lost"],
    ],
)  # fmt: skip
def test_what_cannot_be_meant_is_wrong_usage(still, words):
    still.run(*words, code=2)


@pytest.mark.parametrize("sign", [signal.SIGTERM, signal.SIGINT])
def test_the_background_process_follows_and_stops_when_told(north, sign):
    with Receiver() as receiver:
        environment = {k: v for k, v in os.environ.items() if not k.startswith("REVIEWFLOW_")} | {
            "PYTHONPATH": str(SRC), "REVIEWFLOW_STORE": f"sqlite:///{north.folder / 'reviewflow.db'}",
            "REVIEWFLOW_WEBHOOK": receiver.url, **HOOK,
        }  # fmt: skip
        command = [sys.executable, "-m", "reviewflow", "run", "--json"]
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        with subprocess.Popen(command, env=environment, **pipes) as process:
            first = json.loads(process.stdout.readline())
            assert first["event"] == "following"
            assert first["followers"][0] == "activity"
            hook = first["followers"][1]
            while not follower(north, hook):
                threading.Event().wait(0.02)
            north.run("cycle", "note", "hazel-2026-1", "One.", "--as", LENA)
            while not receiver.got or follower(north)["behind"]:
                threading.Event().wait(0.02)
            process.send_signal(sign)
            out, err = process.communicate(timeout=60)
    assert process.returncode == 0
    assert [json.loads(line)["event"] for line in out.splitlines()] == ["stopped"]
    assert err == b""
