"""The cases that the eventsourcing library ships for persistence modules, over ours.

Its stopwatches (`test_performance`, `test_concurrent_throughput`) are left out: they assert nothing that the other
cases do not, and print figures that belong in bench/.
"""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from unittest import TestCase
from uuid import UUID

import pytest
from eventsourcing.application import Application
from eventsourcing.domain import Aggregate
from eventsourcing.persistence import IntegrityError, OperationalError, StoredEvent, Tracking
from eventsourcing.tests import persistence as shipped
from eventsourcing.utils import Environment

from reviewflow.store.persistence import LogFactory
from reviewflow.store.recorders import LogAggregateRecorder, LogApplicationRecorder
from reviewflow.store.sql import SqlStore
from reviewflow.store.tracking import LogProcessRecorder, LogTrackingRecorder

MODULE = "reviewflow.store.persistence"


class InFolder(TestCase):
    """A folder for one test, and factories that are closed after it."""

    def run(self, result=None):
        with TemporaryDirectory() as folder:
            self.folder = Path(folder)
            return super().run(result)

    def place(self, name: str = "log") -> str:
        """The address of a store that is not there yet."""
        return f"sqlite:///{self.folder / name}.db"

    def factory(self) -> LogFactory:
        factory = LogFactory({"REVIEWFLOW_STORE": self.place()})
        self.addCleanup(factory.close)
        return factory


class TestAggregateRecorder(InFolder, shipped.AggregateRecorderTestCase):
    test_performance = None

    def create_recorder(self):
        return self.factory().aggregate_recorder()


class TestSnapshotRecorder(InFolder, shipped.AggregateRecorderTestCase):
    test_performance = None

    def create_recorder(self):
        return self.factory().aggregate_recorder("snapshots")


class TestApplicationRecorder(InFolder, shipped.ApplicationRecorderTestCase):
    test_performance = None
    test_concurrent_throughput = None

    def create_recorder(self):
        return self.factory().application_recorder()

    def test_insert_subscribe(self):
        self.optional_test_insert_subscribe()


class TestTrackingRecorder(InFolder, shipped.TrackingRecorderTestCase):
    def create_recorder(self):
        return self.factory().tracking_recorder()


class TestProcessRecorder(InFolder, shipped.ProcessRecorderTestCase):
    test_performance = None

    def create_recorder(self):
        return self.factory().process_recorder()


class TestNonInterleaving(InFolder, shipped.NonInterleavingNotificationIDsBaseCase):
    def create_recorder(self):
        return self.factory().application_recorder()


class OtherTrackingRecorder(LogTrackingRecorder):
    """A subclass, as the shipped case wants one."""


class TestFactory(InFolder, shipped.InfrastructureFactoryTestCase[LogFactory]):
    def setUp(self):
        self.env = Environment("TestCase")
        self.env["PERSISTENCE_MODULE"] = MODULE
        self.env["REVIEWFLOW_STORE"] = self.place()
        super().setUp()

    def expected_factory_class(self):
        return LogFactory

    def expected_aggregate_recorder_class(self):
        return LogAggregateRecorder

    def expected_application_recorder_class(self):
        return LogApplicationRecorder

    def expected_tracking_recorder_class(self):
        return LogTrackingRecorder

    def tracking_recorder_subclass(self):
        return OtherTrackingRecorder

    def expected_process_recorder_class(self):
        return LogProcessRecorder

    def test_wants_a_store(self):
        with pytest.raises(OSError, match="REVIEWFLOW_STORE"):
            LogFactory({})

    def test_wants_a_known_kind_of_id(self):
        with pytest.raises(OSError, match="got 'number'; want uuid or text"):
            LogFactory({"REVIEWFLOW_STORE": "log.db", "ORIGINATOR_ID_TYPE": "number"})

    def test_says_what_is_wrong_with_a_store(self):
        path = self.folder / "letter.txt"
        path.write_text("dear colleague, " * 100)
        factory = LogFactory({"REVIEWFLOW_STORE": str(path)})
        self.addCleanup(factory.close)
        with pytest.raises(OperationalError, match="not a reviewflow store"):
            factory.application_recorder()
        assert path.read_text() == "dear colleague, " * 100


class TestAsOneLog(InFolder):
    def test_an_application_of_the_library_writes_records_of_ours(self):
        place = self.place()
        app = Application(env={"PERSISTENCE_MODULE": MODULE, "REVIEWFLOW_STORE": place})
        self.addCleanup(app.close)
        aggregate = Aggregate()
        app.save(aggregate)
        with SqlStore(place, app.factory.store._clock) as store, store.snapshot() as snapshot:
            (record,) = snapshot.log()
            assert (record.stream, record.version, record.command_id) == (str(aggregate.id), 1, None)
            assert snapshot.heads([record.stream]) == {record.stream: 1}

    def test_a_gap_is_refused_and_tracking_stays(self):
        recorder = self.factory().process_recorder()
        stream = UUID(int=7)
        with pytest.raises(IntegrityError, match="read at 1, now 0"):
            recorder.insert_events([StoredEvent(stream, 2, "t", b"b")], tracking=Tracking("upstream", 1))
        assert recorder.select_events(stream) == []
        assert recorder.max_tracking_id("upstream") is None
