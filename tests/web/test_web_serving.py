"""What reaches the application, and what does not: slow, large and broken requests over real connections."""

from __future__ import annotations

import asyncio
import socket
import threading

import pytest

from kit.served import read, served
from reviewflow.web.request_limits import RequestLimits
from reviewflow.web.watching import Watching

LIMIT = 10_000
GET = b"GET /a HTTP/1.1\r\nHost: x\r\n\r\n"
LAST = b"GET /last HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"


class App:
    """Counts what it is asked, reads the body, answers with its length and path. /wait waits until it may go on."""

    def __init__(self) -> None:
        self.asked, self.gone = [], 0
        self.may_go, self.waiting = threading.Event(), threading.Event()

    async def __call__(self, scope, receive, send) -> None:
        self.asked.append(scope["path"])
        length, more = 0, scope["path"] != "/at-once"
        while more:
            message = await receive()
            if message["type"] == "http.disconnect":
                self.gone += 1
                raise ConnectionError("whoever asked is gone")
            length, more = length + len(message["body"]), message["more_body"]
        if scope["path"] == "/wait":
            self.waiting.set()
            await asyncio.to_thread(self.may_go.wait, 20)
        if scope["path"] == "/large":
            await send({"type": "http.response.start", "status": 200, "headers": []})
            for _ in range(200):
                await send({"type": "http.response.body", "body": b"x" * 1_000_000, "more_body": True})
            self.asked.append("all taken")
        else:
            body = f"{scope['path']} {length} {scope['client'][0]} {scope['scheme']}".encode()
            headers = [(b"content-length", str(len(body)).encode())]
            await send({"type": "http.response.start", "status": 200, "headers": headers})
            await send({"type": "http.response.body", "body": body})


@pytest.fixture
def app():
    return App()


def _around(app):
    """What `serve` puts around the application; its errors are no news here."""
    return Watching(RequestLimits(app, form=LIMIT, files=LIMIT * 3), [], lambda _error, _one: None)


def post(body: bytes, *headers: bytes, told: int | None = None, path: bytes = b"/a") -> bytes:
    length = b"Content-Length: %d" % (len(body) if told is None else told)
    return b"\r\n".join((b"POST %s HTTP/1.1" % path, b"Host: x", b"Connection: close", length, *headers, b"", body))


def chunked(*chunks: bytes) -> bytes:
    head = b"POST /a HTTP/1.1\r\nHost: x\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n"
    return head + b"".join(b"%x\r\n%s\r\n" % (len(chunk), chunk) for chunk in chunks) + b"0\r\n\r\n"


@pytest.fixture
def hurried(app):
    """A server with little patience."""
    with served(_around(app), headers_within=0.3, body_grace=0.3, body_rate=100_000, read_within=0.3) as found:
        yield found


@pytest.fixture(scope="module")
def standing():
    """A server for all tests that leave it as it is."""
    app = App()
    with served(_around(app)) as found:
        found.app = app
        yield found


@pytest.fixture
def patient(standing):
    standing.app.asked.clear()
    standing.log.forget()
    return standing


SLOW_HEADERS = {
    "nothing at all": b"",
    "half a line": b"GET / HT",
    "half the headers": b"GET / HTTP/1.1\r\nHost: x\r\nX-Long: ",
}


@pytest.mark.parametrize("what", SLOW_HEADERS)
def test_who_sends(what, hurried, app):
    answer = hurried.ask(SLOW_HEADERS[what], close=False)
    assert answer.startswith(b"HTTP/1.1 408 ")
    assert app.asked == []


def test_who_sends_headers_byte_by_byte_gets_no_more_time_for_it(hurried, app):
    with hurried.connect() as link:
        try:
            for byte in GET * 1000:  # would take far longer than there is
                link.sendall(bytes([byte]))
                if threading.Event().wait(0.05) or app.asked:
                    break
        except OSError:
            pass
        assert app.asked == []
        assert read(link) in (b"", b"HTTP/1.1 408 Request Timeout\r\ncontent-length: 0\r\nconnection: close\r\n\r\n")


def test_headers_of_a_second_request_have_to_come_in_time_too(hurried, app):
    answer = hurried.ask(GET + b"GET /b HT", close=False)
    assert answer.startswith(b"HTTP/1.1 200 ")
    assert b"HTTP/1.1 408 " in answer
    assert app.asked == ["/a"]


@pytest.mark.parametrize("head", [post(b"", told=5000), chunked(b"x")[:-5]])
def test_a_body_that_does_not_come_ends_in_408_and_the_application_hears_that_nobody_is_there(hurried, app, head):
    assert hurried.ask(head, close=False).startswith(b"HTTP/1.1 408 ")
    assert app.asked == ["/a"]
    hurried.stop()
    assert hurried.ended()
    assert app.gone == 1


