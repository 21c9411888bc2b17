"""What is wrong with any form of administration is said as GOV.UK says it: first, and each beside its input."""

import html
import re

import pytest

DAY = {"day": "31", "month": "2", "year": "2026"}
NO_DAY = {f"{name}.{part}": value for name in ("since", "until", "completed", "on") for part, value in DAY.items()}
FORMS = (
    ("people/add", {"name": "", "email": "none", "organisation": "nowhere", **NO_DAY}),
    ("people/{bea}/roles", {"role": "", "in": "nowhere", **NO_DAY}),
    ("people/{bea}/roles", {"role": "Head of Nothing!", "in": "birch"}),
    ("people/{bea}/training", {"course": "", **NO_DAY}),
    ("people/{bea}/training", {"course": "Not A Course", "completed.day": "1", "completed.month": "1",
                               "completed.year": "2026"}),
    ("people/{bea}/training/withdraw", {"training": "{course}", "why": ""}),
    ("people/{bea}/training/withdraw", {"training": "none", "why": "x"}),
    ("organisations/add", {"name": "", "kind": "castle", "urn": "?", "handle": "!"}),
    ("partnerships/add", {"name": "", "programme": "none", "handle": "!"}),
    ("partnerships/cluster/join", {"organisation": "", **NO_DAY}),
    ("partnerships/cluster/join", {"organisation": "nowhere", **NO_DAY}),
    ("partnerships/cluster/leave", {"organisation": "nowhere"}),
    ("programmes/add", {"name": "", "time_zone": "", "backdating_days": "x", "handle": "!"}),
    ("import/people", {}),
    ("import/organisations", {}),
    ("import/workflow", {}),
    ("import/calendar", {"of": "nowhere"}),
    ("import/history", {"read": "none"}),
)  # fmt: skip


@pytest.mark.parametrize(("path", "sent"), FORMS, ids=[f"{n} {path}" for n, (path, _) in enumerate(FORMS)])
def test_faults_come_first_and_lead_to_their_inputs(web, path, sent):
    client, bea = web.sign_in("ada"), web.id("bea")
    done = {"course": "first-aid", "completed.day": "1", "completed.month": "6", "completed.year": "2026"}
    client.post(f"/administration/people/{bea}/training", data=done)
    course = re.search(r'name="training" value="(\w+)"', client.get(f"/administration/people/{bea}").text)[1]
    before = web.position()
    sent = {name: value.replace("{course}", course) for name, value in sent.items()}
    answer = client.post(f"/administration/{path.format(bea=bea)}", data=sent)
    text = answer.text
    assert answer.status_code == 422, text
    assert "<title>Error: " in text
    main = text[text.index("<main") :]
    assert main.index("There is a problem") < main.index("<h1")
    listed = re.findall(r"<li>\s*(?:<a href=\"#([^\"]+)\">)?\s*([^<]+)", main[: main.index("<h1")])
    assert listed
    for at, said in listed:
        assert html.unescape(said).strip()[0].isupper() or said.strip()[0] in "“&", said
        if at:
            assert f'id="{at}"' in main, at
            name = at.removesuffix(".day")
            assert f'id="{name}-error"' in main, name
            assert re.search(rf'aria-describedby="[^"]*\b{re.escape(name)}-error', main), name
    assert web.position() == before


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("people/{bea}/roles", {"role", "in", "since.day", "until.day"}),
        ("people/{bea}/training", {"course", "completed.day", "valid_until.day"}),
        ("partnerships/cluster/join", {"organisation", "on.day"}),
    ],
)
def test_all_of_a_form_is_said_at_once(web, path, expected):
    bad = {"role": "", "in": "nowhere", "course": "", "organisation": "nowhere", **NO_DAY,
           **{f"valid_until.{part}": value for part, value in DAY.items()}}  # fmt: skip
    answer = web.sign_in("ada").post(f"/administration/{path.format(bea=web.id('bea'))}", data=bad)
    assert set(re.findall(r'<a href="#([^"]+)">', answer.text)) - {"main-content"} == expected


@pytest.mark.parametrize("odd", ["\0", "\0hazel", "\u202ehazel", "x" * 5_000, "%00", "'; drop table cycles; --"])
@pytest.mark.parametrize("path", ["import/calendar", "import/history", "import/workflow", "programmes/add"])
def test_odd_texts_in_any_input_are_answered(web, path, odd):
    names = ("of", "name", "nation", "shipped", "against", "read", "mapping", "programme", "partnership", "workflow",
             "time_zone", "backdating_days", "handle", "command", "confirmed", "piece")  # fmt: skip
    client, before = web.sign_in("ada"), web.position()
    answer = client.post(f"/administration/{path}", data=dict.fromkeys(names, odd))
    assert answer.status_code == 422
    file = {"file": ("days.csv", b"kind,date,name\nclosed,2026-12-25,Christmas\n", "text/csv")}
    sent = {name: odd for name in names if name not in ("confirmed", "piece")}
    answer = client.post(f"/administration/{path}", data=sent, files=file)
    assert answer.status_code == 422
    assert client.get("/administration/calendars", params={"school": odd, "of": odd}).status_code == 422
    assert client.get("/administration/import/workflow", params={"shipped": odd}).status_code == 200
    assert web.position() == before
