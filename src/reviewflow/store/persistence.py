"""The log as a persistence module of the eventsourcing library: `PERSISTENCE_MODULE=reviewflow.store.persistence`.

originator_id, originator_version, topic and state are stream, version, topic and body of a record; a notification id
is a position. Whatever speaks the library's interfaces can read our log so. Writing through it keeps the log's
rules, but knows no commands and updates no synchronous views: the engine is the door for that.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime
from typing import TypeVar

from eventsourcing.persistence import AggregateRecorder, ApplicationRecorder, InfrastructureFactory, ProcessRecorder
from eventsourcing.utils import Environment, EnvType, resolve_topic, strtobool
from sqlalchemy import Column, LargeBinary, MetaData, Table, Text

from reviewflow.errors import StoreUnreachable
from reviewflow.store.recorders import Ids, LogAggregateRecorder, LogApplicationRecorder, SideRecorder, in_their_words
from reviewflow.store.sql import SqlStore
from reviewflow.store.tables import Whole
from reviewflow.store.tracking import LogProcessRecorder, LogTrackingRecorder

_T = TypeVar("_T")


class _Now:
    """The moment; the library hands over no clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)  # noqa: TID251 - this is the clock


class LogFactory(InfrastructureFactory[LogTrackingRecorder]):
    """Makes recorders over the store that REVIEWFLOW_STORE names (a URL or a path)."""

    STORE = "REVIEWFLOW_STORE"
    ORIGINATOR_ID_TYPE = "ORIGINATOR_ID_TYPE"
    CREATE_TABLE = "CREATE_TABLE"

    def __init__(self, env: Environment | EnvType | None) -> None:
        """Reads REVIEWFLOW_STORE, ORIGINATOR_ID_TYPE (uuid or text) and CREATE_TABLE."""
        super().__init__(env)
        url = self.env.get(self.STORE)
        if not url:
            raise OSError(f"want the URL or path of a store in one of {', '.join(self.env.create_keys(self.STORE))}")
        kind = self.env.get(self.ORIGINATOR_ID_TYPE, "uuid") or "uuid"
        if kind.lower() not in {"uuid", "text"}:
            raise OSError(f"{self.ORIGINATOR_ID_TYPE}: got {kind!r}; want uuid or text")
        self.ids = Ids(uuids=kind.lower() == "uuid")
        self.store = SqlStore(url, _Now())

    def aggregate_recorder(self, purpose: str = "events") -> AggregateRecorder:
        """Over the log for `events`, else over a table of its own (`stored_snapshots`)."""
        self._create()
        if purpose == "events":
            return LogAggregateRecorder(self.store, self.ids)
        side = _side(purpose)
        if self._creates():
            with in_their_words(), self.store.writing() as connection:
                side.metadata.create_all(connection)
        return SideRecorder(self.store, self.ids, side)

    def application_recorder(self) -> ApplicationRecorder:
        """Over the log."""
        self._create()
        kind: type[LogApplicationRecorder] = self._class(self.APPLICATION_RECORDER_TOPIC, LogApplicationRecorder)
        return kind(self.store, self.ids)

    def tracking_recorder(
        self, tracking_recorder_class: type[LogTrackingRecorder] | None = None
    ) -> LogTrackingRecorder:
        """Over the tracking table, perhaps of a class that keeps a view beside it."""
        self._create()
        kind = tracking_recorder_class or self._class(self.TRACKING_RECORDER_TOPIC, LogTrackingRecorder)
        recorder: LogTrackingRecorder = kind(self.store, self.ids)
        if self._creates():
            recorder.create_table()
        return recorder

    def process_recorder(self) -> ProcessRecorder:
        """Over both."""
        self._create()
        kind: type[LogProcessRecorder] = self._class(self.PROCESS_RECORDER_TOPIC, LogProcessRecorder)
        recorder = kind(self.store, self.ids)
        if self._creates():
            recorder.create_table()
        return recorder

    def close(self) -> None:
        """Close the store."""
        self.store.close()

    def _creates(self) -> bool:
        return strtobool(self.env.get(self.CREATE_TABLE, "yes") or "yes")

    def _create(self) -> None:
        if not self._creates():
            return
        with in_their_words():
            try:
                self._look()
            except StoreUnreachable:
                with suppress(StoreUnreachable):  # another process may be making it just now
                    self.store.create()
                self._look()

    def _look(self) -> None:
        with self.store.snapshot():
            """It is a store."""

    def _class(self, topic: str, default: type[_T]) -> type[_T]:
        named = self.env.get(topic)
        return resolve_topic(named) if named else default


def _side(purpose: str) -> Table:
    """A table for stored events beside the log."""
    return Table(
        f"stored_{purpose}",
        MetaData(),
        Column("stream", Text, primary_key=True),
        Column("version", Whole, primary_key=True),
        Column("topic", Text, nullable=False),
        Column("body", LargeBinary, nullable=False),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
