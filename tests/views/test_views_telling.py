"""What views are told: each event once, its cycle folded up to right after it, whatever was told before."""

from __future__ import annotations

import pytest

from reviewflow.cycle import events as ev
from reviewflow.cycle.fold import fold
from reviewflow.errors import ImpossibleHistory
from reviewflow.events import Recorded, decode, encode
from reviewflow.ports import Append, Staged
from reviewflow.store.memory import MemoryStore
from reviewflow.views.telling import Teller
from views.histories import IDS, KINDS, History


class Asked:
    """A snapshot that counts how often a stream is read."""

    def __init__(self, snapshot) -> None:
        self.snapshot, self.streams = snapshot, 0

    def stream(self, stream):
        self.streams += 1
        return self.snapshot.stream(stream)

    def log(self, after, limit):
        return self.snapshot.log(after, limit)


@pytest.fixture
def played(log):
    History(log).play([(kind, one, "b", n % 10, n % 2 == 0) for n, kind in enumerate(KINDS) for one in IDS])
    return log


def plainly(snapshot, record):
    """The slow way: all of the stream up to there, folded."""
    told = (Recorded(r.position, r.recorded_at, r.stream, r.version, decode(r.topic, r.body)) for r in whole(snapshot))
    return fold(one for one in told if one.stream == record.stream and one.version <= record.version)


def whole(snapshot):
    return snapshot.log(0, 100_000)


def check_told(snapshot, told):
    for record, event, after in told:
        assert event == decode(record.topic, record.body)
        assert after == (plainly(snapshot, record) if isinstance(event, ev.CycleEvent) else None)


@pytest.mark.parametrize("most", [1, 2, 1024])
@pytest.mark.parametrize("most_bytes", [1, 32_000_000])
def test_each_event_comes_with_its_cycle_right_after_it(played, most, most_bytes):
    teller = Teller(most, most_bytes)
    with played.store.snapshot() as snapshot:
        for record in whole(snapshot):
            check_told(snapshot, teller.tell(snapshot, [record]))
            assert len(teller._kept) <= most
            assert teller._size == sum(one.size for one in teller._kept.values())


def test_a_teller_is_kept_from_snapshot_to_snapshot_and_reads_no_stream_again(log):
    teller, position = Teller(), 0
    for id_ in IDS:
        log.open(id_)
        log.start(id_)
        with log.store.snapshot() as snapshot:
            asked = Asked(snapshot)
            records = asked.log(position, 500)
            check_told(snapshot, teller.tell(asked, records))
            position = records[-1].position
        assert asked.streams == 0


def test_a_cycle_that_is_not_kept_is_read_once_for_all_its_records_of_a_batch(log):
    log.open("a")
    log.start("a")
    for _ in range(5):
        log.say("cycle-a", ev.NoteAdded, text=log.seal("a note"))
    with log.store.snapshot() as snapshot:
        asked = Asked(snapshot)
        check_told(snapshot, Teller().tell(asked, snapshot.log(2, 500)))
    assert asked.streams == 1


@pytest.mark.parametrize("way", ["back", "ahead", "twice"])
def test_what_is_told_need_not_follow_what_was_told_last(played, way):
    teller = Teller()
    with played.store.snapshot() as snapshot:
        records = whole(snapshot)
        half = len(records) // 2
        teller.tell(snapshot, records[:half])
        again = {"back": records[5:], "ahead": records[half + 9 :], "twice": records[:half]}[way]
        check_told(snapshot, teller.tell(snapshot, again))


def test_after_a_record_that_cannot_be_the_others_are_told_as_ever(log):
    store = MemoryStore(log.clock)  # without views nobody objects
    for stream, kind in (("cycle-bad", ev.NoteAdded), ("cycle-good", ev.CycleOpened)):
        fields = log.opening() if kind is ev.CycleOpened else {"text": log.seal("a note")}
        event = kind(**log.said(), **fields)
        store.append(Append([Staged(stream, 1, event.topic, encode(event), event)], None, {}))
    teller = Teller()
    with store.snapshot() as snapshot:
        bad, good = whole(snapshot)
        for _ in range(2):
            with pytest.raises(ImpossibleHistory, match="cycle-bad version 1"):
                teller.tell(snapshot, [bad, good])
            check_told(snapshot, teller.tell(snapshot, [good]))
