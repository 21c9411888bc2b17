"""Export, import into an empty store: every cycle is in the same state, on every day, as known after each event."""

import pytest

from history.mended_walks import walked
from history.roundtrip import cycles_of, elsewhere, exported, imported, opened, states
from kit.trial import trial
from kit.world import acting, spp, spp_world
from reviewflow.cycle import events as ev
from reviewflow.events import topics
from reviewflow.exchange import FORMATS


@pytest.mark.parametrize("form", FORMATS)
def test_a_cycle_comes_back_as_it_was(tmp_path, form):
    source, target = acting(spp_world()), elsewhere(spp())
    path = exported(source, tmp_path / f"histories.{form}", form)
    report = imported(target, path)
    assert report.refusals == ()
    assert (report.cycles, report.taken_over, report.events) == (1, 1, report.events_taken_over)
    [cycle] = cycles_of(source)
    assert opened(target, cycle) == opened(source, cycle)
    assert states(target, cycle) == states(source, cycle)


@pytest.mark.parametrize("seed", range(18))
def test_a_history_of_everything_comes_back_as_it_was(tmp_path, seed):
    source, target = walked(seed).world, elsewhere(trial())
    [cycle] = cycles_of(source)
    form = FORMATS[seed % 3]
    report = imported(target, exported(source, tmp_path / "histories", form))
    assert report.refusals == ()
    assert opened(target, cycle) == opened(source, cycle)
    assert states(target, cycle) == states(source, cycle)


def test_the_walks_have_everything_in_them():
    seen = set()
    for seed in range(18):
        world = walked(seed).world
        seen |= {type(one.event) for one in opened(world, world.id("cycle"))}
    # No command moves a deadline yet.
    assert seen == {kind for kind in topics.values() if issubclass(kind, ev.CycleEvent)} - {ev.DeadlineMoved}