def test_a_body_that_comes_slowly_but_fast_enough_is_taken(app):
    # 0.2 seconds of grace, and a second more for each 100 bytes: eight parts take longer than the grace alone.
    with served(_around(app), body_grace=0.2, body_rate=100) as found, found.connect() as link:
        link.sendall(post(b"", told=800))
        for _ in range(8):
            threading.Event().wait(0.05)
            link.sendall(b"x" * 100)
        assert b"/a 800" in read(link)


def test_who_does_not_take_the_answer_is_let_go(hurried, app):
    with hurried.connect() as link:
        link.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        link.sendall(GET.replace(b"/a", b"/large"))
        while "all taken" not in app.asked:  # as soon as nobody is there, the rest goes nowhere
            threading.Event().wait(0.02)


def test_who_asks_nothing_more_is_let_go(app):
    with served(_around(app), timeout_keep_alive=0.2) as found:
        answer = found.ask(GET, close=False)
    assert answer.count(b"HTTP/1.1 200") == 1


TOO_LARGE = {
    "a length past the limit": post(b"x" * 20, told=LIMIT + 1),
    "a length past any": post(b"x", told=10**19),
    "a body past the limit": post(b"x" * (LIMIT + 1)),
    "chunks past the limit": chunked(b"x" * LIMIT, b"x"),
    "one chunk past it": chunked(b"x" * (LIMIT + 1)),
    "files past their limit": post(b"x" * (LIMIT * 3 + 1), b"Content-Type: multipart/form-data; boundary=y"),
}


@pytest.mark.parametrize("what", TOO_LARGE)
def test_413_for(what, patient):
    answer = patient.ask(TOO_LARGE[what])
    assert answer.startswith(b"HTTP/1.1 413 ")
    assert b"\r\nconnection: close\r\n" in answer.lower()
    assert b"Nothing was recorded" in answer
    assert answer.count(b"HTTP/1.1") == 1
    assert patient.app.asked in ([], ["/a"])


JUST_SMALL_ENOUGH = {
    "a form": (post(b"x" * LIMIT), LIMIT),
    "chunks": (chunked(b"x" * (LIMIT - 1), b"x"), LIMIT),
    "files": (post(b"x" * (LIMIT * 3), b"Content-Type: Multipart/Form-Data; boundary=y"), LIMIT * 3),
    "a file": (post(b"x" * (LIMIT * 3), b"Content-Type: application/octet-stream"), LIMIT * 3),
    "nothing": (post(b""), 0),
}


@pytest.mark.parametrize("what", JUST_SMALL_ENOUGH)
def test_200_for(what, patient):
    request, length = JUST_SMALL_ENOUGH[what]
    assert b"/a %d" % length in patient.ask(request)


def test_who_asks_before_sending_too_much_is_answered_before_it_is_sent(patient):
    answer = patient.ask(post(b"", b"Expect: 100-continue", told=LIMIT + 1), close=False)
    assert answer.startswith(b"HTTP/1.1 413 ")
    assert patient.app.asked == []


def test_who_sends_something_large_reads_the_answer_before_the_connection_ends(patient):
    # More than fits into the buffers between: the rest is read and thrown away, so that the answer is not lost.
    assert patient.ask(post(b"x" * 5_000_000)).startswith(b"HTTP/1.1 413 ")


GARBAGE = {
    "no protocol": b"hello\r\n\r\n",
    "TLS": bytes.fromhex("16030100f1010000ed0303") + bytes(100),
    "zeroes": bytes(5000),
    "an address past any size": b"GET /%s HTTP/1.1\r\nHost: x\r\n\r\n" % (b"a" * 40_000),
    "a query past any size": b"GET /?%s HTTP/1.1\r\nHost: x\r\n\r\n" % (b"a" * 40_000),
    "a length of very many digits": post(b"x", told=10**30),
    "two lengths": b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd",
    "a length that is no number": b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1e3\r\n\r\n",
    "a length below nothing": b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
    "an unknown coding": b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip, chunked\r\n\r\n",
    "no host": b"GET / HTTP/1.1\r\n\r\n",
    "two hosts": b"GET / HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n",
    "a line break in a header": b"GET / HTTP/1.1\r\nHost: x\r\nX: a\x00b\r\n\r\n",
    "headers past any size": b"GET / HTTP/1.1\r\nHost: x\r\nX: " + b"a" * 40_000 + b"\r\n\r\n",
    "very many headers": b"GET / HTTP/1.1\r\nHost: x\r\n" + b"X: abcd\r\n" * 10_000 + b"\r\n",
    "a rest that is no chunk": chunked(b"abc")[:-5] + b"zz\r\n",
}


