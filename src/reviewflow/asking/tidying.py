"""What is done once a day beside everything else: taking away what nobody can use any more."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from reviewflow.access.cleaning import Cleaned, clean

if TYPE_CHECKING:
    from reviewflow.wiring import Installation

EVERY: Final = timedelta(days=1)


class Daily:
    """Call it as often as you like: it does something once a day, and at its first call. For one thread.

    Several processes may each have one: the later ones find nothing to do.
    """

    def __init__(self, installation: Installation) -> None:
        """Nothing is done yet."""
        self._installation = installation
        self._done: datetime | None = None

    def __call__(self) -> Cleaned | None:
        """What was removed, if it was time. Raises `StoreUnreachable`, `StreamMoved`: it is tried again then."""
        now = self._installation.clock.now()
        if self._done is not None and timedelta(0) <= now - self._done < EVERY:
            return None
        one = self._installation
        with one.engine.knowing() as known:
            gone = Forgotten(known.touching("forgotten"))
            known.snapshot.settle()  # what is removed does not come back
        cleaned = clean(one.store, gone, one.clock, idle=one.settings.session_idle)
        self._done = now
        return cleaned


class Forgotten:
    """What was known a moment ago: nobody who was forgotten comes back."""

    def __init__(self, streams: list[str]) -> None:
        """Their streams."""
        self._streams = streams

    def touching(self, set_name: str) -> list[str]:
        """Those who were forgotten."""
        return self._streams if set_name == "forgotten" else []
