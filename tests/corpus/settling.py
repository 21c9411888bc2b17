"""A store of an earlier release brought to this one, as the upgrade says: views kept otherwise now are rebuilt."""

from __future__ import annotations

from datetime import UTC, datetime

from kit.clock import FixedClock
from reviewflow.following.rebuilding import Rebuilding
from reviewflow.keeping.upgrading import Upgraded, bring_up, look
from reviewflow.settings import Settings
from reviewflow.wiring import open_installation

CLOCK = FixedClock(datetime(2027, 1, 1, tzinfo=UTC))


def settle(settings: Settings) -> Upgraded:
    """What was done."""
    planned = look(settings)
    assert planned == bring_up(settings)
    assert look(settings).steps == ()
    again = [one.view for one in planned.views if one.what == "rebuild"]
    if again:
        with open_installation(settings, CLOCK) as one:
            Rebuilding(one.store, one.views, CLOCK, again).run()
    return planned
