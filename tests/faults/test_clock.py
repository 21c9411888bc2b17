"""Clocks that are set back, that jump ahead, or that differ: the order of the log is that of its positions."""

from datetime import UTC, datetime, timedelta

import pytest

from faults.site import Site
from faults.worker import note
from kit.checking import check_everything
from kit.clock import FixedClock
from kit.world import spp_people

NOON = datetime(2026, 9, 10, 12, tzinfo=UTC)


@pytest.mark.parametrize("back", [timedelta(seconds=1), timedelta(days=2)])
def test_a_clock_that_is_set_back_does_not_turn_the_log_back(place, back):
    world = spp_people(Site(settings=place))
    world.clock.moment = NOON
    world.open("hazel", "lena")
    world.clock.moment = NOON - back
    person = world.person("late", "staff", "rowan")
    with world.store.snapshot() as snapshot:
        last = snapshot.log(snapshot.position() - 1)[0]
        assert (last.stream, last.recorded_at) == (f"person-{person}", NOON)
    with world.knowing(known_at=NOON - timedelta(microseconds=1)) as known:
        assert known.person(person) is None
        assert known.cycle(world.id("cycle")) is None
    world.clock.moment = NOON + timedelta(minutes=5)
    world.do("choose_focus", "hanna", focus_areas=["Reading"])
    check_everything(world)
    world.close()


def test_another_process_with_a_slow_clock_keeps_the_order_too(place):
    world = spp_people(Site(settings=place))
    world.clock.moment = NOON
    world.open("hazel", "lena")
    other = Site(settings=place, names=world.names)
    other.clock.moment = NOON - timedelta(hours=3)
    for n, one in enumerate((other, world, other, world)):
        one.handle(note(f"note-{n}", world.id("lena"), world.id("cycle"), FixedClock(NOON)))
    events = check_everything(world)
    assert {e.recorded_at for e in events[-4:]} == {NOON}
    other.close()
    world.close()


def test_a_clock_that_once_jumped_ahead_holds_the_log_there_until_it_is_reached(place):
    world = spp_people(Site(settings=place))
    world.clock.moment = NOON
    world.open("hazel", "lena")
    wrong = NOON + timedelta(days=3650)
    world.clock.moment = wrong
    world.handle(note("from-the-future", world.id("lena"), world.id("cycle"), world.clock))
    world.clock.moment = NOON + timedelta(minutes=1)
    # Work goes on, and is judged on the right day: only `recorded_at` stays where the clock once was.
    done = world.do("choose_focus", "hanna", focus_areas=["Reading"])
    assert [e.recorded_at for e in done.events] == [wrong]
    assert done.events[0].event.happened.on == NOON.date()
    # What is known at the true time is only what was known before the jump.
    with world.knowing(known_at=NOON + timedelta(minutes=2)) as known:
        assert known.cycle(world.id("cycle")).version == 1
    with world.knowing() as known:
        assert known.cycle(world.id("cycle")).version == done.events[0].version
    # Once time has caught up it runs on by itself.
    world.clock.moment = wrong + timedelta(seconds=1)
    later = world.handle(note("after", world.id("lena"), world.id("cycle"), world.clock))
    assert [e.recorded_at for e in later.events] == [world.clock.moment]
    check_everything(world)
    world.close()
