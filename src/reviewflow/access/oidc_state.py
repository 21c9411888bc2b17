"""What is remembered between going to the sign-in service and coming back: in a sealed cookie, not in a table.

A row would let anybody who opens the page fill the store. The cookie is encrypted and authenticated under the
installation's key, so that nobody can make one or read the verifier in it; it lives for ten minutes, and the code that
comes back works once, at the service.
"""

from __future__ import annotations

import base64
import binascii
import json
import secrets
from datetime import datetime, timedelta
from typing import Final, NamedTuple, Protocol

from reviewflow.errors import IntegrityBroken
from reviewflow.ports import Forgotten

LIFE: Final = timedelta(minutes=10)
_PLACE: Final = "sign-in-service"
_LONGEST: Final = 4096
"""Characters: what a browser keeps in a cookie."""


class State(NamedTuple):
    """One way there and back."""

    state: str
    nonce: str
    verifier: str
    redirect_uri: str
    carry: str
    """What the door wants back at the end."""
    joining: str
    """Who was signed in here and wants to come in by that account from now on; empty for whoever signs in."""
    until: float
    """Seconds since 1970."""


class Boxes(Protocol):
    """What is needed of the vault."""

    def seal_file(self, data: bytes, stream: str) -> bytes:
        """Bytes encrypted; `StoreUnreachable` without the master key."""

    def open_file(self, data: bytes, stream: str) -> bytes:
        """The bytes again."""


def new_state(redirect_uri: str, carry: str, joining: str, now: datetime) -> State:
    """Three secrets of 256 bits."""
    state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
    return State(state, nonce, verifier, redirect_uri, carry, joining, (now + LIFE).timestamp())


def as_cookie(vault: Boxes, state: State) -> str:
    """What a cookie may hold."""
    box = vault.seal_file(json.dumps(state).encode(), _PLACE)
    return base64.urlsafe_b64encode(box).decode().rstrip("=")


def from_cookie(vault: Boxes, cookie: str, now: datetime) -> State | None:
    """What it held; None if it is too old, or none of ours."""
    if len(cookie) > _LONGEST:
        return None
    try:
        box = base64.urlsafe_b64decode(cookie + "=" * (-len(cookie) % 4))
        found = State._make(json.loads(vault.open_file(box, _PLACE)))
    except (binascii.Error, ValueError, TypeError, IntegrityBroken, Forgotten):
        return None
    # One from the future was made before the clock was set back.
    return found if now.timestamp() < found.until <= (now + LIFE).timestamp() + 60 else None
