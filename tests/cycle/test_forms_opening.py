"""What is wrong with where and for whom cycles are to be opened: all of it is told, and nothing is opened."""

from dataclasses import replace

import pytest

from kit.meanwhile import elsewhere
from kit.trial import trial
from kit.world import spp
from reviewflow.cycle import commands as cy
from reviewflow.errors import BadInput
from reviewflow.registry import commands as reg


@pytest.fixture
def opening(world):
    return cy.OpenCycles(
        asked=world.asked("lena"), workflow="spp-peer-review", programme=world.id("programme"),
        partnership=world.id("cluster"), subjects=(world.id("hazel"), world.id("rowan")), year="2026-27",
    )  # fmt: skip


def test_every_fault_at_once(world, opening):
    wrong = replace(opening, year="soon", partnership="nowhere", subjects=("nobody", world.id("hazel"), "nothing"))
    with world.bad_input("year", "partnership", "subject"):
        world.handle(wrong)
    with pytest.raises(BadInput) as info:
        world.handle(wrong)
    assert len(info.value.faults) == 4


def test_one_subject_named_twice_gets_no_two_cycles(world, opening):
    with world.bad_input("subject"):
        world.handle(replace(opening, subjects=(world.id("hazel"), world.id("rowan"), world.id("hazel"))))


def test_nothing_is_opened_for_nobody(world, opening):
    with world.bad_input("subject"):
        world.handle(replace(opening, subjects=()))


def test_a_partnership_opens_cycles_in_its_own_programme(world, opening):
    other = reg.SetUpProgramme(
        asked=world.asked("ada"), programme_name="Lenient Programme", time_zone="Europe/London", backdating_days=9999
    )
    programme = world.new_id(world.handle(other))
    with world.bad_input("partnership"):
        world.handle(replace(opening, programme=programme))
    with world.bad_input("programme"):
        world.handle(replace(opening, programme="nowhere", partnership=None))


def test_a_digest_is_one_of_an_edition_of_that_workflow(world, opening):
    world.publish(trial())
    for digest in ("f" * 64, trial().digest):
        with world.bad_input("edition"):
            world.handle(replace(opening, digest=digest))
    assert len(world.handle(replace(opening, digest=spp().digest)).events) == 2


def test_a_workflow_that_is_not_published(world, opening):
    with world.bad_input("workflow"):
        world.handle(replace(opening, workflow="invented-trial"))


def test_a_cycle_outside_any_partnership_is_read_again_as_it_was_opened(world):
    """Absent values are left out of the stored bytes."""
    world.publish(trial())
    opening = cy.OpenCycles(
        asked=world.asked("ada"), workflow="invented-trial", programme=world.id("programme"),
        subjects=(world.id("hazel"),), year="2026",
    )  # fmt: skip
    done = world.handle(opening)
    with elsewhere(world).knowing() as known:
        cycle = known.cycle(world.new_id(done))
    assert (cycle.partnership, cycle.state) == (None, "work.draft")
