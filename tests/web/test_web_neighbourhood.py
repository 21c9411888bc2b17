"""The store that the tests of the web stand on is what it says it is."""

import re

import pytest

from web.neighbourhood import NOTE


def test_someone_who_is_signed_in_sees_their_work(web):
    answer = web.sign_in("lena").get("/work")
    assert answer.status_code == 200
    assert "Hazel Invented School" in answer.text


def test_what_waits_in_very_many_reviews_comes_in_pages(web, monkeypatch):
    client = web.sign_in("lena")
    titles = re.compile(r'rf-work__link" href="([^"]+)"')
    whole = titles.findall(client.get("/work").text)
    assert len({path.split("/")[2] for path in whole}) > 1, "in several reviews"
    monkeypatch.setattr("reviewflow.web.pages.work._MOST", 1)
    found, here = [], "/work"
    while here:
        text = client.get(here).text
        here = (re.search(r'rel="next" href="([^"]+)"', text) or [None, None])[1]
        assert ("First page" in text) == bool(found)
        found += titles.findall(text)
    assert sorted(found) == sorted(whole)
    assert "Nothing waits for you in these." in client.get("/work?after=zzz").text


def test_nobody_is_asked_to_sign_in(web):
    answer = web.nobody().get("/work")
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in?next=%2Fwork")


def test_a_forgotten_person_is_not_let_in(web):
    assert web.sign_in("fred").get("/work").status_code == 303


@pytest.mark.parametrize(
    ("who", "cycle", "status"),
    [
        ("lena", "hazel-review", 200),
        ("vera", "hazel-review", 403),
        ("vera", "oak-review", 200),
        ("lena", "oak-review", 403),
    ],
)
def test_a_cycle_is_for_its_own_partnership(still, who, cycle, status):
    assert still.sign_in(who).get(f"/cycles/{still.handle_of(cycle)}").status_code == status


def test_a_note_is_there_to_be_found(still):
    assert NOTE in still.sign_in("hanna").get(f"/cycles/{still.handle_of()}").text


def test_a_password_lets_in(web):
    client = web.nobody()
    sent = {"email": web.email("lena"), "password": web.password("lena")}
    assert client.post("/sign-in", data=sent).headers["location"] == "/work"
    assert client.get("/work").status_code == 200
