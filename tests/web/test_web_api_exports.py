"""Files taken away by the API: with the eyes of whoever asks, made while they are sent, whole or visibly not."""

import asyncio
import csv
import io
import json
import zipfile
from typing import Any

import pytest

from reviewflow.asking.question import asking
from reviewflow.exchange import open_rows
from reviewflow.exchange.held import Held
from reviewflow.history.exporting import Chosen, exported
from reviewflow.web.api import exports_asked, streaming
from reviewflow.web.api.streaming import Streamed, Turns, gathered
from web.neighbourhood import NOTE


def told(answer, status, kind):
    assert (answer.status_code, answer.json()["type"]) == (status, f"/api/problems/{kind}"), answer.text
    return answer.json()


def histories(web, name, **asked: Any):
    return web.api(name, "read").get("/api/exports/histories", params={"format": "jsonl", **asked})


def handles(answer):
    assert answer.status_code == 200, answer.text
    return {json.loads(line)["case"]["concept:name"] for line in answer.text.splitlines()}


@pytest.mark.parametrize("form", ["csv", "jsonl", "xes"])
def test_every_event_comes_out_in_every_format(still, form):
    answer = histories(still, "otto", format=form)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-disposition"].startswith(f'attachment; filename="histories.{form}"')
    assert "content-length" not in answer.headers
    with open_rows(Held(f"x.{form}", answer.content), unquoted=True) as rows:
        found = list(rows)
    with asking(still.installation, still.id("otto")) as question:
        whole = [one for made in exported(question, Chosen((), {}), names=True) for one in made.events]
    assert len(found) == len(whole) > 20


def test_the_same_as_the_command_line_writes(still, tmp_path):
    from reviewflow.exchange import writer
    from reviewflow.history.export import columns, write

    file = tmp_path / "all.csv"
    with asking(still.installation, still.id("mona")) as question, writer("csv", file, columns=columns()) as to:
        for made in exported(question, Chosen((), {}), names=False):
            write(to, "csv", made)
    answer = histories(still, "mona", format="csv", names="false")
    assert answer.content == file.read_bytes()


def test_whose_eyes_see_it(still):
    everything = {"hazel-2026-1", "willow-2026-1", "oak-2026-1"}
    assert handles(histories(still, "ada")) == everything
    assert handles(histories(still, "otto")) == everything
    for name in ("lena", "hanna", "bea", "vera", "omar", "esme"):
        told(histories(still, name), 403, "not-permitted")
        told(histories(still, name, cycle="oak-2026-1"), 403, "not-permitted")
    assert NOTE not in histories(still, "ada").text
    assert NOTE not in histories(still, "otto").text


def test_a_school_exports_nobody_of_another_partnership(still):
    lead = still.api("lena", "read").get("/api/exports/people", params={"format": "csv", "sheet": "People"})
    assert lead.status_code == 200, lead.text
    seen = {row["email"] for row in csv.DictReader(io.StringIO(lead.text.removeprefix("\ufeff")))}
    assert still.email("hanna") in seen
    assert not seen & {still.email(one) for one in ("omar", "esme", "vera")}
    memberships = still.api("lena", "read").get("/api/exports/people", params={"format": "csv", "sheet": "Memberships"})
    assert memberships.status_code == 200
    told(still.api("hanna", "read").get("/api/exports/people"), 403, "not-permitted")


def test_an_auditor_of_another_programme_takes_nothing_away(web):
    ada = web.api("ada")
    made = ada.post("/api/programmes", json={"name": "Other Invented Programme", "time_zone": "Europe/London"})
    other = made.json()["handle"]
    for name, role in (("bea", "auditor"), ("chloe", "programme_manager")):
        grant = {"role": role, "in": other, "since": "2026-09-01"}
        assert ada.post(f"/api/people/{web.id(name)}/roles", json=grant).status_code == 200
        out = histories(web, name)
        assert (out.status_code, out.text) == (200, ""), out.text[:300]
        told(histories(web, name, cycle="hazel-2026-1"), 403, "not-permitted")


def test_what_goes_out_can_come_in_again(still):
    client = still.api("ada")
    book = client.get("/api/exports/people")
    assert zipfile.ZipFile(io.BytesIO(book.content)).testzip() is None
    again = client.post("/api/imports/people", files={"file": ("people.xlsx", book.content)}, data={"dry_run": "true"})
    assert again.json()["outcomes"] == {"new": 0, "changed": 0, "same": again.json()["rows"], "refused": 0}, again.text


