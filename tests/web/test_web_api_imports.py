"""Whole files by the API: every row taken or refused with why, once, and nothing of a hostile one."""

import gzip
import io
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest

from reviewflow.web.api import imports_done, sent_files
from reviewflow.web.uploads import ROOM, Room

HEADER = "name,email,organisation,role,since\n"
PEOPLE = (
    HEADER
    + "Nora Madeup,nora@birch.example,birch,head,2026-09-01\n"
    + "Ned Madeup,ned@willow.example,willow,staff,2026-09-01\n"
)
DATA = Path(__file__).parents[1] / "registry" / "data"
REGISTER = (DATA / "gias.csv").read_bytes()
MAPPING = """
mapping: simple
workflow: open-software-review
case: "{Case}"
subject: {name: "{Case}", kind: project, register: true}
people: {register: true}
happened: "{When}"
rows:
  - {where: {What: submitted}, open: true}
  - {where: {What: editor}, assign: editor, person: "{Who}", instead: true}
  - {where: {What: remark}, note: "{Who}"}
  - {where: {What: noise}, ignore: noise says nothing}
"""
PAST = (
    "Case,When,What,Who\n"
    "Invented Tool,2026-11-01,submitted,\n"
    "Invented Tool,2026-11-02,editor,Edith Madeup\n"
    "Invented Tool,2026-11-31,remark,There is no such day\n"
    "Invented Tool,2026-11-05,noise,\n"
)


def send(client, what, data, name="people.csv", *, key=None, **fields: Any):
    data = data.encode() if isinstance(data, str) else data
    headers = {"idempotency-key": key} if key else {}
    return client.post(f"/api/imports/{what}", files={"file": (name, data)}, data=fields, headers=headers)


def told(answer, status, kind):
    assert (answer.status_code, answer.json()["type"]) == (status, f"/api/problems/{kind}"), answer.text
    return answer.json()


def test_people_are_rehearsed_then_recorded_once(web):
    client, before = web.api("lena"), web.position()
    tried = send(client, "people", PEOPLE, dry_run="true")
    assert tried.status_code == 200, tried.text
    assert (tried.json()["taken"], tried.json()["outcomes"]["new"]) == (True, 2)
    assert tried.json()["recorded"]
    assert web.position() == before
    done = send(client, "people", PEOPLE, key="once")
    assert done.json()["outcomes"]["new"] == 2, done.text
    assert [one["what"] for one in done.json()["noted"]]
    after = web.position()
    assert after == done.json()["position"] > before
    again = send(client, "people", PEOPLE, key="once")
    assert again.json()["repeated"] is True
    assert (again.json()["recorded"], web.position()) == (done.json()["recorded"], after)
    same = send(client, "people", PEOPLE)
    assert (same.json()["changed"], same.json()["outcomes"]["same"], web.position()) == (False, 2, after)
    other = client.post("/api/people", json={"name": "Una Madeup"}, headers={"idempotency-key": "once"})
    told(other, 422, "key-used")


def test_every_fault_comes_with_its_cell(web):
    client, before = web.api("lena"), web.position()
    bad = PEOPLE.replace("2026-09-01", "the 31st of June", 1).replace("willow,staff", "nowhere,staff")
    tried = send(client, "people", bad, dry_run="true")
    assert (tried.status_code, tried.json()["taken"], tried.json()["outcomes"]["refused"]) == (200, False, 2)
    where = {one["where"] for one in tried.json()["faults"]}
    assert any("E2" in one for one in where), where
    found = told(send(client, "people", bad), 422, "wrong-input")["faults"]
    assert {one["where"] for one in found} == where
    assert web.position() == before


def test_a_field_that_is_none_is_refused_and_nothing_is_recorded(web):
    before = web.position()
    for what, data in (("people", PEOPLE), ("organisations", REGISTER), ("histories", PAST), ("exports", PAST)):
        answer = send(web.api("ada"), what, data, **{"dry-run": "true"})
        assert [one["where"] for one in told(answer, 422, "wrong-input")["faults"]] == ["dry-run"]
        assert "dry_run" in answer.json()["faults"][0]["want"]
    sent = {"kind": "learning_summary", "text": "Seen", "dryrun": "true"}
    told(web.api("hanna").post(f"/api/cycles/{web.handle_of()}/evidence", data=sent), 422, "wrong-input")
    assert web.position() == before


def test_a_row_may_do_no_more_than_its_own_command(web):
    before = web.position()
    elsewhere = HEADER + "Nora Madeup,nora@oak.example,oak,head,2026-09-01\n"  # of the other partnership
    tried = send(web.api("lena"), "people", elsewhere, dry_run="true").json()
    assert (tried["taken"], tried["outcomes"]["refused"]) == (False, 1)
    assert tried["unmet"] or tried["faults"]
    answer = send(web.api("lena"), "people", elsewhere)
    assert answer.status_code in (403, 409, 422), answer.text
    told(send(web.api("bea"), "people", PEOPLE), 403, "not-permitted")
    assert web.position() == before


