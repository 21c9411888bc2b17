"""Calendars on the pages: shown for anybody's place, brought in by whose days they are, looked at first."""

import json
import re

import pytest

HERE, PAGE = "/administration/calendars", "/administration/import/calendar"
TABLE = (
    "kind,date,until,name\nclosed,2027-02-15,2027-02-19,Half term\nclosed,2026-12-25,,Christmas Day\n"
    "named,2027-07-21,,end_of_year\n"
)
HOLIDAYS = json.dumps({"england-and-wales": {"division": "england-and-wales", "events": [
    {"title": "Good Friday", "date": "2027-03-26", "notes": "", "bunting": False}]}})  # fmt: skip


def send(client, text, file="days.csv", **data: str):
    content = text.encode() if isinstance(text, str) else text
    return client.post(PAGE, files={"file": (file, content, "text/csv")}, data=data)


def confirm(client, looked):
    """What the browser sends back of the page on which the file was looked at."""
    data = dict(re.findall(r'name="(command|of|name|nation|against)" value="([^"]*)"', looked.text))
    data["piece"] = re.findall(r'name="piece" value="([^"]+)"', looked.text)
    return client.post(PAGE, data={**data, "confirmed": "yes"}, files={"none": ("", b"")})


def test_days_of_a_school_are_looked_at_and_published_once(web):
    client, before = web.sign_in("hanna"), web.position()
    looked = send(client, TABLE, of="hazel", name="terms-2027")
    assert looked.status_code == 200, looked.text
    for expected in ("Nothing is published yet", "7 days", "For Hazel Invented School", "15 February 2027 to 19"):
        assert expected in looked.text
    assert web.position() == before
    done = confirm(client, looked)
    assert done.status_code == 303
    assert web.position() == before + 1
    assert confirm(client, looked).status_code == 303
    assert web.position() == before + 1
    shown = client.get(done.headers["location"]).text
    for expected in ("These are the days now", "Terms 2027", "15 February 2027 to 19 February 2027: Half term",
                     "21 July 2027: end of year", "from a table"):  # fmt: skip
        assert expected in shown
    assert "Half term" not in client.get(HERE).text
    assert "Half term" in client.get(f"{HERE}?school=Hazel Invented School").text
    assert "this is so already" in send(client, TABLE, of="hazel", name="terms-2027").text
    changed = send(client, TABLE.replace("2026-12-25,,Christmas", "2026-12-24,,Early"), of="hazel", name="terms-2027")
    assert "1 day new, 1 day no longer there" in changed.text
    assert "No longer there" in changed.text


def test_bank_holidays_are_those_of_a_nation(web):
    client = web.sign_in("ada")
    missing = send(client, HOLIDAYS, "bank-holidays.json")
    assert missing.status_code == 422
    assert 'href="#nation"' in missing.text
    looked = send(client, HOLIDAYS, "bank-holidays.json", nation="england-and-wales")
    assert "bank-holidays-england-and-wales" in looked.text
    assert confirm(client, looked).status_code == 303
    page = client.get(HERE).text
    assert "26 March 2027: Good Friday" in page
    assert "bank holidays" in page
    assert send(client, HOLIDAYS, "b.json", nation="wales").status_code == 422


def test_every_fault_is_told_with_its_row(web):
    client, before = web.sign_in("ada"), web.position()
    bad = TABLE.replace("2027-02-15", "31/02/2027").replace("named,", "maybe,")
    answer = send(client, bad)
    assert answer.status_code == 422
    for expected in ("row 2, column date", "row 4, column kind", "maybe", 'href="#wrong"', "<title>Error: "):
        assert expected in answer.text
    answer = send(client, TABLE, name="No Such Name!", of="nowhere at all")
    assert answer.status_code == 422
    assert re.findall(r'<a href="#(\w+)">', answer.text) == ["of", "name"]
    assert 'value="nowhere at all"' in answer.text
    answer = send(client, bad, of="nowhere at all", nation="")
    assert re.findall(r'<a href="#(\w+)">', answer.text) == ["of", "wrong"]
    assert web.position() == before


@pytest.mark.parametrize(
    ("who", "of"), [("hanna", ""), ("hanna", "willow"), ("hanna", "cluster"), ("lena", "oak"), ("vera", "cluster"),
                    ("mona", "")]
)  # fmt: skip
def test_days_of_others_are_not_theirs_to_bring_in(web, who, of):
    client, before = web.sign_in(who), web.position()
    answer = send(client, TABLE, of=of)
    assert answer.status_code == 422
    assert 'href="#of"' in answer.text
    assert "not yours to bring in" in answer.text
    assert web.position() == before


@pytest.mark.parametrize("who", ["bea", "otto"])
def test_whoever_has_no_days_to_bring_in_is_shown_no_form(web, who):
    client, before = web.sign_in(who), web.position()
    assert client.get(PAGE).status_code == 403
    assert send(client, TABLE, of="hazel").status_code == 403
    assert PAGE not in client.get(HERE).text
    assert web.position() == before


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("days.csv", b"kind,date,name\nclosed,2026-12-25,\xff\xfe\xfa\x81\n", "UTF-8"),
        ("days.csv", b"a\0b", "no CSV file inside"),
        ("days.json", b'{"scotland": ' + b"[" * 100_000, "nested too deep"),
        ("days.json", b"{" + b'"a":{' * 50_000, "no JSON"),
        ("days.csv", b"kind,date\n", "issing: name"),
        ("days.csv", b"kind,date,until,name\nclosed,2026-01-01,2999-01-01,Forever\n", "at most 366 days"),
        ("days.xlsx", b"PK", "end in .csv or .json"),
        ("days.csv", b"x" * (2 * 1024 * 1024 + 1), "smaller than 2 MB"),
    ],
)
def test_a_hostile_file_is_answered_with_what_is_wrong(web, name, data, said):
    client, before = web.sign_in("ada"), web.position()
    answer = send(client, data, name, nation="scotland")
    assert answer.status_code == 422
    assert said in answer.text, re.findall(r"(?s)<main.*</main>", answer.text)
    assert 'role="alert"' in answer.text
    assert web.position() == before


def test_a_place_that_is_none_is_said_beside_its_input(still):
    answer = still.sign_in("lena").get(f"{HERE}?school=nowhere")
    assert answer.status_code == 422
    assert 'href="#school"' in answer.text
    assert 'value="nowhere"' in answer.text


def test_what_somebody_else_published_meanwhile_is_looked_at_first(web):
    hanna, ada = web.sign_in("hanna"), web.sign_in("ada")
    looked = send(hanna, TABLE, of="hazel", name="terms")
    confirm(ada, send(ada, TABLE.replace("Half term", "Spring break"), of="hazel", name="terms"))
    before = web.position()
    again = confirm(hanna, looked)
    assert again.status_code == 200
    assert "Other days were published since you looked" in again.text
    assert "Spring break" in again.text
    assert web.position() == before
    assert confirm(hanna, again).status_code == 303
    assert web.position() == before + 1
