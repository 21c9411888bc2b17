"""A wire that a test can cut: a TCP proxy before a server, which drops, stalls, goes deaf or refuses when told to."""

from __future__ import annotations

import selectors
import socket
import struct
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Self

_RESET = struct.pack("ii", 1, 0)
_MOST = 1 << 20
"""Bytes that wait for an end that does not read."""


class _End:
    """One end of a connection: what waits to be sent to it, and the other end."""

    def __init__(self, one: socket.socket, *, asks: bool) -> None:
        self.socket, self.asks = one, asks
        self.waiting = bytearray()
        self.other = self
        one.setblocking(False)  # noqa: FBT003 - the library's own call
        one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def wants(self) -> int:
        """What it is watched for."""
        reads = selectors.EVENT_READ if len(self.other.waiting) < _MOST else 0
        return reads | (selectors.EVENT_WRITE if self.waiting else 0)


class Proxy:
    """Listens on a free port of the loopback and passes on what comes, both ways."""

    def __init__(self, port: int) -> None:
        """`port`: of the server, on the loopback."""
        self._server = ("127.0.0.1", port)
        self._listening = socket.create_server(("127.0.0.1", 0))
        self._listening.settimeout(0)
        self.port = int(self._listening.getsockname()[1])
        self._ends: set[_End] = set()
        self._selector = selectors.DefaultSelector()
        self._selector.register(self._listening, selectors.EVENT_READ)
        self._ear, self._mouth = socket.socketpair()
        self._selector.register(self._ear, selectors.EVENT_READ)
        self._orders: list[Callable[[], None]] = []
        self._stalled = self._deaf = self._refusing = self._over = False
        self.heard_in_vain = 0
        """Bytes of the server that nobody was given, because the wire was deaf."""
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def cut(self) -> None:
        """Every connection breaks at once; what was under way is lost."""
        self._do(self._cut)

    def stall(self, *, on: bool = True) -> None:
        """Nothing is passed on, either way, and nobody is told."""
        self._do(lambda: setattr(self, "_stalled", on))

    def deafen(self, *, on: bool = True) -> None:
        """What clients ask reaches the server; what it answers is lost."""
        self._do(lambda: setattr(self, "_deaf", on))

    def refuse(self, *, on: bool = True) -> None:
        """New connections break at once."""
        self._do(lambda: setattr(self, "_refusing", on))

    def close(self) -> None:
        """Break whatever is connected, and listen no more."""
        self._do(lambda: setattr(self, "_over", True))
        self._thread.join()
        self._cut()
        for one in (self._listening, self._ear, self._mouth):
            one.close()
        self._selector.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _do(self, order: Callable[[], None]) -> None:
        """In the thread of the proxy, which alone touches the connections; returns when it is done."""
        done = threading.Event()

        def both() -> None:
            order()
            done.set()

        self._orders.append(both)
        self._mouth.send(b".")
        assert done.wait(30)

    def _run(self) -> None:
        while not self._over:
            # While it is stalled nothing but orders and new connections is looked at.
            for key, events in self._selector.select():
                if key.fileobj is self._ear:
                    self._ear.recv(100)
                    while self._orders:
                        self._orders.pop(0)()
                    self._watch()
                elif key.fileobj is self._listening:
                    self._accept()
                elif key.data in self._ends and not self._stalled:
                    self._pass_on(key.data, events)

    def _accept(self) -> None:
        client, _ = self._listening.accept()
        try:
            server = None if self._refusing else socket.create_connection(self._server, 5)
        except OSError:
            server = None
        if server is None:
            _break(client)
            return
        one, other = _End(client, asks=True), _End(server, asks=False)
        one.other, other.other = other, one
        self._ends |= {one, other}
        self._watch()

    def _pass_on(self, end: _End, events: int) -> None:
        try:
            if events & selectors.EVENT_WRITE:
                del end.waiting[: end.socket.send(end.waiting)]
            if events & selectors.EVENT_READ:
                data = end.socket.recv(1 << 16)
                if not data:
                    self._end(end)
                elif self._deaf and not end.asks:
                    self.heard_in_vain += len(data)
                else:
                    end.other.waiting += data
        except BlockingIOError:
            return
        except OSError:
            self._end(end)
        self._watch()

    def _watch(self) -> None:
        """Look for what each end wants; for nothing while stalled."""
        watched = self._selector.get_map()
        for end in self._ends:
            wants = 0 if self._stalled else end.wants()
            key = watched.get(end.socket)
            if key is None:
                if wants:
                    self._selector.register(end.socket, wants, end)
            elif not wants:
                self._selector.unregister(end.socket)
            elif key.events != wants:
                self._selector.modify(end.socket, wants, end)

    def _end(self, end: _End) -> None:
        for each in (end, end.other):
            with suppress(KeyError):
                self._selector.unregister(each.socket)
            self._ends.discard(each)
            _break(each.socket)

    def _cut(self) -> None:
        while self._ends:
            self._end(next(iter(self._ends)))


def _break(one: socket.socket) -> None:
    """Reset, so that the other end need not wait for a last word."""
    with suppress(OSError):
        one.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
    one.close()
