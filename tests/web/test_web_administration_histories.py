"""Past reviews on the pages: rehearsed, then taken row by row; what is refused is told, what is hostile is not read."""

import gzip
import re

import pytest

from history.imports import HEADER
from history.imports import SIMPLE as MAPPING
from reviewflow.web.administration import histories

PAGE = "/administration/import/history"
PAST = (
    f"{HEADER}"
    "Invented Tool,2026-11-01,submitted,\n"
    "Invented Tool,2026-11-02,editor,Edith Madeup\n"
    "Invented Tool,2026-11-31,remark,There is no such day\n"
    "Invented Tool,2026-11-05,noise,\n"
)


def send(client, data, file="past.csv", **beside: str):
    content = data.encode() if isinstance(data, str) else data
    return client.post(PAGE, files={"file": (file, content, "text/csv")}, data=beside)


def confirm(client, looked):
    """What the browser sends back of the page on which the file was looked at."""
    form = looked.text.partition(f'action="{PAGE}"')[2]
    data = dict(re.findall(r'(?s)name="(command|read|mapping|programme|partnership)" value="([^"]*)"', form))
    data["mapping"] = data["mapping"].replace("&#34;", '"')
    data["piece"] = re.findall(r'name="piece" value="([^"]+)"', form)
    return client.post(PAGE, data={**data, "confirmed": "yes"}, files={"none": ("", b"")})


@pytest.fixture
def reviewing(web):
    """Somebody who may bring in the past of software reviews."""
    client = web.sign_in("ada")
    client.post("/administration/import/workflow", data={"shipped": "open-software-review", "confirmed": "yes"})
    return client


def test_it_is_rehearsed_then_recorded_and_again_changes_nothing(web, reviewing):
    before = web.position()
    looked = send(reviewing, PAST, read="own", mapping=MAPPING)
    assert looked.status_code == 200, looked.text
    for expected in ("Nothing is recorded yet", "1 review, 4 rows", "Rows that would become events: 2",
                     "would be refused: 1", "noise says nothing", "31"):  # fmt: skip
        assert expected in looked.text
    assert web.position() == before
    done = confirm(reviewing, looked)
    assert done.status_code == 200
    assert "were added" in done.text
    after = web.position()
    assert after > before
    assert "Rows from an earlier import: 2" in confirm(reviewing, looked).text
    assert (
        "There is nothing to record"
        in send(reviewing, gzip.compress(PAST.encode()), "past.csv.gz", read="own", mapping=MAPPING).text
    )
    assert web.position() == after
    assert "invented-tool" in reviewing.get("/cycles?find=Invented+Tool").text.lower()


def test_a_mapping_that_comes_with_reviewflow_needs_no_text(web, reviewing):
    rows = "Submission,When,What,Who,Note\nOther Tool,2026-11-01,submitted,,\n"
    looked = send(reviewing, rows, read="example")
    assert "Rows that would become events: 1" in looked.text
    assert "were added" in confirm(reviewing, looked).text


def test_an_export_is_taken_over_as_it_is_by_administrators_alone(web):
    client, before = web.sign_in("ada"), web.position()
    exported = web.api("ada").get("/api/exports/histories", params={"format": "jsonl"}).content
    looked = send(client, exported, "all.jsonl", read="export")
    assert "Reviews that are here already" in looked.text, looked.text
    assert "There is nothing to record" in looked.text
    assert 'value="export"' not in web.sign_in("mona").get(PAGE).text
    assert send(web.sign_in("mona"), exported, "all.jsonl", read="export").status_code == 422
    odd = send(client, PAST, read="export")
    assert odd.status_code == 422
    assert "choose or paste a mapping" in odd.text
    assert web.position() == before


def test_what_is_wrong_is_told_at_its_place(web, reviewing):
    before = web.position()
    answer = send(reviewing, PAST, read="own", mapping="mapping: x\nrows: 7\n")
    assert answer.status_code == 422
    assert "line " in answer.text.lower()
    assert "rows: 7" in answer.text
    for beside, at in (({}, "read"), ({"read": "own"}, "mapping"), ({"read": "none"}, "read"),
                       ({"read": "example", "partnership": "nowhere"}, "partnership")):  # fmt: skip
        answer = send(reviewing, PAST, **beside)
        assert answer.status_code == 422
        assert f'href="#{at}"' in answer.text, beside
        assert f'id="{at}"' in answer.text
    assert "no such columns" in send(reviewing, "Other,Columns\n1,2\n", read="own", mapping=MAPPING).text.replace(
        "Case", "no such columns"
    )
    assert web.position() == before


@pytest.mark.parametrize(
    ("file", "data", "said"),
    [
        ("past.csv", b"", "empty"),
        ("past.csv", b"Case,When\n\xff\xfe\x81\xfa,1\n", "UTF-8"),
        ("past.xes", b'<!DOCTYPE l [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><log>&b;</log>', "DOCTYPE"),
        ("past.xes", b"<log>" + b"<trace>" * 50_000, "Where"),
        ("past.csv.gz", gzip.compress(b"0" * (60 * 1024 * 1024)), "What is wrong"),
        ("past.xlsx", b"PK", "must end in"),
        ("past.csv", b"Case,When,What,Who\n" + b"a,2026-01-01,noise,\n" * 5_001, "5,000 rows"),
    ],
)
def test_a_hostile_file_is_answered_with_what_is_wrong(web, reviewing, file, data, said):
    before = web.position()
    answer = send(reviewing, data, file, read="own", mapping=MAPPING)
    assert answer.status_code == 422
    assert said.lower() in answer.text.lower(), re.findall(r"(?s)<main.*</main>", answer.text)
    assert web.position() == before


def test_a_mapping_that_looks_into_files_of_the_server_is_not_followed(web, reviewing):
    tables = 'tables:\n  people: {file: /etc/passwd, key: "{Who}", keyed_by: "{Short}"}\nrows:'
    answer = send(reviewing, PAST, read="own", mapping=MAPPING.replace("rows:", tables))
    assert answer.status_code == 422
    assert "root:" not in answer.text


def test_what_would_take_too_long_is_for_the_command_line(web, reviewing, monkeypatch):
    monkeypatch.setattr(histories, "MOST_REHEARSED", 1)
    answer = send(reviewing, PAST, read="own", mapping=MAPPING)
    assert answer.status_code == 422
    assert "command line" in answer.text


@pytest.mark.parametrize("name", ["lena", "hanna", "otto", "bea"])
def test_whoever_may_not_is_shown_no_form(web, name):
    client, before = web.sign_in(name), web.position()
    assert client.get(PAGE).status_code == 403
    assert send(client, PAST, read="own", mapping=MAPPING).status_code == 403
    assert web.position() == before
