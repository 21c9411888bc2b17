"""Who acted for whom, as a folded cycle says it: also after a correction, and no more after an undo."""

from __future__ import annotations

from datetime import date

from kit.mending import correct, on, records, undo
from kit.standing_in import agree, delegate, do, evidence
from kit.world import VISIT, World, ready_for_visit
from reviewflow.cycle import commands as cy
from reviewflow.cycle.fold import fold
from reviewflow.cycle.state import StoodIn


def scheduled(world: World) -> World:
    """Bea proposed the visit for Lena, Carl signed it for Hanna."""
    ready_for_visit(world)
    delegate(world, "lena", "bea")
    delegate(world, "hanna", "carl")
    world.clock.set("2026-09-08")
    do(world, "schedule_visit", "bea", "lena", **VISIT)
    agree(world, "schedule_visit", "carl", "hanna")
    return world


def told(world: World) -> list[tuple[str, str, str, bool]]:
    names = {one: name for name, one in world.names.items()}
    return [(names[one.by], names[one.absent], one.role, one.signed is not None) for one in world.cycle.stood_in]


SCHEDULED = [
    ("bea", "lena", "partnership_lead", False), ("carl", "hanna", "head", True),
    ("bea", "lena", "partnership_lead", False),
]  # fmt: skip
"""The proposal, the signature, and the step that came of them: the proposer's."""


def test_the_cycle_says_who_acted_for_whom(world):
    scheduled(world)
    assert told(world) == SCHEDULED
    taken = world.cycle.version
    proposal, signature, step = world.cycle.stood_in
    assert (proposal.version, signature.version, step.version) == (taken - 2, taken - 1, taken)
    assert signature.signed == proposal.version


def test_brought_forward_it_says_the_same_as_folded_anew_and_on_an_earlier_day_nothing(world):
    scheduled(world)
    events = records(world)
    assert fold(events) == world.cycle
    assert fold(events, as_of=date(2026, 9, 7)).stood_in == ()
    assert fold(events, known_at=events[0].recorded_at).stood_in == ()


def test_an_opening_in_anothers_name(world):
    delegate(world, "lena", "chloe")
    world.open("hazel", "chloe", on_behalf_of=world.id("lena"))
    assert world.cycle.stood_in == (StoodIn(1, world.id("chloe"), world.id("lena"), "partnership_lead"),)


def test_a_correction_leaves_it_and_an_undo_takes_it_away(world):
    scheduled(world)
    world.clock.set("2026-09-10")
    correct(world, "ada", cy.Correction(world.cycle.version, on("2026-09-09")))
    assert told(world) == SCHEDULED
    undo(world, "ada")
    assert world.cycle.stood_in == ()


def test_who_stood_in_is_free_for_the_other_role_once_it_never_happened(world):
    ready_for_visit(world)
    world.do("schedule_visit", "lena", **VISIT)
    world.agree("schedule_visit", "hanna")
    world.clock.set("2026-11-10")
    world.do("start_visit", "rob", attended=[world.id(name) for name in ("rob", "wilma", "alan")])
    delegate(world, "wilma", "chloe")
    evidence(world, "work_scrutiny", "chloe", "wilma", about="r1")
    with world.refused("never-both"):
        world.offer("improvement_champion", "chloe", "lena")
    undo(world, "lena", only=world.cycle.version)
    assert world.offer("improvement_champion", "chloe", "lena").events