@pytest.mark.parametrize("what", GARBAGE)
def test_no_sense_is_answered_400_and_never_understood(what, patient):
    answer = patient.ask(GARBAGE[what])
    assert answer.startswith((b"HTTP/1.1 400 ", b"HTTP/1.1 431 "))
    assert answer.count(b"HTTP/1.1") == 1
    assert b"Traceback" not in answer
    assert patient.app.asked in ([], ["/a"])
    assert b"200" in patient.ask(LAST).split(b"\r\n")[0]


def test_requests_sent_at_once_are_answered_in_their_order(patient):
    asked = [GET.replace(b"/a", b"/%d" % number) for number in range(50)]
    answer = patient.ask(b"".join(asked) + LAST)
    assert answer.count(b"HTTP/1.1 200") == 51
    assert patient.app.asked == [*(f"/{number}" for number in range(50)), "/last"]


SMUGGLED = b"GET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n"
TWO_LENGTHS = (
    b"POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + SMUGGLED
)


@pytest.mark.parametrize("length", [5, 5 + len(SMUGGLED), 0, 10**6])
def test_who_says_two_lengths_is_not_understood_at_all(length, patient):
    answer = patient.ask(TWO_LENGTHS % length)
    assert answer.startswith(b"HTTP/1.1 400 ")
    assert answer.count(b"HTTP/1.1") == 1
    assert patient.app.asked == []


def test_a_body_is_not_taken_for_the_next_request(patient):
    head = b"POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n" % len(SMUGGLED)
    patient.ask(head + SMUGGLED + LAST)
    assert patient.app.asked == ["/a", "/last"]


def test_a_body_that_nobody_wants_is_not_read_for_ever(hurried, app):
    with hurried.connect() as link:
        link.sendall(chunked(b"x").replace(b"/a", b"/at-once").replace(b"Connection: close\r\n", b"")[:-5])
        until(lambda: b"HTTP/1.1 200" in link.recv(1000))
        with pytest.raises(OSError):  # noqa: PT011 - reset, or a broken pipe
            _go_on(link)


def _go_on(link) -> None:
    while True:  # as fast as anybody may be
        link.sendall(b"3e8\r\n" + b"x" * 1000 + b"\r\n")
        threading.Event().wait(0.005)


def test_who_comes_when_too_many_are_there_is_turned_away(app):
    with served(_around(app), most_at_once=3) as found:
        links = [found.connect() for _ in range(5)]
        assert [read(link) for link in links[3:]] == [b"", b""]
        links.pop(0).close()
        until(lambda: b"HTTP/1.1 200" in _asked(found))
        for link in links:
            link.close()


def until(true) -> None:
    while not true():
        threading.Event().wait(0.02)


def _asked(found) -> bytes:
    try:
        return found.ask(LAST)
    except OSError:
        return b""


@pytest.mark.parametrize(
    "gone", [b"GE", GET[:-2], post(b"x", told=500), chunked(b"x")[:-5], GET.replace(b"/a", b"/large")]
)
def test_who_goes_away_in_the_middle_leaves_nothing_behind(gone, patient):
    with patient.connect() as link:
        link.sendall(gone)
        link.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")
    assert b"200" in patient.ask(LAST).split(b"\r\n")[0]


def test_what_libraries_say_is_logged_without_their_words(patient):
    patient.ask(b"GET /secret\x00path HTTP/1.1\r\nX-Secret: secret\r\n\r\n")
    [line] = patient.log.told()
    assert (line["event"], line["logger"], line["level"]) == ("library", "uvicorn.error", "warning")
    assert "secret" not in patient.log.getvalue()


def test_told_to_stop_it_finishes_what_is_under_way_and_takes_nothing_new(app):
    with served(_around(app)) as patient, patient.connect() as link:
        link.sendall(GET.replace(b"/a", b"/wait"))
        assert app.waiting.wait(20)
        patient.stop()
        while _takes(patient):
            threading.Event().wait(0.01)
        app.may_go.set()
        assert b"/wait 0" in read(link)
        assert patient.ended()


def _takes(one) -> bool:
    try:
        one.connect(1).close()
    except OSError:
        return False
    return True


FORWARDED = LAST.replace(b"Host: x", b"Host: x\r\nX-Forwarded-For: 203.0.113.7\r\nX-Forwarded-Proto: https")


@pytest.mark.parametrize(("trusted", "seen"), [
    ([], b"127.0.0.1 http"), (["127.0.0.1"], b"203.0.113.7 https"), (["127.0.0.0/8"], b"203.0.113.7 https"),
    (["192.0.2.1"], b"127.0.0.1 http"),
])  # fmt: skip
def test_a_proxy_is_believed_only_where_it_was_said(app, trusted, seen, monkeypatch):
    monkeypatch.setenv("FORWARDED_ALLOW_IPS", "*")  # uvicorn's own setting, which is nobody's here
    with served(_around(app), trusted=trusted) as found:
        assert found.ask(FORWARDED).endswith(seen)
