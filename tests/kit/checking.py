"""One check of everything that a store promises: for the end of each long scenario, and after each fault."""

from __future__ import annotations

from collections import Counter
from typing import Any

from sqlalchemy import create_engine

from kit.stored import StoredWorld
from reviewflow.cycle import events as ev
from reviewflow.cycle.fold import fold
from reviewflow.events import Recorded, Sealed, is_sealed
from reviewflow.knowing import recorded
from reviewflow.ports import Record
from reviewflow.views.rebuild import compare, rebuild

REMOVED = "[removed in this check]"


def check_everything(world: StoredWorld) -> list[Recorded]:
    """The whole log, after every promise was checked on it."""
    with world.store.snapshot() as snapshot:
        records = whole(snapshot)
        check_order(records)
        check_commands(records)
        events = [recorded(record) for record in records]
        check_heads(snapshot, events)
        check_views(world, snapshot)
    check_folds(world, events)
    check_texts(world, events)
    return events


def whole(snapshot: Any) -> list[Record]:
    """Every record, in portions."""
    records: list[Record] = []
    while more := snapshot.log(len(records), 500):
        records += more
    assert len(records) == snapshot.position()
    return records


def check_order(records: list[Record]) -> None:
    """Positions and versions without gaps, and moments that never run backwards."""
    versions: Counter[str] = Counter()
    last = None
    for number, record in enumerate(records, 1):
        versions[record.stream] += 1
        assert record.position == number
        assert record.version == versions[record.stream], record
        assert last is None or record.recorded_at >= last
        last = record.recorded_at


def check_commands(records: list[Record]) -> None:
    """The events of a command stand together, numbered from 0: none is there by half."""
    seen: dict[str, list[Record]] = {}
    for record in records:
        assert (record.command_id is None) == (record.ordinal is None)
        if record.command_id is not None:
            seen.setdefault(record.command_id, []).append(record)
    for command, of in seen.items():
        assert [r.ordinal for r in of] == list(range(len(of))), command
        assert [r.position for r in of] == list(range(of[0].position, of[0].position + len(of))), command
        assert len({r.recorded_at for r in of}) == 1, command


def check_heads(snapshot: Any, events: list[Recorded]) -> None:
    """Each key has moved as often as it was touched, and names the streams that did."""
    streams = Counter(one.stream for one in events)
    touched: dict[str, list[str]] = {}
    for one in events:
        for key in one.event.touches():
            touched.setdefault(key, []).append(one.stream)
    assert snapshot.heads([*streams, *touched]) == {**streams, **{key: len(by) for key, by in touched.items()}}
    for key, by in touched.items():
        assert snapshot.touching(key) == sorted(set(by))


def check_views(world: StoredWorld, snapshot: Any) -> None:
    """The live views are what a rebuild from the log gives."""
    views = world.installation.views.synchronous
    engine = create_engine("sqlite://")
    with engine.connect() as rebuilt:
        rebuild(snapshot, rebuilt, views)
        assert compare(snapshot.connection, rebuilt, views) is None
    engine.dispose()


def check_folds(world: StoredWorld, events: list[Recorded]) -> None:
    """What the engine keeps of a cycle is what its events give."""
    cycles: dict[str, list[Recorded]] = {}
    for one in events:
        if one.stream.startswith("cycle-"):
            cycles.setdefault(one.stream, []).append(one)
    with world.knowing() as known:
        for stream, of in cycles.items():
            assert known.cycle(stream.removeprefix("cycle-")) == fold(of)


def check_texts(world: StoredWorld, events: list[Recorded]) -> None:
    """Every text opens, unless its person was forgotten; every file is there and opens."""
    for one in events:
        opened = world.vault.open_event(one.event, one.stream, one.version, REMOVED)
        if not world.vault.forgotten(one.stream):
            assert REMOVED not in repr(_texts(dict(opened)))
        assert not list(_sealed(dict(opened)))
        if isinstance(one.event, ev.EvidenceAdded) and one.event.file_digest:
            data = world.vault.open_file(world.engine.files.get(one.event.file_digest), one.stream)
            assert len(data) == one.event.file_size


def _texts(value: Any) -> Any:
    if isinstance(value, dict):
        return {k: _texts(v) for k, v in value.items()}
    return [_texts(v) for v in value] if isinstance(value, list | tuple) else str(value)


def _sealed(value: Any) -> Any:
    if isinstance(value, Sealed) or is_sealed(value):
        yield value
    elif isinstance(value, dict):
        for one in value.values():
            yield from _sealed(one)
    elif isinstance(value, list | tuple):
        for one in value:
            yield from _sealed(one)
