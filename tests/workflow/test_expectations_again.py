"""What a cycle does not wait for: a step that leads back to where it is, unless it has a deadline."""

import pytest

from kit.trial import TRIAL
from reviewflow.workflow.expectations import expected_in
from reviewflow.workflow.parse import parse

AGAIN = "  again: {{title: Again, from: [work.draft, work.ready], to: work.ready, by: [head]{}, ours: true}}\n"


@pytest.mark.parametrize(("due", "wanted"), [("", False), (", due: {days: 3, from_day_of: submit}", True)])
def test_a_step_back_to_where_it_is(due, wanted):
    text = TRIAL.read_text(encoding="utf-8").replace("transitions:\n", "transitions:\n" + AGAIN.format(due), 1)
    parsed = parse(text.encode(), "trial.yaml")
    steps = {
        state: [one.step for one in expected_in(parsed.definition, parsed.digest, state)]
        for state in ("work.draft", "work.ready")
    }
    assert "again" in steps["work.draft"], "it leads on"
    assert ("again" in steps["work.ready"]) is wanted
