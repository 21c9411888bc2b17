"""The event store in memory, for tests and rehearsals: the same contract, nothing kept.

Its views live in an in-memory SQLite with one connection: they are changed and taken back together with the log,
but a snapshot of the log does not hold them still, and one thread at a time may ask them.
"""

from __future__ import annotations

import threading
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple, Self

from reviewflow.errors import StoreUnreachable, StreamMoved
from reviewflow.ports import Append, Clock, CommandRepeated, Record
from reviewflow.store.moments import from_micros, to_micros
from reviewflow.store.planning import is_set, moved, place, plan, with_events
from reviewflow.store.subscription import Bell, LogSubscription

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from reviewflow.store.links import Link
    from reviewflow.store.sql import KeptView


class _Head(NamedTuple):
    """A set's version since a position."""

    position: int
    version: int


class _Log:
    """What is kept. Only ever grows, so that a snapshot is a position."""

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self.records: list[Record] = []
        self.streams: dict[str, list[Record]] = {}
        self.commands: dict[str, list[Record]] = {}
        self.heads: dict[str, list[_Head]] = {}
        self.touched: dict[str, dict[str, int]] = {}

    def head(self, key: str, position: int) -> int:
        """The version of a stream or a set at a position."""
        known: Sequence[Record] | Sequence[_Head] = self.streams.get(key, ())
        if is_set(key):
            known = self.heads.get(key, ())
        place = bisect_right(known, position, key=lambda head: head.position)
        return known[place - 1].version if place else 0


class MemorySnapshot:
    """Reads up to the position at which it was taken."""

    def __init__(self, store: MemoryStore, log: _Log) -> None:
        """Taken now."""
        self._store = store
        self._log = log
        self._position = len(log.records)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Nothing to give back."""

    @property
    def connection(self) -> Connection:
        """Where the views are; as they are now."""
        return self._store.link.connection

    def life(self) -> int:
        """There is but one."""
        return 0

    def settle(self) -> None:
        """What is lost is lost with all that read it."""

    def position(self) -> int:
        """The last position, 0 for an empty log."""
        return self._position

    def heads(self, keys: Sequence[str]) -> dict[str, int]:
        """The version of each key; 0 for one that nobody touched."""
        return {key: self._log.head(key, self._position) for key in keys}

    def stream(self, stream: str, after: int = 0) -> list[Record]:
        """Records of one stream with version > `after`, in order."""
        return [r for r in self._seen(self._log.streams.get(stream)) if r.version > after]

    def touching(self, key: str) -> list[str]:
        """The streams whose events touched this set, sorted."""
        with self._log.lock:
            since = dict(self._log.touched.get(key, {}))
        return sorted(stream for stream, position in since.items() if position <= self._position)

    def command(self, command_id: str) -> list[Record]:
        """The records appended under a command id, by ordinal."""
        return self._seen(self._log.commands.get(command_id))

    def commands(self, command_ids: Sequence[str]) -> dict[str, list[Record]]:
        """The same for many; ids under which nothing was appended are left out."""
        found = {command_id: self.command(command_id) for command_id in command_ids}
        return {command_id: records for command_id, records in found.items() if records}

    def log(self, after: int = 0, limit: int = 500, until: datetime | None = None) -> list[Record]:
        """Records with position > `after` (recorded not after `until`), in log order."""
        part = self._log.records[after : min(after + limit, self._position)]
        return part if until is None else [r for r in part if r.recorded_at <= until]

    def _seen(self, records: Sequence[Record] | None) -> list[Record]:
        return [r for r in records or () if r.position <= self._position]


class MemoryStore:
    """The log in this process's memory."""

    def __init__(self, clock: Clock, views: Sequence[KeptView] = ()) -> None:
        """Ready at once; `create` is here for those who treat all stores alike."""
        self._clock = clock
        self._views = tuple(views)
        self._log = _Log()
        self._bell = Bell()
        if views:
            with self.writing() as connection:
                for view in views:
                    view.create(connection)

    def create(self) -> None:
        """Nothing to make."""

    def snapshot(self, command_id: str = "", keys: Sequence[str] = ()) -> MemorySnapshot:  # noqa: ARG002
        """A consistent reading of the log; what it will be asked makes no difference."""
        self._open()
        with self._log.lock:
            return MemorySnapshot(self, self._log)

    def append(self, batch: Append) -> list[Record]:
        """Check reads and versions, give positions, update the views, keep, answer."""
        self._open()
        made, log = plan(batch), self._log
        with log.lock:
            end = len(log.records)
            gone = moved(made.expected, {key: log.head(key, end) for key in (*made.streams, *made.sets)})
            if any(command_id in log.commands for command_id in batch.ids()):
                raise CommandRepeated
            if gone:
                raise StreamMoved(gone)
            last = to_micros(log.records[-1].recorded_at) if log.records else 0
            moment = from_micros(max(to_micros(self._clock.now()), last))
            records = place(batch, end, moment)
            if self._views:
                told = with_events(records, batch)
                with self.writing() as connection:
                    for view in self._views:
                        view.apply(connection, told)
            self._keep(records)
            for key, by in made.bumps.items():
                log.heads.setdefault(key, []).append(_Head(end + 1, log.head(key, end) + by))
            for key, stream in made.pairs:
                log.touched.setdefault(key, {}).setdefault(stream, end + 1)
        self._bell.ring()
        return records

    def _keep(self, records: list[Record]) -> None:
        log = self._log
        for record in records:
            log.streams.setdefault(record.stream, []).append(record)
            if record.command_id is not None:
                log.commands.setdefault(record.command_id, []).append(record)
        log.records += records

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Where the views are, for questions."""
        self._open()
        with self._log.lock:
            yield self.link.connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Where the views are, in a transaction: all or nothing."""
        self._open()
        with self._log.lock:
            self.link.cursor.execute("BEGIN")
            try:
                yield self.link.connection
                self.link.commit()
            except BaseException:
                self.link.rollback()
                raise

    def subscribe(self, after: int = 0, *, pause: float = 60.0) -> LogSubscription:
        """Records with position > `after` as they are kept."""
        return LogSubscription(self.snapshot, self._bell, after, pause)

    @cached_property
    def link(self) -> Link:
        """The one connection to the views' in-memory database; made when first asked for."""
        from sqlalchemy import StaticPool, create_engine

        from reviewflow.store.links import Link

        how = {"isolation_level": None, "check_same_thread": False}
        return Link.over(create_engine("sqlite://", connect_args=how, poolclass=StaticPool).connect())

    def close(self) -> None:
        """Forget everything, and release who waits."""
        self._bell.close()
        link = self.__dict__.pop("link", None)
        if link is not None:
            link.close()
            link.connection.engine.dispose()  # its pool would keep the one connection open

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _open(self) -> None:
        if self._bell.closed:
            raise StoreUnreachable("the store in memory", "it was closed", "open it again")
