"""The log of one person is complete and the same, however far behind the view is, and whatever it may hold."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from following.followed import follow, grow, make_log
from reviewflow.following import reading
from reviewflow.following.follower import ViewFollower, step
from reviewflow.following.reading import backwards, forwards, last_known
from reviewflow.views.activity import ActivityView
from views.viewed import NOON

WHO = st.sampled_from(["a", "b", "c", "nobody", None])


def plain(log, after, by, known_at):
    """The slow way: every record, one after the other."""
    with log.store.snapshot() as snapshot:
        found = [reading.recorded(one) for one in snapshot.log(0, 10_000)]
    return [
        one.position
        for one in found
        if one.position > after
        and (by is None or one.event.by == by)
        and (known_at is None or one.recorded_at <= known_at)
    ]


@pytest.fixture(scope="module")
def behind(tmp_path_factory):
    """A log of 60 records, one a minute, and a way to let the view follow so far."""
    log = make_log(tmp_path_factory.mktemp("reading") / "log.db")
    for _ in range(30):
        grow(log, 2)
        log.clock.moment += timedelta(minutes=1)

    def up_to(position):
        from following.followed import activity, subjects
        from reviewflow.following.tables import followers

        with log.store.changing() as connection:
            for one in (activity, subjects, followers):
                connection.execute(one.delete())
        while position > 0:
            found = step(log.store, ViewFollower(ActivityView()), log.clock, limit=position)
            if found.position:
                break

    yield log, up_to
    log.store.close()


@given(
    up_to=st.integers(0, 60), after=st.integers(0, 65), by=WHO, minutes=st.one_of(st.none(), st.integers(-1, 40)),
    page=st.integers(1, 7),
)  # fmt: skip
def test_forwards_and_backwards_give_what_a_plain_reading_gives(behind, up_to, after, by, minutes, page):
    log, follow_up_to = behind
    follow_up_to(up_to)
    known_at = NOON + timedelta(minutes=minutes) if minutes is not None else None
    with pytest.MonkeyPatch.context() as patched, log.store.snapshot() as snapshot:
        patched.setattr(reading, "_PAGE", page)
        onwards = [one.position for one in forwards(snapshot, after, by=by, known_at=known_at)]
        back = [one.position for one in backwards(snapshot, by=by, known_at=known_at)]
    assert onwards == plain(log, after, by, known_at)
    assert back == plain(log, 0, by, known_at)[::-1]


def test_what_a_snapshot_does_not_hold_is_not_found_in_the_view(log):
    grow(log, 6)
    with log.store.snapshot() as snapshot:
        before = plain(log, 0, "a", None)
        grow(log, 6)
        follow(log.store, ViewFollower(ActivityView()))
        assert [one.position for one in forwards(snapshot, by="a")] == before
        assert [one.position for one in backwards(snapshot, by="a")] == before[::-1]
    assert len(plain(log, 0, "a", None)) > len(before)


def test_the_log_has_the_last_word_on_whose_a_record_is(file_log):
    grow(file_log, 6)
    follow(file_log.store, ViewFollower(ActivityView()))
    with file_log.store.changing() as connection:
        connection.exec_driver_sql("UPDATE activity SET person = 'a'")
    with file_log.store.snapshot() as snapshot:
        assert [one.position for one in backwards(snapshot, by="a")] == plain(file_log, 0, "a", None)[::-1]


def test_a_person_with_few_records_is_answered_without_reading_the_log(file_log):
    grow(file_log, 400, people="bbbbba" + "b" * 14)
    follow(file_log.store, ViewFollower(ActivityView()))
    with file_log.store.snapshot() as snapshot:
        read = []

        class Counting:
            connection = snapshot.connection
            position = snapshot.position

            def log(self, after=0, limit=500, until=None):
                found = snapshot.log(after, limit, until)
                read.extend(found)
                return found

        found = list(backwards(Counting(), by="a"))
    assert len(found) == len(read) == len(plain(file_log, 0, "a", None))
    assert 0 < len(read) < 50


def test_the_last_that_was_known_at_a_moment(behind):
    log, _ = behind
    with log.store.snapshot() as snapshot:
        assert last_known(snapshot, None) == 60
        assert last_known(snapshot, NOON - timedelta(seconds=1)) == 0
        assert last_known(snapshot, NOON) == 2
        assert last_known(snapshot, NOON + timedelta(minutes=3, seconds=30)) == 8
        assert last_known(snapshot, NOON + timedelta(days=1)) == 60
