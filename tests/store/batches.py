"""Words for the store's tests: a clock to set, events without a topic, batches, a view, and a check of everything."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

from sqlalchemy import Column, Integer, MetaData, String, Table, insert, select

from reviewflow.events import Event, Happened
from reviewflow.ports import Append, Staged

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


class SetClock:
    """A clock that stands still until it is set."""

    def __init__(self, moment: datetime = NOON) -> None:
        self.moment = moment

    def now(self) -> datetime:
        return self.moment

    def turn(self, **by: float) -> None:
        self.moment += timedelta(**by)


class Noted(Event):
    """An event that no other test can find by its topic."""


NOTED = Noted(by="p1", role="head", entered_by="p1", door="cli", happened=Happened(on=date(2026, 3, 2)), cause="test")


def staged(stream: str, version: int, *touches: str, body: bytes = b"{}", after: object = None) -> Staged:
    return Staged(stream, version, "test.noted/1", body, NOTED, touches, after)


def batch(*events: Staged, command: str | None = None, reads: Mapping[str, int] | None = None) -> Append:
    return Append(events, command, reads or {})


def several(commands: Mapping[str, int], *events: Staged, reads: Mapping[str, int] | None = None) -> Append:
    return Append(events, None, reads or {}, commands)


seen = Table(
    "seen",
    MetaData(),
    Column("position", Integer, primary_key=True),
    Column("stream", String),
    Column("version", Integer),
    Column("after", String),
)


class Seen:
    """A view that keeps one row a record, and breaks when asked to."""

    name = "seen"

    def __init__(self) -> None:
        self.broken = False
        self.events: list[Event] = []

    def create(self, connection) -> None:
        seen.metadata.create_all(connection)

    def apply(self, connection, records) -> None:
        for record, event, after in records:
            connection.execute(
                insert(seen).values(position=record.position, stream=record.stream, version=record.version, after=after)
            )
            self.events.append(event)
        if self.broken:
            raise ZeroDivisionError("this view is broken")

    def rows(self, store) -> list[tuple[object, ...]]:
        with store.reading() as connection:
            return [tuple(row) for row in connection.execute(select(seen).order_by(seen.c.position))]


def everything(store, keys: Sequence[str] = ()) -> tuple[object, ...]:
    """All that a store says, to be compared before and after something that must change nothing."""
    with store.snapshot() as snapshot:
        log = snapshot.log(limit=1_000_000)
        wanted = sorted({*keys, *(r.stream for r in log)})
        commands = sorted({r.command_id for r in log if r.command_id})
        return (
            snapshot.position(),
            log,
            snapshot.heads(wanted),
            {key: snapshot.touching(key) for key in wanted},
            {command: snapshot.command(command) for command in commands},
        )


def check_log(store) -> int:
    """Every law that holds of any log at any time; answers its length."""
    with store.snapshot() as snapshot:
        log = snapshot.log(limit=1_000_000)
        assert [r.position for r in log] == list(range(1, len(log) + 1))
        assert snapshot.position() == len(log)
        assert all(a.recorded_at <= b.recorded_at for a, b in pairwise(log))
        assert all(r.recorded_at.tzinfo is UTC for r in log)
        for stream in {r.stream for r in log}:
            mine = [r for r in log if r.stream == stream]
            assert [r.version for r in mine] == list(range(1, len(mine) + 1))
            assert snapshot.stream(stream) == mine
            assert snapshot.heads([stream]) == {stream: len(mine)}
        for command in {r.command_id for r in log if r.command_id}:
            mine = [r for r in log if r.command_id == command]
            assert [r.ordinal for r in mine] == list(range(len(mine)))
            assert [r.position for r in mine] == list(range(mine[0].position, mine[0].position + len(mine)))
        return len(log)
