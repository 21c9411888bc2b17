"""The cycle page: the one thing that waits before what is merely possible, standing in, stages that are over."""

from datetime import date

import pytest

from reviewflow.asking.acting import asked_by
from reviewflow.registry import commands as reg


def shown(web, name, query="", cycle="hazel-review"):
    return web.sign_in(name).get(f"/cycles/{web.handle_of(cycle)}{query}").text


def part(page, begin, end="<h2"):
    """What stands under a heading."""
    return page.partition(f"{begin}</h2>")[2].partition(end)[0]


def stand_in(web, absent, delegate, **more: object):
    by = asked_by(web.installation, web.id(absent), door="web")
    web.engine.handle(reg.DelegateAbsence(
        asked=by, person=web.id(absent), delegate=web.id(delegate), until=date(2026, 12, 31), reason="away", **more
    ))  # fmt: skip


def test_what_waits_comes_before_what_is_merely_possible(still):
    page = shown(still, "hanna")
    waits, also = part(page, "What you can do now"), part(page, "Also possible")
    assert "/steps/check_in" in waits
    assert "Postpone" not in waits
    assert "Withdraw the school" not in waits
    assert "Withdraw the school" in also


def test_what_waits_for_nobody_here_is_said(still):
    assert "Nothing waits for you here" in part(shown(still, "otto"), "What you can do now")


def test_stages_that_are_over_are_folded_and_hold_what_was_said(still):
    page = shown(still, "hanna")
    folded = part(page, "In other stages", "</main>")
    assert "Pupils write more than they did." in folded
    assert "Agree the action plan</h2>" in page
    assert "<h3" in folded


def test_whoever_stands_in_chooses_for_whom(web):
    stand_in(web, "hanna", "bea")
    page = shown(web, "bea")
    there = f"/cycles/{web.handle_of()}?for={web.id('hanna')}"
    assert there in page
    for_her = web.sign_in("bea").get(there).text
    assert "What you can do for them now" in for_her
    assert f"/steps/check_in?for={web.id('hanna')}" in for_her
    assert f"/evidence?for={web.id('hanna')}" in for_her
    assert "For yourself instead" in for_her


def test_what_is_done_in_anothers_name_says_so(web):
    stand_in(web, "hanna", "bea")
    room = f"/cycles/{web.handle_of()}"
    page = web.sign_in("bea").get(f"{room}/evidence?for={web.id('hanna')}").text
    assert "You do this for Hanna" in page
    sent = {"kind": "learning_summary", "text": "Seen for her", "for": web.id("hanna")}
    assert web.sign_in("bea").post(f"{room}/evidence", data=sent).status_code == 303
    with web.engine.knowing() as known:
        event = known.cycle_records(web.id("hazel-review"))[-1].event
    assert (event.by, event.on_behalf_of) == (web.id("bea"), web.id("hanna"))
    assert "Bea Madeup for Hanna Madeup" in web.sign_in("hanna").get(f"{room}/history").text


def test_nobody_stands_in_who_was_not_asked(web):
    before = web.position()
    room = f"/cycles/{web.handle_of()}"
    assert "You stand in for" not in shown(web, "wilma")
    sent = {"kind": "learning_summary", "text": "Mine", "for": web.id("hanna")}
    answer = web.sign_in("wilma").post(f"{room}/evidence", data=sent)
    assert answer.status_code == 403
    assert "asked you to stand in" in answer.text
    assert web.position() == before


def test_only_those_are_offered_who_asked(web):
    stand_in(web, "chloe", "wilma", roles=("improvement_champion",))
    page = shown(web, "wilma")
    assert f"for={web.id('chloe')}" in page
    assert f"for={web.id('hanna')}" not in page


@pytest.mark.parametrize(
    "room", ["", "/evidence", "/notes", "/team", "/consent", "/team/supporter", "/consent/evidence"]
)
@pytest.mark.parametrize(
    "typed", ["hanna@hazel.example", "vera@hazel.example", "nobody@hazel.example", "aaaaaaaaaaaaaaaa"]
)
def test_nobody_learns_a_name_by_claiming_to_stand_in(still, room, typed):
    answer = still.sign_in("wilma").get(f"/cycles/{still.handle_of()}{room}?for={typed}")
    assert answer.status_code == 403
    assert "Vera" not in answer.text
    assert "asked you to stand in" in answer.text
