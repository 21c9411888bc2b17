"""People at the pages while PostgreSQL is killed: nobody sees a traceback, nothing that was acknowledged is lost."""

from __future__ import annotations

import http.client
import json
import os
import secrets
import subprocess
import sys
import threading
import time
from collections import Counter
from contextlib import contextmanager
from random import Random
from urllib.parse import urlencode

import pytest

from faults.lengths import SEED, times
from faults.site import Site, at_work, on_postgres
from faults.worker import Now
from kit.checking import whole
from kit.postgres import Cluster
from reviewflow.access.sessions import Sessions

USERS, KILLS, BETWEEN = times(6, 200), times(1, 5), times(3, 20)
"""People with a browser each; how often the server is killed; seconds between."""
KNOWN = {200, 303, 409, 503}
"""What somebody may be answered meanwhile: a page, done, somebody else was first, not available just now."""


@pytest.fixture
def cluster(cluster_folder):
    cluster = Cluster(cluster_folder, max_connections="100")
    cluster.start()
    yield cluster
    cluster.kill()


@contextmanager
def served(settings):
    """`reviewflow serve` as it is started, and its port."""
    given = settings.model_dump(mode="json", exclude_none=True)
    environment = {**os.environ, **{f"REVIEWFLOW_{name.upper()}": str(value) for name, value in given.items()}}
    words = [sys.executable, "-m", "reviewflow", "serve", "--port", "0"]
    with subprocess.Popen(
        words, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    ) as process:
        lines: list[str] = []
        try:
            port = 0
            for line in process.stderr:
                lines.append(line)
                found = json.loads(line) if line.startswith("{") else {}
                if found.get("event") == "serving":
                    port = int(found["address"].rpartition(":")[2])
                    break
            assert port, lines
            reading = threading.Thread(target=lambda: lines.extend(process.stderr), daemon=True)
            reading.start()
            yield port, lines
        finally:
            process.terminate()
            process.wait(60)
            reading.join(10)


class User(threading.Thread):
    """One browser: looks at pages, and writes a note again and again until it is told that it was recorded."""

    def __init__(self, number, port, handle, secret, stop) -> None:
        super().__init__(daemon=True)
        self.random, self.port, self.handle, self.stop = Random(f"{SEED} {number}"), port, handle, stop
        self.headers = {"Cookie": f"reviewflow={secret}", "Sec-Fetch-Site": "same-origin"}
        self.number, self.acknowledged = number, {}
        self.answers: Counter[int] = Counter()
        self.odd: list[str] = []

    def run(self):
        written = 0
        while not self.stop.is_set():
            time.sleep(self.random.random() * 2)
            self.ask("GET", self.random.choice(["/work", f"/cycles/{self.handle}", f"/cycles/{self.handle}/notes"]))
            written += 1
            self.write(f"An invented note {self.number}-{written}")

    def write(self, text):
        """The same form is sent until it is done, as somebody does who is told to try again."""
        fields = urlencode({"text": text, "command": secrets.token_hex(16)})
        for _ in range(200):
            status, location = self.ask("POST", f"/cycles/{self.handle}/notes", fields)
            if status == 303:
                assert location is not None
                assert "done=" in location, location
                self.acknowledged[int(location.partition("done=")[2].partition("&")[0].partition("#")[0])] = text
                return
            if self.stop.is_set():
                return
            time.sleep(0.3)

    def ask(self, method, path, body=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=90)
        form = {"Content-Type": "application/x-www-form-urlencoded"} if body else {}
        try:
            connection.request(method, path, body, {**self.headers, **form})
            answer = connection.getresponse()
            text = answer.read().decode()
        finally:
            connection.close()
        self.answers[answer.status] += 1
        if answer.status not in KNOWN or "Traceback" in text or "this should not have happened" in text:
            self.odd.append(f"{method} {path}: {answer.status}: {text[:300]}")
        return answer.status, answer.headers["location"]


def test_people_at_the_pages_while_the_database_goes_and_comes(cluster, tmp_path):
    cluster.execute("CREATE DATABASE pages")
    world = at_work(Site(settings=on_postgres(tmp_path, cluster.url("pages")), clock=Now()))
    with world.knowing() as known:
        handle = known.cycle(world.id("cycle")).handle
    sessions = Sessions(world.store, world.clock)
    signed_in = [sessions.begin(world.id(("hanna", "lena")[n % 2]), "password") for n in range(USERS)]
    stop, random = threading.Event(), Random(SEED)
    with served(world.settings) as (port, lines):
        users = [User(n, port, handle, secret, stop) for n, secret in enumerate(signed_in)]
        for user in users:
            user.start()
        for _ in range(KILLS):
            time.sleep(BETWEEN)
            cluster.kill()
            time.sleep(random.random() * 2)
            cluster.start()
        time.sleep(BETWEEN)
        stop.set()
        for user in users:
            user.join(120)
            assert not user.is_alive()
    odd = [one for user in users for one in user.odd]
    assert odd == []
    acknowledged = {position: text for user in users for position, text in user.acknowledged.items()}
    answers = sum((user.answers for user in users), Counter())
    assert len(acknowledged) > USERS, answers
    world.reopen()
    with world.store.snapshot() as snapshot:
        records = {record.position: record for record in whole(snapshot)}
    notes = [record for record in records.values() if record.topic == "cycle.note-added/1"]
    # Nothing acknowledged is lost, and nothing is there twice: as many notes as were answered, and some whose answer
    # somebody did not wait for.
    assert set(acknowledged) <= {record.position for record in notes}
    assert len(notes) <= len(acknowledged) + USERS
    assert not [line for line in lines if "Traceback" in line]
    print(f"{USERS} people, {KILLS} kills: {len(acknowledged)} notes acknowledged, answers {dict(answers)}")
    world.close()
