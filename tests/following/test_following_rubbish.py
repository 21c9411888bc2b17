"""What is made for a batch goes with the batch: a collector of cycles that looks rarely has nothing to find."""

import gc

from following.followed import Mailbox, follow, grow
from reviewflow.engine.batches import uncollected
from reviewflow.following.follower import ViewFollower
from reviewflow.following.notices import Notices
from reviewflow.following.sending import EffectsFollower, Sender
from reviewflow.views.activity import ActivityView

RECORDS = 1500


def test_following_and_sending_leave_no_cycles_that_grow_with_the_log(file_log):
    mailbox = Mailbox()
    followers = [ViewFollower(ActivityView()), EffectsFollower(mailbox)]
    sender = Sender(file_log.store, mailbox, file_log.clock, Notices(file_log.clock))
    found = []
    for number in (1, RECORDS):  # the first fills what is kept: statements, models
        grow(file_log, number)
        gc.collect()
        with uncollected():
            before = len(gc.get_objects())
            for one in followers:
                follow(file_log.store, one, limit=500)
            sender.send_due()
            found.append((gc.collect(), len(gc.get_objects()) - before))
    assert len(mailbox.got) == RECORDS
    assert max(found[1]) < RECORDS / 5, "(cycles, objects kept) by so many records"
