"""What is sent because of records: derived once, sent at least once under one id, never again, tried and set aside."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from following.followed import Faulty, Mailbox, all_effects, follow, grow, make_log, open_store, place
from reviewflow.errors import ConnectionLost, IntegrityBroken
from reviewflow.following import effects
from reviewflow.following.follower import step
from reviewflow.following.notices import Notices
from reviewflow.following.sending import PAUSES, EffectsFollower, Sender, effect_id
from reviewflow.notify.undelivered import Undelivered

NO = "it answered with status 500"


def sender(log: Any, mailbox: Mailbox, store: Any = None) -> Sender:
    """Whoever sends to this mailbox, and hears of what is told."""
    return Sender(store or log.store, mailbox, log.clock, Notices(log.clock))


def started(log: Any, mailbox: Mailbox | None = None) -> tuple[Mailbox, EffectsFollower]:
    """A mailbox whose follower has begun, at the present end of the log."""
    mailbox = mailbox or Mailbox()
    follower = EffectsFollower(mailbox)
    follow(log.store, follower)
    return mailbox, follower


def states(log: Any) -> list[tuple[int, str, int]]:
    return [(row[0], row[4], row[5]) for row in all_effects(log.store)]


def test_a_new_recipient_gets_what_is_recorded_from_now_on_and_nothing_of_what_was(log):
    grow(log, 5)
    mailbox, follower = started(log)
    assert all_effects(log.store) == []
    grow(log, 3)
    follow(log.store, follower)
    assert sender(log, mailbox).send_due() is None
    assert mailbox.positions == [6, 7, 8]
    assert states(log) == [(6, "done", 1), (7, "done", 1), (8, "done", 1)]


def test_a_rebuild_of_a_view_and_a_follower_that_begins_again_send_nothing_twice(log):
    mailbox, follower = started(log)
    grow(log, 3)
    follow(log.store, follower)
    sender(log, mailbox).send_due()
    for _ in range(2):
        follow(log.store, EffectsFollower(mailbox))
        sender(log, mailbox).send_due()
    assert mailbox.positions == [1, 2, 3]


def test_the_id_is_that_of_the_record_and_of_the_recipient(log):
    _, follower = started(log)
    grow(log, 2)
    follow(log.store, follower)
    with log.store.snapshot() as snapshot:
        records = snapshot.log()
    ids = [row[3] for row in all_effects(log.store)]
    assert ids == [effect_id(one, "webhook", "somebody") for one in records]
    assert len({*ids, *(effect_id(one, "webhook", "another") for one in records)}) == 4


def test_a_record_derives_at_most_one_effect_of_a_kind_for_a_recipient(log):
    _, follower = started(log)
    grow(log, 2)
    follow(log.store, follower)
    from reviewflow.following import positions

    with log.store.changing() as connection:
        positions.forget(connection, follower.name)
        positions.begin(connection, follower.name, 0, log.clock.now())
    assert follow(log.store, follower).outcome.value == "broken"
    assert len(all_effects(log.store)) == 2


def test_two_recipients_do_not_know_of_each_other(log):
    one, first = started(log)
    two, second = started(log, Mailbox("another"))
    grow(log, 2)
    follow(log.store, first)
    follow(log.store, second)
    one.refuses = {1, 2}
    sender(log, one).send_due()
    sender(log, two).send_due()
    assert two.positions == [1, 2]
    assert one.positions == [1]


def test_what_fails_is_tried_again_under_the_same_id_with_growing_pauses_and_then_set_aside(log):
    mailbox, follower = started(log)
    grow(log, 1)
    follow(log.store, follower)
    mailbox.refuses = {1}
    posting = sender(log, mailbox)
    waited = []
    for _ in range(len(PAUSES)):
        assert posting.send_due() is not None
        waited.append(posting.until_due())
        log.clock.moment += waited[-1] - timedelta(microseconds=1)
        posting.send_due()  # not yet
        log.clock.moment += timedelta(microseconds=1)
    assert waited == list(PAUSES)
    assert len(mailbox.got) == len(PAUSES)
    assert posting.send_due() is not None
    assert posting.until_due() is None
    assert len({one for one, _ in mailbox.got}) == 1
    with log.store.reading() as connection:
        (aside,) = effects.listed(connection)
    assert (aside.state, aside.tries, aside.why) == ("aside", len(PAUSES) + 1, NO)


def test_a_recipient_that_failed_is_left_in_peace_for_longer_and_longer_and_then_gets_all_in_order(log):
    mailbox, follower = started(log)
    grow(log, 4)
    follow(log.store, follower)
    posting = sender(log, mailbox)
    mailbox.refuses = {1, 2, 3, 4}
    rests = []
    for _ in range(9):
        rest = posting.send_due()
        rests.append(rest.total_seconds())
        log.clock.moment += rest
    assert rests == [5, 10, 20, 40, 80, 160, 300, 300, 300]
    mailbox.refuses = set()
    log.clock.moment += timedelta(days=1)
    mailbox.got.clear()
    assert posting.send_due() is None
    assert mailbox.positions == [1, 2, 3, 4]


def test_what_a_recipient_asks_for_is_waited_and_what_it_refuses_for_good_is_set_aside_at_once(log):
    mailbox, follower = started(log)
    grow(log, 2)
    follow(log.store, follower)
    posting = sender(log, mailbox)
    mailbox.answers = [Undelivered("it answered with status 503", wait=timedelta(hours=2))]
    posting.send_due()
    mailbox.answers = [Undelivered("it answered with status 410", final=True)]
    posting.send_due()
    assert states(log) == [(1, "waiting", 1), (2, "aside", 1)]
    assert posting.until_due() == timedelta(hours=2)


def test_an_error_of_ours_is_told_by_its_name_and_place_only(log):
    mailbox, follower = started(log)
    grow(log, 1)
    follow(log.store, follower)
    mailbox.answers = [ValueError("Ada Example")]
    sender(log, mailbox).send_due()
    (row,) = all_effects(log.store)
    assert row[4] == "waiting"
    assert row[-1].startswith("ValueError in ")
    assert "Ada" not in row[-1]


def test_of_two_that_send_at_once_one_takes_it(log, place):
    mailbox, follower = started(log)
    grow(log, 1)
    follow(log.store, follower)
    other = open_store(place, log.clock)
    with other.reading() as connection:
        (found,) = effects.due(connection, "webhook", "somebody", log.clock.now(), 5)
    now = log.clock.now()
    with log.store.changing() as connection:
        taken = effects.take(connection, found, now + timedelta(minutes=3))
    with other.changing() as connection:
        assert effects.take(connection, found, now + timedelta(minutes=4)) is None
        effects.give_back(connection, found, now)
    assert sender(log, mailbox, other).send_due() is None
    assert mailbox.got == []
    with log.store.changing() as connection:
        assert effects.settle(connection, taken, "done", now)
    other.close()


def test_what_was_taken_by_one_that_died_is_sent_after_a_while_by_another(log):
    mailbox, follower = started(log)
    grow(log, 2)
    follow(log.store, follower)
    mailbox.answers = [KeyboardInterrupt()]
    with pytest.raises(KeyboardInterrupt):
        sender(log, mailbox).send_due()
    another = sender(log, mailbox)
    assert another.send_due() is None
    assert mailbox.positions == [1]
    log.clock.moment += another.until_due()
    assert another.send_due() is None
    assert mailbox.positions == [1, 1, 2]
    assert len({one for one, _ in mailbox.got}) == 2


def test_whoever_is_too_late_does_not_undo_what_another_said(log):
    _, follower = started(log)
    grow(log, 1)
    follow(log.store, follower)
    now = log.clock.now()
    with log.store.changing() as connection:
        (found,) = effects.due(connection, "webhook", "somebody", now, 5)
        slow = effects.take(connection, found, now + timedelta(minutes=1))
        quick = effects.take(connection, slow, now + timedelta(minutes=5))
        assert not effects.settle(connection, slow, "waiting", now, next_at=now, why=NO)
        assert effects.settle(connection, quick, "done", now)
        assert not effects.settle(connection, slow, "waiting", now, next_at=now, why=NO)
    assert states(log) == [(1, "done", 2)]


def test_a_store_that_goes_away_while_sending_loses_nothing(log):
    mailbox, follower = started(log)
    grow(log, 2)
    follow(log.store, follower)
    for chances in ([0, 1], [0, 2], [0, 3]):  # take, then the word that it was done
        posting = sender(log, mailbox, Faulty(log.store, iter(chances)))
        with pytest.raises(ConnectionLost):
            posting.send_due()
        log.clock.moment += timedelta(minutes=10)
    sender(log, mailbox).send_due()
    assert {row[4] for row in all_effects(log.store)} == {"done"}
    assert set(mailbox.positions) == {1, 2}


def test_an_effect_whose_record_is_no_longer_in_the_log_is_set_aside(log):
    mailbox, _ = started(log)
    grow(log, 1)
    with log.store.changing() as connection:
        effects.derive(connection, "webhook", "somebody", [(1, "msg_other"), (7, "msg_beyond")], log.clock.now())
    posting = sender(log, mailbox)
    posting.send_due()
    posting.send_due()
    assert states(log) == [(1, "aside", 1), (7, "aside", 1)]
    assert mailbox.got == []


def test_what_was_set_aside_or_dropped_can_be_sent_after_all_and_what_is_done_cannot(log):
    mailbox, follower = started(log)
    grow(log, 3)
    follow(log.store, follower)
    one, two, three = (row[3] for row in all_effects(log.store))
    mailbox.answers = [Undelivered("no", final=True)]
    posting = sender(log, mailbox)
    posting.send_due()
    with log.store.changing() as connection:
        assert effects.drop(connection, log.clock.now(), two)
        assert not effects.drop(connection, log.clock.now(), two)
        assert effects.counted(connection) == {"aside": 1, "dropped": 1, "waiting": 1}
    posting.send_due()
    with log.store.changing() as connection:
        assert effects.retry(connection, log.clock.now(), three) == 0
        assert effects.retry(connection, log.clock.now()) == 1
        assert effects.retry(connection, log.clock.now(), two) == 1
    posting.send_due()
    assert mailbox.positions == [1, 3, 1, 2]
    with log.store.reading() as connection:
        assert effects.get(connection, one).state == "done"
        assert effects.get(connection, "msg_unheard_of") is None


def test_one_that_waits_can_be_hastened(log):
    mailbox, follower = started(log)
    grow(log, 1)
    follow(log.store, follower)
    mailbox.answers = [Undelivered("no", wait=timedelta(days=1))]
    posting = sender(log, mailbox)
    posting.send_due()
    with log.store.changing() as connection:
        assert effects.hasten(connection, log.clock.now(), all_effects(log.store)[0][3]) == 1
    posting.send_due()
    assert states(log) == [(1, "done", 2)]


def test_what_was_done_long_ago_is_removed_and_what_is_open_is_kept(log):
    mailbox, follower = started(log)
    grow(log, 3)
    follow(log.store, follower)
    mailbox.answers = [Undelivered("no", final=True)]
    posting = sender(log, mailbox)
    posting.send_due()
    posting.send_due()
    now = log.clock.now()
    with log.store.changing() as connection:
        assert effects.tidy(connection, now, timedelta(days=1)) == 0
        assert effects.tidy(connection, now + timedelta(days=2), timedelta(days=1)) == 2
    assert states(log) == [(1, "aside", 1)]
    follow(log.store, follower)
    assert len(all_effects(log.store)) == 1


_turns = st.tuples(st.sampled_from(["grow", "one", "two", "send", "again"]), st.integers(1, 5))


@settings(max_examples=20)
@given(turns=st.lists(_turns, max_size=20), chances=st.lists(st.sampled_from([0, 0, 0, 1, 2, 3]), max_size=30))
def test_whoever_is_cut_off_where_each_record_derives_one_effect_and_is_sent(tmp_path_factory, turns, chances):
    folder = tmp_path_factory.mktemp("effects")
    log = make_log(folder / "log.db")
    two = open_store(folder / "log.db", log.clock)
    mailbox, _ = started(log)
    fate = iter(chances)
    for kind, number in [*turns, ("grow", 2)]:
        if kind == "grow":
            grow(log, number)
            continue
        log.clock.moment += timedelta(minutes=4 if kind == "again" else 0)
        faulty = Faulty(two if kind == "two" else log.store, fate)
        try:
            if kind == "send":
                sender(log, mailbox, faulty).send_due()
            else:
                step(faulty, EffectsFollower(mailbox), log.clock, limit=number)
        except ConnectionLost:
            pass
        stands = place(log.store, "webhook:somebody")
        assert [row[0] for row in all_effects(log.store)] == list(range(1, stands.position + 1))
    follow(two, EffectsFollower(mailbox))
    log.clock.moment += timedelta(days=1)
    assert sender(log, mailbox).send_due() is None
    everything = set(range(1, log.position() + 1))
    assert set(mailbox.positions) == everything
    assert {row[4] for row in all_effects(log.store)} <= {"done"}
    assert len({one for one, _ in mailbox.got}) == len(everything)
    log.store.close()
    two.close()


def test_a_follower_of_effects_breaks_as_a_view_does(log):
    _, follower = started(log)

    class Choosy(Mailbox):
        def wants(self, record):
            if record.position == 2:
                raise IntegrityBroken(2, "unheard of")
            return True

    grow(log, 3)
    found = follow(log.store, EffectsFollower(Choosy()))
    assert found.position == 1
    assert place(log.store, follower.name).broken_at == 2
