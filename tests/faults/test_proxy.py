"""The wire that can be cut: what is sent through it arrives, and what it is told to do it does."""

import socket
import threading
from contextlib import suppress

import pytest

from faults.proxy import Proxy


@pytest.fixture
def echo():
    """A server that says again what it hears."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        threading.Thread(target=_accept, args=(server,), daemon=True).start()
        yield server.getsockname()[1]
        server.shutdown(socket.SHUT_RDWR)


def _accept(server):
    with suppress(OSError):
        while True:
            one, _ = server.accept()
            threading.Thread(target=_echo, args=(one,), daemon=True).start()


def _echo(one):
    with one, suppress(OSError):
        while data := one.recv(1 << 16):
            one.sendall(data)


@pytest.fixture
def wire(echo):
    with Proxy(echo) as wire:
        yield wire


@pytest.fixture
def client(wire):
    with socket.create_connection(("127.0.0.1", wire.port), 5) as client:
        yield client


def receive(client, size):
    got = b""
    while len(got) < size:
        part = client.recv(1 << 16)
        assert part
        got += part
    return got


def test_what_is_sent_arrives_however_much_it_is(client):
    data = bytes(range(256)) * 40_000
    sending = threading.Thread(target=client.sendall, args=(data,))
    sending.start()
    assert receive(client, len(data)) == data
    sending.join()


def test_cut(client, wire):
    client.sendall(b"before")
    assert receive(client, 6) == b"before"
    wire.cut()
    with pytest.raises(OSError, match="reset"):
        client.recv(10)


def test_stalled(client, wire):
    wire.stall()
    client.sendall(b"late")
    client.settimeout(0.1)
    with pytest.raises(TimeoutError):
        client.recv(10)
    wire.stall(on=False)
    client.settimeout(5)
    assert receive(client, 4) == b"late"


def test_deaf(client, wire):
    wire.deafen()
    client.sendall(b"unheard")
    client.settimeout(0.1)
    with pytest.raises(TimeoutError):
        client.recv(10)
    assert wire.heard_in_vain == len(b"unheard")


def test_refused(wire):
    wire.refuse()
    with pytest.raises(OSError, match="reset"), socket.create_connection(("127.0.0.1", wire.port), 5) as client:
        assert client.recv(10) == b"nothing"
