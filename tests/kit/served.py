"""A real server in a thread, with the limits of a test, and raw connections to it."""

from __future__ import annotations

import io
import json
import socket
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

import uvicorn

from reviewflow.web.logging import Log, listening_to_libraries
from reviewflow.web.serving import config
from reviewflow.web.slow_clients import PatientProtocol
from reviewflow.web.stopping import Stopping


class Lines(io.StringIO):
    """What was logged."""

    def forget(self) -> None:
        """What was logged so far."""
        self.seek(0)
        self.truncate()

    def told(self, event: str | None = None) -> list[dict]:
        """Each line as data; those of one kind, if asked."""
        found = [json.loads(line) for line in self.getvalue().splitlines()]
        return [one for one in found if event in (None, one["event"])]


class Served:
    """Where it is, what it logs, and how to stop it."""

    def __init__(self, port: int, log: Lines, stop: Stopping) -> None:
        self.port, self.log, self._stop = port, log, stop
        self._thread: threading.Thread | None = None

    def connect(self, seconds: float = 20) -> socket.socket:
        """A connection; whoever waits longer than that has found a fault."""
        return socket.create_connection(("127.0.0.1", self.port), timeout=seconds)

    def ask(self, *parts: bytes, close: bool = True) -> bytes:
        """Send this, and read until the server hangs up."""
        with self.connect() as link:
            for part in parts:
                link.sendall(part)
            if close:
                link.shutdown(socket.SHUT_WR)
            return read(link)

    def stop(self) -> None:
        """As a signal does."""
        self._stop.stop()

    def ended(self) -> bool:
        """Wait for the end."""
        assert self._thread is not None
        self._thread.join(30)
        return not self._thread.is_alive()


def read(link: socket.socket) -> bytes:
    """Everything until the end."""
    found = b""
    try:
        while more := link.recv(65536):
            found += more
    except ConnectionResetError:
        return found
    return found


@contextmanager
def served(app: Callable, *, trusted: Sequence[str] = (), **limits: float) -> Iterator[Served]:
    """An ASGI application, served as `reviewflow serve` serves it; `limits` of `PatientProtocol`, in seconds."""
    log, stop, up = Lines(), Stopping(), threading.Event()
    found = socket.socket()
    found.bind(("127.0.0.1", 0))
    found.listen(16)
    told = config(app, trusted=trusted)
    told.http = type("Hurried", (PatientProtocol,), limits)
    if "timeout_keep_alive" in limits:
        told.timeout_keep_alive = limits["timeout_keep_alive"]

    class Server(uvicorn.Server):
        async def startup(self, sockets=None):
            await super().startup(sockets)
            up.set()

    server = Server(told)
    stop.server = server
    one = Served(found.getsockname()[1], log, stop)
    one._thread = threading.Thread(target=server.run, args=([found],), daemon=True)
    with listening_to_libraries(Log(log, plain=False)):
        one._thread.start()
        assert up.wait(20)
        try:
            yield one
        finally:
            server.force_exit = server.should_exit = True
            assert one.ended()
