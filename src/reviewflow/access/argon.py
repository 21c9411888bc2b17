"""argon2id: at most two computations at once in a process, each of 64 MiB.

The parameters are the second recommended of RFC 9106, section 4 (t=3, p=4, m=64 MiB, salt of 16 bytes, tag of 32),
which are more than OWASP asks for (m=19 MiB, t=2, p=1).
"""

from __future__ import annotations

import base64
import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final, NamedTuple

from reviewflow.errors import StoreUnreachable

AT_ONCE: Final = 2
_PATIENCE: Final = 20.0
"""Seconds; whoever would have to wait longer is sent away, so that not every thread of a server waits here."""
_turns = threading.BoundedSemaphore(AT_ONCE)


class Cost(NamedTuple):
    """What one computation costs."""

    passes: int = 3
    memory: int = 64 * 1024
    """KiB."""
    lanes: int = 4


class Argon:
    """Hashes and checks at one cost."""

    def __init__(self, cost: Cost | None = None) -> None:
        """Tests ask for less than is safe."""
        from argon2 import PasswordHasher, Type

        self.cost = cost or Cost()
        self._hasher = PasswordHasher(self.cost.passes, self.cost.memory, self.cost.lanes, type=Type.ID)
        self.nobody = _nobody(self.cost)
        """A hash that no text has, at the same cost: checked for whoever has none."""

    def hash(self, text: str) -> str:
        """A new hash in its PHC form, with a salt of its own."""
        with _turn():
            return self._hasher.hash(text)

    def check(self, found: str, text: str) -> bool:
        """Whether the hash is that of the text; compared in constant time. False for what is no hash."""
        from argon2.exceptions import InvalidHashError, VerificationError

        with _turn():
            try:
                return self._hasher.verify(found, text)
            except (VerificationError, InvalidHashError):
                return False

    def grew(self, found: str) -> bool:
        """Whether a hash was made at less than this cost; a release that asks for more takes nothing back."""
        from argon2 import Type, extract_parameters

        made = extract_parameters(found)
        least = (made.time_cost, made.memory_cost, made.parallelism)
        return made.type is not Type.ID or any(had < want for had, want in zip(least, self.cost, strict=True))


def _nobody(cost: Cost) -> str:
    salt, tag = (base64.b64encode(secrets.token_bytes(size)).rstrip(b"=").decode() for size in (16, 32))
    return f"$argon2id$v=19$m={cost.memory},t={cost.passes},p={cost.lanes}${salt}${tag}"


@contextmanager
def _turn() -> Iterator[None]:
    if not _turns.acquire(timeout=_PATIENCE):
        why = f"more than {AT_ONCE} passwords were to be checked at once, for {_PATIENCE:.0f} seconds"
        raise StoreUnreachable("signing in", why, "try again in a minute")
    try:
        yield
    finally:
        _turns.release()
