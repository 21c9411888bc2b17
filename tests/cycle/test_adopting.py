"""Adopting: a cycle first seen midway stands in the state that a source claims, and goes on by its rules."""

import pytest

from history import imports
from kit.world import World
from reviewflow.cycle.commands import AdoptCycle
from reviewflow.errors import BadInput


@pytest.fixture
def world():
    made = imports.world()
    made.partnership("cluster")
    made.school("hazel")
    yield made
    made.close()


def adopt(world: World, state: str = "review.under_review", by: str = "ada", on: str = "2020-05-01", **more: str):
    given = {"reason": "from the old files", **more}
    return world.handle(AdoptCycle(
        asked=world.asked(by, on, **given), workflow="open-software-review", programme=world.id("programme"),
        subject=world.id("hazel"), state=state, source="old-files", year="2020",
    ))  # fmt: skip


def test_it_stands_where_the_source_says_and_goes_on(world):
    done = adopt(world)
    world.names["cycle"] = world.new_id(done)
    event = done.events[0].event
    assert (event.topic, event.to, event.source, event.values) == (
        "cycle.adopted/1",
        "review.under_review",
        "old-files",
        {},
    )
    assert (world.cycle.adopted, world.cycle.handle) == (True, "hazel-2020-1")
    world.do("put_on_hold", "ada", "2020-06-01", more={"reason": "late"})
    world.do("resume", "ada", "2020-07-01", more={"reason": "late"})
    assert world.cycle.state == "review.under_review"


def test_nothing_is_known_of_what_came_before(world):
    world.names["cycle"] = world.new_id(adopt(world))
    assert world.cycle.said == {}
    with world.refused("before-opening", "wrong-state"):
        world.do("submit_review", "ada", "2020-04-30", more={"reason": "late"}, recommendation="approve")


@pytest.mark.parametrize(
    ("state", "place"), [("review", "state"), ("closed", "state"), ("nowhere", "state"), ("on_hold", "state")]
)
def test_only_a_state_of_the_workflow_that_needs_no_return(world, state, place):
    with world.bad_input(place):
        adopt(world, state)


def test_it_may_be_adopted_where_it_ended(world):
    world.names["cycle"] = world.new_id(adopt(world, "rejected"))
    assert world.cycle.state == "rejected"


def test_who_adopts_answers_for_it(world):
    rob = world.person("rob")
    assert rob
    with world.refused("not-permitted"):
        adopt(world, by="rob")
    with world.refused("no-reason"):
        adopt(world, reason="")
    with world.refused("in-the-future"):
        adopt(world, on="2027-05-01")


def test_a_second_one_in_a_year_is_numbered(world):
    adopt(world)
    assert adopt(world).events[0].event.handle == "hazel-2020-2"


def test_an_unknown_subject_is_bad_input(world):
    world.names["hazel"] = "nobody"
    with pytest.raises(BadInput):
        adopt(world)
