"""A POST for each record to a receiver of webhooks: ids and public names, signed, with bounds on all it may cost us."""

from __future__ import annotations

import hashlib
import http.client
import json
import socket
import ssl
import threading
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from datetime import datetime, timedelta
from typing import Any, Final

from reviewflow import __version__
from reviewflow.notify.addresses import Address
from reviewflow.notify.signing import headers
from reviewflow.notify.undelivered import Undelivered
from reviewflow.ports import Record

LIMIT: Final = 10.0
"""Seconds for all of one sending, once there is a connection; the receiver should answer first and work later."""
_MOST_READ: Final = 65_536
_LONGEST_WAIT: Final = 86_400


def message(record: Record, cycle: str | None) -> bytes:
    """The body: where the record is, what kind it is, the handle of its cycle. Never what is in it."""
    recorded_at = record.recorded_at.isoformat().replace("+00:00", "Z")
    data = {
        "position": record.position, "recorded_at": recorded_at, "stream": record.stream, "version": record.version,
        "topic": record.topic, "cycle": cycle,
    }  # fmt: skip
    return json.dumps({"type": "record.appended", "timestamp": recorded_at, "data": data}).encode()


class Webhook:
    """One receiver."""

    def __init__(self, address: Address, keys: Sequence[bytes], limit: float = LIMIT) -> None:
        """`keys`: each signs; `limit` in seconds."""
        self.address, self._keys, self._limit = address, keys, limit
        # The rest of an address may hold a secret; with this, two receivers on one host still differ.
        self.name = f"{address.host}-{hashlib.sha256(address.url.encode()).hexdigest()[:8]}"

    def send(self, message_id: str, body: bytes, now: datetime) -> None:
        """Raises `Undelivered` unless the receiver answers with a status of 200 to 299."""
        given = {
            "content-type": "application/json", "user-agent": f"reviewflow/{__version__}", "connection": "close",
            **headers(self._keys, message_id, now, body),
        }  # fmt: skip
        connection = _Connection(self.address, self._limit)
        with _told(connection), connection.cut_off():
            connection.request("POST", self.address.target, body, given)
            with closing(connection.getresponse()) as answer:
                if connection.over:  # what was cut off looks like a short answer
                    raise TimeoutError
                status, wait = answer.status, _wait(answer.headers.get("retry-after"))
                with suppress(OSError, http.client.HTTPException):
                    answer.read(_MOST_READ)
        if not 200 <= status <= 299:  # noqa: PLR2004 - the statuses of HTTP
            gone = status == http.HTTPStatus.GONE
            raise Undelivered(f"it answered with status {status}", final=gone, wait=wait)


def _wait(given: str | None) -> timedelta | None:
    """What a `Retry-After` in seconds asks for."""
    if given is None or not given.isascii() or not given.isdigit() or len(given) > len(str(_LONGEST_WAIT)):
        return None
    return timedelta(seconds=min(int(given), _LONGEST_WAIT))


class _Connection(http.client.HTTPConnection):
    """A connection that ends when its time is over, however slowly the other side goes on."""

    def __init__(self, address: Address, limit: float) -> None:
        super().__init__(address.host, address.port, timeout=limit)
        self._secure, self._limit = address.secure, limit
        self.over = False

    def connect(self) -> None:
        """Connect, with TLS where the address says so; no proxy, no redirect."""
        self.sock = socket.create_connection((self.host, self.port), self._limit)
        if self._secure:
            trust = ssl.create_default_context()
            # The handshake comes after the socket is in its place: it can be cut off there.
            self.sock = trust.wrap_socket(self.sock, server_hostname=self.host, do_handshake_on_connect=False)
            self.sock.do_handshake()
        if self.over:
            raise TimeoutError

    @contextmanager
    def cut_off(self) -> Iterator[None]:
        """Each wait of a socket has its own limit; this is one for all of them together."""
        timer = threading.Timer(self._limit, self._cut)
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()
            self.close()

    def _cut(self) -> None:
        self.over = True
        sock: Any = self.sock
        if sock is not None:
            with suppress(OSError):
                socket.socket.shutdown(sock, socket.SHUT_RDWR)


@contextmanager
def _told(connection: _Connection) -> Iterator[None]:
    """Whatever the network raises becomes one sentence of ours."""
    try:
        yield
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise Undelivered(_why(error, connection)) from error


def _why(error: Exception, connection: _Connection) -> str:
    if connection.over or isinstance(error, TimeoutError):
        return f"no answer within {connection.timeout:g} seconds"
    if isinstance(error, socket.gaierror):
        return "its name leads to no address"
    if isinstance(error, ssl.SSLCertVerificationError):
        return "its certificate is not to be trusted"
    if isinstance(error, ConnectionRefusedError):
        return "nobody listens there"
    return f"the connection failed ({type(error).__name__})"
