"""A follower's rows and its place move together or not at all: whoever is cut off, whoever follows at the same time."""

from __future__ import annotations

import sqlite3
from contextlib import closing, suppress
from itertools import count

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from following.followed import Copied, Faulty, copied, follow, grow, make_log, open_store, place, rows, undisturbed
from kit.clock import FixedClock
from reviewflow.errors import ConnectionLost, ImpossibleHistory, IntegrityBroken, StoreUnreachable
from reviewflow.following import positions
from reviewflow.following.follower import Outcome, ViewFollower, step
from reviewflow.following.lag import lags
from reviewflow.views.activity import ActivityView
from views.viewed import NOON

CLOCK = FixedClock(NOON)


def test_a_view_is_brought_to_the_end_of_the_log_batch_by_batch(log):
    grow(log, 23)
    follower = ViewFollower(Copied())
    assert step(log.store, follower, CLOCK, limit=10)[:2] == (Outcome.MOVED, 0)
    assert [step(log.store, follower, CLOCK, limit=10)[:3] for _ in range(4)] == [
        (Outcome.MOVED, 10, 23), (Outcome.MOVED, 20, 23), (Outcome.MOVED, 23, 23), (Outcome.THERE, 23, 23),
    ]  # fmt: skip
    assert rows(log.store, copied) == [[(n,) for n in range(1, 24)]]


def test_the_view_of_activity_says_who_did_what_where(log):
    grow(log, 4)
    follow(log.store, ViewFollower(ActivityView()))
    activity, subjects = rows(log.store)
    moment = int(NOON.timestamp() * 1_000_000)
    assert activity == [
        (1, "organisation-s0", 1, "registry.organisation-registered/1", "a", "administrator", None, "a",
         "2026-09-07", moment, None, "s0"),
        (2, "cycle-c0", 1, "cycle.opened/1", "b", "administrator", None, "b", "2026-09-07", moment, "c0", "s0"),
        (3, "cycle-c0", 2, "cycle.assignment-offered/1", "b", "administrator", None, "c", "2026-09-07", moment,
         "c0", "s0"),
        (4, "cycle-c0", 3, "cycle.assignment-accepted/1", "a", "administrator", None, "a", "2026-09-07", moment,
         "c0", "s0"),
    ]  # fmt: skip
    assert subjects == [("c0", "s0")]


def test_a_view_that_begins_again_finds_the_subjects_of_cycles_opened_long_before(log):
    grow(log, 3)
    follow(log.store, ViewFollower(ActivityView()))
    grow(log, 1)
    follow(log.store, ViewFollower(ActivityView()))
    assert rows(log.store)[0][3][-2:] == ("c0", "s0")


def test_of_two_that_read_the_same_place_one_writes_and_the_other_reads_on(log):
    grow(log, 6)
    view = Copied()
    follow(log.store, ViewFollower(view), limit=3)
    with log.store.changing() as connection, pytest.raises(positions.Overtaken):
        positions.move(connection, "copied", 3, 6, NOON)
    assert place(log.store, "copied").position == 6


def test_what_another_found_broken_is_not_moved_past(log):
    grow(log, 6)
    follow(log.store, ViewFollower(Copied()), limit=3)
    with log.store.changing() as connection:
        positions.stop_at(connection, "copied", 6, 7, "a reason")
        with pytest.raises(positions.Overtaken):
            positions.move(connection, "copied", 6, 7, NOON)
        with pytest.raises(positions.Overtaken):
            positions.stop_at(connection, "copied", 6, 7, "another reason")
    assert place(log.store, "copied").why == "a reason"


def test_who_is_overtaken_in_the_middle_of_a_step_leaves_nothing_behind(log, place):
    grow(log, 6)
    other = open_store(place)
    view = Copied()
    follow(log.store, ViewFollower(view), limit=3)

    class Slow(Copied):
        """Is overtaken between its reading and its writing."""

        def apply(self, *_: object):
            raise AssertionError("its place had moved")

    class Late(ViewFollower):
        def prepare(self, snapshot, records):
            follow(other, ViewFollower(Copied()))
            return super().prepare(snapshot, records)

    grow(log, 4)
    assert step(log.store, Late(Slow()), CLOCK).outcome is Outcome.OVERTAKEN
    assert rows(log.store, copied) == [[(n,) for n in range(1, 11)]]
    other.close()


def test_two_that_begin_at_once_begin_once(log, place):
    other = open_store(place)
    with log.store.changing() as connection:
        positions.begin(connection, "copied", 0, NOON)
    with other.changing() as connection:
        positions.begin(connection, "copied", 7, NOON)
    other.close()
    with log.store.reading() as connection:
        assert [one.position for one in positions.places(connection)] == [0]


