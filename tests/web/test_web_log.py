"""History: the log in words for those who may ask for it, and for others a plain page that says who may."""

import re

import pytest


def positions(answer):
    return [int(one) for one in re.findall(r", position (\d+)", answer.text)]


@pytest.mark.parametrize("name", ["lena", "hanna", "bea"])
def test_others_are_told_who_may(still, name):
    client = still.sign_in(name)
    for answer in (client.get("/history"), client.post("/history", data={"about": still.handle_of()}),
                   client.get("/history/difference"),
                   client.post("/history/difference", data={"cycle": still.handle_of()})):  # fmt: skip
        assert answer.status_code == 403
        assert "open to auditors" in answer.text
        assert "rf-log__line" not in answer.text


def test_the_last_records_come_first_and_earlier_ones_by_position(still):
    client = still.sign_in("ada")
    answer = client.get("/history")
    found = positions(answer)
    assert found == sorted(found)
    assert found[-1] == still.position()
    before = re.search(r'name="after" value="(\d+)"', answer.text)[1]
    earlier = positions(client.post("/history", data={"after": before}))
    assert earlier
    assert earlier[-1] < found[0]


def test_who_audits_a_programme_names_something_of_it(still):
    client = still.sign_in("otto")
    answer = client.get("/history")
    assert answer.status_code == 200
    assert "You may look at one programme" in answer.text
    assert "choose a review" in answer.text
    assert not positions(answer)
    told = client.post("/history", data={"about": still.handle_of()})
    assert positions(told)
    assert "agree" in told.text.lower()


def test_by_person_and_about_a_school(still):
    client = still.sign_in("ada")
    answer = client.post("/history", data={"by": still.email("hanna"), "about": still.handle_of()})
    who = re.findall(r"<strong>([^<]+)</strong> \(", answer.text)
    assert who
    assert set(who) == {"Hanna Madeup"}
    school = client.post("/history", data={"about": "hazel"})
    assert "Hazel Invented School" in school.text
    assert positions(school)
    assert still.email("hanna") in answer.text  # what was looked for stays in its input
    assert "hanna" not in str(answer.url)


def test_as_of_and_known_at_narrow_it(still):
    client = still.sign_in("ada")
    everything = positions(client.post("/history", data={"after": "1", "about": still.handle_of()}))
    day = {"as_of.day": "8", "as_of.month": "9", "as_of.year": "2026"}
    then = positions(client.post("/history", data={**day, "after": "1", "about": still.handle_of()}))
    assert then
    assert len(then) < len(everything)
    known = {"known.day": "1", "known.month": "1", "known.year": "2020"}
    assert positions(client.post("/history", data=known)) == []


@pytest.mark.parametrize(
    ("data", "at"),
    [
        ({"as_of.day": "30", "as_of.month": "2", "as_of.year": "2026"}, "as_of.day"),
        ({"about": "nothing-like-it"}, "about"),
        ({"by": "nobody@nowhere.example"}, "by"),
        ({"after": "minus one"}, "after"),
        ({"after": "9" * 30}, "after"),
    ],
)
def test_what_cannot_be_looked_for_is_said_beside_its_input(still, data, at):
    answer = still.sign_in("ada").post("/history", data=data)
    assert answer.status_code == 422
    assert f'href="#{at}"' in answer.text
    assert f'id="{at}"' in answer.text


def test_the_difference_of_two_moments(still):
    data = {"cycle": still.handle_of(), "one.day": "8", "one.month": "9", "one.year": "2026"}
    answer = still.sign_in("otto").post("/history/difference", data=data)
    assert answer.status_code == 200
    assert re.search(r"\d+ differences?", answer.text)
    assert "<table" in answer.text
    assert still.sign_in("otto").post("/history/difference", data={"cycle": ""}).status_code == 422
    assert still.sign_in("otto").post("/history/difference", data={"cycle": "nowhere"}).status_code == 422