def test_several_files_and_how_dates_are_written(web):
    client = web.api("lena")
    files = [
        ("file", ("people.csv", PEOPLE.replace("2026-09-01", "1/9/2026").encode())),
        ("file", ("roles.csv", b"person,role,in,since\nnora@birch.example,staff,willow,2/9/2026\n")),
    ]
    found = told(client.post("/api/imports/people", files=files), 422, "wrong-input")["faults"]
    assert any("`dates` dmy" in one["want"] for one in found), found
    assert "--" not in client.post("/api/imports/people", files=files).text
    done = client.post("/api/imports/people", files=files, data={"dates": "dmy"})
    assert done.status_code == 200, done.text
    assert [one["kind"] for one in done.json()["sheets"]] == ["People", "Roles"]


def test_the_template_can_be_sent_back(web):
    client = web.api("lena")
    book = client.get("/api/imports/people/template")
    assert book.headers["content-disposition"].startswith("attachment")
    tried = send(client, "people", book.content, "people.xlsx", dry_run="true")
    assert tried.status_code == 200, tried.text
    assert tried.json()["rows"] == 0
    text = client.get("/api/imports/people/template", params={"format": "csv", "sheet": "Roles"})
    assert text.text.splitlines()[0].startswith("\ufeffperson")
    told(client.get("/api/imports/people/template", params={"format": "csv"}), 422, "wrong-input")
    told(client.get("/api/imports/people/template", params={"sheet": "Pets"}), 422, "wrong-input")


def test_a_register_is_taken_once(web):
    client, before = web.api("mona"), web.position()
    tried = send(client, "organisations", REGISTER, "gias.csv", dry_run="true").json()
    assert (tried["taken"], tried["changed"], web.position()) == (True, True, before)
    done = send(client, "organisations", REGISTER, "gias.csv", key="register").json()
    assert done["outcomes"] == tried["outcomes"]
    after = web.position()
    again = send(client, "organisations", REGISTER, "gias.csv", key="register").json()
    assert (again["repeated"], web.position()) == (True, after)
    assert send(client, "organisations", REGISTER, "gias.csv").json()["changed"] is False


def test_rows_of_a_register_with_faults_are_told_and_left_out_only_when_asked(web):
    client, before = web.api("mona"), web.position()
    lines = REGISTER.splitlines(keepends=True)
    bad = b"".join([*lines[:2], lines[2].replace(lines[2].split(b",")[0], b"no-number", 1), *lines[3:]])
    tried = send(client, "organisations", bad, "gias.csv", dry_run="true").json()
    assert (tried["taken"], tried["skipped"]) == (False, 1)
    [fault] = tried["faults"]
    assert fault["where"].startswith("row 3")
    told(send(client, "organisations", bad, "gias.csv"), 422, "wrong-input")
    assert web.position() == before
    done = send(client, "organisations", bad, "gias.csv", skip_bad="true").json()
    assert (done["skipped"], done["changed"]) == (1, True)


def test_links_are_a_file_of_their_own(web):
    client = web.api("mona")
    links = next(iter(DATA.glob("*link*"))).read_bytes()
    told(send(client, "organisations", links, "links.csv"), 422, "wrong-input")
    assert send(client, "organisations", links, "links.csv", holds="links", dry_run="true").status_code in (200, 422)


@pytest.fixture
def reviewing(web):
    """A workflow of software reviews, and somebody who may bring in its past."""
    client = web.api("ada")
    assert client.post("/api/workflows", json={"shipped": "open-software-review"}).status_code == 200
    return client


def test_a_history_is_rehearsed_then_taken_row_by_row(web, reviewing):
    before = web.position()
    tried = send(reviewing, "histories", PAST, "past.csv", mapping=MAPPING, dry_run="true")
    assert tried.status_code == 200, tried.text
    assert web.position() == before
    done = send(reviewing, "histories", PAST, "past.csv", mapping=MAPPING, key="h").json()
    assert {**done, "dry_run": True} == tried.json()
    assert (done["accepted"], done["ignored"], done["refused"]) == (2, 1, 1), done
    [row] = done["refused_rows"]
    assert (row["case"], "31" in row["sentence"]) == ("Invented Tool", True), row
    after = web.position()
    assert after == before + done["events"]
    packed = send(reviewing, "histories", gzip.compress(PAST.encode()), "past.csv.gz", mapping=MAPPING).json()
    assert (packed["already"], packed["events"], web.position()) == (2, 0, after)