@pytest.mark.parametrize(
    ("error", "why"),
    [
        (ImpossibleHistory("cycle-x", 3, "it was never opened"), "cycle-x version 3: it was never opened"),
        (IntegrityBroken(8, "the bytes"), "integrity broken at position 8: the bytes"),
        (KeyError("Ada Example of Hazel"), "KeyError in "),
    ],
)
def test_a_view_stops_at_the_very_record_that_it_cannot_apply_and_says_why(log, error, why):
    grow(log, 12)
    view = Copied()
    view.trips[8] = error
    found = follow(log.store, ViewFollower(view))
    assert found.outcome is Outcome.BROKEN
    assert why in found.why
    assert rows(log.store, copied) == [[(n,) for n in range(1, 8)]]
    stands = place(log.store, "copied")
    assert (stands.position, stands.broken_at) == (7, 8)
    assert why in stands.why
    assert "Ada" not in stands.why


def test_a_broken_view_stays_where_it_is_until_it_is_mended(log):
    grow(log, 12)
    view = Copied()
    view.trips[8] = KeyError()
    follow(log.store, ViewFollower(view))
    view.trips.clear()
    assert follow(log.store, ViewFollower(view)).outcome is Outcome.BROKEN
    assert len(rows(log.store, copied)[0]) == 7
    with log.store.changing() as connection:
        assert positions.mend(connection, "copied")
        assert not positions.mend(connection, "activity")
    assert follow(log.store, ViewFollower(view)).outcome is Outcome.THERE
    assert len(rows(log.store, copied)[0]) == 12


def test_a_record_that_cannot_be_read_breaks_a_view_there(file_log, tmp_path):
    grow(file_log, 6)
    with closing(sqlite3.connect(tmp_path / "one.db")) as raw, raw:
        raw.execute("DROP TRIGGER records_never_change")
        raw.execute("UPDATE records SET body = x'7b7d' WHERE position = 4")
    found = follow(file_log.store, ViewFollower(Copied()))
    assert (found.outcome, found.position) == (Outcome.BROKEN, 3)
    assert "position 4" in found.why


def test_a_store_that_is_away_breaks_nothing(log):
    grow(log, 6)
    view = Copied()
    view.trips[4] = ConnectionLost("the store", "gone")
    with pytest.raises(StoreUnreachable):
        follow(log.store, ViewFollower(view))
    stands = place(log.store, "copied")
    assert (stands.position, stands.broken_at) == (0, None)


def test_a_log_that_was_set_back_breaks_who_had_followed_further(log):
    grow(log, 6)
    follow(log.store, ViewFollower(Copied()))
    with log.store.changing() as connection:
        positions.move(connection, "copied", 6, 9, NOON)
    found = follow(log.store, ViewFollower(Copied()))
    assert found.outcome is Outcome.BROKEN
    assert found.why == "it has followed up to 9, and the log ends at 6: the log was set back"


def test_lag_says_how_far_behind_each_is_and_since_when(log):
    grow(log, 3)
    follow(log.store, ViewFollower(Copied()))
    log.clock.set("2026-09-09")
    since = log.clock.now()
    grow(log, 2)
    with log.store.changing() as connection:
        positions.begin(connection, "from-a-later-release", 4, NOON)
    with log.store.snapshot() as snapshot:
        found = {lag.name: lag for lag in lags(snapshot, ["activity", "copied"])}
    assert [(one.position, one.behind, one.since, one.known) for one in found.values()] == [
        (0, 5, NOON, True), (3, 2, since, True), (4, 1, since, False),
    ]  # fmt: skip
    assert found["activity"].moved_at is None


def test_what_is_as_young_as_that_is_left_to_who_leads(log):
    grow(log, 3)
    log.clock.set("2026-09-09")
    grow(log, 2)
    follower = ViewFollower(Copied())
    step(log.store, follower, CLOCK)
    assert step(log.store, follower, CLOCK, until=NOON).position == 3
    assert step(log.store, follower, CLOCK, until=NOON).outcome is Outcome.THERE


_turns = st.tuples(st.sampled_from(["grow", "one", "two", "again"]), st.integers(1, 9))


@settings(max_examples=25)
@given(turns=st.lists(_turns, max_size=25), chances=st.lists(st.sampled_from([0, 0, 1, 2, 3]), max_size=40))
def test_two_that_are_cut_off_at_any_point_leave_the_rows_of_a_quiet_run(tmp_path_factory, turns, chances):
    folder = tmp_path_factory.mktemp("faults")
    one = make_log(folder / "log.db")
    two = open_store(folder / "log.db")
    runners = {}
    fate = iter(chances)
    reached = 0
    for kind, number in [*turns, ("grow", 5)]:
        if kind == "grow":
            grow(one, number)
            continue
        if kind == "again":  # both processes were killed, and begin anew
            runners.clear()
            continue
        store = one.store if kind == "one" else two
        faulty, follower = runners.setdefault(kind, (Faulty(store, fate), ViewFollower(ActivityView())))
        with suppress(ConnectionLost):
            step(faulty, follower, CLOCK, limit=number)
        stands = place(one.store, "activity")
        position = stands.position if stands else 0
        assert position >= reached
        assert [row[0] for row in rows(one.store)[0]] == list(range(1, position + 1))
        reached = position
    follow(two, ViewFollower(ActivityView()))
    numbers = count()
    assert rows(one.store) == undisturbed(one, lambda: folder / f"quiet-{next(numbers)}.db")
    one.store.close()
    two.close()
