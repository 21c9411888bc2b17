"""`reviewflow serve` as people start it: signals, what is missing or taken, several workers, and the demo."""

from __future__ import annotations

import gc
import io
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
from reviewflow.errors import BadInput
from reviewflow.web.demo_people import PEOPLE
from reviewflow.web.serving import Serving, listening
from web.conftest import NOW

SRC = Path(__file__).parents[2] / "src"


def environment(folder: Path, **more: str) -> dict[str, str]:
    """What says where a store is."""
    return {
        "REVIEWFLOW_STORE": f"sqlite:///{folder / 'reviewflow.db'}",
        "REVIEWFLOW_KEYS": str(folder / "reviewflow.keys"), "REVIEWFLOW_EVIDENCE": str(folder / "reviewflow.evidence"),
        "REVIEWFLOW_MASTER_KEY": MASTER_KEY, **more,
    }  # fmt: skip


def bare() -> dict[str, str]:
    """The environment without our settings."""
    there = {name: value for name, value in os.environ.items() if not name.startswith("REVIEWFLOW_")}
    return {**there, "PYTHONPATH": str(SRC)}


@pytest.fixture
def folder(neighbourhood, tmp_path):
    """A store of the test's own."""
    made, _ = neighbourhood
    shutil.copytree(made, tmp_path / "store")
    return tmp_path / "store"


class Told:
    """What somebody at the terminal reads, and what they do."""

    def __init__(self, out) -> None:
        self._out, self.lines = out, []

    def read(self) -> str:
        line = self._out.readline()
        self.lines.append(line)
        return line

    @property
    def address(self) -> str:
        """Where it serves; waits until that is said."""
        while True:
            line = self.read()
            assert line, "it ended before it served"
            if found := re.match(r"Serving on (http://\S+);", line):
                return found[1]


@pytest.fixture
def serving(monkeypatch):
    """`reviewflow serve` in this very process and thread; what is done meanwhile is done by another thread."""

    def serve(env: dict[str, str], *words: str, meanwhile, tell=signal.SIGTERM):
        for name in [name for name in os.environ if name.startswith("REVIEWFLOW_")]:
            monkeypatch.delenv(name)
        for name, value in env.items():
            monkeypatch.setenv(name, value)
        read, write = os.pipe()
        failed: list[BaseException] = []

        def act() -> None:
            with os.fdopen(read, encoding="utf-8") as out:
                try:
                    meanwhile(Told(out))
                except BaseException as error:  # noqa: BLE001 - raised again in the test
                    failed.append(error)
                # Only whom it listens for: else the test process itself would end, and nobody learn why.
                if tell and callable(signal.getsignal(tell)):
                    os.kill(os.getpid(), tell)
                out.read()

        thread, thresholds = threading.Thread(target=act, daemon=True), gc.get_threshold()
        log = Log()
        with os.fdopen(write, "w", encoding="utf-8", buffering=1) as stdout, monkeypatch.context() as patch:
            patch.setattr(sys, "stdout", stdout)
            patch.setattr(sys, "stderr", log)
            thread.start()
            code = door.main(["serve", "--port", "0", *words], standalone_mode=False)
        thread.join(30)
        gc.set_threshold(*thresholds)
        if failed:
            raise failed[0]
        return code, log

    return serve


class Log(io.StringIO):
    """What it says on stderr."""

    def told(self) -> list[dict]:
        return [json.loads(line) for line in self.getvalue().splitlines()]


@pytest.mark.parametrize("tell", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_told_to_stop_it_ends_well_though_somebody_is_connected(folder, serving, tell):
    browsers = []

    def meanwhile(told):
        browsers.append(browser := httpx.Client(base_url=told.address))
        assert browser.get("/ready").json() == {"status": "ready", "reasons": []}
        assert browser.get("/sign-in").status_code == 200

    code, log = serving(environment(folder), meanwhile=meanwhile, tell=tell)
    assert code == 0
    events = [line["event"] for line in log.told()]
    assert "serving" in events
    assert events[-1] == "stopped"
    assert events.count("request") == 2
    assert not (folder / "reviewflow.db-wal").exists()  # the store was closed
    browsers[0].close()


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "localhost"])
def test_small_answers_are_sent_at_once(host):
    try:
        place = listening(Serving(host, port=0))
        with place as found:
            assert found.proto == socket.IPPROTO_TCP  # what asyncio looks at before it sets TCP_NODELAY
    except BadInput:
        assert host == "::1", "only IPv6 may be missing"


def serve(folder: Path, *words: str, code: int, **env: str | None) -> str:
    """The command in this very process, which must end at once with this code; what it says."""
    unset = {name: None for name in os.environ if name.startswith("REVIEWFLOW_")}
    runner = CliRunner(env={**unset, **environment(folder), **env})
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


def test_who_opens_it_to_others_without_https_is_warned(folder, serving):
    code, log = serving(
        environment(folder), "--host", "0.0.0.0", "--no-followers", meanwhile=lambda told: httpx.get(told.address)
    )
    assert code == 0
    [serves] = [line for line in log.told() if line["event"] == "serving"]
    assert [line for line in log.told() if "REVIEWFLOW_URL names no https" in line.get("what", "")]
    assert serves["followers"] is False


def test_who_has_a_proxy_with_https_is_not_warned(folder, serving):
    env = environment(folder, REVIEWFLOW_URL="https://reviews.example")
    _, log = serving(env, "--host", "0.0.0.0", "--no-followers", meanwhile=lambda told: told.address)
    assert "REVIEWFLOW_URL" not in log.getvalue()


