"""Coming in and going out: passwords, links, and what a stranger tries."""

from datetime import timedelta

import pytest

from reviewflow.access.links import Links
from reviewflow.web.visiting import cookie_name, local


def enter(client, email, password, **more: str):
    return client.post("/sign-in", data={"email": email, "password": password, **more})


def test_whoever_is_not_signed_in_is_asked_to_and_comes_back(web):
    web.password("hanna", "an invented long password")
    client = web.nobody()
    asked = client.get("/cycles/hazel-2026-1?x=1")
    assert asked.status_code == 303
    assert asked.headers["location"] == "/sign-in?next=%2Fcycles%2Fhazel-2026-1%3Fx%3D1"
    came = enter(client, web.email("hanna"), "an invented long password", next="/cycles/hazel-2026-1?x=1")
    assert came.status_code == 303
    assert came.headers["location"] == "/cycles/hazel-2026-1?x=1"
    assert client.get("/work").status_code == 200


def test_a_session_is_new_at_each_sign_in_and_the_one_before_ends(web):
    password = web.password("hanna")
    client = web.sign_in("bea")  # a secret that somebody else may know or have planted
    planted = client.cookies[cookie_name(web.site)]
    came = enter(client, web.email("hanna"), password)
    mine = came.cookies[cookie_name(web.site)]
    assert mine != planted
    assert web.site.sessions.find(planted) is None
    assert web.site.sessions.find(mine).person == web.id("hanna")


def test_signing_out_ends_the_session_on_the_server_too(web):
    client = web.sign_in("hanna")
    secret = client.cookies[cookie_name(web.site)]
    assert client.post("/sign-out").status_code == 303
    assert web.site.sessions.find(secret) is None
    assert client.get("/work").status_code == 303


def test_a_wrong_password_and_an_unknown_address_are_told_the_same(web):
    web.password("hanna")
    client = web.nobody()
    wrong = enter(client, web.email("hanna"), "something else entirely")
    unknown = enter(client, "nobody@nowhere.example", "something else entirely")
    assert wrong.status_code == unknown.status_code == 400
    assert wrong.text.replace(web.email("hanna"), "") == unknown.text.replace("nobody@nowhere.example", "")
    assert "wrong" in wrong.text


def test_guessing_is_slowed_down_and_the_right_password_waits_too(web):
    password = web.password("hanna")
    client = web.nobody()
    answers = [enter(client, web.email("hanna"), f"guess number {n} of it").status_code for n in range(8)]
    assert answers[0] == 400
    assert answers[-1] == 429
    assert enter(client, web.email("hanna"), password).status_code == 429
    web.clock.moment += timedelta(hours=1)
    assert enter(client, web.email("hanna"), password).status_code == 303


def test_empty_fields_are_named(web):
    found = enter(web.nobody(), "", "")
    assert found.status_code == 400
    assert "Enter your e-mail address" in found.text
    assert "Enter your password" in found.text
    assert 'href="#email"' in found.text


def test_a_link_lets_one_person_in_once(web):
    secret = Links(web.installation.store, web.clock).make(web.id("chloe"), by=web.id("ada"))
    client = web.nobody()
    shown = client.get(f"/sign-in/link/{secret}")
    assert shown.status_code == 200
    assert client.get(f"/sign-in/link/{secret}").status_code == 200, "looking at it does not use it up"
    assert client.post(f"/sign-in/link/{secret}").headers["location"] == "/work"
    assert client.get("/work").status_code == 200
    again = web.nobody().post(f"/sign-in/link/{secret}")
    assert again.status_code == 410
    assert "cannot be used" in again.text


def test_a_forgotten_person_is_nobody(web):
    client = web.sign_in("fred")
    assert client.get("/work").status_code == 303


@pytest.mark.parametrize(
    "elsewhere",
    ["https://evil.example", "//evil.example", "/\\evil.example", "\\\\evil.example", "javascript:alert(1)", "", "work",
     "/\t/evil.example", "/a\\b"],
)  # fmt: skip
def test_nobody_is_sent_elsewhere(elsewhere):
    assert local(elsewhere) == "/work"


def test_a_path_of_ours_is_gone_to():
    assert local("/cycles/a?b=c&d=%2F%2Fe") == "/cycles/a?b=c&d=%2F%2Fe"


def test_what_was_being_written_when_the_session_ended_becomes_a_draft(web):
    password, handle = web.password("hanna"), web.handle_of()
    client = web.nobody()
    sent = {"v.what": "Half a sentence <b>", "version": "3", "command": "", "reason": ""}
    asked = client.post(f"/cycles/{handle}/steps/offer_support", data=sent)
    assert asked.status_code == 401
    assert "Half a sentence &lt;b&gt;" in asked.text
    assert "signed out while you were writing" in asked.text
    came = enter(client, web.email("hanna"), password, next=f"/cycles/{handle}/steps/offer_support", **sent)
    assert came.headers["location"] == f"/cycles/{handle}/steps/offer_support"
    draft = web.site.drafts.load(web.id("hanna"), web.id("hazel-review"), "offer_support")
    assert draft.values == {"v.what": ["Half a sentence <b>"]}
    assert "Half a sentence &lt;b&gt;" in client.get(came.headers["location"]).text
