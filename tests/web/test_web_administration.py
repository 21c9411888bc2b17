"""Administration: people, organisations, partnerships and the rest; each sees and changes what they may."""

import re

import pytest

from reviewflow.asking.people import person
from reviewflow.asking.question import asking


def told_of(web, one):
    with asking(web.installation, web.id("ada")) as question:
        return person(question, one)["person"]


def made_id(answer):
    return re.search(r"/administration/people/(\w{16})", answer.headers["location"])[1]


def test_each_sees_the_rooms_they_may_open(still):
    rooms = {
        name: set(
            re.findall(
                r'rf-work__link" href="/administration/([^"]+)"', still.sign_in(name).get("/administration").text
            )
        )
        for name in ("ada", "mona", "lena")
    }
    assert rooms["ada"] - rooms["mona"] == {"tokens"}
    assert rooms["mona"] - rooms["lena"] == {"import/organisations", "import/history"}
    for name, found in rooms.items():
        client = still.sign_in(name)
        assert all(client.get(f"/administration/{room}").status_code == 200 for room in found)


# -- people -----------------------------------------------------------------------------------------------------


def test_a_lead_lists_the_people_of_their_partnership_alone(still):
    text = still.sign_in("lena").get("/administration/people?place=cluster").text
    assert "Hanna Madeup" in text
    assert "Lena Madeup" in text
    assert "Omar Madeup" not in text
    assert "Omar Madeup" not in still.sign_in("lena").get("/administration/people?place=valley").text
    assert "Omar Madeup" in still.sign_in("ada").get("/administration/people?place=valley").text
    assert still.sign_in("ada").get("/administration/people?place=nowhere").status_code == 422


@pytest.mark.parametrize("wanted", ["Bea Madeup", "bea@hazel.example"])
def test_somebody_is_found_by_name_or_address_and_no_address_of_a_page_says_so(still, wanted):
    answer = still.sign_in("lena").post("/administration/people", data={"find": wanted})
    assert f"/administration/people/{still.id('bea')}" in answer.text
    assert "bea" not in str(answer.url).lower()
    assert "Nobody is found" in still.sign_in("vera").post("/administration/people", data={"find": wanted}).text


def test_an_address_of_a_page_names_people_by_their_id_alone(still):
    assert still.sign_in("ada").get("/administration/people/bea@hazel.example").status_code == 404
    assert still.sign_in("vera").get(f"/administration/people/{still.id('bea')}").status_code == 403


def test_somebody_is_added_and_let_in_once_by_a_link(web):
    client = web.sign_in("ada")
    form = {
        "command": "c" * 32,
        "name": "Nora Madeup",
        "email": "nora@birch.example",
        "organisation": "birch",
        "role": "head",
    }
    added = client.post("/administration/people/add", data=form)
    assert added.status_code == 303
    one = made_id(added)
    assert made_id(client.post("/administration/people/add", data=form)) == one
    assert [(role["held"], role["scope"]) for role in told_of(web, one)["roles"]] == [("head", web.id("birch"))]
    link = client.post(f"/administration/people/{one}/link")
    assert "This is shown only now" in link.text
    path = re.search(r"http://testserver(/sign-in/link/[\w-]+)", link.text)[1]
    assert path not in client.get(f"/administration/people/{one}").text
    nora = web.nobody()
    assert nora.get(path).status_code == 200
    assert nora.post(path).status_code == 303
    assert nora.get("/account").status_code == 200
    assert web.nobody().post(path).status_code == 410
    assert "signed in in 1 place" in client.get(f"/administration/people/{one}").text
    assert client.post(f"/administration/people/{one}/sessions").status_code == 303
    assert nora.get("/account").status_code == 303


def test_what_is_wrong_with_somebody_new_is_said_beside_it(web):
    before = web.position()
    answer = web.sign_in("lena").post("/administration/people/add", data={"name": "", "organisation": "nowhere"})
    assert answer.status_code == 422
    assert 'href="#name"' in answer.text
    assert 'value="nowhere"' in answer.text
    answer = web.sign_in("lena").post(
        "/administration/people/add", data={"name": "Nora Madeup", "email": web.email("bea")}
    )
    assert answer.status_code == 422
    assert web.position() == before


def test_a_role_is_given_and_ended(web):
    client, page = web.sign_in("lena"), f"/administration/people/{web.id('bea')}"
    given = client.post(f"{page}/roles", data={"role": "head", "in": "birch", "since.day": "1", "since.month": "12",
                                               "since.year": "2026"})  # fmt: skip
    assert given.status_code == 303
    roles = {(role["held"], str(role["since"]), role["until"]) for role in told_of(web, web.id("bea"))["roles"]}
    assert ("head", "2026-12-01", None) in roles
    assert client.post(f"{page}/roles/end", data={"role": "staff", "in": web.id("birch")}).status_code == 303
    assert any(role["held"] == "staff" and role["until"] for role in told_of(web, web.id("bea"))["roles"])
    before = web.position()
    assert client.post(f"{page}/roles", data={"role": "head", "in": "oak"}).status_code == 403
    assert client.post(f"{page}/roles", data={"role": "administrator", "in": ""}).status_code == 403
    assert client.post(f"{page}/roles", data={"role": "", "in": "birch"}).status_code == 422
    assert web.position() == before


