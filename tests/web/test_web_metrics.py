"""What is measured: counted right, told only to whom it may be told, and nothing about anybody."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from dataclasses import replace
from datetime import timedelta

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from prometheus_client.parser import text_string_to_metric_families

from reviewflow.cycle.commands import AddNote
from reviewflow.errors import BadInput, Refused, StoreUnreachable
from reviewflow.events import Asked
from reviewflow.following.tables import followers
from reviewflow.web import metrics
from reviewflow.web.metrics import Metrics
from reviewflow.web.watching import Seen

TOKEN = "an-invented-token-of-some-length"
HERE, ELSEWHERE = ("127.0.0.1", 40000), ("203.0.113.7", 40000)


def values(told: bytes) -> dict[str, float]:
    """`name{label="x"}` -> value, as Prometheus itself reads it."""
    found = {}
    for family in text_string_to_metric_families(told.decode()):
        for sample in family.samples:
            labels = ",".join(f'{name}="{value}"' for name, value in sorted(sample.labels.items()))
            found[f"{sample.name}{{{labels}}}" if labels else sample.name] = sample.value
    return found


def asker(installation, *, client=HERE, **settings: str):
    """Somebody who asks from an address for the metrics of an installation with these settings."""
    changed = replace(installation, settings=installation.settings.model_copy(update=settings))
    app = FastAPI()
    app.include_router(metrics.routes(changed, Metrics(changed)))
    return TestClient(app, client=client)


def test_requests_are_counted_by_route_and_timed(still):
    counted = Metrics(still.installation)
    for status, seconds in ((200, 0.003), (200, 0.2), (404, 0.04)):
        counted.seen(Seen("an id", "GET", "/cycles/{handle}", status, seconds))
    found = values(counted.text())
    assert found['reviewflow_requests_total{method="GET",route="/cycles/{handle}",status="200"}'] == 2
    assert found['reviewflow_requests_total{method="GET",route="/cycles/{handle}",status="404"}'] == 1
    name = 'reviewflow_request_seconds_bucket{{le="{}",method="GET",route="/cycles/{{handle}}"}}'
    assert [found[name.format(le)] for le in ("0.005", "0.05", "0.25", "+Inf")] == [1, 2, 3, 3]
    assert found["process_resident_memory_bytes"] > 0


def test_sign_ins_are_counted_by_how_they_ended(still):
    counted = Metrics(still.installation)
    counted.sign_in("password", done=True)
    counted.sign_in("password", done=False)
    counted.sign_in("password", done=False)
    found = values(counted.text())
    assert found['reviewflow_sign_ins_total{how="password",outcome="done"}'] == 1
    assert found['reviewflow_sign_ins_total{how="password",outcome="failed"}'] == 2


def _note(web, number, by="hanna", text="a secret of somebody"):
    one = Asked(id=f"note-{number}", at=web.clock.now(), by=web.id(by), entered_by=web.id(by), door="web")
    return AddNote(asked=one, cycle=web.id("hazel-review"), text=text)


def test_commands_are_counted_by_what_became_of_them(web):
    counted = Metrics(web.installation)
    engine = counted.counting(web.installation).engine
    engine.handle(_note(web, 1))
    engine.handle(_note(web, 1))
    engine.handle(_note(web, 2), dry_run=True)
    with pytest.raises(Refused):
        engine.handle(_note(web, 3, by="esme"))
    with pytest.raises(BadInput):
        engine.handle(_note(web, 4, text="\ud800"))
    engine.handle_all([_note(web, 5), _note(web, 6, by="esme")])
    found = values(counted.text())
    name = 'reviewflow_commands_total{{command="cycle note",outcome="{}"}}'
    told = {outcome: found.get(name.format(outcome), 0) for outcome in ("done", "repeated", "refused", "wrong")}
    assert told == {"done": 2, "repeated": 1, "refused": 2, "wrong": 1}


def test_an_engine_that_counts_does_the_same(web):
    before = web.position()
    done = Metrics(web.installation).counting(web.installation).engine.handle(_note(web, 1))
    assert web.position() == done.position == before + 1


def test_the_store_is_asked_for_what_it_knows(web):
    found = values(Metrics(web.installation).text())
    assert found["reviewflow_store_up"] == 1
    assert found["reviewflow_log_records"] == web.position()
    assert found["reviewflow_sessions"] == 0
    web.sign_in("lena")
    web.sign_in("hanna")
    assert values(Metrics(web.installation).text())["reviewflow_sessions"] == 2
    web.clock.moment += timedelta(hours=13)
    assert values(Metrics(web.installation).text())["reviewflow_sessions"] == 0


def test_followers_tell_how_far_behind_they_are(web):
    name = web.installation.views.following[0].name
    with web.installation.store.changing() as connection:
        connection.execute(followers.delete())
    found = values(Metrics(web.installation).text())
    assert found[f'reviewflow_follower_behind_records{{follower="{name}"}}'] == web.position()
    assert found[f'reviewflow_follower_behind_seconds{{follower="{name}"}}'] > 0
    assert found[f'reviewflow_follower_broken{{follower="{name}"}}'] == 0


def test_a_store_that_does_not_answer_is_told_and_nothing_fails(still):
    class Away:
        def snapshot(self) -> None:
            raise StoreUnreachable("it", "is away")

    counted = Metrics(replace(still.installation, store=Away()))
    counted.sign_in("link", done=True)
    found = values(counted.text())
    assert found["reviewflow_store_up"] == 0
    assert "reviewflow_log_records" not in found
    assert found['reviewflow_sign_ins_total{how="link",outcome="done"}'] == 1


def test_nothing_in_it_is_about_anybody(web):
    web.sign_in("lena").get(f"/cycles/{web.handle_of()}")
    counted = Metrics(web.installation)
    counted.counting(web.installation).engine.handle(_note(web, 1))
    told = counted.text().decode()
    for name, one in web.names.items():
        assert one not in told, name
    assert "secret" not in told
    assert not re.search(r"\b[a-z2-7]{16}\b", told)


BEARER = {"authorization": f"Bearer {TOKEN}"}

ASKING = {
    "from here": ({}, HERE, {}, 200),
    "from here, by IPv6": ({}, ("::1", 1), {}, 200),
    "from elsewhere": ({}, ELSEWHERE, {}, 403),
    "from nowhere": ({}, ("testclient", 1), {}, 403),
    "from here, through a proxy": ({}, HERE, {"x-forwarded-for": "203.0.113.7"}, 403),
    "from here, through another kind of proxy": ({}, HERE, {"forwarded": "for=203.0.113.7"}, 403),
    "from here, where there is a proxy that says nothing": ({"url": "https://reviews.example"}, HERE, {}, 403),
    "from here, where a proxy is trusted": ({"trusted_proxies": "127.0.0.1"}, HERE, {}, 403),
    "with the token": ({"metrics_token": TOKEN, "url": "https://reviews.example"}, ELSEWHERE, BEARER, 200),
    "with the token in another writing": (
        {"metrics_token": TOKEN},
        ELSEWHERE,
        {"Authorization": f"bearer  {TOKEN}"},
        200,
    ),
    "with another token": ({"metrics_token": TOKEN}, HERE, {"authorization": f"Bearer {TOKEN}x"}, 403),
    "with the token as a password": ({"metrics_token": TOKEN}, HERE, {"authorization": f"Basic {TOKEN}"}, 403),
    "without the token that is set, from here": ({"metrics_token": TOKEN}, HERE, {}, 403),
    "with a token where none is set": ({}, ELSEWHERE, BEARER, 403),
    "with an empty token where none is set": ({}, ELSEWHERE, {"authorization": "Bearer "}, 403),
    "with odd letters": ({"metrics_token": TOKEN}, HERE, {"authorization": "Bearer é".encode("latin-1")}, 403),
}


@pytest.mark.parametrize("how", ASKING)
def test_asking(how, still):
    settings, client, headers, status = ASKING[how]
    answer = asker(still.installation, client=client, **settings).get("/metrics", headers=headers)
    assert answer.status_code == status
    assert ("reviewflow_store_up" in answer.text) == (status == 200)
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["content-type"].startswith("text/plain")


def test_the_application_has_it(still):
    assert still.nobody().get("/metrics").status_code == 403  # the test's client has no address


SEVERAL = """
import os, sys
from types import SimpleNamespace
from reviewflow.web.metrics import Metrics
from reviewflow.web.watching import Seen
from reviewflow.errors import StoreUnreachable
from reviewflow.wiring import SystemClock
class Away:
    def snapshot(self):
        raise StoreUnreachable("it", "is away")
def count():
    found = Metrics(SimpleNamespace(store=Away(), clock=SystemClock()))
    found.seen(Seen("", "GET", "/a", 200, 0.01))
    return found
for _ in range(2):
    if os.fork() == 0:
        count()
        os._exit(0)
    os.wait()
sys.stdout.buffer.write(count().text())
"""


def test_several_processes_are_added_up(tmp_path):
    environment = {**os.environ, "PROMETHEUS_MULTIPROC_DIR": str(tmp_path)}
    done = subprocess.run([sys.executable, "-c", SEVERAL], env=environment, capture_output=True, check=True)
    assert values(done.stdout)['reviewflow_requests_total{method="GET",route="/a",status="200"}'] == 3
