"""Every question answers with the very dict that the command line prints, whoever asks, about whichever moment."""

import pytest

from asking.asked import ASKS, CYCLE, DAY, MOMENT, OMAR, answered
from cli.shell import BEN, PRIYA
from reviewflow.asking import step_forms
from reviewflow.asking.errors import data_of
from reviewflow.asking.leaving import leaving
from reviewflow.asking.plain import as_json
from reviewflow.asking.question import asking
from reviewflow.errors import BadInput, Refused
from reviewflow.registry.permissions import QUESTIONS

NOT_OF_THE_LOG = {"doctor", "vault show", "effects list", "views status", "views check", "token list"}
"""What is asked of the store, the keys and the ways to sign in themselves."""
INTO_FILES = {"person export", "audit export"}

VIEWERS = (None, PRIYA, BEN, OMAR)
TIMES = ({"as_of": DAY}, {"as_of": DAY, "known_at": MOMENT})


def printed(ask, shell, viewer, times, code):
    options = [f"--{name.replace('_', '-')}={value.isoformat()}" for name, value in times.items()]
    words = (*ask.typed, *options, *([f"--as={viewer}"] if viewer else []))
    if code == 0:
        told = shell.json(*words)
        return {key: value for key, value in told.items() if key not in ("view", *times)}
    return shell.fault(*words, code=code)


def same(ask, shell, there, viewer, times):
    try:
        expected = answered(ask, there, viewer, **times)
    except Refused as error:
        kind, data = data_of(error)
        told = printed(ask, shell, viewer, times, 1)
        assert (told["kind"], told["what"], told["unmet"]) == (kind, data["what"], as_json(data["unmet"]))
    except BadInput as error:
        told = printed(ask, shell, viewer, times, 2)
        assert [fault["got"] for fault in told["faults"]] == [fault.got for fault in error.faults]
    else:
        assert printed(ask, shell, viewer, times, 0) == expected
        return True
    return False


def test_every_question_is_in_the_table():
    assert {ask.question for ask in ASKS} == set(QUESTIONS) - NOT_OF_THE_LOG - INTO_FILES


@pytest.mark.parametrize("ask", ASKS, ids=str)
def test_now_for_everybody(ask, shell, there):
    told = {viewer for viewer in VIEWERS if same(ask, shell, there, viewer, {})}
    assert None in told


@pytest.mark.parametrize("ask", ASKS, ids=str)
@pytest.mark.parametrize("viewer", [None, PRIYA])
def test_on_another_day_as_known_at_another_moment(ask, viewer, shell, there):
    for times in TIMES:
        same(ask, shell, there, viewer, times)


@pytest.mark.parametrize("viewer", [None, PRIYA])
def test_what_is_open_of_somebody(viewer, shell, there, ids):
    told = shell.json("person", "handover", BEN, *([f"--as={viewer}"] if viewer else []))
    with asking(there, ids(viewer) if viewer else None) as question:
        expected = as_json(leaving(question, BEN))
    assert {key: value for key, value in told.items() if key != "view"} == expected
    assert [one["role"] for one in expected["roles"]] == ["peer_reviewer"]


def test_the_form_of_a_step_says_what_the_template_says_and_more(shell, there, ids):
    told = shell.json("cycle", "do", CYCLE, "choose_focus", "--template")
    with asking(there, ids(BEN)) as question:
        found = as_json(step_forms.form(question, CYCLE, "choose_focus"))
    assert (found["cycle"], found["step"]) == (told["cycle"], told["step"])
    assert [{key: field[key] for key in short} for field, short in zip(found["fields"], told["fields"], strict=True)] \
        == told["fields"]  # fmt: skip
    focus = found["fields"][0]
    assert focus["name"] == "focus_areas"
    assert {"of", "choices", "min", "max", "plain"} <= focus.keys()
