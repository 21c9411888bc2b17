"""Every store against a plain reading of its contract, step by step, on whatever Hypothesis thinks of."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from kit.postgres import server
from reviewflow.errors import StreamMoved
from reviewflow.ports import CommandRepeated
from reviewflow.store.memory import MemoryStore
from reviewflow.store.sql import SqlStore
from store.batches import Seen, SetClock, batch, check_log, everything, staged

STREAMS = ["cycle-a", "cycle-b", "person-c"]
SETS = ["visits-of:c", "people"]
KEYS = STREAMS + SETS


class AgainstModel(RuleBasedStateMachine):
    """The model: a list of (stream, version, body, command, moment) and a counter of versions."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = TemporaryDirectory()
        self.path = Path(self.folder.name) / "log.db"
        self.clock, self.view = SetClock(), Seen()
        self.store = self.make()
        self.store.create()
        self.log, self.versions, self.touched, self.moment = [], Counter(), {key: set() for key in SETS}, None

    def make(self):
        return SqlStore(self.path, self.clock, [self.view])

    def teardown(self):
        check_log(self.store)
        self.store.close()
        self.folder.cleanup()

    @rule(
        events=st.lists(
            st.tuples(st.sampled_from(STREAMS), st.lists(st.sampled_from(SETS), max_size=2), st.binary(max_size=8)),
            max_size=4,
        ),
        command=st.one_of(st.none(), st.sampled_from(["c1", "c2", "c3", "c4", "c5", "c6"])),
        stale=st.dictionaries(st.sampled_from(KEYS), st.sampled_from([-1, 1]), max_size=2),
        reads=st.sets(st.sampled_from(KEYS)),
        minutes=st.integers(-90, 90),
        breaks=st.sampled_from([False, False, False, True]),
    )
    def append(self, events, command, stale, reads, minutes, breaks):
        self.clock.turn(minutes=minutes)
        read = {key: max(0, self.versions[key] + stale.get(key, 0)) for key in KEYS}
        then, made = Counter(read), []
        for stream, touches, body in events:
            then[stream] += 1
            made.append(staged(stream, then[stream], *touches, body=body, after=str(len(self.log))))
        checked = set(reads) | {event.stream for event in made}
        moved = {key: (read[key], self.versions[key]) for key in checked if read[key] != self.versions[key]}
        # The view breaks only when it is told something.
        self.view.broken = breaks and bool(made)
        offered = batch(*made, command=command, reads={key: read[key] for key in reads})
        known = command is not None and command in {row[3] for row in self.log}
        if known:
            with pytest.raises(CommandRepeated):
                self.store.append(offered)
        elif moved:
            with pytest.raises(StreamMoved) as caught:
                self.store.append(offered)
            assert caught.value.moved == moved
        elif self.view.broken:
            with pytest.raises(ZeroDivisionError):
                self.store.append(offered)
        else:
            self.keep(made, command, self.store.append(offered))

    def keep(self, made, command, answer):
        before = len(self.log)
        if made:
            self.moment = max(self.moment or self.clock.moment, self.clock.moment)
        for event in made:
            self.log.append((event.stream, event.version, event.body, command, self.moment))
            self.versions[event.stream] = event.version
            for key in set(event.touches):
                self.versions[key] += 1
                self.touched[key].add(event.stream)
        assert [(r.stream, r.version, r.body, r.command_id, r.recorded_at) for r in answer] == self.log[before:]

    @rule(after=st.integers(0, 30), limit=st.integers(1, 5), minutes=st.integers(-90, 90))
    def read(self, after, limit, minutes):
        self.clock.turn(minutes=minutes)
        known = [n for n, row in enumerate(self.log, 1) if row[4] <= self.clock.moment]
        with self.store.snapshot() as snapshot:
            part = snapshot.log(after, limit, until=self.clock.moment)
            assert [r.position for r in part] == [n for n in known if n > after][:limit]
            for stream in STREAMS:
                mine = [row[1] for row in self.log if row[0] == stream and row[1] > after]
                assert [r.version for r in snapshot.stream(stream, after)] == mine

    @invariant()
    def everything_is_as_in_the_model(self):
        position, log, heads, touching, commands = everything(self.store, KEYS)
        assert position == len(self.log)
        assert [(r.stream, r.version, r.body, r.command_id, r.recorded_at) for r in log] == self.log
        assert heads == {key: self.versions[key] for key in heads}
        assert touching == {key: sorted(self.touched.get(key, ())) for key in touching}
        assert {key: len(found) for key, found in commands.items()} == Counter(row[3] for row in self.log if row[3])
        assert [row[0] for row in self.view.rows(self.store)] == list(range(1, position + 1))


class SqliteAgainstModel(AgainstModel):
    """Also closed and opened again in between."""

    @precondition(lambda self: self.log)
    @rule()
    def reopen(self):
        self.store.close()
        self.store = self.make()


class MemoryAgainstModel(AgainstModel):
    def make(self):
        return MemoryStore(self.clock, [self.view])


class PostgresqlAgainstModel(SqliteAgainstModel):
    """The same, in a database that others use too."""

    def make(self):
        if not hasattr(self, "url"):
            self.url = server().fresh()
        return SqlStore(self.url, self.clock, [self.view])

    def teardown(self):
        super().teardown()
        server().drop(self.url)


TestSqlite = SqliteAgainstModel.TestCase
TestMemory = MemoryAgainstModel.TestCase
TestSqlite.settings = TestMemory.settings = settings(stateful_step_count=20)
TestPostgresql = pytest.mark.usefixtures("postgres")(PostgresqlAgainstModel.TestCase)
TestPostgresql.settings = settings(stateful_step_count=30, max_examples=10)  # a database costs more than its steps
