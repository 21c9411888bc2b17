"""The runner: catches up, waits, wakes, outlives a store that is away, and stops when told."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest

from following.followed import Copied, Mailbox, all_effects, copied, follow, grow, open_store, place, rows
from kit.clock import FixedClock
from reviewflow.errors import ConnectionLost, StoreUnreachable
from reviewflow.following import effects, positions, runner
from reviewflow.following.follower import ViewFollower
from reviewflow.following.notices import Notice, Notices
from reviewflow.following.runner import Runner
from reviewflow.following.sending import EffectsFollower
from reviewflow.views.activity import ActivityView, activity
from views.viewed import NOON

PATIENCE = 30


class Heard:
    """Notices, and who waits for one."""

    def __init__(self) -> None:
        self.notices: list[Notice] = []
        self._news = threading.Condition()

    def __call__(self, notice: Notice) -> None:
        with self._news:
            self.notices.append(notice)
            self._news.notify_all()

    def wait_for(self, event: str) -> Notice:
        with self._news:
            assert self._news.wait_for(lambda: event in self.events, PATIENCE), f"{event} not in {self.events}"
            return next(one for one in self.notices if one.event == event)

    @property
    def events(self) -> list[str]:
        return [one.event for one in self.notices]


class Reached:
    """Progress, and who waits until a follower has come somewhere."""

    def __init__(self) -> None:
        self.seen: list[tuple[str, int, int]] = []
        self._news = threading.Condition()

    def __call__(self, name: str, position: int, end: int) -> None:
        with self._news:
            self.seen.append((name, position, end))
            self._news.notify_all()

    def wait_for(self, name: str, position: int) -> None:
        with self._news:
            there = lambda: any(n == name and p >= position for n, p, _ in self.seen)  # noqa: E731
            assert self._news.wait_for(there, PATIENCE), self.seen


@contextmanager
def running(store: Any, followers: Any, clock: Any, **more: Any):
    """A runner at work; stopped and joined at the end, whatever happened."""
    heard, reached = Heard(), Reached()
    one = Runner(store, followers, clock, Notices(clock, heard), progress=reached, **more)
    failures: list[BaseException] = []

    def work() -> None:
        try:
            one.run()
        except BaseException as error:  # noqa: BLE001 - told below
            failures.append(error)

    thread = threading.Thread(target=work)
    thread.start()
    try:
        yield one, heard, reached
    finally:
        one.stop()
        thread.join(PATIENCE)
        assert not thread.is_alive()
        assert failures == []


def test_once_brings_all_to_the_end_and_goes_on_past_one_that_is_broken(log):
    grow(log, 1200)
    view = Copied()
    view.trips[700] = KeyError()
    heard = Heard()
    one = Runner(log.store, [ViewFollower(view), ViewFollower(ActivityView())], log.clock, Notices(log.clock, heard))
    one.once()
    assert list(one.broken) == ["copied"]
    assert [(notice.event, notice.data["position"]) for notice in heard.notices] == [("broken", 700)]
    assert len(rows(log.store, activity)[0]) == 1200
    assert len(rows(log.store, copied)[0]) == 699


def test_once_ends_where_the_log_ended_when_it_began(log, place):
    grow(log, 4)

    class Busy(Copied):
        """The log grows as fast as it is followed."""

        def apply(self, connection, records):
            super().apply(connection, records)
            self.more()

    view = Busy()
    grown = []

    def more() -> None:
        grown.append(1)

    view.more = more
    Runner(log.store, [ViewFollower(view)], log.clock, batch=2).once()
    assert len(grown) == 2


def test_once_on_an_empty_log(log):
    one = Runner(log.store, [ViewFollower(Copied()), EffectsFollower(Mailbox())], log.clock)
    one.once()
    assert one.broken == {}


def test_once_tries_to_send_what_is_due_and_tells_when_the_store_is_away(file_log):
    mailbox = Mailbox()
    followers = [EffectsFollower(mailbox)]
    Runner(file_log.store, followers, file_log.clock).once()
    grow(file_log, 3)
    mailbox.refuses = {1}
    Runner(file_log.store, followers, file_log.clock).once()
    assert mailbox.positions == [1]
    file_log.clock.moment += timedelta(minutes=10)
    Runner(file_log.store, followers, file_log.clock).once()
    assert mailbox.positions == [1, 1]
    file_log.store.close()
    with pytest.raises(StoreUnreachable):
        Runner(file_log.store, followers, file_log.clock).once()


def test_it_follows_what_this_process_and_another_record_and_stops(log, place):
    other = open_store(place, log.clock)
    grow(log, 7)
    with running(other, [ViewFollower(Copied())], log.clock) as (_, _, reached):
        reached.wait_for("copied", 7)
        grow(log, 3)
        reached.wait_for("copied", 10)
    assert rows(other, copied) == [[(n,) for n in range(1, 11)]]
    other.close()


def test_two_runners_at_once_do_no_more_than_one(log, place):
    other = open_store(place, log.clock)
    one, two = ViewFollower(ActivityView()), ViewFollower(ActivityView())
    with running(log.store, [one], log.clock, batch=7), running(other, [two], log.clock, batch=5):
        for _ in range(12):
            grow(log, 20)
        follow(open_again := open_store(place, log.clock), ViewFollower(ActivityView()))
    assert [row[0] for row in rows(log.store, activity)[0]] == list(range(1, 241))
    other.close()
    open_again.close()


def test_a_store_that_is_away_is_waited_for_and_told_once(log, monkeypatch):
    monkeypatch.setattr(runner, "_LONGEST_PAUSE", 0.1)
    away = threading.Event()
    grow(log, 3)

    class Away:
        """A store that is not always there."""

        def snapshot(self):
            if away.is_set():
                raise ConnectionLost("the store", "the server is gone", "it will be back")
            return log.store.snapshot()

        def __getattr__(self, name) -> object:
            return getattr(log.store, name)

    with running(Away(), [ViewFollower(Copied())], log.clock) as (_, heard, reached):
        reached.wait_for("copied", 3)
        away.set()
        grow(log, 2)
        assert heard.wait_for("store-is-away").data == {"why": "the store: the server is gone; it will be back"}
        away.clear()
        heard.wait_for("store-is-back")
        reached.wait_for("copied", 5)
    assert heard.events == ["store-is-away", "store-is-back"]


def test_one_that_cannot_write_rests_and_the_others_go_on(log):
    grow(log, 3)
    with log.store.changing() as connection:
        connection.exec_driver_sql("ALTER TABLE copied RENAME TO put_aside")
    followers = [ViewFollower(Copied()), ViewFollower(ActivityView())]
    with running(log.store, followers, log.clock) as (one, heard, reached):
        told = heard.wait_for("waiting")
        assert told.data["follower"] == "copied"
        assert "its tables are not those of this release" in told.data["why"]
        grow(log, 3)
        reached.wait_for("activity", 6)
        with log.store.changing() as connection:
            connection.exec_driver_sql("ALTER TABLE put_aside RENAME TO copied")
        heard.wait_for("going-on")
        reached.wait_for("copied", 6)
        assert one.broken == {}
    assert heard.events == ["waiting", "going-on"]


def test_a_broken_view_is_told_once_and_goes_on_once_somebody_mended_it(log, monkeypatch):
    monkeypatch.setattr(runner, "_LOOK_AGAIN", 0.05)
    grow(log, 3)
    view = Copied()
    view.trips[2] = KeyError()
    with running(log.store, [ViewFollower(view)], log.clock) as (one, heard, reached):
        heard.wait_for("broken")
        grow(log, 2)
        view.trips.clear()
        with log.store.changing() as connection:
            positions.mend(connection, "copied")
        heard.wait_for("mended")
        reached.wait_for("copied", 5)
        assert one.broken == {}
    assert heard.events == ["broken", "mended"]


def test_a_slow_recipient_keeps_neither_a_view_nor_another_recipient_waiting(log):
    slow, quick = Mailbox("slow"), Mailbox("quick")
    let_go, arrived = threading.Event(), threading.Event()

    def prepare(snapshot, effect_id, record):
        def send(now):
            arrived.set()
            assert let_go.wait(PATIENCE)
            slow.got.append((effect_id, record.position))

        return send

    slow.prepare = prepare
    followers = [EffectsFollower(slow), EffectsFollower(quick), ViewFollower(Copied())]
    with running(log.store, followers, log.clock) as (one, _, reached):
        reached.wait_for("webhook:slow", 0)
        reached.wait_for("webhook:quick", 0)
        grow(log, 4)
        reached.wait_for("copied", 4)
        assert arrived.wait(PATIENCE)
        while len(quick.got) < 4:
            threading.Event().wait(0.01)
        assert slow.got == []
        one.stop()
        let_go.set()
    # It was told to stop during the first: that one is done, the others are given back.
    assert slow.positions == [1]
    with log.store.reading() as connection:
        assert [one.tries for one in effects.due(connection, "webhook", "slow", log.clock.now(), 9)] == [0, 0, 0]


def test_a_thread_that_sends_outlives_whatever_goes_wrong(log, monkeypatch):
    from reviewflow.following import dispatching

    monkeypatch.setattr(dispatching, "_PAUSE", 0.01)
    mailbox = Mailbox()
    taken = effects.take
    fates = iter([OSError("Ada"), ConnectionLost("the store", "gone")])

    def take(connection, one, lease):
        for error in fates:
            raise error
        return taken(connection, one, lease)

    monkeypatch.setattr(effects, "take", take)
    with running(log.store, [EffectsFollower(mailbox)], log.clock) as (_, heard, reached):
        reached.wait_for("webhook:somebody", 0)
        grow(log, 1)
        assert "OSError in" in heard.wait_for("sending-failed").data["why"]
        while not mailbox.got:
            threading.Event().wait(0.01)
    assert mailbox.positions == [1]
    assert all_effects(log.store)[0][4] == "done"


def test_a_process_that_does_not_lead_does_what_was_left_lying(log):
    grow(log, 3)
    log.clock.moment += timedelta(seconds=3)
    grow(log, 2)
    log.clock.moment += timedelta(seconds=3)
    with running(log.store, [ViewFollower(Copied())], log.clock, leads=lambda: False) as (_, _, reached):
        reached.wait_for("copied", 3)
    assert len(rows(log.store, copied)[0]) == 3


def test_it_stops_while_a_store_is_away(tmp_path):
    store = open_store(tmp_path / "nothing.db")
    with running(store, [ViewFollower(Copied())], FixedClock(NOON)) as (_, heard, _reached):
        heard.wait_for("store-is-away")
    store.close()


def test_what_was_sent_long_ago_is_removed_by_the_way(file_log):
    mailbox = Mailbox()
    Runner(file_log.store, [EffectsFollower(mailbox)], file_log.clock).once()
    grow(file_log, 2)
    Runner(file_log.store, [EffectsFollower(mailbox)], file_log.clock).once()
    assert len(all_effects(file_log.store)) == 2
    file_log.clock.moment += timedelta(days=31)
    Runner(file_log.store, [EffectsFollower(mailbox)], file_log.clock).once()
    assert all_effects(file_log.store) == []
    assert place(file_log.store, "webhook:somebody").position == 2
