"""What goes on after the story, on whatever day somebody looks: each present cycle waits where it should."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime, timedelta

import pytest

from reviewflow.demo import cast
from reviewflow.demo.calendar import BEGINS, ENDS
from reviewflow.demo.diary import StoryClock, moment
from reviewflow.demo.founding import found, welcome
from reviewflow.demo.hand import Hand
from reviewflow.demo.present import CYCLES, LEAST, _visit, begin_present
from reviewflow.demo.story import settings_in
from reviewflow.demo.telling import Teller
from reviewflow.wiring import create_installation, open_installation


def hand_at(now: datetime, folder) -> list[str]:
    """Where the present cycles are, in a cluster that was only founded; the story's own cycles are not wanted here."""
    settings, clock = settings_in(folder), StoryClock(moment(BEGINS))
    create_installation(settings, clock)
    with open_installation(settings, clock) as installation:
        hand = Hand(installation, clock, Teller(io.StringIO(), quiet=True))
        found(hand)
        clock.to(moment(ENDS))
        welcome(hand, cast.NEWCOMER)
        begin_present(hand, now)
        assert clock.now() < now
        return sorted(handle for handle in hand.ids if handle.endswith("-1"))


DAYS = {
    "the first that is possible": moment(ENDS) + LEAST,
    "a Sunday after Christmas": datetime(2026, 12, 27, 12, tzinfo=UTC),
    "the first minute of a year, when no training of the story is valid": datetime(2031, 1, 1, 0, 1, tzinfo=UTC),
}


@pytest.mark.parametrize("when", DAYS)
def test_every_present_cycle_is_where_it_should_be_on(when, tmp_path):
    now = DAYS[when]
    year = now.year if now.month >= 9 else now.year - 1
    assert hand_at(now, tmp_path) == sorted(f"{one.school}-{year}-1" for one in CYCLES)


@pytest.mark.parametrize("start", range(14))
@pytest.mark.parametrize("later", [True, False])
def test_a_visit_has_two_open_days(start, later):
    day = date(2026, 12, 20) + timedelta(days=start)
    found_day = _visit(day, later=later)
    assert (found_day >= day) if later else (found_day <= day)
    for one in (found_day, found_day + timedelta(days=1)):
        assert one.isoweekday() <= 5
        assert one not in (date(2026, 12, 25), date(2026, 12, 28), date(2027, 1, 1))
