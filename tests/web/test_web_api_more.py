"""The API in hard places: limits, files, the feed, what is never told, what breaks."""

import asyncio
import io

import pytest
from starlette.testclient import TestClient

from reviewflow.errors import StoreUnreachable, StreamMoved
from reviewflow.web.api.limiting import Limits
from reviewflow.web.request_limits import RequestLimits
from reviewflow.web.watching import Watching
from web.neighbourhood import NOTE

PDF = b"%PDF-1.7 an invented report"


def test_a_token_may_ask_so_often_and_no_more(web):
    web.app.state.entering.limits = Limits(per_minute=3)
    client = web.api("lena", "read")
    left = [client.get("/api/programmes").headers["ratelimit"].split(";")[1] for _ in range(3)]
    answer = client.get("/api/programmes")
    assert left == ["r=2", "r=1", "r=0"]
    assert (answer.status_code, answer.json()["type"]) == (429, "/api/problems/too-many")
    assert 1 <= int(answer.headers["retry-after"]) <= 60
    assert web.api("hanna", "read").get("/api/programmes").status_code == 200


def test_wrong_tokens_are_slowed_down_and_right_ones_are_not(web):
    web.app.state.entering.limits = Limits(per_minute=600, wrong=2)
    wrong = {"authorization": "Bearer rfl_" + "x" * 43}
    assert [web.nobody().get("/api", headers=wrong).status_code for _ in range(4)] == [401, 401, 429, 429]
    assert web.api("lena", "read").get("/api/programmes").status_code == 200


@pytest.mark.parametrize(
    "header", ["Bearer", "Bearer ", "Basic bGVuYTp4", "bearer rfl_", "Bearer rfl_\xe9", "Bearer a b c", "rfl_x"]
)
def test_odd_credentials_are_none(still, header):
    answer = still.nobody().get("/api/cycles", headers={"authorization": header.encode("latin-1")})
    assert answer.status_code == 401
    assert 'error="invalid_token"' in answer.headers["www-authenticate"]


def test_a_wrong_token_beside_a_good_session_is_a_wrong_token(still):
    client = still.sign_in("lena")
    assert client.get("/api/cycles", headers={"authorization": "Bearer rfl_no"}).status_code == 401


def test_a_token_of_somebody_forgotten_since_opens_nothing(web):
    client = web.api("bea")
    assert client.get("/api/status").status_code == 200
    done = web.api("ada").post(f"/api/people/{web.id('bea')}/forgetting", json={})
    assert done.status_code == 200, done.text
    assert client.get("/api/status").status_code == 401


def test_a_file_comes_back_as_it_went(web):
    client, path = web.api("hanna"), f"/api/cycles/{web.handle_of()}/evidence"
    sent = {"kind": (None, "learning_summary"), "file": ("Übersicht.pdf", io.BytesIO(PDF), "application/pdf")}
    done = client.post(path, files=sent)
    assert done.status_code == 200, done.text
    [item] = [one for one in client.get(path).json()["items"] if one["file"]]
    got = client.get(f"{path}/{item['version']}/file")
    assert (got.status_code, got.content, item["file"]["name"]) == (200, PDF, "Übersicht.pdf")
    assert got.headers["content-disposition"].startswith("attachment")
    assert web.api("bea").get(f"{path}/{item['version']}/file").status_code == 403
    assert web.api("lena").get(f"{path}/{item['version']}/file").status_code == 403  # no consent was given


@pytest.mark.parametrize(
    ("name", "data"),
    [("run.html", b"<html>"), ("../../etc/passwd.txt", b"x"), ("report.pdf", b"no pdf"), ("empty.txt", b"")],
)
def test_files_that_are_not_taken(web, name, data):
    before = web.position()
    sent = {"kind": (None, "learning_summary"), "file": (name, io.BytesIO(data), "text/plain")}
    answer = web.api("hanna").post(f"/api/cycles/{web.handle_of()}/evidence", files=sent)
    assert (answer.status_code, answer.json()["type"]) == (422, "/api/problems/wrong-input")
    assert web.position() == before


