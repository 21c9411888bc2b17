"""That something could not be delivered: an answer of the world outside, not a fault of ours."""

from __future__ import annotations

from datetime import timedelta


class Undelivered(Exception):
    """Why; `final` where trying again is no use; `wait` at least so long before the next try."""

    def __init__(self, why: str, *, final: bool = False, wait: timedelta | None = None) -> None:
        """`why` is our own sentence: nothing of what the receiver said is in it."""
        self.why, self.final, self.wait = why, final, wait
        super().__init__(why)
