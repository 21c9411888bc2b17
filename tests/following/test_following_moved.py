"""A store that is moved while it is followed: nothing is taken to be sent behind what the new one took along."""

from __future__ import annotations

import threading
from contextlib import suppress

import pytest

from following.followed import Copied, Mailbox, all_effects, follow, grow, make_log, open_store
from reviewflow.errors import StoreMoved
from reviewflow.following.carrying import carry
from reviewflow.following.follower import ViewFollower, step
from reviewflow.following.notices import Notices
from reviewflow.following.runner import Runner
from reviewflow.following.sending import EffectsFollower, Sender
from reviewflow.store.moved import mark_moved


@pytest.fixture
def there(tmp_path):
    """Where it is moved to."""
    made = make_log(tmp_path / "there.db")
    yield made
    made.store.close()


def started(log, number=3):
    mailbox = Mailbox()
    follow(log.store, EffectsFollower(mailbox))
    grow(log, number)
    follow(log.store, EffectsFollower(mailbox))
    return mailbox


def move(log, there, between=lambda: None):
    with log.store.writing() as here, there.store.writing() as target:
        carry(here, target)
        between()
        mark_moved(here, "sqlite:////there.db", log.clock.now())


def sender(log, mailbox, store=None):
    return Sender(store or log.store, mailbox, log.clock, Notices(log.clock))


def test_what_was_taken_along_is_sent_there_and_not_here(log, there, place):
    mailbox = started(log)
    other = open_store(place, log.clock)
    ended = []

    def send():
        try:
            sender(log, mailbox, other).send_due()
        except StoreMoved as error:
            ended.append(str(error))

    sending = threading.Thread(target=send)

    def between():
        sending.start()
        sending.join(0.5)  # it waits for whoever copies; if it did not, it would be through by now

    move(log, there, between)
    sending.join()
    other.close()
    assert "it was moved to sqlite:////there.db" in ended[0]
    assert mailbox.got == []
    assert {row[5] for row in all_effects(log.store)} == {0}, "nothing stays taken here"
    assert [row[:4] for row in all_effects(there.store)] == [row[:4] for row in all_effects(log.store)]


def test_of_several_that_were_taken_at_once_the_rest_is_not_sent(log, there):
    mailbox = started(log)
    mailbox.answers = []
    prepare = mailbox.prepare

    def moving(*given: object):
        send = prepare(*given)

        def moved(now):
            send(now)
            if len(mailbox.got) == 1:
                move(log, there)

        return moved

    mailbox.prepare = moving
    with pytest.raises(StoreMoved):
        sender(log, mailbox).send_due()
    assert len(mailbox.got) == 1


def test_nothing_is_followed_and_a_runner_ends(log, there):
    mailbox = started(log)
    move(log, there)
    with pytest.raises(StoreMoved):
        step(log.store, ViewFollower(Copied()), log.clock)
    for way in (Runner.run, Runner.once):
        with pytest.raises(StoreMoved):
            way(Runner(log.store, [ViewFollower(Copied()), EffectsFollower(mailbox)], log.clock))
    assert mailbox.got == []


def test_a_runner_that_waits_for_the_log_to_grow_ends(log, there, place):
    mailbox = started(log, 0)
    runner = Runner(log.store, [ViewFollower(Copied()), EffectsFollower(mailbox)], log.clock)
    ended = threading.Event()

    def run():
        with suppress(StoreMoved):
            runner.run()
        ended.set()

    threading.Thread(target=run).start()
    other = open_store(place, log.clock)
    with other.writing() as connection:
        mark_moved(connection, "sqlite:////there.db", log.clock.now())
    other.close()
    assert ended.wait(60)
