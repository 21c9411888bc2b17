"""Alive, and ready: the second says why not, in words that give nothing away."""

from __future__ import annotations

import shutil
from dataclasses import replace

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from kit.clock import FixedClock
from kit.stored import settings_in
from reviewflow.errors import StoreMoved, StoreUnreachable
from reviewflow.following import positions
from reviewflow.following.tables import followers
from reviewflow.web import health
from reviewflow.wiring import open_installation
from web.conftest import NOW


class Away:
    """A store, or a vault, that does not answer."""

    def __init__(self, error: Exception) -> None:
        self._error = error
        self.readable = True

    def snapshot(self, *_: object) -> None:
        raise self._error

    def forgotten(self, *_: object) -> None:
        raise self._error


def ask(installation, path="/ready"):
    app = FastAPI()
    app.include_router(health.routes(installation))
    return TestClient(app).get(path)


def test_health_asks_nothing_and_anybody_may_ask(still):
    answer = still.nobody().get("/health")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})
    assert answer.headers["cache-control"] == "no-store"
    assert ask(None, "/health").status_code == 200  # there is nothing that it could ask


def test_ready_when_everything_answers(still):
    answer = still.nobody().get("/ready")
    assert (answer.status_code, answer.json()) == (200, {"status": "ready", "reasons": []})
    assert answer.headers["cache-control"] == "no-store"


SECRET = "postgresql://ada:hunter2@db.example/reviews"

AWAY = {
    "a store that is away": (StoreUnreachable(SECRET, "no route", "wait"), "the store does not answer"),
    "a store that was moved": (StoreMoved(SECRET, "it was moved to " + SECRET), "the store was moved elsewhere"),
}


@pytest.mark.parametrize("what", AWAY)
def test_not_ready_for(what, still):
    error, told = AWAY[what]
    answer = ask(replace(still.installation, store=Away(error)))
    assert (answer.status_code, answer.json()["status"]) == (503, "not ready")
    [reason] = answer.json()["reasons"]
    assert told in reason
    assert "hunter2" not in answer.text
    assert "db.example" not in answer.text


def test_every_reason_is_said(still):
    away = Away(StoreUnreachable(SECRET, "no route"))
    answer = ask(replace(still.installation, store=away, vault=away))
    assert len(answer.json()["reasons"]) == 2
    assert "hunter2" not in answer.text


def test_not_ready_without_the_master_key(neighbourhood, tmp_path):
    folder, _ = neighbourhood
    shutil.copytree(folder, tmp_path / "store")
    settings = settings_in(tmp_path / "store").model_copy(update={"master_key": None, "master_key_file": None})
    with open_installation(settings, FixedClock(NOW)) as installation:
        answer = ask(installation)
    assert answer.status_code == 503
    assert answer.json()["reasons"] == ["the vault is there, and the master key that opens it is not"]


@pytest.mark.parametrize(("place", "told"), [
    ("keys_path", "the file of the keys is gone"), ("store_path", "the store's file is gone"),
])  # fmt: skip
def test_not_ready_once_a_file_is_gone_that_is_still_open(web, place, told):
    getattr(web.installation.settings, place).unlink()
    answer = ask(web.installation)
    assert (answer.status_code, answer.json()["reasons"]) == (503, [told])


@pytest.mark.parametrize(("name", "status"), [("ours", 503), ("of another release", 200)])
def test_not_ready_while_a_follower_of_ours_is_broken(web, name, status):
    name = web.installation.views.following[0].name if name == "ours" else name
    with web.installation.store.changing() as connection:
        connection.execute(followers.delete().where(followers.c.name == name))
        positions.begin(connection, name, 3, NOW)
        positions.stop_at(connection, name, 3, 4, "a secret of somebody")
    answer = ask(web.installation)
    assert answer.status_code == status
    assert answer.json()["reasons"] == (
        [f"the follower {name} is broken at record 4: see `reviewflow status`"] if status == 503 else []
    )


def test_nothing_of_it_is_written(web):
    before = web.position()
    for path in ("/health", "/ready"):
        web.nobody().get(path)
    assert web.position() == before
