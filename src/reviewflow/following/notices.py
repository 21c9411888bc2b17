"""What happens to followers, said as data: one line each for whoever watches."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, NamedTuple

from reviewflow.ports import Clock


class Notice(NamedTuple):
    """Something worth knowing; `data` has ids, positions and our own sentences."""

    at: datetime
    event: str
    data: dict[str, Any]


class Notices:
    """Hands each to whoever listens; safe for threads if the listener is."""

    def __init__(self, clock: Clock, listen: Callable[[Notice], None] | None = None) -> None:
        """Without a listener nobody hears."""
        self._clock, self._listen = clock, listen

    def tell(self, event: str, **data: Any) -> None:
        """Say it now."""
        if self._listen is not None:
            self._listen(Notice(self._clock.now(), event, data))
