"""The cases that the eventsourcing library ships for projections, over our recorders.

No persistence module for SQLite has the library's DCB recorder; the case of a DCB application therefore keeps its
decisions in memory, and its view in ours.
"""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from unittest import TestCase

from eventsourcing.tests import projection
from sqlalchemy import Column, Integer, MetaData, Table, Text, select, update

from reviewflow.store.persistence import LogFactory
from reviewflow.store.tracking import LogTrackingRecorder, advance

MODULE = "reviewflow.store.persistence"


class InFolder(TestCase):
    """A folder for one test."""

    def run(self, result=None):
        with TemporaryDirectory() as folder:
            self.folder = Path(folder)
            return super().run(result)

    def place(self, name: str = "log") -> str:
        """The address of a store that is not there yet."""
        return f"sqlite:///{self.folder / name}.db"


counts = Table(
    "event_counts", MetaData(), Column("kind", Text, primary_key=True), Column("number", Integer, nullable=False)
)


class Counts(LogTrackingRecorder, projection.EventCountersView):
    """A view whose rows are written with the tracking in one transaction."""

    def create_table(self):
        super().create_table()
        with self.store.writing() as connection:
            counts.metadata.create_all(connection)
            if not connection.execute(select(counts)).all():
                connection.execute(counts.insert(), [{"kind": k, "number": 0} for k in ("created", "subsequent")])

    def _number(self, kind):
        with self.store.reading() as connection:
            return connection.execute(select(counts.c.number).where(counts.c.kind == kind)).scalar_one()

    def _add(self, kind, tracking):
        with self.store.writing() as connection:
            connection.execute(update(counts).where(counts.c.kind == kind).values(number=counts.c.number + 1))
            advance(connection, tracking)

    def get_created_event_counter(self):
        return self._number("created")

    def get_subsequent_event_counter(self):
        return self._number("subsequent")

    def incr_created_event_counter(self, tracking):
        self._add("created", tracking)

    def incr_subsequent_event_counter(self, tracking):
        self._add("subsequent", tracking)


class TestView(InFolder, projection.EventCountersViewTestCase):
    def construct_event_counters_view(self):
        factory = LogFactory({"REVIEWFLOW_STORE": self.place()})
        self.addCleanup(factory.close)
        return factory.tracking_recorder(Counts)


class TestAggregateProjection(InFolder, projection.AggregateEventCountersProjectionTestCase):
    view_class = Counts

    def setUp(self):
        self.env = {"PERSISTENCE_MODULE": MODULE, "REVIEWFLOW_STORE": self.place()}


class TestDecisionProjection(InFolder, projection.TaggedDecisionCountersProjectionTestCase):
    view_class = Counts

    def setUp(self):
        self.env = {
            "PERSISTENCE_MODULE": "eventsourcing.dcb.popo",
            "MAPPER_TOPIC": "eventsourcing.dcb.msgpack:MessagePackMapper",
            "EVENTCOUNTERS_PERSISTENCE_MODULE": MODULE,
            "REVIEWFLOW_STORE": self.place("view"),
        }


class TestEventSourcedProjection(InFolder, projection.EventSourcedProjectionTestCase):
    def setUp(self):
        self.env = {
            "PERSISTENCE_MODULE": MODULE,
            "APPLICATION_REVIEWFLOW_STORE": self.place(),
            "COUNTERS_REVIEWFLOW_STORE": self.place("counters"),
        }
