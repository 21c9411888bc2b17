"""Records as they are committed, by this process (at once) or another (at the next look)."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import Self

from reviewflow.ports import Record, Snapshot

CALM = 2.0
"""Seconds: a message of a database may be lost, though it hardly ever is."""


class Bell:
    """Wakes those who wait for the log to grow."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._waiting = 0
        self.count = 0
        self.closed = False

    def ring(self) -> None:
        """Something was committed, or somebody shall look up."""
        self.count += 1
        if self._waiting:  # who comes to wait now compares the count first
            with self._changed:
                self._changed.notify_all()

    def close(self) -> None:
        """Nothing more will come from this store."""
        self.closed = True
        self.ring()

    def wait(self, heard: int, seconds: float) -> None:
        """Until it rang more than `heard` times, at most so many seconds."""
        with self._changed:
            self._waiting += 1
            try:
                if self.count == heard:
                    self._changed.wait(seconds)
            finally:
                self._waiting -= 1


class LogSubscription(Iterator[Record]):
    """Every record after a position, in order, none twice; waits for the next until stopped."""

    def __init__(
        self, snapshot: Callable[[], AbstractContextManager[Snapshot]], bell: Bell, after: int, pause: float,
        heard: Callable[[], bool] = lambda: False,
    ) -> None:  # fmt: skip
        """`pause`: seconds between two looks for what another process committed.

        While `heard` says that the bell rings for other processes too, it looks by itself once in `CALM` only.
        """
        self._snapshot = snapshot
        self._bell = bell
        self._pause = pause
        self._heard = heard
        self._after = after
        self._ready: Iterator[Record] = iter(())
        self._stopped = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self) -> None:
        """End it, from any thread; who waits is released."""
        self._stopped = True
        self._bell.ring()

    def __next__(self) -> Record:
        for record in self._ready:
            if self._stopped:
                break
            return record
        for record in (batch := iter(self.take())):
            self._ready = batch
            return record
        raise StopIteration

    def take(self, limit: int = 500) -> list[Record]:
        """The next records, at least one; empty once it was stopped or the store closed."""
        while not (self._stopped or self._bell.closed):
            heard = self._bell.count
            with self._snapshot() as snapshot:
                records = snapshot.log(self._after, limit)
            if records:
                self._after = records[-1].position
                return records
            self._bell.wait(heard, max(self._pause, CALM) if self._heard() else self._pause)
        return []
