"""One line a request, in which nothing is of what was asked, sent or typed."""

from __future__ import annotations

import asyncio
import io
import json
import logging
import re

import pytest
from fastapi import FastAPI, Request
from fastapi.testclient import TestClient
from starlette.staticfiles import StaticFiles

from kit.served import Lines
from reviewflow.errors import BadInput, Fault, StoreUnreachable
from reviewflow.following.notices import Notice
from reviewflow.web.logging import Log, listening_to_libraries, place
from reviewflow.web.visiting import cookie_name
from reviewflow.web.watching import Watching
from web.conftest import NOW

SECRET = "Hester.Hazelnut"


class Closed(io.StringIO):
    """A stream that nobody reads."""

    def write(self, _text: str) -> int:
        raise BrokenPipeError


def _watched(app, lines):
    log = Log(lines, plain=False)
    return TestClient(
        Watching(app, [log.seen], lambda error, one: log.failed(error, request=one)), raise_server_exceptions=False
    )


@pytest.fixture
def lines():
    return Lines()


@pytest.fixture
def app(tmp_path):
    """An application in which everything that is asked can be the reason of an error."""
    app = FastAPI()

    @app.get("/people/{person}")
    def person(person: str, q: str = "") -> dict[str, str]:
        return {"person": person, "q": q}

    @app.post("/broken/{person}")
    async def broken(person: str, request: Request) -> None:
        body = await request.body()
        raise RuntimeError(f"{person} {body!r} {request.headers} {request.cookies}")

    @app.post("/refused/{person}")
    def refused(person: str) -> None:
        raise BadInput("the form", [Fault("name", person, "want another")])

    @app.get("/late")
    def late() -> None:
        logging.getLogger("sqlalchemy.pool").error("cannot connect as %s", SECRET)
        raise LookupError(SECRET)

    (tmp_path / f"{SECRET}.txt").write_text("x")
    app.mount("/static", StaticFiles(directory=tmp_path))
    return app


def test_a_request_is_one_line_of_known_parts(app, lines):
    answer = _watched(app, lines).get("/people/ada")
    [line] = lines.told()
    assert list(line) == ["at", "event", "method", "route", "status", "ms", "request"]
    assert (line["event"], line["method"], line["route"], line["status"]) == ("request", "GET", "/people/{person}", 200)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", line["at"])
    assert line["request"] == answer.headers["x-request-id"]
    assert line["ms"] >= 0


def test_secrets_in_path_query_headers_cookies_and_body_leave_nothing_in_the_log(app, lines):
    browser = _watched(app, lines)
    headers = {
        "authorization": f"Bearer {SECRET}", "cookie": f"session={SECRET}", "x-forwarded-for": SECRET,
        "user-agent": SECRET, "referer": f"https://{SECRET}.example/", "x-request-id": SECRET, "origin": SECRET,
    }  # fmt: skip
    for address in (
        f"/people/{SECRET}?q={SECRET}",
        f"/{SECRET}/%0a{SECRET}?{SECRET}",
        f"/static/{SECRET}.txt",
        "/late",
    ):
        browser.get(address, headers=headers)
    for address in (f"/broken/{SECRET}", f"/refused/{SECRET}", f"/people/{SECRET}"):
        browser.post(address, headers=headers, data={SECRET: SECRET}, files={SECRET: (SECRET, SECRET.encode())})
    browser.request(SECRET, "/late", headers=headers)
    told = [(line["method"], line["route"], line["status"]) for line in lines.told("request")]
    assert told == [
        ("GET", "/people/{person}", 200), ("GET", "(none)", 404), ("GET", "(static)", 200), ("GET", "/late", 500),
        ("POST", "/broken/{person}", 500), ("POST", "/refused/{person}", 500), ("POST", "/people/{person}", 405),
        ("OTHER", "/late", 405),
    ]  # fmt: skip
    assert SECRET not in lines.getvalue()


def test_an_error_is_told_by_its_kind_its_place_and_its_request(app, lines):
    answer = _watched(app, lines).post("/broken/x")
    failed, request = lines.told()
    assert failed["error"] == "RuntimeError"
    assert failed["request"] == request["request"] == answer.headers["x-request-id"]
    assert set(failed) == {"at", "event", "error", "place", "request"}
    assert (answer.status_code, answer.text) == (500, "Something is wrong with this service. It was noted.") or (
        answer.text == "Internal Server Error"
    )


