"""Bringing in people and schools: looked at first, every row with what it would do, every fault with its cell."""

import base64
import io
import re
import zipfile
from pathlib import Path

import pytest

from reviewflow.web.administration import bringing_in, carrying

PEOPLE = (
    "name,email,organisation,role,since\n"
    "Nora Madeup,nora@birch.example,birch,head,2026-09-01\n"
    "Ned Madeup,ned@willow.example,willow,staff,2026-09-01\n"
)
REGISTER = Path(__file__).parents[1] / "registry" / "data" / "gias.csv"


def send(client, what, text, name="people.csv"):
    data = text.encode() if isinstance(text, str) else text
    return client.post(f"/administration/import/{what}", files={"file": (name, data, "text/csv")})


def confirm(client, what, looked):
    """What the browser sends back of the page on which the file was looked at."""
    pieces = re.findall(r'name="piece" value="([^"]+)"', looked.text)
    command = re.search(r'name="command" value="([0-9a-f]{32})"', looked.text)[1]
    data = {"command": command, "piece": pieces, "confirmed": "yes"}
    return client.post(f"/administration/import/{what}", data=data, files={"none": ("", b"")})


def test_people_are_looked_at_then_recorded_once(web):
    client, before = web.sign_in("lena"), web.position()
    looked = send(client, "people", PEOPLE)
    assert looked.status_code == 200, looked.text
    assert "Nothing is recorded yet" in looked.text
    assert "2 new" in looked.text
    assert "Row by row" in looked.text
    assert web.position() == before
    done = confirm(client, "people", looked)
    assert done.status_code == 200
    assert "were added" in done.text
    after = web.position()
    assert after > before
    confirm(client, "people", looked)
    assert web.position() == after
    assert "Nora Madeup" in client.get("/administration/people?place=cluster").text
    again = send(client, "people", PEOPLE)
    assert "There is nothing to record" in again.text


def test_every_fault_is_shown_with_its_cell_and_nothing_is_recorded(web):
    client, before = web.sign_in("lena"), web.position()
    bad = PEOPLE.replace("2026-09-01", "the 31st of June", 1).replace("willow,staff", "nowhere,staff")
    answer = send(client, "people", bad)
    assert answer.status_code == 422
    assert "What is wrong" in answer.text
    assert "the 31st of June" in answer.text
    assert "nowhere" in answer.text
    assert "E2" in answer.text
    assert 'name="confirmed"' not in answer.text
    assert web.position() == before


def test_how_dates_are_written_is_said_on_the_page(web):
    client, text = web.sign_in("lena"), PEOPLE.replace("2026-09-01", "1/9/2026")
    asked = send(client, "people", text)
    assert asked.status_code == 422
    assert "say below how dates are written" in asked.text
    assert "--dates" not in asked.text
    file = {"file": ("people.csv", text.encode(), "text/csv")}
    looked = client.post("/administration/import/people", files=file, data={"dates": "dmy"})
    assert "2 new" in looked.text
    assert 'name="dates" value="dmy"' in looked.text


def test_a_file_of_too_many_rows_is_for_the_command_line(web, monkeypatch):
    monkeypatch.setattr(bringing_in, "MOST_ROWS", 1)
    answer = send(web.sign_in("lena"), "people", PEOPLE)
    assert answer.status_code == 422
    assert "on the command line" in answer.text


def test_a_lead_brings_in_nobody_to_another_partnership(web):
    client, before = web.sign_in("vera"), web.position()
    answer = send(client, "people", PEOPLE)
    assert answer.status_code in (403, 422)
    made_up = base64.b64encode(PEOPLE.encode()).decode()
    answer = client.post(
        "/administration/import/people", data={"piece": made_up, "confirmed": "yes", "command": "d" * 32}
    )
    assert answer.status_code in (403, 422)
    assert web.position() == before


def test_a_register_is_looked_at_then_recorded(web):
    client, before = web.sign_in("mona"), web.position()
    looked = send(client, "organisations", REGISTER.read_bytes(), "register.csv")
    assert looked.status_code == 200, looked.text[-3000:]
    assert "registered" in looked.text
    assert web.position() == before
    assert "were added" in confirm(client, "organisations", looked).text
    assert "Inventon Sixth Form College" in client.get("/administration/organisations?find=inventon").text
    cut = send(client, "organisations", "URN,EstablishmentName\n900201,Pine Invented School\n", "register.csv")
    assert cut.status_code == 422
    assert "columns are missing" in cut.text


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("people.csv", b"", "empty"),
        ("people.exe", b"MZ", "must be one of these kinds"),
        ("people.xlsx", b"not a workbook", "no Excel file"),
        ("../people.csv", PEOPLE.encode(), "place on a disk"),
        ("people.csv", b"x" * (carrying.LARGEST + 1), "smaller than 2 MB"),
    ],
)
def test_what_is_no_list_is_not_taken(web, name, data, said):
    answer = web.sign_in("lena").post("/administration/import/people", files={"file": (name, data, "text/csv")})
    assert answer.status_code == 422
    assert said in answer.text, answer.text[-3000:]


def test_a_workbook_that_unpacks_to_far_more_is_not_opened(web):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", b"")
        archive.writestr("xl/workbook.xml", b"\0" * (carrying.UNPACKED + 1))
    assert len(packed.getvalue()) < carrying.LARGEST
    answer = send(web.sign_in("lena"), "people", packed.getvalue(), "people.xlsx")
    assert answer.status_code == 422
    assert "far more than can be read here" in answer.text


@pytest.mark.parametrize("piece", ["", "###", "QQ"])
def test_what_comes_back_broken_is_asked_for_again(web, piece):
    answer = web.sign_in("lena").post(
        "/administration/import/people", data={"piece": piece, "confirmed": "yes", "command": "e" * 32}
    )
    assert answer.status_code == 422


def test_no_file_chosen(web):
    answer = web.sign_in("lena").post("/administration/import/people", data={"command": "e" * 32})
    assert answer.status_code == 422
    assert "Choose a file" in answer.text
