"""Where webhooks may go: https anywhere, plain http on this machine only."""

from __future__ import annotations

from ipaddress import ip_address
from typing import NamedTuple
from urllib.parse import urlsplit

from reviewflow.errors import BadInput, Fault

_WANT = "want an https address (http on this machine only), as in https://hooks.example/reviewflow"
_LONGEST = 2000


class Address(NamedTuple):
    """Where to send; `target` is path and query."""

    url: str
    secure: bool
    host: str
    port: int
    target: str


def read_addresses(text: str, where: str) -> tuple[Address, ...]:
    """One or several, with space between, none twice; `BadInput` with every fault. An address is never shown whole."""
    found: dict[str, Address] = {}
    faults = []
    for number, one in enumerate(text.split(), 1):
        read = _read(one)
        if isinstance(read, Address):
            found[read.url] = read
        else:
            faults.append(Fault(where, f"address {number}: {read}", _WANT))
    if faults:
        raise BadInput("the addresses of the webhook", faults)
    return tuple(found.values())


def _read(text: str) -> Address | str:
    """The address, or what is wrong with it."""
    if len(text) > _LONGEST or not text.isascii() or not text.isprintable():
        return f"more than {_LONGEST} characters, or others than those of an address"
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        return "no address"
    host = parts.hostname
    if parts.scheme not in ("http", "https") or not host:
        return f"scheme {parts.scheme!r}" if parts.scheme not in ("http", "https") else "no host"
    if "@" in parts.netloc:
        return "a user name or password in it"
    if parts.fragment:
        return "a part after #"
    if parts.scheme == "http" and not _here(host):
        return f"http to {host}"
    secure = parts.scheme == "https"
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Address(text, secure, host, port or (443 if secure else 80), target)


def _here(host: str) -> bool:
    """Whether it is this machine."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