def all_of(client):
    found, after = [], 0
    while True:
        page = client.get("/api/events", params={"after": after, "limit": 20}).json()
        found += page["records"]
        assert page["next"] >= after
        if not page["more"]:
            return found, page["next"]
        after = page["next"]


def test_the_feed_tells_everybody_what_they_may_see(still):
    auditor, end = all_of(still.api("ada", "read"))
    lead, _ = all_of(still.api("vera", "read"))
    nobody, nowhere = all_of(still.api("esme", "read"))
    assert [one["position"] for one in auditor] == sorted(one["position"] for one in auditor)
    assert {one["cycle"] for one in auditor} == {None, "hazel-2026-1", "willow-2026-1", "oak-2026-1"}
    assert {one["cycle"] for one in lead} == {"oak-2026-1"}
    assert (nobody, nowhere) == ([], end == still.position() and end)


def test_the_feed_never_tells_a_note_to_whoever_may_not_read_notes(still):
    assert NOTE in str(all_of(still.api("hanna", "read"))[0])
    assert NOTE not in str(all_of(still.api("lena", "read"))[0])
    assert NOTE not in str(all_of(still.api("ada", "read"))[0])


def test_whoever_waits_is_told_once_something_happens(web):
    client, end = web.api("hanna"), web.position()
    asgi = web.app

    async def both():
        waiting = asyncio.create_task(asyncio.to_thread(lambda: client.get(f"/api/events?after={end}&wait=20").json()))
        await asyncio.sleep(0.2)
        posted = TestClient(asgi, headers=dict(client.headers)).post(
            f"/api/cycles/{web.handle_of()}/notes", json={"text": "Now"}
        )
        return posted.json(), await waiting

    posted, page = asyncio.run(both())
    assert [one["position"] for one in page["records"]] == [posted["position"]]


def test_several_organisations_join_at_once_or_none_does(web):
    client, path = web.api("mona"), f"/api/partnerships/{web.id('valley')}/members"
    before = web.position()
    wrong = client.post(path, json={"organisations": ["birch", "no-such-school"]})
    assert (wrong.status_code, web.position()) == (422, before)
    assert [one["pointer"] for one in wrong.json()["faults"]] == ["/organisations/1"]
    key = {"idempotency-key": "joined"}
    done = client.post(path, json={"organisations": ["birch", "alder"]}, headers=key)
    assert len(done.json()["recorded"]) == 2, done.text
    assert client.post(path, json={"organisations": ["birch", "alder"]}, headers=key).json()["repeated"] is True


def test_a_correction_and_an_undo_say_what_they_touch(web):
    client, path = web.api("ada"), f"/api/cycles/{web.handle_of()}"
    versions = {
        one["topic"]: one["version"] for one in client.get("/api/audit/log?about=hazel-2026-1").json()["records"]
    }
    body = {"corrections": [{"event": versions["cycle.transition-taken/1"], "on": "2026-11-19"}], "reason": "Wrong day"}
    corrected = client.post(f"{path}/corrections", json={**body, "dry_run": True})
    undone = client.post(f"{path}/undo", json={"reason": "Another cycle", "dry_run": True})
    for answer, member in ((corrected, "corrections"), (undone, "undone")):
        assert answer.status_code in (200, 403, 409), answer.text
        if answer.status_code == 200:
            assert answer.json()[member]


@pytest.mark.parametrize(
    ("error", "status", "kind"),
    [
        (StreamMoved({"cycle-secret": (1, 2)}), 409, "moved"),
        (StoreUnreachable("postgresql://secret", "gone"), 503, "not-available"),
        (RuntimeError("secret"), 500, "broken"),
    ],
)
def test_what_breaks_is_told_without_a_word_of_the_inside(web, monkeypatch, error, status, kind):
    client = TestClient(web.app, headers=dict(web.api("hanna").headers), raise_server_exceptions=False)
    monkeypatch.setattr(type(web.site.installation.engine), "handle", lambda *_a, **_k: (_ for _ in ()).throw(error))
    answer = client.post(f"/api/cycles/{web.handle_of()}/notes", json={"text": "x"})
    assert (answer.status_code, answer.json()["type"]) == (status, f"/api/problems/{kind}")
    assert "secret" not in answer.text
    assert answer.headers["content-type"] == "application/problem+json"


