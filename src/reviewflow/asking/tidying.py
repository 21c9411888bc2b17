"""What is done once a day beside everything else: taking away what nobody can use any more."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from reviewflow.access.cleaning import Cleaned, clean
from reviewflow.errors import StoreUnreachable, StreamMoved

if TYPE_CHECKING:
    from reviewflow.wiring import Installation

EVERY: Final = timedelta(days=1)
AGAIN: Final = timedelta(hours=1)
"""After so long it is tried again where it could not be done."""


class Daily:
    """Call it as often as you like: it does something once a day, and at its first call. For one thread.

    Several processes may each have one: the later ones find nothing to do.
    """

    def __init__(self, installation: Installation) -> None:
        """Nothing is done yet."""
        self._installation = installation
        self._tried: datetime | None = None
        self._rest = EVERY

    def __call__(self) -> Cleaned | None:
        """What was removed, if it was time and could be done: whoever calls has more important things to do."""
        one, now = self._installation, self._installation.clock.now()
        if self._tried is not None and timedelta(0) <= now - self._tried < self._rest:
            return None
        self._tried, self._rest = now, AGAIN
        with suppress(StoreUnreachable, StreamMoved):
            with one.engine.knowing() as known:
                gone = Forgotten(known.touching("forgotten"))
                known.snapshot.settle()  # what is removed does not come back
            cleaned = clean(one.store, gone, one.clock, idle=one.settings.session_idle)
            self._rest = EVERY
            return cleaned
        return None


class Forgotten:
    """What was known a moment ago: nobody who was forgotten comes back."""

    def __init__(self, streams: list[str]) -> None:
        """Their streams."""
        self._streams = streams

    def touching(self, set_name: str) -> list[str]:
        """Those who were forgotten."""
        return self._streams if set_name == "forgotten" else []
