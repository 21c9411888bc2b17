"""Runs followers: each catches up batch by batch, then all wait for the log to grow, until told to stop.

Any number of processes may run the same followers: places move by compare-and-set, and effects are taken by it, so
that the others find nothing to do.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from time import monotonic
from typing import Any, Final, NamedTuple, Protocol

from reviewflow.errors import StoreMoved, StoreUnreachable, StreamMoved
from reviewflow.following import effects
from reviewflow.following.dispatching import Dispatcher
from reviewflow.following.follower import BATCH, Followed, Follower, Outcome, Step, step
from reviewflow.following.notices import Notices
from reviewflow.following.sending import EffectsFollower, Sender
from reviewflow.ports import Clock

_LOOK_AGAIN: Final = 5.0
"""Seconds after which places are read again though the log stood still: somebody may have mended or rebuilt a view."""
_POLL: Final = 0.2
"""Seconds between two looks for what another process recorded, where the database does not call."""
_FIRST_PAUSE, _LONGEST_PAUSE = 0.1, 30.0
_STANDS_BY: Final = timedelta(seconds=5)
"""What is younger a process that does not lead leaves to the one that does."""
_KEPT, _TIDY = timedelta(days=30), timedelta(hours=1)
"""How long one can see what was sent, and how often what is older is removed."""


class _Rest(NamedTuple):
    """Seconds of the present pause, and the moment (of the monotonic clock) at which it ends."""

    pause: float
    until: float


_NO_REST: Final = _Rest(0.0, 0.0)


class Subscribed(Protocol):
    """Records as they come."""

    def take(self, limit: int = 500) -> list[Any]:
        """Wait for the next ones; none once it was stopped."""

    def stop(self) -> None:
        """Release who waits."""


class Growing(Followed, Protocol):
    """A store that says when its log grows."""

    def subscribe(self, after: int = 0, *, pause: float = 0.05) -> Subscribed:
        """Wait for what comes after a position."""


def always() -> bool:
    """A process that is alone leads."""
    return True


class Runner:
    """Followers, and those who send what they derive, over one store."""

    def __init__(
        self,
        store: Growing,
        followers: Sequence[Follower],
        clock: Clock,
        notices: Notices | None = None,
        *,
        leads: Callable[[], bool] = always,
        progress: Callable[[str, int, int], None] | None = None,
        batch: int = BATCH,
        beside: Callable[[], object] = always,
    ) -> None:
        """`leads`: saves work where several run, nothing depends on it; `progress`: name, position, end of the log.

        `beside`: done now and then, and knows itself when there is something to do.
        """
        self._store, self._followers, self._clock = store, tuple(followers), clock
        self._notices = notices or Notices(clock)
        self._leads, self._progress, self._batch, self._beside = leads, progress, batch, beside
        self._stopping = threading.Event()
        self._subscription: Subscribed | None = None
        self._tidied: datetime | None = None
        self._rests: dict[str, _Rest] = {}
        self._dispatchers = {
            one.name: Dispatcher(Sender(store, one.courier, clock, self._notices), self._notices)
            for one in self._followers
            if isinstance(one, EffectsFollower)
        }
        self.broken: dict[str, str] = {}
        """Followers that cannot go on, and why."""

    def stop(self) -> None:
        """End after the batch and the sendings under way; from any thread, but not from a signal's handler."""
        self._stopping.set()
        for one in self._dispatchers.values():
            one.stop()
        subscription = self._subscription
        if subscription is not None:
            subscription.stop()

    def once(self) -> None:
        """Catch up to where the log ends now, and try once to send what is due. Raises `StoreUnreachable`."""
        with self._store.snapshot() as snapshot:
            end = snapshot.position()
        for follower in self._followers:
            while not self._stopping.is_set():
                found = self._step(follower)
                if found.outcome in (Outcome.THERE, Outcome.BROKEN) or found.position >= max(end, 1):
                    break
        self._tidy()
        for one in self._dispatchers.values():
            one.start(once=True)
        for one in self._dispatchers.values():
            one.join()
            if one.error is not None:
                raise one.error

    def run(self) -> None:
        """Follow until stopped; a store that is away is waited for. `StoreMoved` once it was moved elsewhere."""
        for one in self._dispatchers.values():
            one.start()
        try:
            self._follow()
        finally:
            self.stop()
            for one in self._dispatchers.values():
                one.join()

    def _follow(self) -> None:
        pause, away = _FIRST_PAUSE, False
        while not self._stopping.is_set():
            try:
                self._tidy()
                end = self._round(None if self._leads() else self._clock.now() - _STANDS_BY)
                if away:
                    self._notices.tell("store-is-back")
                pause, away = _FIRST_PAUSE, False
                if end is not None:
                    self._wait(end)
            except StoreMoved:  # it is not to be waited for
                raise
            except (StoreUnreachable, StreamMoved) as error:
                if not away:
                    self._notices.tell("store-is-away", why=str(error))
                self._stopping.wait(pause)
                pause, away = min(pause * 2, _LONGEST_PAUSE), True

    def _round(self, until: datetime | None) -> int | None:
        """A batch for each; where the log ended once there is nothing to follow, None while there is more.

        Raises `StoreUnreachable` if nobody got anywhere. If only some do not, they rest and the others go on.
        """
        ends, more = [], False
        failed: dict[str, StoreUnreachable | StreamMoved] = {}
        for follower in self._followers:
            if self._stopping.is_set():
                return None
            if self._rests.get(follower.name, _NO_REST).until > monotonic():
                continue
            try:
                found = self._step(follower, until)
            except StoreMoved:
                raise
            except (StoreUnreachable, StreamMoved) as error:
                failed[follower.name] = error
                continue
            if self._rests.pop(follower.name, None):
                self._notices.tell("going-on", follower=follower.name)
            more |= found.outcome in (Outcome.MOVED, Outcome.OVERTAKEN)
            ends.append(found.end)
        if failed and not ends:
            raise next(iter(failed.values()))
        for name, reason in failed.items():
            self._rest(name, reason)
        # The least: what came while the later ones looked is new to the first.
        return None if more else min(ends, default=0)

    def _rest(self, name: str, error: StoreUnreachable | StreamMoved) -> None:
        """One cannot write though the store is there: a table of its own is missing, or in somebody's hands."""
        before = self._rests.get(name)
        if before is None:
            self._notices.tell("waiting", follower=name, why=str(error))
        pause = min(before.pause * 2, _LONGEST_PAUSE) if before else _FIRST_PAUSE
        self._rests[name] = _Rest(pause, monotonic() + pause)

    def _step(self, follower: Follower, until: datetime | None = None) -> Step:
        found = step(self._store, follower, self._clock, limit=self._batch, until=until)
        name = follower.name
        if found.outcome is Outcome.BROKEN:
            if name not in self.broken:
                self._notices.tell("broken", follower=name, position=found.position + 1, why=found.why)
            self.broken[name] = found.why
        elif self.broken.pop(name, None) is not None:
            self._notices.tell("mended", follower=name)
        if found.outcome is Outcome.MOVED:
            if name in self._dispatchers:
                self._dispatchers[name].wake()
            if self._progress is not None:
                self._progress(name, found.position, found.end)
        return found

    def _wait(self, end: int) -> None:
        """Until there is a record after `end`, or it is time to look again."""
        subscription = self._store.subscribe(end, pause=_POLL)
        self._subscription = subscription
        if self._stopping.is_set():  # `stop` came before there was a subscription to stop
            return
        rested = min((one.until - monotonic() for one in self._rests.values()), default=_LOOK_AGAIN)
        timer = threading.Timer(min(max(rested, 0), _LOOK_AGAIN), subscription.stop)
        timer.daemon = True
        timer.start()
        try:
            subscription.take(1)
        finally:
            timer.cancel()
            self._subscription = None
            subscription.stop()

    def _tidy(self) -> None:
        self._beside()
        now = self._clock.now()
        if self._dispatchers and (self._tidied is None or now - self._tidied >= _TIDY):
            with self._store.changing() as connection:
                effects.tidy(connection, now, _KEPT)
            self._tidied = now
