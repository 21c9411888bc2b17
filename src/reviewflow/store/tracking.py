"""How far a projection of the eventsourcing library has come, in the same transaction as what it wrote."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

from eventsourcing.persistence import IntegrityError, ProcessRecorder, StoredEvent, Tracking, TrackingRecorder
from sqlalchemy import Column, Connection, MetaData, Table, Text, insert, select, update

from reviewflow.store.recorders import Ids, LogApplicationRecorder, in_their_words
from reviewflow.store.sql import SqlStore
from reviewflow.store.tables import Whole

metadata = MetaData()

tracked = Table(
    "tracking",
    metadata,
    Column("application_name", Text, primary_key=True),
    Column("notification_id", Whole, nullable=False),
    sqlite_strict=True,
)


def advance(connection: Connection, tracking: Tracking) -> None:
    """Move forward, never back; `IntegrityError` if it is there or further already."""
    name, here = tracking.application_name, tracking.notification_id
    mine = tracked.c.application_name == name
    last = connection.execute(select(tracked.c.notification_id).where(mine)).scalar()
    if last is None:
        connection.execute(insert(tracked).values(application_name=name, notification_id=here))
    elif last < here:
        connection.execute(update(tracked).where(mine).values(notification_id=here))
    else:
        raise IntegrityError(f"{name} is at {last} already; got {here}, want more")


class LogTrackingRecorder(TrackingRecorder):
    """Keeps positions. A view derives from this, and calls `advance` in the `store.writing()` that writes its rows."""

    def __init__(self, store: SqlStore, ids: Ids) -> None:
        """`store` must have been created; `create_table` makes ours."""
        self.store = store
        self.ids = ids

    def create_table(self) -> None:
        """Make the table unless it is there."""
        with in_their_words(), self.store.writing() as connection:
            metadata.create_all(connection)

    def insert_tracking(self, tracking: Tracking) -> None:
        """Note how far it has come."""
        with in_their_words(), self.store.writing() as connection:
            advance(connection, tracking)

    def max_tracking_id(self, application_name: str) -> int | None:
        """How far it has come; None before its first step."""
        wanted = select(tracked.c.notification_id).where(tracked.c.application_name == application_name)
        with in_their_words(), self.store.reading() as connection:
            return cast("int | None", connection.execute(wanted).scalar())


class _Advance:
    """Tracking as a view of one append, so that both are committed together."""

    name = "tracking"

    def __init__(self, tracking: Tracking) -> None:
        self._tracking = tracking

    def apply(self, connection: Connection, _records: object) -> None:
        advance(connection, self._tracking)


class LogProcessRecorder(LogTrackingRecorder, LogApplicationRecorder, ProcessRecorder):
    """Stored events and positions, committed together."""

    def insert_events(
        self, stored_events: Sequence[StoredEvent], *, tracking: Tracking | None = None, **kwargs: Any
    ) -> Sequence[int] | None:
        """Append them and advance, all or nothing."""
        views = [] if tracking is None else [_Advance(tracking)]
        return super().insert_events(stored_events, views=views, **kwargs)
