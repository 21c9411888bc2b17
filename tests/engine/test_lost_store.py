"""A store that is lost in the middle of a command: waited for, tried again, and what was done is done once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from kit.world import World
from reviewflow.cycle import commands as cy
from reviewflow.engine import Done, Engine
from reviewflow.engine.again import PATIENCE
from reviewflow.errors import ConnectionLost, Refused, StoreUnreachable
from reviewflow.knowing import Folds
from reviewflow.registry import commands as reg

LOST = ConnectionLost("the store", "the server went away", "try again")
NOT_YET = StoreUnreachable("the store", "nobody listens there")


class Shaky:
    """A store that loses its connection: `plan` says what each use does, in turn; after it all is well."""

    def __init__(self, store: Any, *plan: str) -> None:
        self.store, self.plan, self.uses = store, list(plan), []

    def _next(self, use: str) -> str:
        self.uses.append(use)
        return self.plan.pop(0) if self.plan else "well"

    def snapshot(self, *likely: Any) -> Any:
        self._do(self._next("read"))
        return self.store.snapshot(*likely)

    def append(self, batch: Any) -> Any:
        what = self._next("append")
        if what == "lost after":
            self.store.append(batch)
        self._do("lost" if what == "lost after" else what)
        return self.store.append(batch)

    def _do(self, what: str) -> None:
        if what == "lost":
            raise LOST
        if what == "not yet":
            raise NOT_YET

    def __getattr__(self, name: str) -> Any:
        return getattr(self.store, name)


@pytest.fixture
def shaky(world: World) -> Callable[..., Engine]:
    world.open("hazel", "lena")

    def made(*plan: str) -> Engine:
        old, slept = world.engine, list[float]()
        engine = Engine(old.store, old.vault, old.clock, old.files, old.directory, Folds(), rest=slept.append)
        engine.store, engine.slept = Shaky(world.store, *plan), slept
        return engine

    return made


def focus(world: World, command_id: str = "once") -> cy.TakeStep:
    asked = world.asked("hanna", id=command_id)
    return cy.TakeStep(asked=asked, cycle=world.id("cycle"), step="choose_focus", values={"focus_areas": ["Reading"]})


@pytest.mark.parametrize(
    "plan",
    [
        ["lost"], ["well", "lost"], ["well", "lost after"], ["lost", "not yet", "not yet", "well", "lost"],
        ["well", "lost after", "not yet", "lost"], ["well", "lost", "lost", "well", "lost after"],
    ],
    ids=", ".join,
)  # fmt: skip
def test_a_command_is_done_once_and_answered_as_if_nothing_had_been(world, shaky, plan):
    before = world.position()
    done = shaky(*plan).handle(focus(world))
    assert (done.position, done.repeated) == (before + 1, False)
    assert [one.event.topic for one in done.events] == ["cycle.act-recorded/1"]
    assert world.position() == before + 1
    assert done.cycles[world.id("cycle")].position == before + 1


def test_a_command_that_was_done_before_is_still_told_apart(world, shaky):
    first = world.handle(focus(world))
    second = shaky("lost").handle(focus(world))
    assert (second.repeated, second.events) == (True, first.events)


def test_pauses_grow_and_end_with_our_patience(world, shaky):
    before = world.position()
    engine = shaky(*["lost"] * 500)
    with pytest.raises(ConnectionLost):
        engine.handle(focus(world))
    assert engine.slept == sorted(engine.slept)
    assert engine.slept[0] < 0.1
    assert PATIENCE <= sum(engine.slept) < PATIENCE + 2
    assert world.position() == before


def test_a_store_that_never_answered_is_not_waited_for(world, shaky):
    engine = shaky("not yet")
    with pytest.raises(StoreUnreachable):
        engine.handle(focus(world))
    assert engine.slept == []


def test_a_refusal_after_the_loss_is_a_refusal(world, shaky):
    command = cy.TakeStep(
        asked=world.asked("lena", id="x"), cycle=world.id("cycle"), step="choose_focus", values={"focus_areas": ["R"]}
    )
    with pytest.raises(Refused):
        shaky("lost").handle(command)


@pytest.mark.parametrize("plan", [["lost"], ["well", "lost"], ["well", "lost after"]], ids=", ".join)
def test_a_batch_is_done_once(world, shaky, plan):
    before = world.position()
    answers = shaky(*plan).handle_all([focus(world, "a"), focus(world, "b")])
    assert all(isinstance(one, Done) and not one.repeated for one in answers)
    assert [one.position for one in answers] == [before + 1, before + 2]
    assert world.position() == before + 2


def test_who_was_forgotten_just_before_the_loss_is_forgotten(world, shaky):
    world.person("gone", "head", "hazel")
    person = world.id("gone")
    engine = shaky("well", "lost after")
    engine.handle(reg.ForgetPerson(asked=world.asked("ada", id="forget"), person=person))
    assert world.vault.forgotten(f"person-{person}")


@pytest.mark.parametrize(
    "plan", [["lost"], ["well", "lost"], ["well", "well", "lost"], ["well"] * 3 + ["lost after"]], ids=", ".join
)
def test_evidence_with_a_file_is_added_once(world, shaky, plan):
    world.do("choose_focus", "hanna", focus_areas=["Reading"])
    world.do("name_school_lead", "hanna", school_lead=world.id("hanna"))
    world.do("start_self_evaluation", "hanna")
    before = world.position()
    asked = world.asked("hanna", id="evidence")
    command = cy.AddEvidence(asked=asked, cycle=world.id("cycle"), kind="self_evaluation", file_name="ours.txt")
    done = shaky(*plan).add_evidence(command, b"Invented.")
    assert (done.position, done.repeated, world.position()) == (before + 1, False, before + 1)
