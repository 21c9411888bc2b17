"""Side effects: derived by a follower, sent by somebody else outside any transaction, tried again or set aside.

Derived once: they are rows, written with the position. Sent at least once: whoever sends may die between sending and
saying so, and the receiver knows the second by its id. Never sent because of a rebuild: a new recipient begins behind
the last record.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Final, Protocol

from sqlalchemy import Connection

from reviewflow.errors import StoreUnreachable, StreamMoved
from reviewflow.following import effects
from reviewflow.following.effects import Effect
from reviewflow.following.follower import Followed, Reading, why
from reviewflow.following.notices import Notices
from reviewflow.merkle.leaf import leaf_hash
from reviewflow.notify.undelivered import Undelivered
from reviewflow.ports import Clock, Record, Snapshot
from reviewflow.store.moved import check_not_moved

PAUSES: Final = tuple(
    timedelta(seconds=s) for s in (5, 60, 300, 1800, 7200, 5 * 3600, 10 * 3600, 14 * 3600, 20 * 3600, 24 * 3600)
)
"""Between the tries of one effect, as the Standard Webhooks specification suggests; then it is set aside."""
_AT_ONCE = 5
_LEASE = timedelta(minutes=3)
"""Longer than so many sendings take; what a process had taken that died is tried again after it."""
_REST_AT_MOST = timedelta(minutes=5)


class Courier(Protocol):
    """One way of sending to one recipient."""

    @property
    def kind(self) -> str:
        """What kind of effect it sends, as in `webhook`."""

    @property
    def recipient(self) -> str:
        """To whom: a name for people and for the table, which says nothing secret."""

    def wants(self, record: Record) -> bool:
        """Whether this record is to be sent."""

    def prepare(self, snapshot: Reading, effect_id: str, record: Record) -> Callable[[datetime], None]:
        """Read what is needed; what comes back sends it (its argument: the moment), or raises `Undelivered`."""


class EffectsFollower:
    """Derives what a courier is to send."""

    from_now_on = True

    def __init__(self, courier: Courier) -> None:
        """Its place is that of the kind and the recipient."""
        self.courier = courier
        self.name = f"{courier.kind}:{courier.recipient}"

    def prepare(self, _: Snapshot, records: Sequence[Record]) -> Callable[[Connection, datetime], None]:
        """Find what is to be sent; it is noted with the position."""
        kind, recipient = self.courier.kind, self.courier.recipient
        found = [(one.position, effect_id(one, kind, recipient)) for one in records if self.courier.wants(one)]

        def note(connection: Connection, now: datetime) -> None:
            if found:
                effects.derive(connection, kind, recipient, found, now)

        return note


def effect_id(record: Record, kind: str, recipient: str) -> str:
    """What the receiver knows a second sending by: the same wherever this record is, and no two records have it."""
    text = b"\x00".join((leaf_hash(record), kind.encode(), recipient.encode()))
    return f"msg_{hashlib.sha256(text).hexdigest()[:32]}"


class Sender:
    """Sends what is due to one recipient, one after the other in the order of the log."""

    def __init__(self, store: Followed, courier: Courier, clock: Clock, notices: Notices) -> None:
        """One of them in a process for each recipient."""
        self._store, self._courier, self._clock, self._notices = store, courier, clock, notices
        self._failures = 0
        self._stopping = threading.Event()

    def stop(self) -> None:
        """Begin no other sending."""
        self._stopping.set()

    def send_due(self) -> timedelta | None:
        """Send what is due until nothing is, or one fails; how long to leave the recipient in peace then.

        Raises `StoreUnreachable`; what was taken is tried again after a while. `StoreMoved` where nothing is sent any
        more, and nothing was taken.
        """
        while not self._stopping.is_set():
            taken = self._take()
            if not taken:
                return None
            for number, one in enumerate(taken):
                if self._stopping.is_set():
                    self._give_back(taken[number:])
                    return None
                if not self._send(one):
                    self._give_back(taken[number + 1 :])
                    return self._rest()
        return None

    def until_due(self) -> timedelta | None:
        """How long until the next one is due; None if nothing waits."""
        with self._store.snapshot() as snapshot:
            found = effects.next_due(snapshot.connection, self._courier.kind, self._courier.recipient)
        return max(found - self._clock.now(), timedelta(0)) if found else None

    def _take(self) -> list[Effect]:
        kind, recipient, now = self._courier.kind, self._courier.recipient, self._clock.now()
        with self._store.snapshot() as snapshot:
            found = effects.due(snapshot.connection, kind, recipient, now, _AT_ONCE)
        if not found:
            return []
        with self._store.changing() as connection:
            taken = [effects.take(connection, one, now + _LEASE) for one in found]
            # Behind the taking: who copies the store elsewhere holds the rows until it is marked as moved.
            check_not_moved(connection)
        return [one for one in taken if one is not None]

    def _give_back(self, untried: Sequence[Effect]) -> None:
        if untried:
            with self._store.changing() as connection:
                for one in untried:
                    effects.give_back(connection, one, self._clock.now())

    def _send(self, one: Effect) -> bool:
        """Whether it went well."""
        try:
            with self._store.snapshot() as snapshot:
                check_not_moved(snapshot.connection)
                prepared = self._courier.prepare(snapshot, one.id, _record(snapshot, one))
            prepared(self._clock.now())
        except (StoreUnreachable, StreamMoved):
            raise
        except Undelivered as error:
            self._failed(one, error)
            return False
        except Exception as error:  # noqa: BLE001 - whatever goes wrong with one is told, and the others go on
            self._failed(one, Undelivered(why(error)))
            return False
        self._failures = 0
        with self._store.changing() as connection:
            effects.settle(connection, one, "done", self._clock.now())
        return True

    def _failed(self, one: Effect, error: Undelivered) -> None:
        self._failures += 1
        now = self._clock.now()
        last = error.final or one.tries > len(PAUSES)
        then = None if last else now + max(PAUSES[one.tries - 1], error.wait or timedelta(0))
        with self._store.changing() as connection:
            effects.settle(connection, one, "aside" if last else "waiting", now, next_at=then, why=error.why)
        if last:
            self._notices.tell("set-aside", recipient=one.recipient, position=one.position, id=one.id, why=error.why)
        elif self._failures == 1:
            self._notices.tell("not-delivered", recipient=one.recipient, position=one.position, why=error.why)

    def _rest(self) -> timedelta:
        """The recipient is left in peace for longer and longer, whichever effect it was that failed."""
        doubled: int = 2 ** min(self._failures - 1, 10)
        return min(PAUSES[0] * doubled, _REST_AT_MOST)


def _record(snapshot: Reading, one: Effect) -> Record:
    """The record that it was derived from; a log that was set back may have another there."""
    found = snapshot.log(one.position - 1, 1)
    if not found or effect_id(found[0], one.kind, one.recipient) != one.id:
        raise Undelivered("the record it was derived from is no longer in the log", final=True)
    return found[0]
