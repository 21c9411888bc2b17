"""The list of reviews and opening some: what is shown to whom, and nothing is recorded before it is confirmed."""

import re

import pytest

from reviewflow.asking.acting import asked_by
from reviewflow.asking.cycle_list import Wanted, cycles
from reviewflow.asking.one_cycle import see
from reviewflow.asking.plainly_visible import plainly_visible
from reviewflow.asking.question import asking
from reviewflow.cycle import commands as cy
from reviewflow.cycle.seeing import HIDDEN
from reviewflow.errors import Refused
from reviewflow.registry.scopes import Scope
from reviewflow.views.cycles import list_cycles
from reviewflow.web.pages import reviews
from web.neighbourhood import PEOPLE

EVERYBODY = [name for name, _ in PEOPLE if name != "fred"]


def cancelled(web, cycle):
    """A review that ada called off."""
    asked = asked_by(web.installation, web.id("ada"), door="web")
    web.engine.handle(cy.TakeStep(asked=asked, cycle=web.id(cycle), step="cancel", values={"reason": "x"}))


def handles(answer):
    """The reviews of a page, in their order."""
    return re.findall(r'class="govuk-link rf-work__link" href="/cycles/([^"/]+)"', answer.text)


def test_a_lead_sees_the_reviews_of_their_partnership_and_of_no_other(still):
    answer = still.sign_in("lena").get("/cycles")
    assert sorted(handles(answer)) == sorted([still.handle_of(), still.handle_of("willow-review")])
    assert still.handle_of("oak-review") not in answer.text


def test_a_head_sees_their_own_alone(still):
    assert handles(still.sign_in("omar").get("/cycles")) == [still.handle_of("oak-review")]
    assert handles(still.sign_in("hanna").get("/cycles")) == [still.handle_of()]


def test_who_has_no_part_is_told_so(still):
    answer = still.sign_in("bea").get("/cycles")
    assert handles(answer) == []
    assert "in which you have a part" in answer.text


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        ("partnership=cluster&stage=follow_up", ["hazel-review"]),
        ("stage=set_up", ["willow-review"]),
        ("subject=willow", ["willow-review"]),
        ("year=1999", []),
        ("show=ended", []),
        ("show=running&subject=hazel", ["hazel-review"]),
    ],
)
def test_filters(still, filters, found):
    answer = still.sign_in("lena").get(f"/cycles?{filters}")
    assert handles(answer) == [still.handle_of(one) for one in found]


def test_what_is_not_known_is_said_beside_its_input(still):
    answer = still.sign_in("lena").get("/cycles?subject=nowhere&partnership=cluster")
    assert answer.status_code == 422
    assert 'href="#subject"' in answer.text
    assert "There is no such school" in answer.text
    assert 'value="nowhere"' in answer.text


def test_running_reviews_come_first_and_pages_follow_one_another(web, monkeypatch):
    monkeypatch.setattr(reviews, "MOST", 1)
    cancelled(web, "hazel-review")
    client, address, seen = web.sign_in("lena"), "/cycles", []
    while address and len(seen) < 5:
        answer = client.get(address)
        seen += handles(answer)
        following = re.search(r'rel="next" href="([^"]+)"', answer.text)
        address = following[1].replace("&amp;", "&") if following else None
    assert seen == [web.handle_of("willow-review"), web.handle_of()]


def test_what_the_view_leaves_out_is_what_looking_at_each_would_leave_out(web):
    """The slow reference: every cycle looked at, and only then left out."""
    cancelled(web, "willow-review")
    for name in EVERYBODY:
        with asking(web.installation, web.id(name)) as question:
            everything = cycles(question, Wanted())["cycles"]
            for part in ({"running": True}, {"ended": True}, {"state": "follow_up"}, {"state": "cancelled"}):
                quick = [row["handle"] for row in cycles(question, Wanted(**part))["cycles"]]
                assert quick == [one["handle"] for one in everything if fits(one, **part)], (name, part)


