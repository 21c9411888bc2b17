"""What follows the log, and the one thing that is ever done to it: the next batch, in one transaction."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from enum import Enum
from os import sep
from typing import NamedTuple, Protocol

from sqlalchemy import Connection

from reviewflow.errors import ImpossibleHistory, IntegrityBroken, StoreUnreachable, StreamMoved
from reviewflow.events import decode
from reviewflow.following.positions import Overtaken, Place, begin, move, place_of, stop_at
from reviewflow.ports import Clock, Record, Snapshot
from reviewflow.store.moved import check_not_moved
from reviewflow.views.telling import Teller
from reviewflow.views.view import Told, View

BATCH = 500
"""Records in one transaction: 35,000 a second against 876 one by one."""
_LONGEST_WHY = 500


class Reading(Snapshot, Protocol):
    """A snapshot that views can be asked in."""

    @property
    def connection(self) -> Connection:
        """The same transaction, for questions to views."""


class Followed(Protocol):
    """A store that is followed."""

    def snapshot(self) -> AbstractContextManager[Reading]:
        """One consistent reading."""

    def changing(self, life: int | None = None) -> AbstractContextManager[Connection]:
        """A transaction for rows that are not the log; all or nothing.

        Raises `StreamMoved` if `life`, in which was read what they are made of (`Snapshot.life`), is over.
        """


class Follower(Protocol):
    """Something that follows the log. Whatever it keeps, it keeps through the connection it is given."""

    @property
    def name(self) -> str:
        """What its place is kept under."""

    @property
    def from_now_on(self) -> bool:
        """Whether a new one begins behind the last record, because what was before is not to be done again."""

    def prepare(self, snapshot: Snapshot, records: Sequence[Record]) -> Callable[[Connection, datetime], None]:
        """Read what is needed; what comes back brings its rows forward, and may be tried again.

        Whatever either raises that is not the store's means that it cannot go on.
        """


class ViewFollower:
    """Keeps a view."""

    from_now_on = False

    def __init__(self, view: View, teller: Teller | None = None) -> None:
        """`teller` folds cycles for a view that needs them; without it the view is told the events alone."""
        self.view, self._teller = view, teller
        self.name = view.name

    def prepare(self, snapshot: Snapshot, records: Sequence[Record]) -> Callable[[Connection, datetime], None]:
        """Read the events, so that the view can change its rows."""
        told: list[Told]
        if self._teller is None:
            told = [(one, decode(one.topic, one.body, one.position), None) for one in records]
        else:
            told = self._teller.tell(snapshot, records)
        return lambda connection, _now: self.view.apply(connection, told)


class Outcome(Enum):
    """What came of a step."""

    MOVED = "moved"
    THERE = "there"
    """There was nothing to follow."""
    OVERTAKEN = "overtaken"
    BROKEN = "broken"


class Step(NamedTuple):
    """What came of it, and where the follower and the log stood; 0 where that was not read."""

    outcome: Outcome
    position: int = 0
    end: int = 0
    why: str = ""


def step(
    store: Followed, follower: Follower, clock: Clock, *, limit: int = BATCH, until: datetime | None = None
) -> Step:
    """Follow the next records, at most `limit`, recorded not after `until`: rows and position, or nothing.

    Raises `StoreUnreachable`; nothing was written then, or all of it was: the position says which. `StoreMoved` where
    nothing is followed any more.
    """
    try:
        return _step(store, follower, clock, limit, until)
    except (Overtaken, StreamMoved):  # the second: two processes stood in one another's way, and nothing was written
        return Step(Outcome.OVERTAKEN)


def _step(store: Followed, follower: Follower, clock: Clock, limit: int, until: datetime | None) -> Step:
    with store.snapshot() as snapshot:
        check_not_moved(snapshot.connection)
        end, life = snapshot.position(), snapshot.life()
        place = place_of(snapshot.connection, follower.name)
        if place is None:
            records: list[Record] = []
        elif place.broken_at is not None:
            return Step(Outcome.BROKEN, place.position, end, place.why or "")
        else:
            records = snapshot.log(place.position, limit, until)
        bring, failed = _prepared(follower, snapshot, records) if records else (None, "")
    if place is None:
        with store.changing(life) as connection:
            begin(connection, follower.name, end if follower.from_now_on else 0, clock.now())
        return Step(Outcome.MOVED, 0, end)
    if place.position > end:
        back = f"it has followed up to {place.position}, and the log ends at {end}: the log was set back"
        return _broken(store, life, place, end + 1, back, end)
    if not records:
        return Step(Outcome.THERE, place.position, end)
    if bring is not None:
        failed = _brought(store, life, place, records[-1].position, bring, clock.now())
        if not failed:
            return Step(Outcome.MOVED, records[-1].position, end)
    if len(records) > 1:
        return _one_by_one(store, follower, clock, len(records), until)
    return _broken(store, life, place, records[0].position, failed, end)


def _brought(
    store: Followed, life: int, place: Place, there: int, bring: Callable[[Connection, datetime], None], now: datetime
) -> str:
    """Bring rows and place forward together; why it cannot be done, if not."""
    try:
        with store.changing(life) as connection:
            move(connection, place.name, place.position, there, now)
            bring(connection, now)
    except (StoreUnreachable, StreamMoved, Overtaken, MemoryError):
        raise
    except Exception as error:  # noqa: BLE001 - whatever a view raises is told, and the others go on
        return why(error)
    return ""


def _prepared(
    follower: Follower, snapshot: Snapshot, records: Sequence[Record]
) -> tuple[Callable[[Connection, datetime], None] | None, str]:
    """What brings its rows forward; or None, and why."""
    try:
        return follower.prepare(snapshot, records), ""
    except (StoreUnreachable, StreamMoved, MemoryError):
        raise
    except Exception as error:  # noqa: BLE001 - as above
        return None, why(error)


def _one_by_one(store: Followed, follower: Follower, clock: Clock, number: int, until: datetime | None) -> Step:
    """Up to the very record at which it breaks, so that its place says so and nothing before is missing."""
    found = Step(Outcome.MOVED)
    for _ in range(number):
        found = _step(store, follower, clock, 1, until)
        if found.outcome is not Outcome.MOVED:
            break
    return found


def _broken(store: Followed, life: int, place: Place, at: int, because: str, end: int) -> Step:
    with store.changing(life) as connection:
        stop_at(connection, place.name, place.position, at, because)
    return Step(Outcome.BROKEN, place.position, end, because)


def why(error: Exception) -> str:
    """Why, without anything that could have been entered by a person: our own sentences hold ids only."""
    if isinstance(error, ImpossibleHistory | IntegrityBroken):
        return str(error)[:_LONGEST_WHY]
    ours = [f for f in traceback.extract_tb(error.__traceback__) if f"{sep}reviewflow{sep}" in f.filename]
    place = f"{ours[-1].filename.rpartition(f'{sep}reviewflow{sep}')[2]}:{ours[-1].lineno}" if ours else "a library"
    return f"{type(error).__name__} in {place}"
