"""A cycle that was taken over keeps its number: the next that is opened here goes on after it."""

import pytest

from history.roundtrip import cycles_of, elsewhere
from history.spoilt import bring
from kit.trial import trial, trial_world
from reviewflow.cycle import commands as cy
from reviewflow.cycle.fold import fold


@pytest.fixture
def source():
    world = trial_world()
    for _ in range(3):
        world.open("hazel", "lena")
    return world


def numbers(world):
    with world.knowing() as known:
        return sorted((cycle.number, cycle.handle) for cycle in map(known.cycle, cycles_of(world)))


@pytest.mark.parametrize(
    ("taken", "following"), [((1,), (2, 3)), ((2,), (3, 4)), ((1, 3), (4, 5)), ((2, 3), (4, 5)), ((3,), (4, 5))]
)
def test_the_next_goes_on_after_it(source, tmp_path, rows, taken, following):
    target = elsewhere(trial())
    wanted = [row for row in rows if row["case"]["concept:name"] in {f"hazel-2026-{number}" for number in taken}]
    assert bring(target, tmp_path, wanted).taken_over == len(taken)
    target.names["hazel"] = source.id("hazel")
    for _ in following:
        target.open("hazel", "ada")
    assert numbers(target) == [(number, f"hazel-2026-{number}") for number in sorted({*taken, *following})]


def test_several_in_one_batch_go_on_one_after_another(source, tmp_path, rows):
    target = elsewhere(trial())
    bring(target, tmp_path, [row for row in rows if row["case"]["concept:name"] == "hazel-2026-2"])
    adopted = [
        cy.AdoptCycle(
            asked=target.asked("ada"), workflow="invented-trial", programme=target.id("programme"),
            partnership=target.id("cluster"), subject=source.id("hazel"), year="2026", state="work.ready",
            source="another list",
        )
        for _ in range(3)
    ]  # fmt: skip
    done = list(target.engine.handle_all(adopted))
    assert [fold(one.events).number for one in done] == [3, 4, 5]
