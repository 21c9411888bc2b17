"""The team on the pages: who takes part, who could be asked and why not the others, asking and ending."""

import pytest

from reviewflow.asking.acting import asked_by
from reviewflow.cycle import commands as cy

ROOM = "/cycles/{}/team"


def room(web, cycle="hazel-review", more=""):
    return ROOM.format(web.handle_of(cycle)) + more


def asked(web, role="improvement_champion", cycle="hazel-review", by="lena", **sent: str):
    return web.sign_in(by).post(room(web, cycle, f"/{role}"), data=sent)


def cycle_of(web, cycle="hazel-review"):
    with web.engine.knowing() as known:
        return known.cycle(web.id(cycle))


def test_roles_are_told_with_who_has_them_and_how_many_are_wanted(still):
    page = still.sign_in("lena").get(room(still)).text
    assert "3 to 4 wanted" in page
    for name in ("Wilma", "Rob", "Alan", "Chloe"):
        assert name in page


def test_of_people_only_those_are_named_who_may_be(web):
    web.engine.handle(offer(web, "supporter", "bea"))
    page = web.sign_in("bea").get(room(web)).text
    assert "Bea" in page
    assert "Answer" in page
    for name in ("Wilma", "Chloe", "Rob"):
        assert name not in page
    assert "not shown to you" in page


def offer(web, role, name, cycle="hazel-review"):
    by = asked_by(web.installation, web.id("lena"), door="web")
    return cy.OfferAssignment(asked=by, cycle=web.id(cycle), role=role, person=web.id(name))


def test_who_could_be_asked_and_for_the_others_why_not(still):
    page = still.sign_in("lena").get(room(still, more="/improvement_champion")).text
    could, could_not = page.split("who cannot be asked now")
    assert "Carl" in could
    assert "Was on this review&#39;s team" in could_not
    assert "Wilma" in could_not
    assert "Wilma" not in could
    assert "Needs improvement-champion training that is valid on the day" in could_not
    assert "Esme" not in page
    assert "Vera" not in page


def test_somebody_is_asked_and_answers(web):
    answer = asked(web, person=web.id("carl"))
    assert (answer.status_code, cycle_of(web).offered("improvement_champion")) == (303, [web.id("carl")])
    assert "was asked to take the role" in web.sign_in("lena").get(answer.headers["location"]).text
    yes = web.sign_in("carl").post(f"/cycles/{web.handle_of()}/offers/improvement_champion", data={"answer": "yes"})
    assert yes.status_code == 303
    assert web.id("carl") in cycle_of(web).assigned("improvement_champion")


def test_somebody_else_is_asked_by_their_address(web):
    assert asked(web, other=web.email("carl").upper()).status_code == 303
    assert cycle_of(web).offered("improvement_champion") == [web.id("carl")]


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({}, "Choose somebody, or enter an e-mail address"),
        ({"other": "nobody@nowhere.example"}, "no such person"),
        ({"other": "Esme"}, "no such person"),
    ],
)
def test_who_is_not_found_is_told_and_what_was_typed_is_kept(still, sent, said):
    before = still.position()
    answer = asked(still, **sent)
    assert answer.status_code == 422
    assert said in answer.text
    assert sent.get("other", "") in answer.text
    assert still.position() == before


def test_who_may_not_be_asked_is_told_why(still):
    before = still.position()
    answer = asked(still, other=still.email("bea"))
    assert answer.status_code == 422
    assert "They were not asked" in answer.text
    assert "Needs improvement-champion training" in answer.text
    assert still.position() == before


def test_whoever_may_not_ask_is_told_who_may(still):
    before = still.position()
    page = still.sign_in("hanna").get(room(still, more="/improvement_champion")).text
    assert "Only Partnership lead may offer this" in page
    assert 'name="person"' not in page
    assert asked(still, by="hanna", other=still.email("carl")).status_code == 422
    assert still.position() == before


def test_an_offer_is_taken_back(web):
    asked(web, person=web.id("carl"))
    place = room(web, more=f"/improvement_champion/{web.id('carl')}/end")
    assert place in web.sign_in("lena").get(room(web)).text
    assert "Take the offer back" in web.sign_in("lena").get(place).text
    assert web.sign_in("lena").post(place, data={"reason": "found another"}).status_code == 303
    assert cycle_of(web).offered("improvement_champion") == []


def test_a_role_is_left_with_a_reason_that_is_sealed(web, tmp_path):
    place = room(web, more=f"/peer_reviewer/{web.id('rob')}/end")
    shown = web.sign_in("rob").get(place).text
    assert "Leave the role" in shown
    assert "Lead reviewer" in shown
    assert web.sign_in("rob").post(place, data={"reason": "unmistakably unwell"}).status_code == 303
    cycle = cycle_of(web)
    assert web.id("rob") not in (*cycle.assigned("peer_reviewer"), *cycle.assigned("lead_reviewer"))
    everything = b"".join(path.read_bytes() for path in (tmp_path / "store").rglob("*") if path.is_file())
    assert b"unmistakably" not in everything


def test_nobody_else_ends_it(still):
    before = still.position()
    place = room(still, more=f"/peer_reviewer/{still.id('rob')}/end")
    assert "You cannot do this" in still.sign_in("wilma").get(place).text
    assert still.sign_in("wilma").post(place, data={}).status_code == 422
    assert still.position() == before


@pytest.mark.parametrize("more", ["/head", "/nothing", "/peer_reviewer/aaaaaaaaaaaaaaaa/end"])
def test_what_is_no_assigned_role_or_nobody_here_is_not_found(still, more):
    assert still.sign_in("lena").get(room(still, more=more)).status_code == 404


def test_somebody_hidden_is_not_found_by_their_id(web):
    web.engine.handle(offer(web, "supporter", "bea"))
    place = room(web, more=f"/peer_reviewer/{web.id('rob')}/end")
    assert web.sign_in("bea").get(place).status_code == 404


def test_whoever_may_ask_nobody_learns_nothing_of_addresses_and_people(still):
    """The same answer for somebody who is registered, and might have declared an interest, and for nobody."""
    told = [asked(still, by="hanna", other=f"{name}@hazel.example") for name in ("bea", "nobody-at-all")]
    assert [one.status_code for one in told] == [422, 422]
    for one in told:
        assert "You cannot ask anybody" in one.text
        assert "training" not in one.text
        assert "no such person" not in one.text