def test_training_is_recorded_and_withdrawn(web):
    client, page = web.sign_in("lena"), f"/administration/people/{web.id('bea')}"
    form = {"course": "peer-reviewer", "completed.day": "1", "completed.month": "6", "completed.year": "2026"}
    assert client.post(f"{page}/training", data=form).status_code == 303
    (course,) = [one for one in told_of(web, web.id("bea"))["training"] if one["completed"].isoformat() == "2026-06-01"]
    assert client.post(f"{page}/training/withdraw", data={"training": course["id"]}).status_code == 422
    answer = client.post(f"{page}/training/withdraw", data={"training": course["id"], "why": "not recognised"})
    assert answer.status_code == 303
    assert [one["id"] for one in told_of(web, web.id("bea"))["training"] if one["withdrawn"]] == [course["id"]]
    assert client.post(f"{page}/training", data={**form, "completed.month": "13"}).status_code == 422


# -- organisations and partnerships -----------------------------------------------------------------------------


def test_an_organisation_is_added_and_found(web):
    client = web.sign_in("lena")
    answer = client.post("/administration/organisations/add", data={"name": "Pine Invented School", "kind": "school",
                                                                    "urn": "900111"})  # fmt: skip
    assert answer.status_code == 303
    assert "900111" in client.get(answer.headers["location"]).text
    assert "Pine Invented School" in client.get("/administration/organisations?find=pine").text
    bad = client.post("/administration/organisations/add", data={"name": "", "kind": "castle"})
    assert bad.status_code == 422


def test_a_partnership_is_formed_joined_and_left(web):
    client = web.sign_in("ada")
    formed = client.post("/administration/partnerships/add", data={"name": "Third Invented Cluster", "programme":
                                                                   web.id("programme"), "handle": "third"})  # fmt: skip
    assert formed.status_code == 303
    joined = client.post("/administration/partnerships/third/join", data={"organisation": "hazel"})
    assert joined.status_code == 303
    assert "Hazel Invented School" in client.get("/administration/partnerships/third").text
    again = client.post("/administration/partnerships/third/join", data={"organisation": "nowhere"})
    assert again.status_code == 422
    assert 'value="nowhere"' in again.text
    assert client.post("/administration/partnerships/third/leave", data={"organisation": "hazel"}).status_code == 303
    page = client.get("/administration/partnerships/third").text
    assert "until 23 November 2026" in page


def test_a_lead_changes_the_members_of_their_own_partnership_alone(web):
    before = web.position()
    for name, path in (("lena", "cluster/join"), ("vera", "cluster/leave"), ("hanna", "cluster/leave")):
        answer = web.sign_in(name).post(f"/administration/partnerships/{path}", data={"organisation": "hazel"})
        assert answer.status_code == 403, (name, path)
    assert web.position() == before


# -- what is only shown -----------------------------------------------------------------------------------------


def test_a_workflow_is_shown_with_its_drawing_and_its_check(still):
    text = still.sign_in("lena").get("/administration/workflows/spp-peer-review").text
    for expected in (
        "the check finds nothing wrong",
        "<svg",
        "Agree the action plan",
        "Refused if:",
        "3 to 4",
        "Follow-up",
    ):
        assert expected in text
    with still.engine.knowing() as known:
        definition = known.definition(known.cycle(still.id("hazel-review")).digest)
    assert all(step.title.replace("'", "&#39;") in text for step in definition.steps().values())
    assert still.sign_in("lena").get("/administration/workflows/none-such").status_code == 404


def test_health_in_plain_words(still):
    text = still.sign_in("ada").get("/administration/health").text
    assert "Names and texts can be read" in text
    assert "What follows the log" in text
    assert "What follows the log" not in still.sign_in("lena").get("/administration/health").text


def test_programmes_and_calendars_are_shown(still):
    client = still.sign_in("lena")
    assert "Invented Programme" in client.get("/administration/programmes").text
    assert client.get("/administration/calendars").status_code == 200
    assert client.get("/administration/calendars?of=invented").status_code == 200
    assert client.get("/administration/calendars?of=nowhere").status_code == 422


@pytest.mark.parametrize(
    "text", ["<script>alert(1)</script>", "{{ 7 * 7 }}", '" onload="x', "'; DROP TABLE cycles; --"]
)
def test_what_people_write_is_shown_as_they_wrote_it_and_never_runs(web, text):
    client = web.sign_in("ada")
    added = client.post("/administration/people/add", data={"name": f"Nora {text}", "organisation": "birch"})
    shown = client.get(added.headers["location"]).text
    assert text not in shown or ("<" not in text + '"' and '"' not in text)
    assert "<script>alert" not in shown
    assert "Nora" in shown
    refused = client.post("/administration/people/add", data={"name": "", "organisation": text})
    assert "<script>alert" not in refused.text
    assert 'onload="x' not in refused.text