def test_an_error_after_the_answer_began_is_told_too(lines):
    async def half(_scope, _receive, send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        raise ValueError(SECRET)

    sent = []

    async def send(message) -> None:
        sent.append(message["type"])

    log = Log(lines, plain=False)
    watching = Watching(half, [log.seen], lambda error, one: log.failed(error, request=one))
    asyncio.run(watching({"type": "http", "method": "GET"}, None, send))
    assert sent == ["http.response.start"]  # there is no second answer
    assert [line["event"] for line in lines.told()] == ["failed", "request"]
    assert SECRET not in lines.getvalue()


def test_who_left_before_there_was_an_answer_is_told_as_499(lines):
    async def nothing(_scope, _receive, _send) -> None:
        return

    _watched(nothing, lines).get("/")
    assert [line["status"] for line in lines.told()] == [499]


def test_no_two_requests_have_the_same_id(app, lines):
    browser = _watched(app, lines)
    assert len({browser.get("/people/x").headers["x-request-id"] for _ in range(20)}) == 20


def test_the_place_of_an_error_is_in_our_own_code_where_there_is_any():
    with pytest.raises(BadInput) as caught:
        _asked_wrongly()
    assert re.fullmatch(r"events/asked\.py:\d+", place(caught.value))
    with pytest.raises(ValueError, match="literal") as caught:
        int("x")
    assert re.fullmatch(r"test_web_logging\.py:\d+", place(caught.value))
    assert place(ValueError("never raised")) == "unknown"


def _asked_wrongly() -> None:
    from reviewflow.events import Asked

    Asked(id="", at=NOW, by="x", entered_by="x")


def test_libraries_are_heard_without_their_words(lines):
    logger = logging.getLogger("some.library")
    with listening_to_libraries(Log(lines, plain=False)):
        logger.info("said %s", SECRET)
        logger.warning("said %s", SECRET)
        logging.getLogger("uvicorn.access").warning("GET /%s", SECRET)
        try:
            _ = {}[SECRET]
        except KeyError:
            logger.exception(SECRET)
    logger.warning("afterwards")
    first, second = lines.told()
    assert (first["logger"], first["level"]) == ("some.library", "warning")
    assert re.fullmatch(r"test_web_logging:\d+", first["place"])
    assert (second["level"], second["error"]) == ("error", "KeyError")
    assert SECRET not in lines.getvalue()


def test_notices_of_followers_are_lines_too(lines):
    Log(lines, plain=False).notice(Notice(NOW, "broken", {"follower": "activity", "position": 7, "why": "our words"}))
    [line] = lines.told("broken")
    assert (line["follower"], line["position"], line["why"]) == ("activity", 7, "our words")


def test_the_page_that_says_that_something_is_wrong_gives_the_number_of_its_line(still, lines, monkeypatch):
    def away(*_args: object) -> None:
        raise StoreUnreachable(SECRET, SECRET)

    browser = _watched(still.app, lines)
    monkeypatch.setattr(type(still.site.sessions), "find", away)
    answer = browser.get("/work", headers={"cookie": f"{cookie_name(still.site)}={SECRET}"})
    [line] = lines.told()
    assert answer.status_code == line["status"] == 503
    assert line["request"] in answer.text
    assert SECRET not in lines.getvalue()
    assert SECRET not in answer.text


def test_a_line_stays_one_line_and_colours_nothing():
    for plain in (True, False):
        lines = Lines()
        Log(lines, plain=plain).tell("odd", what="one\ntwo \x1b[31mred \u2028 \u202e")
        assert len(lines.getvalue().splitlines()) == 1
        assert lines.getvalue().strip().isprintable()


def test_for_people_it_is_words():
    lines = Lines()
    Log(lines, plain=True).tell("serving", address="http://127.0.0.1:8000", names=["a", "b"], why="two words", none="")
    assert re.fullmatch(
        r"2\S+Z serving address=http://127\.0\.0\.1:8000 names=a,b why=\"two words\" none=\"\"\n", lines.getvalue()
    )


def test_a_stream_that_nobody_reads_stops_nothing(app):
    Log(Closed()).tell("anything")
    assert _watched(app, Closed()).get("/people/x").status_code == 200


def test_json_lines_hold_only_json(lines):
    Log(lines, plain=False).tell("x", at_all=NOW, number=1.5, nothing=None)
    assert json.loads(lines.getvalue())["at_all"] == str(NOW)
