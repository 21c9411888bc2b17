"""A store is moved while `run` follows it and sends: it stops and says why, and each record is announced from one."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from contextlib import contextmanager

import pytest

from cli.shell import ADA, LENA, Shell, build
from cli.test_cli_processes import SRC
from notify.receiver import SECRET, Receiver, answer

CYCLE = "hazel-2026-1"


@pytest.fixture(params=["sqlite", "postgresql"])
def places(request, tmp_path):
    """A store with a small world, and where it can be moved and restored to."""
    postgres = request.getfixturevalue("postgres") if request.param == "postgresql" else None
    urls = [postgres.fresh() if postgres else f"sqlite:///{tmp_path / name}.db" for name in ("one", "two", "three")]
    shell = Shell(tmp_path, store=urls[0])
    if not postgres:
        shell.store = ""
        shell.env["REVIEWFLOW_STORE"] = urls[0]
    build(shell)
    shell.env["REVIEWFLOW_ACTOR"] = ADA
    yield shell, *urls
    if postgres:
        for url in urls:
            postgres.drop(url)


@contextmanager
def running(shell):
    """A real `run` on the first store; its first notice was heard."""
    bare = {key: value for key, value in os.environ.items() if not key.startswith("REVIEWFLOW_")}
    environment = bare | {"PYTHONPATH": str(SRC), "REVIEWFLOW_STORE": shell.address} | shell.env
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with subprocess.Popen([sys.executable, "-m", "reviewflow", "run", "--json"], env=environment, **pipes) as process:
        try:
            process.following = json.loads(process.stdout.readline())["followers"]
            yield process
        finally:
            process.kill()


def until(true):
    while not true():
        threading.Event().wait(0.02)


def followers(shell):
    return {one["name"]: one for one in shell.json("status")["followers"]}


def test_it_stops_and_says_why_and_each_record_is_announced_from_one(places):
    shell, _, two, three = places
    status = [200]
    with Receiver(lambda handler: answer(handler, status[0])) as receiver:
        shell.env |= {"REVIEWFLOW_WEBHOOK": receiver.url, "REVIEWFLOW_WEBHOOK_SECRET": SECRET}
        with running(shell) as process:
            until(lambda: set(process.following) <= set(followers(shell)))
            shell.run("cycle", "note", CYCLE, "One.", "--as", LENA)
            until(lambda: len(receiver.got) == 1)
            status[0] = 500
            shell.run("cycle", "note", CYCLE, "Two.", "--as", LENA)
            until(lambda: len(receiver.got) == 2)
            until(lambda: shell.json("effects", "list")["effects"][0]["why"])
            moved = shell.json("store", "copy", "--to", two)
            out, err = process.communicate(timeout=60)
        assert moved["position"] == receiver.got[-1].data["position"]
        assert process.returncode == 5
        assert b"it was moved to" in err
        assert b"set REVIEWFLOW_STORE" in err
        told = [json.loads(line)["event"] for line in out.splitlines()]
        assert told == ["not-delivered"]
        status[0] = 200
        [waiting] = shell.json("effects", "list")["effects"]
        shell.run("effects", "retry", waiting["id"])
        assert "it was moved to" in shell.run("run", "--once", code=5).stderr
        assert len(receiver.got) == 2
        there = {"REVIEWFLOW_STORE": two}
        shell.run("effects", "retry", waiting["id"], **there)
        shell.run("cycle", "note", CYCLE, "Three.", "--as", LENA, **there)
        shell.run("run", "--once", **there)
        one, second, again, third = receiver.got
        assert again.headers["webhook-id"] == second.headers["webhook-id"] == waiting["id"]
        assert third.data["position"] == second.data["position"] + 1 == one.data["position"] + 2
        shell.run("backup", str(shell.folder / "kept.backup"), **there)
        shell.run("restore", str(shell.folder / "kept.backup"), "--to", three)
        for _ in range(2):
            shell.run("run", "--once", REVIEWFLOW_STORE=three)
        assert len(receiver.got) == 4
        shell.run("cycle", "note", CYCLE, "Four.", "--as", LENA, REVIEWFLOW_STORE=three)
        shell.run("run", "--once", REVIEWFLOW_STORE=three)
    assert [got.data["position"] for got in receiver.got[4:]] == [third.data["position"] + 1]
