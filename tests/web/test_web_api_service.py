"""The service and its tokens by the API; definitions checked; how often a token may ask is a setting."""

import pytest

from kit.stored import settings_in
from reviewflow.access.tokens import Tokens
from reviewflow.errors import BadInput
from reviewflow.settings import settings_from
from reviewflow.shipped import shipped
from reviewflow.web.api.app import described
from reviewflow.web.app import create_app
from reviewflow.web.site import WebOptions
from reviewflow.wiring import open_installation


def told(answer, status, kind):
    assert (answer.status_code, answer.json()["type"]) == (status, f"/api/problems/{kind}"), answer.text
    return answer.json()


def test_a_definition_is_checked_and_nothing_is_recorded(web):
    before, client = web.position(), web.api("bea", "read")
    text = shipped()["spp-peer-review"].read_text(encoding="utf-8")
    sound = client.post("/api/workflows/check", json={"document": text}).json()
    assert (sound["sound"], sound["faults"], sound["workflow"]) == (True, [], "spp-peer-review")
    assert client.post("/api/workflows/check", json={"shipped": "spp-peer-review"}).json() == sound
    wrong = text.replace("improvement_champion", "improvement_champoin", 1).replace("edition:", "edtion:", 1)
    found = client.post("/api/workflows/check", json={"document": wrong}).json()
    assert found["sound"] is False
    assert len(found["faults"]) > 1
    assert all(one["line"] and one["column"] and one["want"] for one in found["faults"])
    for odd in ({}, {"shipped": "none"}, {"shipped": "x", "document": "y"}):
        told(client.post("/api/workflows/check", json=odd), 422, "wrong-input")
    assert client.post("/api/workflows/check", json={"document": "[" * 5_000}).json()["sound"] is False
    assert web.position() == before


def test_a_definition_is_given_out_as_it_can_come_back(web):
    client = web.api("ada")
    for name in ("spp-peer-review", "open-software-review"):
        found = client.get(f"/api/workflows/{name}/definition").json()
        import json

        back = client.post("/api/workflows/check", json={"document": json.dumps(found["document"])}).json()
        assert (back["sound"], back["digest"]) == (True, found["digest"]), back["faults"]
    told(client.get("/api/workflows/none/definition"), 404, "not-found")


def test_the_session_of_a_browser_checks_nothing(web):
    answer = web.sign_in("lena").post("/api/workflows/check", json={"shipped": "spp-peer-review"})
    assert answer.status_code == 401


def test_how_views_and_effects_stand_is_for_administrators(still):
    views = still.api("ada", "read").get("/api/views").json()
    assert views["position"] == still.position()
    assert {one["kept"] for one in views["views"]} <= {"with every command", "by a follower"}
    effects = still.api("ada", "read").get("/api/effects").json()
    assert effects == {"effects": [], "counted": {}, "more": False}
    for name in ("mona", "otto", "lena", "bea"):
        told(still.api(name, "read").get("/api/views"), 403, "not-permitted")
        told(still.api(name, "read").get("/api/effects"), 403, "not-permitted")


def test_tokens_are_told_without_what_opens_the_service(web):
    secret = web.token("lena")
    mine = web.api("bea", "read").get("/api/tokens")
    assert {one["person"] for one in mine.json()["tokens"]} == {web.id("bea")}
    everybodys = web.api("ada", "read").get("/api/tokens")
    assert {web.id("lena"), web.id("bea")} <= {one["person"] for one in everybodys.json()["tokens"]}
    assert secret not in everybodys.text
    assert "rfl_" not in everybodys.text
    told(web.api("bea", "read").get("/api/tokens", params={"person": web.id("lena")}), 403, "not-permitted")


def test_a_token_is_ended_by_its_owner_or_an_administrator_alone(web):
    tokens = Tokens(web.installation.store, web.installation.vault, web.clock)
    one, secret = tokens.make(web.id("lena"), "an invented program", ["act"], 30)
    for name in ("bea", "mona", "hanna"):
        told(web.api(name).delete(f"/api/tokens/{one}"), 404, "not-found")
    told(web.api("lena", "read").delete(f"/api/tokens/{one}"), 403, "token-may-only-read")
    tried = web.api("lena").delete(f"/api/tokens/{one}", params={"dry_run": "true"})
    assert tried.json() == {
        "id": one, "person": web.id("lena"), "name": tried.json()["name"], "called": "an invented program",
        "dry_run": True,
    }  # fmt: skip
    assert tokens.find(secret) is not None
    itself = web.nobody(headers={"authorization": f"Bearer {secret}"})
    assert itself.delete(f"/api/tokens/{one}").status_code == 200
    assert itself.get("/api/status").status_code == 401
    told(web.api("lena").delete(f"/api/tokens/{one}"), 404, "not-found")
    two, _ = tokens.make(web.id("lena"), "another", ["read"], 30)
    assert web.api("ada").delete(f"/api/tokens/{two}").status_code == 200


def test_no_token_makes_a_token():
    assert not [path for path, methods in described()["paths"].items() if "token" in path and "post" in methods]


def test_how_often_a_token_may_ask_is_a_setting(web):
    folder = web.installation.settings.store_path.parent
    with open_installation(settings_in(folder).model_copy(update={"api_per_minute": 2}), web.clock) as installation:
        app = create_app(installation, WebOptions())
        assert app.state.entering.limits.ask("somebody").most == 2
    assert web.app.state.entering.limits.ask("somebody").most == 600


@pytest.mark.parametrize("given", ["0", "-1", "x", "1000001"])
def test_a_setting_that_makes_no_sense_is_refused(given):
    with pytest.raises((ValueError, BadInput)):
        settings_from({"REVIEWFLOW_API_PER_MINUTE": given})
    assert settings_from({"REVIEWFLOW_API_PER_MINUTE": "50"}).api_per_minute == 50


def test_every_operation_says_what_else_it_may_answer():
    for path, methods in described()["paths"].items():
        for method, one in methods.items():
            there = set(one["responses"])
            assert {"400", "401", "403", "404", "405", "413", "422", "429", "431", "500", "503"} <= there, (
                path,
                method,
            )
            for status in there - {"200", "304"}:
                [media] = one["responses"][status]["content"]
                assert media == "application/problem+json", (path, method, status)
            assert "Allow" in one["responses"]["405"]["headers"]
