"""How often a token may ask, and how often an address may try tokens that are none.

Counted by each worker for itself, in memory: several workers together answer that much more, and a restart begins anew.
It keeps one program from taking what the others need; it is no defence of secrets, which are too long to guess.
Headers: draft-ietf-httpapi-ratelimit-headers.
"""

from __future__ import annotations

import math
import time
from typing import Final, NamedTuple

from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

WRONG: Final = 60
"""Tokens that are none, from one address."""
_WINDOW: Final = 60


class Allowance(NamedTuple):
    """What is left to a caller. `wait`: seconds until the next request is answered, 0 if this one is."""

    most: int
    left: int
    reset: int
    wait: int

    def headers(self) -> dict[str, str]:
        """As the draft writes them."""
        found = {
            "ratelimit-policy": f'"requests";q={self.most};w={_WINDOW}',
            "ratelimit": f'"requests";r={self.left};t={self.reset}',
        }
        return {**found, "retry-after": str(self.wait)} if self.wait else found


class Limits:
    """The counters of one worker; safe for threads."""

    def __init__(self, per_minute: int, wrong: int = WRONG) -> None:
        """`per_minute`: requests of one token, or of one session (all may come at once); `wrong`: from one address."""
        self._window = MovingWindowRateLimiter(MemoryStorage())
        self._most, self._wrong = RateLimitItemPerMinute(per_minute), RateLimitItemPerMinute(wrong)

    def ask(self, caller: str) -> Allowance:
        """One more request of a caller."""
        return self._count(self._most, caller)

    def wrong(self, address: str) -> Allowance:
        """One more wrong token from an address."""
        return self._count(self._wrong, f"wrong {address}")

    def _count(self, item: RateLimitItemPerMinute, key: str) -> Allowance:
        went = self._window.hit(item, key)
        reset, left = self._window.get_window_stats(item, key)
        seconds = max(1, math.ceil(reset - time.time()))  # noqa: TID251 - the library's own clock
        return Allowance(item.amount, left, seconds, 0 if went else seconds)