def test_what_is_too_large_is_a_problem_too(still):
    client = TestClient(RequestLimits(still.app, form=1000), headers=dict(still.api("hanna").headers))
    answer = client.post("/api/cycles", content=b"x" * 2000)
    assert (answer.status_code, answer.headers["content-type"]) == (413, "application/problem+json")


def test_whoever_watches_sees_the_template_with_its_prefix(still):
    seen = []
    client = TestClient(Watching(still.app, [seen.append], lambda *_: None), headers=dict(still.api("lena").headers))
    for path in (f"/api/cycles/{still.handle_of()}", "/api", "/api/none"):
        client.get(path)
    still.nobody().get("/api/cycles")
    assert [one.route for one in seen] == ["/api/cycles/{cycle}", "/api/", "/api"]


def test_every_kind_of_problem_is_described(still):
    client = still.api("lena", "read")
    for kind in client.get("/api/openapi.json").json()["components"]["schemas"] and ("moved", "not-met"):
        assert client.get(f"/api/problems/{kind}").json()["type"] == f"/api/problems/{kind}"


def test_other_methods_are_told_which_there_are(still):
    answer = still.api("lena").delete("/api/cycles")
    assert (answer.status_code, answer.json()["type"]) == (405, "/api/problems/method-not-allowed")
    assert answer.headers["allow"] == "GET, POST"
    assert still.api("lena").put(f"/api/people/{still.id('bea')}").headers["allow"] == "GET, PATCH"
    assert still.api("lena").get("/api/imports/people").headers["allow"] == "POST"
    for page in ("/api", "/api/", "/api/openapi.json"):
        assert still.api("lena").put(page).headers["allow"] == "GET"


def test_the_page_for_people_is_plain_and_has_nothing_of_anybody(still):
    page = still.sign_in("lena").get("/api")
    assert page.status_code == 200
    assert "<script" not in page.text
    assert "/api/cycles/{cycle}" in page.text
    assert page.headers["content-security-policy"]


@pytest.mark.parametrize("course", ["peer-reviewer", "no-such-course"])
def test_whoever_may_not_is_not_told_which_training_somebody_has(web, course):
    body = {"course": course, "withdraw": True, "reason": "x"}
    answer = web.api("esme").post(f"/api/people/{web.id('bea')}/training", json=body)
    assert (answer.status_code, answer.json()["type"]) == (403, "/api/problems/not-permitted")


def test_a_command_for_somebody_else_says_whose_it_was(web):
    key, body = {"idempotency-key": "k" * 200}, {"to": "wilma@hazel.example", "until": "2026-12-01", "reason": "away"}
    assert (
        web.api("hanna").post(f"/api/people/{web.id('hanna')}/delegations", json=body, headers=key).status_code == 200
    )
    sent = {"values": {"status": "on_track", "sentence": "Pupils write."}, "for": "hanna@hazel.example"}
    done = web.api("wilma").post(f"/api/cycles/{web.handle_of()}/steps/check_in", json=sent)
    with web.engine.knowing() as known:
        last = known.cycle_records(web.id("hazel-review"))[-1].event
    if done.status_code == 200:
        assert (last.by, last.on_behalf_of) == (web.id("wilma"), web.id("hanna"))
    else:  # whoever reviewed the school may not stand in for its head: the workflow's to say
        assert done.status_code in (403, 409), done.text


@pytest.mark.parametrize("key", ["", "x" * 203, "\x7f"])
def test_odd_keys_are_refused(web, key):
    before = web.position()
    answer = web.api("hanna").post(
        f"/api/cycles/{web.handle_of()}/notes", json={"text": "x"}, headers={"idempotency-key": key}
    )
    assert (answer.status_code, web.position()) == (422, before)


def test_nothing_of_a_key_is_kept_in_the_clear(web):
    path = f"/api/cycles/{web.handle_of()}/notes"
    done = web.api("hanna").post(path, json={"text": "x"}, headers={"idempotency-key": "lena-madeup-is-ill"})
    assert done.status_code == 200
    with web.engine.knowing() as known:
        stored = repr(known.cycle_records(web.id("hazel-review"))[-1])
    assert "ill" not in stored
