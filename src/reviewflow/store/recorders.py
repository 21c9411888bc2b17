"""Recorders of the eventsourcing library over our tables."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, cast
from uuid import UUID

from eventsourcing.persistence import (
    AggregateRecorder,
    ApplicationRecorder,
    IntegrityError,
    Notification,
    OperationalError,
    StoredEvent,
    Subscription,
)
from sqlalchemy import Select, Table, func, insert, select
from sqlalchemy.exc import IntegrityError as Taken

from reviewflow.errors import ImpossibleHistory, StoreUnreachable, StreamMoved
from reviewflow.ports import Append, Record, Staged, SynchronousView
from reviewflow.store.planning import plan
from reviewflow.store.sql import SqlStore
from reviewflow.store.tables import records


@contextmanager
def in_their_words() -> Iterator[None]:
    """Our errors as those of the library."""
    try:
        yield
    except (StreamMoved, ImpossibleHistory, Taken) as error:
        raise IntegrityError(str(error)) from error
    except StoreUnreachable as error:
        raise OperationalError(str(error)) from error


class Ids:
    """How a stream is named by the library: by UUID, or by text."""

    def __init__(self, *, uuids: bool) -> None:
        """`uuids`: give streams back as UUIDs."""
        self._uuids = uuids

    def stream(self, originator_id: UUID | str) -> str:
        """Ours."""
        return str(originator_id)

    def originator(self, stream: str) -> UUID | str:
        """Theirs."""
        return UUID(stream) if self._uuids else stream


class LogAggregateRecorder(AggregateRecorder):
    """Stored events by stream."""

    table: Table = records

    def __init__(self, store: SqlStore, ids: Ids) -> None:
        """`store` must have been created."""
        self.store = store
        self.ids = ids

    def insert_events(self, stored_events: Sequence[StoredEvent], **kwargs: Any) -> Sequence[int] | None:
        """Append them, all or nothing."""
        self._append(stored_events, **kwargs)
        return None

    def _append(
        self, stored_events: Sequence[StoredEvent], views: Sequence[SynchronousView] = (), **_: Any
    ) -> list[Record]:
        unknown: Any = None  # the library hands us bytes; the views that are told here ask for no event
        staged = [
            Staged(self.ids.stream(e.originator_id), e.originator_version, e.topic, e.state, unknown)
            for e in stored_events
        ]
        batch = Append(staged, None, {})
        with in_their_words():
            return self.store.append_planned(batch, plan(batch, first=0), views)

    def select_events(
        self,
        originator_id: UUID | str,
        *,
        gt: int | None = None,
        lte: int | None = None,
        desc: bool = False,
        limit: int | None = None,
    ) -> Sequence[StoredEvent]:
        """Stored events of one stream."""
        columns = self.table.c
        wanted = select(columns.stream, columns.version, columns.topic, columns.body)
        wanted = wanted.where(columns.stream == self.ids.stream(originator_id))
        if gt is not None:
            wanted = wanted.where(columns.version > gt)
        if lte is not None:
            wanted = wanted.where(columns.version <= lte)
        wanted = wanted.order_by(columns.version.desc() if desc else columns.version).limit(limit)
        return [StoredEvent(self.ids.originator(row[0]), *row[1:]) for row in self._rows(wanted)]

    def _rows(self, wanted: Select[Any]) -> list[Any]:
        with in_their_words(), self.store.reading() as connection:
            return list(connection.execute(wanted))


class SideRecorder(LogAggregateRecorder):
    """Stored events beside the log, such as the library's snapshots: gaps are fine, and no position is given."""

    def __init__(self, store: SqlStore, ids: Ids, table: Table) -> None:
        """`table` has stream, version, topic, body."""
        super().__init__(store, ids)
        self.table = table

    def insert_events(self, stored_events: Sequence[StoredEvent], **_: Any) -> Sequence[int] | None:
        """Put them, all or nothing."""
        names = ("stream", "version", "topic", "body")
        rows = [
            dict(zip(names, (self.ids.stream(e.originator_id), e.originator_version, e.topic, e.state), strict=True))
            for e in stored_events
        ]
        if rows:
            with in_their_words(), self.store.writing() as connection:
                connection.execute(insert(self.table), rows)
        return None


class LogApplicationRecorder(LogAggregateRecorder, ApplicationRecorder):
    """Stored events by stream and by position."""

    def insert_events(self, stored_events: Sequence[StoredEvent], **kwargs: Any) -> Sequence[int] | None:
        """Append them, all or nothing, and answer their positions."""
        return [record.position for record in self._append(stored_events, **kwargs)]

    def select_notifications(
        self,
        start: int | None,
        limit: int,
        stop: int | None = None,
        topics: Sequence[str] = (),
        *,
        inclusive_of_start: bool = True,
    ) -> Sequence[Notification]:
        """Part of the log."""
        columns = records.c
        wanted = select(columns.stream, columns.version, columns.topic, columns.body, columns.position)
        if start is not None:
            wanted = wanted.where(columns.position >= start if inclusive_of_start else columns.position > start)
        if stop is not None:
            wanted = wanted.where(columns.position <= stop)
        if topics:
            wanted = wanted.where(columns.topic.in_(topics))
        found = self._rows(wanted.order_by(columns.position).limit(limit))
        return [Notification(self.ids.originator(row[0]), *row[1:]) for row in found]

    def max_notification_id(self) -> int | None:
        """The last position; None for an empty log."""
        ((last,),) = self._rows(select(func.max(records.c.position)))
        return cast("int | None", last)

    def subscribe(self, gt: int | None = None, topics: Sequence[str] = ()) -> Subscription[ApplicationRecorder]:
        """The log from a position on, as it grows."""
        return LogNotifications(self, gt, topics)


class LogNotifications(Subscription[LogApplicationRecorder]):
    """The library's view of our subscription."""

    def __init__(self, recorder: LogApplicationRecorder, gt: int | None = None, topics: Sequence[str] = ()) -> None:
        """Records with position > `gt`, of these topics if any are named."""
        super().__init__(recorder, gt, topics)
        self._log = recorder.store.subscribe(gt or 0)

    def stop(self) -> None:
        """End it, from any thread."""
        super().stop()
        self._log.stop()

    def __next__(self) -> Notification:
        with in_their_words():
            for record in self._log:
                if not self._topics or record.topic in self._topics:
                    stream = self._recorder.ids.originator(record.stream)
                    return Notification(stream, record.version, record.topic, record.body, record.position)
        raise StopIteration
