"""What is to happen when. Everything in the demo passes through here in the order of its moments."""

from __future__ import annotations

import heapq
from collections.abc import Callable
from datetime import UTC, date, datetime, time
from itertools import count
from typing import Final

MORNING: Final = 9


class StoryClock:
    """The demo's clock: the story sets it, and it never runs backwards."""

    def __init__(self, start: datetime) -> None:
        """`start` is the first moment of the story."""
        self._moment = start

    def now(self) -> datetime:
        """The moment, aware, UTC."""
        return self._moment

    def to(self, moment: datetime) -> None:
        """Go on to a moment; stay where it is if that is past."""
        self._moment = max(self._moment, moment)


class Diary:
    """Entries by moment; of one moment in the order in which they were written."""

    def __init__(self, clock: StoryClock) -> None:
        """`clock` is set to the moment of each entry before it is done."""
        self.clock = clock
        self._entries: list[tuple[datetime, int, Callable[[], object]]] = []
        self._order = count()

    def write(self, when: datetime, do: Callable[[], object]) -> None:
        """Enter something."""
        heapq.heappush(self._entries, (when, next(self._order), do))

    def before(self, when: datetime) -> int:
        """How many entries are left before a moment."""
        return sum(1 for entry in self._entries if entry[0] < when)

    def until(self, when: datetime, beat: Callable[[], None] = lambda: None) -> None:
        """Let everything happen that is entered for moments before this one; then it is this one."""
        while self._entries and self._entries[0][0] < when:
            at, _, do = heapq.heappop(self._entries)
            self.clock.to(at)
            do()
            beat()
        self.clock.to(when)


def moment(day: date, hour: int = MORNING) -> datetime:
    """An hour of a day, UTC."""
    return datetime.combine(day, time(hour), UTC)