def test_only_some_of_them_and_on_another_day(still):
    assert handles(histories(still, "ada", partnership="valley")) == {"oak-2026-1"}
    assert handles(histories(still, "ada", cycle=["oak-2026-1", "willow-2026-1", "oak-2026-1"])) == {
        "oak-2026-1",
        "willow-2026-1",
    }
    assert handles(histories(still, "ada", year="1999-00")) == set()
    assert histories(still, "ada", as_of="2000-01-01").text == ""
    for wrong in ({"cycle": "nope"}, {"partnership": "nope"}, {"cycle": "oak-2026-1", "year": "2026-27"}):
        told(histories(still, "ada", **wrong), 422, "wrong-input")
    told(histories(still, "ada", format="pdf"), 422, "wrong-input")


def test_names_may_stay_at_home(still):
    with_names, without = histories(still, "ada").text, histories(still, "ada", names="false").text
    lena = "Lena" in with_names
    assert lena
    assert "Lena" not in without


def test_not_too_many_at_once_and_every_turn_is_given_back(still, monkeypatch):
    turns = Turns(1)
    monkeypatch.setattr(exports_asked, "TURNS", turns)
    for asked in ({}, {"cycle": "nope"}, {"format": "csv"}, {"partnership": "nope"}, {}):
        histories(still, "ada", **asked)
    told(histories(still, "bea"), 403, "not-permitted")
    give_back = turns.take()
    busy = histories(still, "ada")
    told(busy, 503, "not-available")
    assert busy.headers["retry-after"]
    give_back()
    assert histories(still, "ada").status_code == 200


def stream(pieces, given, *, fails=False, leaves_after=None):
    """What is sent of an answer, and how it ends."""
    sent, left = [], asyncio.Event()

    async def send(message):
        if fails and sent:
            raise OSError("whoever asked is gone")
        sent.append(message)
        if len(sent) == leaves_after:
            left.set()

    async def receive():
        await left.wait()
        return {"type": "http.disconnect"}

    async def run():
        answer = Streamed(pieces, lambda: given.append("back"), {}, "text/csv")
        await answer({"type": "http"}, receive, send)

    try:
        asyncio.run(run())
    except Exception as error:  # noqa: BLE001 - it is looked at
        return sent, error
    return sent, None


def test_what_breaks_in_the_middle_has_no_end_and_gives_its_turn_back():
    closed, given = [], []

    def pieces(*, breaks):
        try:
            yield b"one"
            if breaks:
                raise RuntimeError("the store is gone")
            yield b"two"
        finally:
            closed.append("closed")

    whole, error = stream(pieces(breaks=False), given)
    assert (error, [one.get("body") for one in whole[1:]]) == (None, [b"one", b"two", b""])
    broken, error = stream(pieces(breaks=True), given)
    assert isinstance(error, RuntimeError)
    assert broken[-1] == {"type": "http.response.body", "body": b"one", "more_body": True}
    _, error = stream(pieces(breaks=False), given, fails=True)
    assert isinstance(error, OSError)
    assert (given, closed) == (["back"] * 3, ["closed"] * 3)


def test_whoever_reads_too_slowly_is_cut_off(monkeypatch):
    monkeypatch.setattr(streaming, "GRACE", -1.0)
    given = []
    sent, error = stream((b"x" for _ in range(3)), given)
    assert isinstance(error, TimeoutError)
    assert (len(sent), given) == (2, ["back"])


def test_nothing_more_is_made_for_whoever_has_left():
    made, given = [], []

    def pieces():
        for n in range(100_000):
            made.append(n)
            yield b"x"

    sent, error = stream(pieces(), given, leaves_after=3)
    assert error is None
    assert len(made) < 1_000
    assert sent[-1]["more_body"] is True  # no end: it was not whole
    assert given == ["back"]


def test_pieces_are_neither_tiny_nor_all_of_it():
    pieces = list(gathered(("x" * 10 for _ in range(100)), size=95))
    assert {len(one) for one in pieces} == {100}
    assert b"".join(gathered(iter(()))) == b""
