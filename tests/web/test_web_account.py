"""The visitor's own page: what is known of them, sessions, password, stand-in and interests."""

import re

from reviewflow.access.passwords import Passwords
from reviewflow.asking.people import person
from reviewflow.asking.question import asking
from reviewflow.web.visiting import cookie_name

GOOD = "three unlikely lemons"


def known_of(web, name):
    with asking(web.installation, web.id(name)) as question:
        return person(question, web.id(name))["person"]


def test_it_says_who_one_is(still):
    text = still.sign_in("wilma").get("/account").text
    for expected in (
        still.email("wilma"),
        "Staff, Willow Invented School",
        "Peer reviewer, completed",
        "Set a password",
    ):
        assert expected in text


def test_one_session_is_ended_and_all_others_are(web):
    here, there, third = (web.sign_in("wilma") for _ in range(3))
    sessions = re.findall(r'name="session" value="([0-9a-f]+)"', here.get("/account").text)
    assert len(sessions) == 2  # not the one it is asked in
    ended = here.post("/account/sessions", data={"session": sessions[0]})
    assert ended.status_code == 303
    assert sorted(one.get("/account").status_code for one in (there, third)) == [200, 303]
    here.post("/account/sessions", data={"all": "yes"})
    assert [one.get("/account").status_code for one in (here, there, third)] == [200, 303, 303]


def test_nobody_ends_the_session_of_another(web):
    hanna = web.sign_in("hanna")
    theirs = web.site.sessions.of(web.id("hanna"))[0].id
    web.sign_in("wilma").post("/account/sessions", data={"session": theirs})
    assert hanna.get("/account").status_code == 200


def test_a_password_is_set_then_changed_by_who_knows_it(web):
    here, there = web.sign_in("wilma"), web.sign_in("wilma")
    assert here.post("/account/password", data={"new": "too short"}).status_code == 422
    assert here.post("/account/password", data={"new": GOOD}).status_code == 303
    assert here.get("/account").status_code == 200
    assert there.get("/account").status_code == 303
    for old, sentence in (("", "Enter the password you have now"), ("not the right one", "That is not your password")):
        answer = here.post("/account/password", data={"old": old, "new": "four unlikely lemons"})
        assert answer.status_code == 422
        assert sentence in answer.text
        assert "four unlikely lemons" not in answer.text
    assert here.post("/account/password", data={"old": GOOD, "new": "four unlikely lemons"}).status_code == 303
    assert web.site.passwords.check(web.id("wilma"), "four unlikely lemons")


def test_a_password_is_not_guessed_here_either(web, monkeypatch):
    web.password("wilma")
    monkeypatch.setattr(Passwords, "check", lambda *_: False)  # as slow as it is on purpose, once is enough
    client = web.sign_in("wilma")
    answers = [client.post("/account/password", data={"old": f"guess {n}", "new": GOOD}).status_code for n in range(8)]
    assert answers[0] == 422
    assert answers[-1] == 429


def test_somebody_stands_in_and_then_no_more(web):
    client = web.sign_in("hanna")
    form = {"command": "b" * 32, "to": web.email("wilma"), "until.day": "18", "until.month": "12", "until.year": "2026",
            "reason": "on leave"}  # fmt: skip
    assert client.post("/account/stand-in", data=form).status_code == 303
    assert client.post("/account/stand-in", data=form).status_code == 303
    assert [one["to"] for one in known_of(web, "hanna")["delegated"]] == [web.id("wilma")]
    assert "may act for you" in client.get("/account").text
    assert "You stand in for Hanna Madeup" in web.sign_in("wilma").get("/account").text
    web.clock.moment = web.clock.moment.replace(day=24)
    answer = web.sign_in("hanna").post("/account/stand-in/end", data={"delegate": web.id("wilma")})
    assert answer.headers["location"] == "/account?said=returned"
    assert known_of(web, "hanna")["delegated"][0]["until"].isoformat() == "2026-11-24"


def test_what_is_missing_of_a_stand_in_is_said_with_what_was_typed(web):
    before, client = web.position(), web.sign_in("hanna")
    form = {"to": "nobody@nowhere.example", "until.day": "31", "until.month": "2", "until.year": "2027"}
    answer = client.post("/account/stand-in", data=form)
    assert answer.status_code == 422
    assert 'value="nobody@nowhere.example"' in answer.text
    assert "Enter why" in answer.text
    answer = client.post("/account/stand-in", data={**form, "reason": "x"})
    assert answer.status_code == 422
    assert "a real date" in answer.text
    assert web.position() == before


def test_an_interest_is_declared(web):
    client = web.sign_in("wilma")
    form = {"other": "birch", "nature": "family", "note": "a cousin", "from.day": "1", "from.month": "9"}
    assert client.post("/account/interests", data={**form, "from.year": "2026"}).status_code == 303
    (interest,) = known_of(web, "wilma")["interests"]
    assert (interest["other"], interest["nature"], interest["note"]) == (web.id("birch"), "family", "a cousin")
    assert "Birch Invented School: somebody of my family" in client.get("/account").text
    assert client.post("/account/interests", data={"other": "birch", "nature": "envy"}).status_code == 422


def test_a_cookie_of_nobody_sees_nothing(web):
    client = web.nobody()
    client.cookies.set(cookie_name(web.site), "made-up")
    assert client.get("/account").status_code == 303


def test_a_token_is_shown_once_and_revoked_by_its_owner_alone(web):
    client = web.sign_in("wilma")
    assert client.post("/account/tokens", data={"name": ""}).status_code == 422
    made = client.post("/account/tokens", data={"name": "invented numbers", "scope": "read", "days": "30"})
    secret = re.search(r"rfl_[\w-]+", made.text)[0]
    assert "This is shown only now" in made.text
    listed = client.get("/account/tokens").text
    assert "invented numbers" in listed
    assert secret not in listed
    token = re.search(r'name="token" value="([^"]+)"', listed)[1]
    web.sign_in("hanna").post("/account/tokens/revoke", data={"token": token})
    assert "invented numbers" in client.get("/account/tokens").text
    assert "invented numbers" in web.sign_in("ada").get("/administration/tokens").text
    assert web.sign_in("lena").post("/administration/tokens/revoke", data={"token": token}).status_code == 403
    client.post("/account/tokens/revoke", data={"token": token})
    assert "invented numbers" not in client.get("/account/tokens").text


def test_a_head_finds_the_days_of_their_school(still):
    page = still.sign_in("hanna").get("/account").text
    [address] = re.findall(r'href="(/administration/calendars\?of=[^"]+)"', page)
    assert "Hazel Invented School" in still.sign_in("hanna").get(address).text
    assert "/administration/calendars" not in still.sign_in("bea").get("/account").text
