"""A list that can hold nothing is answered without a look at every cycle, and no list is another for it."""

import pytest

from cli.shell import ADA
from reviewflow.asking import cycle_list
from reviewflow.asking.cycle_list import Wanted, cycles
from reviewflow.asking.question import asking

STATES = (None, "set_up", "set_up.planned", "self_evaluation", "completed", "cancelled", "none_such", "planned", "")


@pytest.mark.parametrize("viewer", [None, ADA])
@pytest.mark.parametrize("state", STATES)
def test_the_answer_is_the_same_as_with_a_look_at_every_cycle(there, ids, monkeypatch, viewer, state):
    def found():
        with asking(there, ids(viewer) if viewer else None) as question:
            every = [Wanted(state=state, running=r, ended=e) for r in (False, True) for e in (False, True)]
            return [cycles(question, one) for one in every]

    quick = found()
    monkeypatch.setattr(cycle_list, "_can_be", lambda *_: True)
    assert quick == found()
    assert any(one["cycles"] for one in quick) == (state in {None, *STATES[1:4]})


@pytest.mark.parametrize(
    "wanted", [Wanted(state="none_such"), Wanted(state="self_evaluation", ended=True),
               Wanted(state="completed", running=True)]
)  # fmt: skip
def test_where_no_cycle_can_be_none_is_looked_at(there, monkeypatch, wanted):
    monkeypatch.setattr(cycle_list, "_rows", lambda *_: pytest.fail("it looked"))
    with asking(there, None) as question:
        assert cycles(question, wanted) == {"cycles": [], "more": False}