def test_a_mapping_that_fits_nothing_is_told_with_line_and_column(web, reviewing):
    before = web.position()
    found = told(send(reviewing, "histories", PAST, "past.csv", mapping="mapping: x\nrows: 7\n"), 422, "wrong-input")
    assert all(one["line"] for one in found["faults"]), found
    told(send(reviewing, "histories", PAST, "past.csv"), 422, "wrong-input")
    told(send(reviewing, "histories", PAST, "past.csv", shipped="none"), 422, "wrong-input")
    told(send(reviewing, "histories", PAST, "past.csv", mapping=MAPPING, shipped="example"), 422, "wrong-input")
    told(send(reviewing, "histories", "Other,Columns\n1,2\n", "past.csv", mapping=MAPPING), 422, "wrong-input")
    assert web.position() == before


def test_a_mapping_is_checked_without_a_file(web, reviewing):
    before, reader = web.position(), web.api("bea", "read")
    path = "/api/imports/histories/check"
    sound = reader.post(path, json={"mapping": MAPPING}).json()
    assert sound == {"sound": True, "faults": [], "mapping": "simple", "workflow": "open-software-review", "rules": 4}
    wrong = reader.post(path, json={"mapping": MAPPING.replace("assign: editor", "assign: edtor")}).json()
    assert (wrong["sound"], bool(wrong["faults"][0]["line"])) == (False, True)
    for odd in ({}, {"shipped": "none"}, {"mapping": MAPPING.replace("open-software-review", "no-such-workflow")}):
        told(reader.post(path, json=odd), 422, "wrong-input")
    there = reader.get("/api/imports/histories/mappings").json()
    for body in ({"shipped": one} for one in there["shipped"]):
        assert reader.post(path, json=body).json()["sound"] is True
    assert reader.post(path, json={"mapping": there["example"]}).json()["sound"] is True
    assert web.position() == before


def test_further_files_come_under_the_names_that_the_mapping_has(web, reviewing):
    mapping = MAPPING.replace(
        "rows:", 'tables:\n  people: {file: people.csv, key: "{Who}", keyed_by: "{Short}"}\nrows:'
    )
    past, short = ("past.csv", PAST.encode()), ("people.csv", b"Short,Name\nEdith Madeup,Edith Madeup\n")
    data = {"mapping": mapping, "dry_run": "true"}
    without = told(reviewing.post("/api/imports/histories", files={"file": past}, data=data), 422, "wrong-input")
    assert "people.csv" in without["faults"][0]["want"]
    whole = [("file", past), ("tables", short)]
    assert reviewing.post("/api/imports/histories", files=whole, data=data).status_code == 200
    odd = [*whole, ("tables", ("other.csv", b"a,b\n1,2\n"))]
    told(reviewing.post("/api/imports/histories", files=odd, data=data), 422, "wrong-input")


def test_what_was_exported_is_taken_over_and_found_again(web):
    client = web.api("ada")
    out = client.get("/api/exports/histories", params={"format": "jsonl"})
    before = web.position()
    for name, data in (("all.jsonl", out.content), ("all.jsonl.gz", gzip.compress(out.content))):
        done = send(client, "exports", data, name).json()
        assert (done["unchanged"], done["refused"], done["taken_over"], web.position()) == (2, 1, 0, before), done
        assert done["reasons"]  # what its author alone may read is not in the file: it is another history
    changed = out.content.replace(b"2026-27", b"2025-26")
    assert send(client, "exports", changed, "all.jsonl", dry_run="true").json()["refused"] == 3
    told(send(web.api("mona"), "exports", out.content, "all.jsonl"), 403, "not-permitted")
    told(send(client, "exports", PAST, "past.csv"), 422, "wrong-input")


def test_a_rehearsal_in_a_large_store_is_for_the_command_line(web, reviewing, monkeypatch):
    monkeypatch.setattr(imports_done, "MOST_REHEARSED", 3)
    told(send(reviewing, "histories", PAST, "past.csv", mapping=MAPPING, dry_run="true"), 413, "too-large")


def workbook(parts=()):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in {"[Content_Types].xml": b"<x/>", "xl/workbook.xml": b"<x/>", **dict(parts)}.items():
            archive.writestr(name, data)
    return out.getvalue()


