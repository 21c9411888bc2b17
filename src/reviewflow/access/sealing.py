"""What a person wrote, sealed under that person's key: gone with the key when the person is forgotten."""

from __future__ import annotations

import json
from typing import Any, Protocol

from reviewflow.errors import IntegrityBroken
from reviewflow.ports import Forgotten


class Sealing(Protocol):
    """What access needs of the vault."""

    def lookup(self, kind: str, value: str) -> str:
        """A keyed hash, hex; `StoreUnreachable` without the master key."""

    def seal_file(self, data: bytes, stream: str) -> bytes:
        """Bytes encrypted under the stream's key; `Refused` for a forgotten one."""

    def open_file(self, data: bytes, stream: str) -> bytes:
        """The bytes again; `Forgotten` if the key is gone, or the master key not at hand."""

    def forgotten(self, stream: str) -> bool:
        """Whether the key of this stream was destroyed."""


def seal(vault: Sealing, person: str, place: tuple[str, ...], value: Any) -> bytes:
    """The value, as JSON has it, bound to its place: a box that is put elsewhere does not open there."""
    return vault.seal_file(as_bytes([*place, value]), f"person-{person}")


def unseal(vault: Sealing, person: str, place: tuple[str, ...], box: bytes) -> Any:
    """The value again; `Forgotten` as for a text, `IntegrityBroken` for a box of another place."""
    *found, value = json.loads(vault.open_file(box, f"person-{person}").decode(errors="surrogatepass"))
    if found != list(place):
        raise IntegrityBroken(0, f"what {person} wrote: it is of {'/'.join(map(str, found))}, want {'/'.join(place)}")
    return value


def readable(vault: Sealing, person: str, place: tuple[str, ...], box: bytes) -> tuple[bool, Any]:
    """Whether the person is still there, and the value; None as long as the master key is not at hand."""
    try:
        return True, unseal(vault, person, place, box)
    except Forgotten:
        return not vault.forgotten(f"person-{person}"), None


def as_bytes(value: Any) -> bytes:
    """JSON in UTF-8; half of a surrogate pair stays what it is."""
    return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode(errors="surrogatepass")
