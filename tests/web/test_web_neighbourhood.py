"""The store that the tests of the web stand on is what it says it is."""

import pytest

from web.neighbourhood import NOTE


def test_someone_who_is_signed_in_sees_their_work(web):
    answer = web.sign_in("lena").get("/work")
    assert answer.status_code == 200
    assert "Hazel Invented School" in answer.text


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