def test_a_store_that_is_moved_meanwhile_ends_it_and_says_where_to(folder, tmp_path, serving):
    to = f"sqlite:///{tmp_path / 'other.db'}"

    def meanwhile(told):
        assert told.address
        command = [sys.executable, "-m", "reviewflow", "store", "copy", "--to", to]
        moved = subprocess.run(command, env=bare() | environment(folder), capture_output=True, text=True, check=False)
        assert moved.returncode == 0, moved.stderr

    code, log = serving(environment(folder), meanwhile=meanwhile, tell=None)
    assert code == 5
    assert f"it was moved to {to}" in log.getvalue().splitlines()[-1]


@contextmanager
def running(*words: str, **env: str):
    """A process of its own."""
    command = [sys.executable, "-m", "reviewflow", "serve", "--port", "0", *words]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    with subprocess.Popen(command, env=bare() | env, **pipes) as process:
        try:
            process.address = Told(process.stdout).address
            yield process
        finally:
            process.kill()


@pytest.fixture
def shared(postgres_url, tmp_path):
    """The environment of a store in PostgreSQL."""
    spp_people(StoredWorld(folder=tmp_path, url=postgres_url)).close()
    return environment(tmp_path, REVIEWFLOW_STORE=postgres_url)


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
        events = [json.loads(line)["event"] for line in process.stderr]
    assert (events.count("worker-started"), events.count("worker-ended")) == (3, 1)
    assert events.count("stopped") in (1, 2)  # the new one may have had nothing to stop yet


def workers_of(process) -> set[int]:
    return {child.pid for child in psutil.Process(process.pid).children()}


def until(true) -> None:
    while not true():
        threading.Event().wait(0.05)


def _counted(process, asked: int) -> int:
    """How many requests all workers together say that they answered."""
    for _ in range(asked):
        httpx.get(f"{process.address}/health")
    told = httpx.get(f"{process.address}/metrics").text
    return int(float(re.search(r'reviewflow_requests_total\{.*route="/health".*\} (\S+)', told)[1]))


CREW = """
import os, sys, threading
from reviewflow.web.logging import Log
from reviewflow.web.stopping import stopping
from reviewflow.web.workers import supervised
class Server:
    should_exit = force_exit = False
    def __init__(self):
        self.__dict__["end"] = threading.Event()
    def __setattr__(self, name, value):
        self.end.set()
def work(stop):
    how = sys.argv[1]
    if how == "hopeless":
        raise LookupError("there is no store")
    stop.server = Server()
    while not stop.server.end.wait(0.05):
        pass
def tell(error):
    print(error, flush=True)
    return 5 if isinstance(error, LookupError) else 70
with stopping() as stop:
    sys.exit(supervised(3, work, Log(plain=True), stop, lambda: print("ready", flush=True), tell))
"""


@contextmanager
def crew(how: str):
    """Three workers that do nothing."""
    command, pipes = [sys.executable, "-c", CREW, how], {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with subprocess.Popen(command, env=bare(), text=True, **pipes) as process:
        try:
            yield process
        finally:
            process.kill()


def test_workers_end_when_nobody_watches_them_any_more():
    with crew("well") as process:
        assert process.stdout.readline() == "ready\n"
        working = [psutil.Process(pid) for pid in workers_of(process)]
        assert len(working) == 3
        process.kill()
        _, left = psutil.wait_procs(working, timeout=30)
        assert left == []


def test_workers_of_which_one_cannot_go_on_all_end_with_its_code():
    with crew("hopeless") as process:
        assert process.wait(30) == 5
        assert "there is no store" in process.stdout.read()


@pytest.mark.parametrize("told", [signal.SIGTERM, signal.SIGINT])
def test_workers_end_together(told):
    with crew("well") as process:
        assert process.stdout.readline() == "ready\n"
        process.send_signal(told)
        assert process.wait(30) == 0


def test_the_demo_lets_everybody_in_who_then_has_something_to_do(tmp_path, serving, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    work = {}

    def meanwhile(told):
        address = told.address
        lines = [told.read() for _ in range(len(PEOPLE) + 3)]
        password = re.search(r"everybody's password is (\S+)", "".join(lines))[1]
        assert re.fullmatch(r"([a-z2-9]{4}-){3}[a-z2-9]{4}", password)
        people = lines[-len(PEOPLE) :]
        assert [one.role for one in PEOPLE] == [re.split(r"\s{2,}", line)[0] for line in people]
        for email in [re.search(r"\S+@\S+\.example", line)[0] for line in people]:
            with httpx.Client(base_url=address, headers={"sec-fetch-site": "same-origin"}) as browser:
                came = browser.post("/sign-in", data={"email": email, "password": password})
                assert (came.status_code, came.headers["location"]) == (303, "/work"), email
                work[email.partition("@")[0]] = browser.get("/work").text
        work["password"] = password

    code, log = serving({"REVIEWFLOW_STORE": "sqlite:///never.db"}, "--demo", meanwhile=meanwhile)
    assert code == 0
    assert work["password"] not in log.getvalue()
    assert "juniper-" in work["hilda"]
    assert "birch-" in work["hilda"]
    assert "rowan-" in work["rosalind"]
    assert "willow-" in work["agnes"]
    assert "hazel-" in work["agnes"]
    assert "alder-" in work["lena"]
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []
