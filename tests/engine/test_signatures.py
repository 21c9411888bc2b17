"""A step with two more signatures: each role signs once, in any order; the last one takes the step."""

import pytest

from kit.trial import finishing, trial_world


@pytest.fixture
def proposed():
    """The lead has proposed to finish; head and chief checker must sign."""
    world = finishing(trial_world())
    yield world
    world.close()


@pytest.mark.parametrize("order", [("hanna", "rob"), ("rob", "hanna")])
def test_the_last_signature_takes_the_step(proposed, order):
    first, second = order
    assert len(proposed.agree("finish", first).events) == 1
    assert proposed.cycle.state == "work.checked"
    taken = proposed.agree("finish", second).events[-1].event
    assert (taken.step, taken.by, taken.proposal) == (
        "finish",
        proposed.id("lena"),
        proposed.cycle.last("finish").values_at,
    )
    assert proposed.cycle.state == "done"


def test_nobody_signs_twice_for_one_role(proposed):
    proposed.agree("finish", "hanna")
    with proposed.refused("signed-already"):
        proposed.agree("finish", "hanna")
    proposed.role("olga", "head", "hazel")
    with proposed.refused("signed-already"):
        proposed.agree("finish", "olga")


def test_proposed_again_everybody_signs_again(proposed):
    proposed.agree("finish", "hanna")
    proposed.do("finish", "lena")
    proposed.agree("finish", "rob")
    assert proposed.cycle.state == "work.checked"
    proposed.agree("finish", "hanna")
    assert proposed.cycle.state == "done"
