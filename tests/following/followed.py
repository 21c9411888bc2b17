"""Stores to follow, a view and a courier that do as a test says, and a store that fails where it is told to."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from sqlalchemy import Column, Connection

from kit.clock import FixedClock
from reviewflow.errors import ConnectionLost
from reviewflow.following import positions, tables
from reviewflow.following.follower import Follower, Outcome, Step, ViewFollower, step
from reviewflow.following.tables import effects
from reviewflow.notify.undelivered import Undelivered
from reviewflow.ports import Record
from reviewflow.store.sql import SqlStore
from reviewflow.views.activity import ActivityView, activity, subjects
from reviewflow.views.statement import Statement
from reviewflow.views.table import Whole, make, table
from views.viewed import NOON, Log

copied = table("copied", Column("position", Whole, primary_key=True, autoincrement=False))
_COPY = Statement.inserting(copied)


class Copied:
    """A view of positions alone; `trips` says at which it raises what."""

    name = "copied"
    tables = (copied,)

    def __init__(self) -> None:
        self.trips: dict[int, BaseException] = {}

    def create(self, connection: Connection) -> None:
        make(connection, self.tables)

    def apply(self, connection: Connection, records: Any) -> None:
        for record, *_ in records:
            if record.position in self.trips:
                raise self.trips[record.position]
            _COPY.run(connection, record.position)


class Mailbox:
    """A recipient that keeps what it gets; `answers` are raised first, one a sending."""

    kind = "webhook"

    def __init__(self, recipient: str = "somebody") -> None:
        self.recipient = recipient
        self.got: list[tuple[str, int]] = []
        self.answers: list[BaseException] = []
        self.refuses: set[int] = set()

    def wants(self, _: Record) -> bool:
        return True

    def prepare(self, _: Any, effect_id: str, record: Record) -> Callable[[datetime], None]:
        def send(now: datetime) -> None:
            self.got.append((effect_id, record.position))
            if self.answers:
                raise self.answers.pop(0)
            if record.position in self.refuses:
                raise Undelivered("it answered with status 500")

        return send

    @property
    def positions(self) -> list[int]:
        return [position for _, position in self.got]


def open_store(place: Any, clock: FixedClock | None = None) -> SqlStore:
    """A store with all that is followed here."""
    beside = [tables.create, ActivityView().create, Copied().create]
    return SqlStore(place, clock or FixedClock(NOON), (), beside=beside, patience=20)


def make_log(place: Any) -> Log:
    """A log in a store that was made there; its synchronous views are left out."""

    def make_store(clock: FixedClock, views: Any) -> SqlStore:
        store = open_store(place, clock)
        store.create()
        return store

    return Log(make_store)


def grow(log: Log, number: int, people: str = "abc") -> None:
    """So many records by several people: schools, and a cycle each."""
    first = log.position()
    for n in range(first, first + number):
        by = people[n * n % len(people)]
        stream = n // 4
        fields = {"by": by, "entered_by": people[n % len(people)]}
        said = log.said
        log.said = lambda on=None, fields=fields, said=said: said(*([on] if on else [])) | fields  # type: ignore[method-assign]
        try:
            _say(log, n % 4, stream)
        finally:
            log.said = said  # type: ignore[method-assign]
    log.commit()


def _say(log: Log, turn: int, one: int) -> None:
    from reviewflow.cycle import events as ev
    from reviewflow.registry import events as reg

    if turn == 0:
        log.stage(
            f"organisation-s{one}", reg.OrganisationRegistered, kind="school", name=f"School {one}",
            handle=f"s{one}", source="entered",
        )  # fmt: skip
    elif turn == 1:
        log.stage(f"cycle-c{one}", ev.CycleOpened, **log.opening(f"s{one}"))
    elif turn == 2:
        log.stage(f"cycle-c{one}", ev.AssignmentOffered, assigned="reviewer", person="a")
    else:
        log.stage(f"cycle-c{one}", ev.AssignmentAccepted, assigned="reviewer", person="a")


class Faulty:
    """A store that fails where `chances` say: at 1 and 2 nothing was done, at 3 it was and nobody was told."""

    def __init__(self, store: SqlStore, chances: Iterator[int]) -> None:
        self._store, self._chances = store, chances

    def snapshot(self) -> Any:
        return self._store.snapshot()

    @contextmanager
    def changing(self, life: int | None = None) -> Iterator[Connection]:
        chance = next(self._chances, 0)
        if chance == 1:
            raise ConnectionLost("the store", "cut off before")
        with self._store.changing(life) as connection:
            yield connection
            if chance == 2:
                raise ConnectionLost("the store", "cut off before the commit")
        if chance == 3:
            raise ConnectionLost("the store", "cut off after the commit")


def follow(store: Any, follower: Follower, clock: Any = None, limit: int = 500) -> Step:
    """Step by step, until there is nothing to follow."""
    while True:
        found = step(store, follower, clock or FixedClock(NOON), limit=limit)
        if found.outcome in (Outcome.THERE, Outcome.BROKEN):
            return found


def rows(store: Any, *wanted: Any) -> list[list[tuple[Any, ...]]]:
    """All rows of these tables."""
    with store.reading() as connection:
        return [
            [tuple(row) for row in connection.execute(one.select().order_by(*one.primary_key))]
            for one in wanted or (activity, subjects)
        ]


def undisturbed(log: Log, make_place: Callable[[], Any]) -> list[list[tuple[Any, ...]]]:
    """The rows that one quiet run gives, in a store of its own with the same records."""
    from reviewflow.events import decode
    from reviewflow.ports import Append, Staged

    other = open_store(make_place(), log.clock)
    other.create()
    with log.store.snapshot() as snapshot, other:
        for record in snapshot.log(0, 100_000):
            event = decode(record.topic, record.body)
            other.append(Append([Staged(record.stream, record.version, record.topic, record.body, event)], None, {}))
        follow(other, ViewFollower(ActivityView()))
        return rows(other)


def place(store: Any, name: str) -> positions.Place | None:
    with store.reading() as connection:
        return positions.place_of(connection, name)


def all_effects(store: Any) -> list[tuple[Any, ...]]:
    return rows(store, effects)[0]
