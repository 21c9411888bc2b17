"""The cases that the eventsourcing library ships, over our recorders in PostgreSQL."""

from __future__ import annotations

import pytest

from store import test_conformance as log
from store import test_conformance_projection as projection


class InDatabase:
    """A database for each store of a test."""

    @pytest.fixture(autouse=True)
    def _server(self, postgres):
        self.server, self.urls = postgres, {}
        yield
        for url in self.urls.values():
            postgres.drop(url)

    def place(self, name: str = "log") -> str:
        if name not in self.urls:
            self.urls[name] = self.server.fresh()
        return self.urls[name]


class TestAggregateRecorder(InDatabase, log.TestAggregateRecorder):
    pass


class TestSnapshotRecorder(InDatabase, log.TestSnapshotRecorder):
    pass


class TestApplicationRecorder(InDatabase, log.TestApplicationRecorder):
    pass


class TestTrackingRecorder(InDatabase, log.TestTrackingRecorder):
    pass


class TestProcessRecorder(InDatabase, log.TestProcessRecorder):
    pass


class TestNonInterleaving(InDatabase, log.TestNonInterleaving):
    pass


class TestFactory(InDatabase, log.TestFactory):
    test_wants_a_store = test_wants_a_known_kind_of_id = test_says_what_is_wrong_with_a_store = None


class TestAsOneLog(InDatabase, log.TestAsOneLog):
    pass


class TestView(InDatabase, projection.TestView):
    pass


class TestAggregateProjection(InDatabase, projection.TestAggregateProjection):
    pass


class TestDecisionProjection(InDatabase, projection.TestDecisionProjection):
    pass


class TestEventSourcedProjection(InDatabase, projection.TestEventSourcedProjection):
    pass