MANY = HEADER + "".join(f"Nora{n} Madeup,nora{n}@birch.example,birch,staff,2026-09-01\n" for n in range(100_000))
FEWER = HEADER + "".join(f"N{n} M,,,,\n" for n in range(5_001))
HOSTILE = [
    ("not UTF-8 as it says", "people.csv", "name,email\nÅsa,".encode("utf-16")[:41], (422,)),
    ("a zip bomb", "people.xlsx", workbook({"xl/worksheets/sheet1.xml": b"0" * (41 * 1024 * 1024)}), (413,)),
    ("a damaged workbook", "people.xlsx", workbook()[:-20], (422,)),
    ("no workbook inside", "people.xlsx", PEOPLE.encode(), (422,)),
    ("macros", "people.xlsx", workbook({"xl/vbaProject.bin": b"x"}), (422,)),
    ("100,000 rows", "people.csv", MANY.encode(), (413,)),
    ("5,001 rows", "people.csv", FEWER.encode(), (413,)),
    ("a million short rows", "people.csv", HEADER.encode() + b"x\n" * 900_000, (413,)),
    ("a million empty rows", "people.csv", HEADER.encode() + b"\r\n" * 900_000, (413,)),
    ("a million columns", "people.csv", b"name,email" + b",x" * 900_000 + b"\n", (413,)),
    (
        "a sheet of a million cells in a row",
        "people.xlsx",
        workbook({"xl/worksheets/sheet1.xml": b"<row>" + b"<c><v>1</v></c>" * 1_000_000 + b"</row>"}),
        (413,),
    ),
    ("wrong columns", "people.csv", b"cat,dog\nTom,Rex\n", (422,)),
    ("a page", "people.csv", b"<!doctype html><script>alert(1)</script>", (422,)),
    ("nothing", "people.csv", b"", (422,)),
    ("a path", "../../people.csv", PEOPLE.encode(), (422,)),
    ("a program", "people.exe", b"MZ", (422,)),
]


@pytest.mark.parametrize(("name", "data", "statuses"), [one[1:] for one in HOSTILE], ids=[one[0] for one in HOSTILE])
def test_a_hostile_file_is_answered_with_what_is_wrong(still, name, data, statuses):
    before = still.position()
    for what in ("people", "organisations", "histories", "exports"):
        fields = {"mapping": MAPPING} if what == "histories" else {}
        answer = send(still.api("ada"), what, data, name, **fields)
        allowed = statuses if what == "people" else (413, 422)
        assert answer.status_code in allowed, (what, answer.status_code, answer.text[:500])
        found = answer.json()
        assert found["detail"]
        assert found.get("faults") or answer.status_code == 413
    assert still.position() == before


def test_what_looks_like_a_formula_is_a_text_and_goes_out_as_one(web):
    client = web.api("ada")
    done = send(client, "people", HEADER + '"=HYPERLINK(""http://x"")",n@birch.example,birch,staff,\n')
    assert done.json()["outcomes"]["new"] == 1, done.text
    out = client.get("/api/exports/people", params={"format": "csv", "sheet": "People"}).text
    [line] = [one for one in out.splitlines() if "HYPERLINK" in one]
    assert line.startswith("\"'=HYPERLINK")


def test_a_gzip_bomb_is_let_go(web, reviewing):
    bomb = gzip.compress(PAST.encode() + b"x" * 60_000_000)
    assert len(bomb) < 100_000
    told(send(reviewing, "histories", bomb, "past.csv.gz", mapping=MAPPING), 422, "wrong-input")


def test_too_many_files_and_too_many_at_once(web, monkeypatch):
    client, before = web.api("lena"), web.position()
    files = [("file", (f"{n}.csv", PEOPLE.encode())) for n in range(9)]
    told(client.post("/api/imports/people", files=files), 413, "too-large")
    monkeypatch.setattr(sent_files, "ROOM", Room(10))
    answer = send(client, "people", PEOPLE)
    told(answer, 503, "not-available")
    assert answer.headers["retry-after"]
    assert web.position() == before


def test_room_is_given_back_whatever_happened(web):
    left = ROOM._left  # what a leak would show in
    for name, data in (("people.csv", PEOPLE.encode()), ("people.csv", b"cat\n1\n"), ("x.exe", b"x")):
        send(web.api("lena"), "people", data, name, dry_run="true")
    assert ROOM._left == left


def test_nothing_of_a_file_is_written_to_a_disk(web, monkeypatch):
    import tempfile

    def never(*_a: Any, **_k: Any):
        raise AssertionError("a file was written")

    monkeypatch.setattr(tempfile, "TemporaryFile", never)
    large = HEADER + "".join(f"N{n} Madeup {'x' * 400},,,,\n" for n in range(4_000))
    assert len(large) > 1024 * 1024
    answer = send(web.api("lena"), "people", large, dry_run="true")
    assert answer.status_code in (200, 422), answer.text[:300]


def test_a_token_that_may_only_read_brings_nothing_in(web):
    before = web.position()
    for what in ("people", "organisations", "histories", "exports"):
        told(send(web.api("ada", "read"), what, PEOPLE, dry_run="true"), 403, "token-may-only-read")
    assert web.position() == before


def test_a_report_has_nothing_that_is_no_json(web):
    assert json.loads(send(web.api("lena"), "people", PEOPLE, dry_run="true").text)
