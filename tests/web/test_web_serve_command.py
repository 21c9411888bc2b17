"""`reviewflow serve` as people start it: processes, signals, what is missing or taken, and the demo."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
from contextlib import contextmanager
from pathlib import Path

import httpx
import psutil
import pytest
from click.testing import CliRunner

from kit.clock import FixedClock
from kit.stored import MASTER_KEY, StoredWorld
from kit.world import spp_people
from reviewflow.cli.app import door
from reviewflow.web.demo_people import PEOPLE
from web.conftest import NOW

SRC = Path(__file__).parents[2] / "src"


def environment(folder: Path, **more: str) -> dict[str, str]:
    bare = {name: value for name, value in os.environ.items() if not name.startswith("REVIEWFLOW_")}
    return bare | {
        "PYTHONPATH": str(SRC), "REVIEWFLOW_STORE": f"sqlite:///{folder / 'reviewflow.db'}",
        "REVIEWFLOW_KEYS": str(folder / "reviewflow.keys"), "REVIEWFLOW_EVIDENCE": str(folder / "reviewflow.evidence"),
        "REVIEWFLOW_MASTER_KEY": MASTER_KEY, **more,
    }  # fmt: skip


class Process(subprocess.Popen):
    """A server that runs."""

    address = ""

    def log(self) -> list[dict]:
        """Its lines, read to their end; ask once it has ended."""
        return [json.loads(line) for line in self.stderr.read().splitlines()]


@contextmanager
def running(*words: str, **env: str):
    command = [sys.executable, "-m", "reviewflow", "serve", "--port", "0", *words]
    with Process(command, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        try:
            for line in process.stdout:
                if found := re.match(r"Serving on (http://\S+);", line):
                    process.address = found[1]
                    break
            yield process
        finally:
            process.kill()


@pytest.fixture
def folder(neighbourhood, tmp_path):
    made, _ = neighbourhood
    shutil.copytree(made, tmp_path / "store")
    return tmp_path / "store"


@pytest.mark.parametrize("told", [signal.SIGTERM, signal.SIGINT])
def test_told_to_stop_it_ends_well_though_somebody_is_connected(folder, told):
    with running(**environment(folder)) as process, httpx.Client(base_url=process.address) as browser:
        assert browser.get("/ready").json() == {"status": "ready", "reasons": []}
        assert browser.get("/sign-in").status_code == 200
        process.send_signal(told)
        assert process.wait(30) == 0
        events = [line["event"] for line in process.log()]
    assert events[0] == "serving"
    assert events[-1] == "stopped"
    assert events.count("request") == 2
    assert not (folder / "reviewflow.db-wal").exists()  # the store was closed


def serve(folder: Path, *words: str, code: int, **env: str | None) -> str:
    """The command in this very process, which must end at once with this code; what it says."""
    runner = CliRunner(env={**environment(folder), **env})
    result = runner.invoke(door, ["serve", *words], obj=FixedClock(NOW))
    assert result.exit_code == code, result.output
    assert "Traceback" not in result.output
    assert result.stdout == ""
    return result.stderr


@contextmanager
def taken():
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen(1)
        yield str(other.getsockname()[1])


def test_a_port_that_is_taken_is_wrong_usage(folder):
    with taken() as port:
        said = serve(folder, "--port", port, code=2)
    assert said == (
        f"serve:\n  - --port: got 127.0.0.1 port {port}; it cannot be had (Address already in use): stop what is "
        "there, or name another with --port\n"
    )


@pytest.mark.parametrize("host", ["no.such.host.invalid", "203.0.113.7", "a" * 300, "x y"])
def test_an_address_that_is_not_ours_is_wrong_usage(folder, host):
    said = serve(folder, "--host", host, "--port", "0", code=2)
    assert "--host" in said or "--port" in said
    assert len(said.splitlines()) == 2


def test_several_workers_want_postgresql(folder):
    said = serve(folder, "--workers", "2", "--port", "0", code=2)
    assert "--workers: got 2; want 1: all that write to an SQLite file wait for one another" in said
    assert "REVIEWFLOW_STORE" in said


MISSING = {
    "no store": (["reviewflow.db"], {}, "there is no store here; make one with `reviewflow init`"),
    "no keys": (["reviewflow.keys"], {}, "reviewflow.keys"),
    "no master key": ([], {"REVIEWFLOW_MASTER_KEY": None}, "the master key is missing: no text can be read"),
}


@pytest.mark.parametrize("what", MISSING)
def test_it_does_not_serve_with(what, folder):
    gone, env, told = MISSING[what]
    for name in gone:
        (folder / name).unlink()
    said = serve(folder, "--port", "0", code=5, **env)
    assert told in said
    assert len(said.splitlines()) == 1


WRONG = {
    "REVIEWFLOW_URL": ["reviews.example", "ftp://reviews.example", "https://reviews.example/path", "https://a b"],
    "REVIEWFLOW_TRUSTED_PROXIES": ["*", "proxy.example", "10.0.0.1,10.0.0.2", "10.0.0.1 10.0.0.0/33"],
    "REVIEWFLOW_METRICS_TOKEN": ["short", "with spaces in between it", "é" * 30],
}


@pytest.mark.parametrize(("name", "value"), [(name, value) for name, values in WRONG.items() for value in values])
def test_settings_that_make_no_sense_are_wrong_usage(folder, name, value):
    said = serve(folder, "--port", "0", code=2, **{name: value})
    assert name in said
    assert "want" in said


def test_who_opens_it_to_others_without_https_is_warned(folder):
    with running("--host", "0.0.0.0", "--no-followers", **environment(folder)) as process:
        httpx.get(f"{process.address}/health")
        process.terminate()
        assert process.wait(30) == 0
        log = process.log()
    assert "REVIEWFLOW_URL names no https address" in log[0]["what"]
    assert log[1]["followers"] is False


def test_a_store_that_is_moved_meanwhile_ends_it_and_says_where_to(folder, tmp_path):
    env = environment(folder)
    with running(**env) as process:
        to = f"sqlite:///{tmp_path / 'other.db'}"
        command = [sys.executable, "-m", "reviewflow", "store", "copy", "--to", to]
        print(subprocess.run(command, env=env, check=False))
        assert process.wait(30) == 5
        assert f"it was moved to {to}" in process.stderr.read().splitlines()[-1]


@pytest.fixture
def shared(postgres_url, tmp_path):
    """The environment of a store in PostgreSQL."""
    spp_people(StoredWorld(folder=tmp_path, url=postgres_url)).close()
    return environment(tmp_path, REVIEWFLOW_STORE=postgres_url)


def workers_of(process) -> set[int]:
    return {child.pid for child in psutil.Process(process.pid).children()}


def until(true) -> None:
    while not true():
        threading.Event().wait(0.05)


def test_several_workers_serve_and_one_that_dies_is_replaced(shared):
    with running("--workers", "2", **shared) as process:
        first = workers_of(process)
        assert len(first) == 2
        assert _counted(process, asked=10) == 10
        killed = first.pop()
        os.kill(killed, signal.SIGKILL)
        until(lambda: len(now := workers_of(process)) == 2 and killed not in now)
        assert httpx.get(f"{process.address}/ready").status_code == 200
        process.terminate()
        assert process.wait(30) == 0
        events = [line["event"] for line in process.log()]
    assert (events.count("worker-started"), events.count("worker-ended"), events.count("stopped")) == (3, 1, 2)


def _counted(process, asked: int) -> int:
    """How many requests all workers together say that they answered."""
    for _ in range(asked):
        httpx.get(f"{process.address}/health")
    told = httpx.get(f"{process.address}/metrics").text
    return int(float(re.search(r'reviewflow_requests_total\{.*route="/health".*\} (\S+)', told)[1]))


def test_workers_end_when_nobody_watches_them_any_more(shared):
    with running("--workers", "2", **shared) as process:
        crew = [psutil.Process(pid) for pid in workers_of(process)]
        process.kill()
        _, left = psutil.wait_procs(crew, timeout=30)
        assert left == []


def test_the_demo_lets_everybody_in_who_then_has_something_to_do(tmp_path):
    env = {**environment(tmp_path, TMPDIR=str(tmp_path)), "REVIEWFLOW_STORE": "sqlite:///never.db"}
    with running("--demo", **env) as process:
        lines = [process.stdout.readline() for _ in range(len(PEOPLE) + 3)]
        password = re.search(r"everybody's password is (\S+)", "".join(lines))[1]
        assert re.fullmatch(r"([a-z2-9]{4}-){3}[a-z2-9]{4}", password)
        emails = [re.search(r"\S+@\S+\.example", line)[0] for line in lines[-len(PEOPLE) :]]
        assert {one.role for one in PEOPLE} == {re.split(r"\s{2,}", line)[0] for line in lines[-len(PEOPLE) :]}
        work = {}
        for email in emails:
            with httpx.Client(base_url=process.address, headers={"sec-fetch-site": "same-origin"}) as browser:
                came = browser.post("/sign-in", data={"email": email, "password": password})
                assert (came.status_code, came.headers["location"]) == (303, "/work"), email
                work[email.partition("@")[0]] = browser.get("/work").text
        process.terminate()
        assert process.wait(30) == 0
        assert password not in process.stderr.read()
    assert "juniper-" in work["hilda"]
    assert "birch-" in work["hilda"]
    assert "rowan-" in work["rosalind"]
    assert "willow-" in work["agnes"]
    assert "hazel-" in work["agnes"]
    assert "alder-" in work["lena"]
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []
