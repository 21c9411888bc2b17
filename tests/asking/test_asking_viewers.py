"""Who asks decides what is told: through no door is somebody with few rights told more."""

import subprocess
import sys

import pytest

from asking.asked import ASKS, CYCLE, DAN, DAY, GONE, MOMENT, OMAR, ROWAN, answered
from cli.shell import ADA, BEN, CLEO, LENA, PRIYA
from reviewflow.asking.cycle_list import Wanted, cycles
from reviewflow.asking.cycle_next import next_steps
from reviewflow.asking.cycle_show import cycle
from reviewflow.asking.in_names import in_names, refused_in_names
from reviewflow.asking.inbox import tasks
from reviewflow.asking.people import person
from reviewflow.asking.plain import as_json
from reviewflow.asking.question import asking
from reviewflow.asking.waiting import as_seen
from reviewflow.cycle.seeing import HIDDEN
from reviewflow.errors import BadInput, Refused, Unmet
from reviewflow.registry.permissions import QUESTIONS

PUBLIC = {name for name, roles in QUESTIONS.items() if "registered" in roles}


@pytest.fixture
def ask(there, ids):
    """Asks as somebody."""

    def asked(viewer, answer, as_of=None, known_at=None):
        with asking(there, ids(viewer) if viewer else None, as_of=as_of, known_at=known_at) as question:
            return as_json(answer(question))

    return asked


@pytest.mark.parametrize("one", ASKS, ids=str)
def test_nobody_known_is_answered_nothing(one, there):
    with asking(there, "aaaaaaaaaaaaaaaa") as question, pytest.raises((Refused, BadInput)):
        one.answer(question)


@pytest.mark.parametrize("one", ASKS, ids=str)
def test_somebody_forgotten_is_answered_nothing(one, there, made):
    with asking(there, (made / "gone").read_text()) as question, pytest.raises((Refused, BadInput)):
        one.answer(question)


def test_a_cycle_of_another_partnership_is_shown_to_nobody_here(ask):
    for viewer in (LENA, BEN, PRIYA, CLEO):
        for question in (cycle, next_steps):
            with pytest.raises(Refused) as refused:
                ask(viewer, lambda q, question=question: question(q, ROWAN))
            assert refused.value.codes == ("not-visible",)
        assert ROWAN not in str(ask(viewer, lambda q: cycles(q, Wanted())))
    assert ask(OMAR, lambda q: cycle(q, ROWAN))["cycle"]["handle"] == ROWAN


def test_whoever_was_asked_to_take_part_sees_their_offer_and_no_more(ask, ids):
    told = ask(CLEO, lambda q: next_steps(q, CYCLE))
    assert told["cycle"]["state"] == told["cycle"]["since"] == HIDDEN
    assert [task["people"] for task in told["waiting"]] == [[{"id": ids(CLEO), "name": "Cleo Example"}]]
    assert told["people"] == []
    assert "Ben Example" not in str(told)


def test_what_waits_is_told_to_whom_it_waits_for(ask, ids):
    mine = ask(LENA, tasks)
    assert mine["person"] == ids(LENA)
    assert {task["step"] for task in mine["tasks"]} >= {"choose_focus"}
    for_lena = [task for task in ask(DAN, tasks)["tasks"] if task["for"]]
    assert {task["for"]["name"] for task in for_lena} == {"Lena Example"}
    assert ask(OMAR, tasks)["tasks"] != mine["tasks"]
    with pytest.raises(Refused):
        ask(BEN, lambda q: tasks(q, LENA))


def test_a_page_of_the_inbox_says_that_there_is_more(ask):
    whole = ask(ADA, lambda q: tasks(q, partnership="north"))
    assert not whole["more"]
    both = ask(None, tasks)
    assert {task["handle"] for task in both["tasks"]} == {CYCLE, ROWAN}
    first = ask(None, lambda q: tasks(q, limit=1))
    assert {task["handle"] for task in first["tasks"]} == {CYCLE}
    assert first["more"]
    assert first["next"] == CYCLE
    second = ask(None, lambda q: tasks(q, limit=1, after=first["next"]))
    assert {task["handle"] for task in second["tasks"]} == {ROWAN}
    assert (second["more"], second["next"]) == (False, None)


@pytest.mark.parametrize("who", [ADA, LENA, DAN, OMAR])
def test_whom_else_it_waits_for_can_be_left_out(ask, who):
    """And nothing else changes."""
    whole, alone = ask(who, tasks)["tasks"], ask(who, lambda q: tasks(q, others=False))["tasks"]
    assert [{**task, "people": None} for task in alone] == [{**task, "people": None} for task in whole]
    for mine, all_of_it in zip(alone, whole, strict=True):
        assert all(one in all_of_it["people"] for one in mine["people"])


def test_a_narrower_inbox_is_not_cut_short_by_what_is_elsewhere(ask):
    # The first cycle in which anything waits is in the north: looking at one in the south is looking at another.
    narrow = ask(None, lambda q: tasks(q, partnership="south", limit=1))
    assert {task["handle"] for task in narrow["tasks"]} == {ROWAN}
    assert not narrow["more"]
    mine = ask(None, lambda q: tasks(q, OMAR, partnership="south", limit=1))
    assert {task["handle"] for task in mine["tasks"]} == {ROWAN}
    assert ask(None, lambda q: tasks(q, OMAR, partnership="north"))["tasks"] == []


class SeesOnly:
    """Somebody who sees these items, and is told of nobody but one."""

    def __init__(self, *items: str, person: str = "cleo") -> None:
        self.items, self.person = items, person

    def may(self, item):
        return item in self.items

    def people(self, person):
        return person == self.person


def test_what_waits_is_told_without_the_people_and_days_that_are_not_shown():
    people = [{"id": "ben", "name": "Ben Example"}, {"id": "cleo", "name": "Cleo Example"}]
    task = {"step": "x", "people": people, "due": "2026-10-01", "overdue": True, "limit": "2026-11-01",
            "not_before": None, "because": "10 school days before the visit"}  # fmt: skip
    seen = as_seen(task, SeesOnly("status"))
    assert seen["people"] == [{"id": None, "name": HIDDEN}, {"id": "cleo", "name": "Cleo Example"}]
    assert [seen[key] for key in ("due", "overdue", "limit", "not_before", "because")] == [None] * 5
    assert as_seen(task, SeesOnly("dates"))["due"] == "2026-10-01"


def test_another_day_and_another_moment(ask):
    assert ask(PRIYA, lambda q: cycle(q, CYCLE))["cycle"]["state"] == "self_evaluation.drafting"
    for times in ({"as_of": DAY}, {"known_at": MOMENT}, {"as_of": DAY, "known_at": MOMENT}):
        assert ask(PRIYA, lambda q: cycle(q, CYCLE), **times)["cycle"]["state"] == "set_up.planned"
    with pytest.raises(BadInput):
        ask(None, lambda q: cycle(q, CYCLE), as_of=DAY.replace(year=2025))


def test_who_may_see_is_judged_today_whichever_day_is_asked_about(ask):
    with pytest.raises(Refused):
        ask(OMAR, lambda q: cycle(q, CYCLE), as_of=DAY)
    assert ask(CLEO, lambda q: next_steps(q, CYCLE), known_at=MOMENT)["cycle"]["state"] == HIDDEN


def test_ones_own_page_may_always_be_asked_for(ask, ids):
    for one in (LENA, BEN, OMAR):
        assert ask(one, lambda q, one=one: person(q, one))["person"]["id"] == ids(one)
    with pytest.raises(Refused):
        ask(BEN, lambda q: person(q, LENA))


def test_what_everybody_may_ask_is_answered_to_everybody(there):
    asked = [one for one in ASKS if one.question in PUBLIC]
    assert asked
    for one in asked:
        assert answered(one, there, OMAR) is not None


def test_sentences_name_only_who_may_be_named(there, ids):
    lena, ben = ids(LENA), ids(BEN)
    with asking(there, lena) as question:
        sentence = f"{ben} after {lena}"
        assert in_names(sentence, question.called) == "Ben Example after Lena Example"
        assert question.names_in(sentence, lambda one: one == lena) == f"{HIDDEN} after Lena Example"
        told = refused_in_names(Refused(f"asked by {ben}", [Unmet("x", f"{lena} is away")]), question.called)
    assert (told.what, told.unmet[0].sentence) == ("asked by Ben Example", "Lena Example is away")


def test_questions_about_one_cycle_wait_for_no_database_library_and_no_command_line():
    modules = "cycle_show, cycle_next, acted, acting, step_forms, errors"
    look = f"import sys; from reviewflow.asking import {modules}; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", look], capture_output=True, text=True, check=True)
    assert {"sqlalchemy", "click", "rich", "cel_expr_python"}.isdisjoint(done.stdout.split())


def test_gone_is_gone(ask):
    with pytest.raises(BadInput):
        ask(None, lambda q: person(q, GONE))