def fits(one, *, running=False, ended=False, state=None):
    """Whether a cycle that was looked at belongs in a list."""
    inside = state in (None, one["state"], str(one["state"]).rpartition(".")[0])
    return inside and not (running and one["final"]) and not (ended and not one["final"])


@pytest.mark.parametrize("name", EVERYBODY)
def test_what_is_plainly_visible_is_visible_in_each_cycle(still, name):
    """It may say less than looking at the cycle would, and never more."""
    with asking(still.installation, still.id(name)) as question:
        with still.installation.store.reading() as connection:
            rows = list_cycles(connection)
        for row in rows:
            plain = plainly_visible(question, Scope("partnership", row.partnership), [row.digest])
            try:
                one = see(question, row.id, "cycle list")
            except Refused:
                assert not plain
                continue
            assert all(one.seeing.may(what) for what in plain), (name, row.handle, plain)
            if "status" in plain:
                assert one.data()["state"] != HIDDEN


def test_whoever_leads_sees_status_and_dates_of_every_cycle_plainly(still):
    with asking(still.installation, still.id("lena")) as question:
        digest = question.now.cycle(still.id("hazel-review")).digest
        assert plainly_visible(question, Scope("partnership", still.id("cluster")), [digest]) >= {"status", "dates"}
        assert not plainly_visible(question, Scope("partnership", still.id("valley")), [digest])
        assert "share_feedback" not in plainly_visible(question, Scope("partnership", still.id("cluster")), [digest])


# -- opening ----------------------------------------------------------------------------------------------------


def sent(schools=("birch",), **more: str):
    return {
        "partnership": "cluster",
        "schools": list(schools),
        "year": "2026-27",
        "workflow": "",
        "command": "a" * 32,
        **more,
    }


def test_only_partnerships_are_offered_in_which_one_may_open(still):
    answer = still.sign_in("lena").get("/cycles/open")
    assert 'value="cluster"' in answer.text
    assert 'value="valley"' not in answer.text
    assert "no partnership in which you may open" in still.sign_in("hanna").get("/cycles/open").text


def test_a_look_at_what_would_be_opened_records_nothing(web):
    before, client = web.position(), web.sign_in("lena")
    assert client.get("/cycles/open?partnership=cluster").text.count('name="schools"') >= 4
    answer = client.post("/cycles/open", data=sent())
    assert answer.status_code == 200
    assert "1 review would be opened" in answer.text
    assert "birch-2026-1" in answer.text
    assert web.position() == before


def test_confirmed_it_is_opened_once_however_often_it_is_sent(web):
    client = web.sign_in("lena")
    for _ in range(2):
        answer = client.post("/cycles/open", data=sent(confirmed="yes"))
        assert answer.status_code == 303
        assert answer.headers["location"].startswith("/cycles/birch-2026-1?done=")
    assert "birch-2026-2" not in client.get("/cycles").text


def test_several_are_opened_together(web):
    answer = web.sign_in("lena").post("/cycles/open", data=sent(schools=["birch", "alder"], confirmed="yes"))
    assert answer.status_code == 303
    assert answer.headers["location"] == "/partnerships/cluster"


def test_what_is_missing_is_said_and_nothing_typed_is_lost(web):
    before = web.position()
    data = sent(year="")
    del data["schools"]
    answer = web.sign_in("lena").post("/cycles/open", data=data)
    assert answer.status_code == 422
    assert "Choose at least one school" in answer.text
    assert "Enter the year" in answer.text
    answer = web.sign_in("lena").post("/cycles/open", data=sent(year="next year", confirmed="yes"))
    assert answer.status_code == 422
    assert 'value="next year"' in answer.text
    assert web.position() == before


@pytest.mark.parametrize("name", ["hanna", "vera", "otto", "bea"])
def test_who_may_not_open_there_opens_nothing(web, name):
    before = web.position()
    answer = web.sign_in(name).post("/cycles/open", data=sent(confirmed="yes"))
    assert answer.status_code == 403
    assert web.position() == before
