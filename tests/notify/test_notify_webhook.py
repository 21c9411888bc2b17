"""What a receiver gets, and what we make of whatever it does: answers, is slow, drips, redirects, hangs up, is gone."""

from __future__ import annotations

import socket
import threading
import time
from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest

from notify.receiver import SECRET, Receiver, answer
from reviewflow.notify.addresses import read_addresses
from reviewflow.notify.signing import headers, read_secrets
from reviewflow.notify.undelivered import Undelivered
from reviewflow.notify.webhook import Webhook, message
from reviewflow.ports import Record

NOW = datetime(2026, 9, 7, 12, tzinfo=UTC)
RECORD = Record(7, NOW, "cycle-abc", 3, "cycle.note-added/1", b'{"text":"nobody may read this"}', "command", 0)
KEYS = read_secrets(SECRET, "S")


def webhook(url: str, limit: float = 10.0) -> Webhook:
    (address,) = read_addresses(url, "W")
    return Webhook(address, KEYS, limit)


def undelivered(url: str, limit: float = 10.0) -> Undelivered:
    with pytest.raises(Undelivered) as caught:
        webhook(url, limit).send("msg_1", b"{}", NOW)
    return caught.value


def test_a_receiver_gets_ids_and_places_signed_and_nothing_else():
    body = message(RECORD, "hazel-2026-1")
    with Receiver() as receiver:
        webhook(receiver.url).send("msg_1", body, NOW)
    (got,) = receiver.got
    assert got.body == body
    assert got.path == "/hook?key=abc"
    assert got.headers.items() >= headers(KEYS, "msg_1", NOW, body).items()
    assert got.headers["content-type"] == "application/json"
    assert set(got.headers) == {
        "host", "accept-encoding", "content-length", "content-type", "user-agent", "connection",
        "webhook-id", "webhook-timestamp", "webhook-signature",
    }  # fmt: skip
    assert got.data == {
        "position": 7, "recorded_at": "2026-09-07T12:00:00Z", "stream": "cycle-abc", "version": 3,
        "topic": "cycle.note-added/1", "cycle": "hazel-2026-1",
    }  # fmt: skip
    assert b"nobody" not in got.body
    assert b"command" not in got.body


def test_the_name_of_a_receiver_shows_its_host_and_nothing_that_could_be_secret():
    one, two = (webhook(f"https://hooks.example/in?key={key}").name for key in ("first-secret", "second-secret"))
    assert one != two
    assert one.startswith("hooks.example-")
    assert "secret" not in one


@pytest.mark.parametrize("status", [200, 201, 204, 299])
def test_a_status_of_the_two_hundreds_is_a_yes(status):
    with Receiver(lambda handler: answer(handler, status)) as receiver:
        webhook(receiver.url).send("msg_1", b"{}", NOW)


@pytest.mark.parametrize(("status", "final"), [(300, False), (400, False), (404, False), (410, True), (500, False)])
def test_any_other_is_a_no(status, final):
    with Receiver(lambda handler: answer(handler, status)) as receiver:
        error = undelivered(receiver.url)
    assert (error.why, error.final, error.wait) == (f"it answered with status {status}", final, None)


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_redirect_is_not_followed(status):
    with Receiver() as elsewhere:
        with Receiver(lambda handler: answer(handler, status, location=elsewhere.url)) as receiver:
            assert undelivered(receiver.url).why == f"it answered with status {status}"
        assert elsewhere.got == []


@pytest.mark.parametrize(
    ("given", "wait"),
    [
        ("120", timedelta(minutes=2)), ("99999", timedelta(days=1)), ("0", timedelta(0)), ("999999", None),
        ("-5", None), ("tomorrow", None), ("Fri, 31 Dec 2027 23:59:59 GMT", None), ("1_0", None), ("²", None),
    ],
)  # fmt: skip
def test_how_long_it_asks_us_to_wait(given, wait):
    def busy(handler):
        handler.wfile.write(b"HTTP/1.1 429 No\r\nretry-after: " + given.encode() + b"\r\ncontent-length: 0\r\n\r\n")

    with Receiver(busy) as receiver:
        assert undelivered(receiver.url).wait == wait


def test_one_that_never_answers_is_left_after_the_limit():
    let_go = threading.Event()
    with Receiver(lambda _: let_go.wait(30)) as receiver:
        assert undelivered(receiver.url, 0.2).why == "no answer within 0.2 seconds"
        let_go.set()


@pytest.mark.parametrize("beginning", [b"", b"HTTP/1.1 200 Good\r\nx: "])
def test_one_that_drips_is_left_after_the_limit_too(beginning):
    over = threading.Event()

    def drip(handler):
        handler.wfile.write(beginning)
        for _ in range(600):
            if over.is_set():
                return
            handler.wfile.write(b"H")
            time.sleep(0.05)  # each byte well within the limit of a single wait

    with Receiver(drip) as receiver:
        assert undelivered(receiver.url, 0.4).why == "no answer within 0.4 seconds"
        over.set()


def test_of_an_endless_answer_only_the_beginning_is_read():
    sent = []

    def endless(handler):
        handler.wfile.write(b"HTTP/1.1 200 Good\r\n\r\n")
        for _ in range(2000):
            handler.wfile.write(b"x" * 65_536)
            sent.append(1)

    with Receiver(endless) as receiver:
        webhook(receiver.url).send("msg_1", b"{}", NOW)
    assert len(sent) < 2000


def test_one_that_hangs_up_halfway_through_a_yes_has_said_yes():
    def short(handler):
        handler.wfile.write(b"HTTP/1.1 200 Good\r\ncontent-length: 99\r\n\r\nx")

    with Receiver(short) as receiver:
        webhook(receiver.url, 2).send("msg_1", b"{}", NOW)


@pytest.mark.parametrize(
    "answered",
    [
        b"", b"\x00\xff\x00\n\n", b"HTTP/1.1 abc\r\n\r\n", b"HTTP/1.1 200\r\n" + b"x" * 70_000,
        b"HTTP/1.1 200 X\r\n" + b"a: b\r\n" * 200,
    ],
)  # fmt: skip
def test_what_is_no_answer_is_a_no(answered):
    def nonsense(handler):
        handler.wfile.write(answered)
        handler.close_connection = True
        handler.connection.shutdown(socket.SHUT_RDWR)

    with Receiver(nonsense) as receiver:
        assert undelivered(receiver.url, 2).why.startswith("the connection failed (")


def test_one_that_is_gone_is_told_in_our_words():
    with closing(socket.create_server(("127.0.0.1", 0))) as taken:
        port = taken.getsockname()[1]
    assert undelivered(f"http://127.0.0.1:{port}/").why == "nobody listens there"


def test_a_name_that_leads_nowhere_is_told_in_our_words(monkeypatch):
    def nowhere(*_: object, **__: object):
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", nowhere)
    assert undelivered("https://hooks.invalid/").why == "its name leads to no address"


def test_one_that_speaks_plainly_where_it_should_not_is_a_no():
    with Receiver() as receiver:
        why = undelivered(receiver.url.replace("http:", "https:"), 2).why
    assert why.startswith("the connection failed (SSL")
    assert receiver.got == []
