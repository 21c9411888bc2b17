"""The partnership board: where cycles stand, what is overdue, who gives and who gets; and what is nobody's to see."""

import re
from collections import Counter
from datetime import timedelta

import pytest

from reviewflow.asking import partnership_board
from reviewflow.asking.acting import asked_by
from reviewflow.asking.inbox import tasks
from reviewflow.asking.partnership_board import board
from reviewflow.asking.question import asking
from reviewflow.cycle import commands as cy
from reviewflow.errors import BadInput
from reviewflow.views.cycles import list_cycles
from reviewflow.web.words import day


def cancelled(web, cycle):
    """A review that ada called off."""
    asked = asked_by(web.installation, web.id("ada"), door="web")
    web.engine.handle(cy.TakeStep(asked=asked, cycle=web.id(cycle), step="cancel", values={"reason": "x"}))


def told(web, name, year=None):
    with asking(web.installation, web.id(name)) as question:
        return board(question, "cluster", year)


def test_a_lead_sees_the_whole_board(still):
    answer = still.sign_in("lena").get("/partnerships/cluster")
    assert answer.status_code == 200
    for text in (
        still.handle_of(),
        still.handle_of("willow-review"),
        "Follow-up: 1",
        "Who gives and who gets",
        "Given",
    ):
        assert text in answer.text
    assert "Whoever leads the partnership" not in answer.text


def test_a_head_sees_their_own_review_and_no_figures_of_others(still):
    answer = still.sign_in("hanna").get("/partnerships/cluster")
    assert still.handle_of() in answer.text
    assert still.handle_of("willow-review") not in answer.text
    assert "<table" not in answer.text
    assert "shown to whoever leads" in answer.text


@pytest.mark.parametrize("name", ["omar", "vera", "esme"])
def test_another_partnership_sees_members_and_nothing_else(still, name):
    answer = still.sign_in(name).get("/partnerships/cluster")
    assert answer.status_code == 200
    assert "Hazel Invented School" in answer.text
    assert still.handle_of() not in answer.text
    assert still.handle_of("willow-review") not in answer.text
    found = told(still, name)
    assert found["cycles"] == []
    assert found["years"] == []
    assert found["giving"] is None
    assert found["stages"] == []


def test_stages_are_counted_and_cards_say_for_how_long(still):
    found = told(still, "lena")
    assert found["whole"]
    assert {one["name"]: one["running"] for one in found["stages"] if one["running"]} == {"follow_up": 1, "set_up": 1}
    hazel = next(row for row in found["cycles"] if row["handle"] == still.handle_of())
    with still.engine.knowing() as known:
        cycle = known.cycle(still.id("hazel-review"))
    assert hazel["since"] == cycle.since.on
    assert hazel["last_stage"]
    assert hazel["days"] == (still.clock.now().date() - cycle.since.on).days


@pytest.mark.parametrize("days", [0, 400])
def test_overdue_is_what_the_inbox_calls_overdue(web, days):
    web.clock.moment += timedelta(days=days)
    late = {row["handle"]: row["overdue"].isoformat() for row in told(web, "lena")["cycles"] if row["overdue"]}
    with asking(web.installation, web.id("lena")) as question:
        waiting = [one for one in tasks(question, partnership="cluster")["tasks"] if one["overdue"]]
    assert late == {one["handle"]: one["due"] for one in reversed(waiting)}
    answer = web.sign_in("lena").get("/partnerships/cluster")
    assert late
    assert all(f"by {day(one)}" in answer.text for one in late.values())


def test_a_review_in_time_is_not_overdue(web):
    web.clock.moment -= timedelta(days=75)
    assert not [row for row in told(web, "lena")["cycles"] if row["overdue"]]


def test_giving_and_getting_is_what_counting_by_hand_finds(still):
    """The slow reference: every cycle folded, every accepted role of somebody from elsewhere counted."""
    found = {row["organisation"]: row for row in told(still, "lena")["giving"]["rows"]}
    given, got = Counter(), Counter()
    with still.installation.store.reading() as connection:
        ids = [row.id for row in list_cycles(connection, partnership=still.id("cluster"))]
    with still.engine.knowing() as known:
        for one in ids:
            cycle = known.cycle(one)
            definition = known.definition(cycle.digest)
            visitors = set()
            for (role, person), past in cycle.assignments.items():
                homes = set(known.person(person).organisations(past[-1].happened.on)) - {cycle.subject}
                if past[-1].standing != "accepted" or not homes:
                    continue
                visitors.add(person)
                if definition.roles[role].among is None:
                    given.update(homes)
            got[cycle.subject] += len(visitors)
    assert sum(given.values()) > 3
    assert {one: row["given"] for one, row in found.items()} == {one: given[one] for one in found}
    assert {one: row["got"] for one, row in found.items()} == {one: got[one] for one in found}
    assert all(row["given"] == sum(row["by_role"]) for row in found.values())


def test_reviews_that_were_called_off_count_for_nobody(web):
    cancelled(web, "hazel-review")
    rows = told(web, "lena")["giving"]["rows"]
    assert not any(row["given"] or row["got"] for row in rows)


def test_no_more_cycles_are_folded_than_are_shown(still, monkeypatch):
    monkeypatch.setattr(partnership_board, "MOST", 1)
    folded = []
    setting = still.installation.engine.setting
    monkeypatch.setattr(still.installation.engine, "setting", lambda *a: folded.append(a[1]) or setting(*a))
    found = told(still, "lena")
    assert len(folded) == len(found["cycles"]) == 1
    assert found["more"]
    assert sum(one["running"] for one in found["stages"]) == 2


def test_a_year_narrows_it(still):
    assert told(still, "lena", "1999")["cycles"] == []
    year = told(still, "lena")["years"][0]
    assert len(told(still, "lena", year)["cycles"]) == 2
    assert "selected" in still.sign_in("lena").get(f"/partnerships/cluster?year={year}").text


def test_a_partnership_that_nobody_knows(still):
    assert still.sign_in("lena").get("/partnerships/nowhere").status_code == 404
    with pytest.raises(BadInput), asking(still.installation, still.id("lena")) as question:
        board(question, "nowhere")


def test_one_s_own_partnerships_come_first(still):
    text = still.sign_in("omar").get("/partnerships").text
    found = re.findall(r'href="/partnerships/([^"]+)"', text)
    assert found == ["valley", "cluster"]
    assert re.findall(r"<h2[^>]*>([^<]+)", text)[:2] == ["Yours", "Others"]
