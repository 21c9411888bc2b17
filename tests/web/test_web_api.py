"""The API by hand: who gets in, what comes back, what a command does once."""

import pytest

from reviewflow.asking.cycle_show import cycle as shown
from reviewflow.asking.plain import as_json
from reviewflow.asking.question import asking


@pytest.mark.parametrize(
    "path",
    [
        "/api",
        "/api/",
        "/api/openapi.json",
        "/api/cycles",
        "/api/no-such-thing",
        "/api/a%0Ab",
        "/api/%0A",
        "/api//cycles",
        "/api/problems/not-met",
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST", "DELETE", "PATCH"])
def test_nobody_is_told_anything(still, path, method):
    answer = still.nobody(headers={"sec-fetch-site": "cross-site"}).request(method, path)
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == 'Bearer realm="reviewflow"'
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["type"] == "/api/problems/not-signed-in"


def test_a_question_is_answered_with_what_asking_says(still):
    answer = still.api("lena", "read").get(f"/api/cycles/{still.handle_of()}")
    with asking(still.installation, still.id("lena")) as question:
        assert answer.json() == as_json(shown(question, still.id("hazel-review")))


def test_the_session_of_a_browser_may_ask_and_not_act(web):
    client = web.sign_in("lena")
    assert client.get("/api/cycles").status_code == 200
    before = web.position()
    answer = client.post(f"/api/cycles/{web.handle_of()}/notes", json={"text": "by cookie"})
    assert (answer.status_code, web.position()) == (401, before)


def test_a_token_to_read_does_not_act(web):
    before = web.position()
    answer = web.api("lena", "read").post(f"/api/cycles/{web.handle_of()}/notes", json={"text": "no"})
    assert (answer.status_code, answer.json()["type"]) == (403, "/api/problems/token-may-only-read")
    assert web.position() == before


def test_a_command_is_done_once(web):
    client, path = web.api("hanna"), f"/api/cycles/{web.handle_of()}/notes"
    key = {"idempotency-key": '"an-invented-key"'}
    first = client.post(path, json={"text": "Moved to the hall"}, headers=key)
    assert first.status_code == 200, first.text
    again = client.post(path, json={"text": "Moved to the hall"}, headers=key)
    assert again.json() == {**first.json(), "repeated": True}
    other = client.post(f"/api/cycles/{web.handle_of()}/consents", json={"what": "share_feedback"}, headers=key)
    assert (other.status_code, other.json()["type"]) == (422, "/api/problems/key-used")
    somebody = web.api("lena").post(path, json={"text": "Mine"}, headers=key)
    assert somebody.json()["repeated"] is False


def test_a_command_says_by_which_door_and_who_sent_it(web):
    done = web.api("hanna").post(f"/api/cycles/{web.handle_of()}/notes", json={"text": "Hello"}).json()
    with web.engine.knowing() as known:
        record = known.cycle_records(web.id("hazel-review"))[-1]
    assert record.position == done["position"]
    assert (record.event.door, record.event.by, record.event.entered_by) == ("api", web.id("hanna"), web.id("hanna"))


def test_what_stands_against_it_is_told_whole(web):
    answer = web.api("lena").post(f"/api/cycles/{web.handle_of()}/steps/hold_pre_review_meeting", json={})
    assert (answer.status_code, answer.json()["type"]) == (409, "/api/problems/not-met"), answer.text
    assert [one["code"] for one in answer.json()["unmet"]] == ["wrong-state"]


def test_whoever_may_not_is_told_who_may(web):
    answer = web.api("chloe").post(f"/api/cycles/{web.handle_of()}/steps/cancel", json={"values": {"reason": "x"}})
    assert (answer.status_code, answer.json()["type"]) == (403, "/api/problems/not-permitted"), answer.text
    [unmet] = answer.json()["unmet"]
    assert unmet["code"] == "not-permitted"
    assert unmet["who"]


def test_what_is_wrong_is_told_with_its_place(web):
    answer = web.api("wanda").post(
        f"/api/cycles/{web.handle_of('willow-review')}/steps/choose_focus",
        json={"values": {"focus_areas": [7, "Maths"]}},
    )
    assert answer.status_code == 422, answer.text
    assert [one["pointer"] for one in answer.json()["faults"]] == ["/values/focus_areas/0"]


@pytest.mark.parametrize(
    ("body", "pointers"),
    [({}, ["/text"]), ({"text": "x", "odd": 1}, ["/odd"]), ({"text": "x", "beside": "y"}, ["/beside"]), ([], [""])],
)
def test_what_has_the_wrong_shape_is_told_the_same_way(web, body, pointers):
    answer = web.api("hanna").post(f"/api/cycles/{web.handle_of()}/notes", json=body)
    assert (answer.status_code, answer.json()["type"]) == (422, "/api/problems/wrong-input"), answer.text
    assert [one["pointer"] for one in answer.json()["faults"]] == pointers


def test_unknown_things(web):
    client = web.api("lena")
    for path in ("cycles/no-such-cycle", "people/nobody-here", f"cycles/{web.handle_of()}/steps/no_such_step", "none"):
        answer = client.get(f"/api/{path}")
        assert (answer.status_code, answer.json()["type"]) == (404, "/api/problems/not-found"), path


def test_the_same_again_is_only_said_to_be_so(still):
    client = still.api("lena", "read")
    first = client.get("/api/programmes")
    again = client.get("/api/programmes", headers={"if-none-match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
