"""Taking a step on a page: what is asked, what goes wrong, drafts, and what others did meanwhile."""

import re

import pytest

from reviewflow.asking.acting import asked_by
from reviewflow.cycle import commands as cy


def open_form(client, handle, step):
    """The hidden fields that come with a form."""
    found = client.get(f"/cycles/{handle}/steps/{step}")
    assert found.status_code == 200, found.text
    hidden = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', found.text))
    return found.text, hidden


def send(client, handle, step, hidden, **fields: str):
    return client.post(f"/cycles/{handle}/steps/{step}", data={**hidden, **fields})


CHECKED = {"v.status": "on_track", "v.sentence": "An invented sentence."}


def test_a_champion_takes_a_step_and_reads_what_was_done(web):
    client, handle = web.sign_in("hanna"), web.handle_of()
    _, hidden = open_form(client, handle, "check_in")
    done = send(client, handle, "check_in", hidden, **CHECKED)
    assert done.status_code == 303
    assert done.headers["location"] == f"/cycles/{handle}?done={web.position()}"
    told = client.get(done.headers["location"]).text
    assert "Done" in told
    assert "An invented sentence." in told
    # Whoever is shown the address of what another did is told nothing of it.
    assert "govuk-notification-banner--success" not in web.sign_in("chloe").get(done.headers["location"]).text


def test_sent_twice_it_is_done_once(web):
    client, handle = web.sign_in("hanna"), web.handle_of()
    _, hidden = open_form(client, handle, "check_in")
    first = send(client, handle, "check_in", hidden, **CHECKED)
    before = web.position()
    second = send(client, handle, "check_in", hidden, **CHECKED)
    assert second.headers["location"] == first.headers["location"]
    assert web.position() == before


def test_what_is_wrong_is_said_where_it_is_and_nothing_typed_is_lost(web):
    client, handle = web.sign_in("hanna"), web.handle_of()
    _, hidden = open_form(client, handle, "check_in")
    before = web.position()
    found = send(
        client, handle, "check_in", hidden, **{"v.status": "splendid", "v.sentence": "<script>x</script> typed"}
    )
    assert found.status_code == 422
    assert 'href="#v.status"' in found.text
    assert "&lt;script&gt;x&lt;/script&gt; typed" in found.text
    assert "<script>x" not in found.text
    assert "<title>Error: " in found.text
    assert web.position() == before
    again, _ = open_form(client, handle, "check_in")
    assert "&lt;script&gt;x&lt;/script&gt; typed" in again, "kept as a draft"


def test_a_missing_answer_is_asked_for(web):
    client, handle = web.sign_in("hanna"), web.handle_of()
    _, hidden = open_form(client, handle, "check_in")
    found = send(client, handle, "check_in", hidden)
    assert found.status_code == 422
    assert "How the plan is going: Choose one" in found.text


def test_a_draft_is_kept_for_its_owner_alone_and_gone_once_it_is_done(web):
    client, handle = web.sign_in("hanna"), web.handle_of()
    _, hidden = open_form(client, handle, "check_in")
    before = web.position()
    kept = send(client, handle, "check_in", hidden, save="yes", **{"v.sentence": "Half a sen"})
    assert kept.headers["location"] == f"/cycles/{handle}?saved=check_in"
    assert web.position() == before
    page = client.get(kept.headers["location"]).text
    assert "Kept as a draft" in page
    assert "Go on with your draft: Check in" in page
    text, hidden = open_form(client, handle, "check_in")
    assert "Half a sen" in text
    assert "Half a sen" not in open_form(web.sign_in("chloe"), handle, "check_in")[0]
    assert send(client, handle, "check_in", hidden, **CHECKED).status_code == 303
    assert "Half a sen" not in open_form(client, handle, "check_in")[0]


def test_one_more_item_is_added_and_what_was_typed_stays(web):
    client, handle = web.sign_in("wanda"), web.handle_of("willow-review")
    text, hidden = open_form(client, handle, "choose_focus")
    assert text.count('name="v.focus_areas.') == 1
    found = send(client, handle, "choose_focus", hidden, more="v.focus_areas", **{"v.focus_areas.1": "Reading aloud"})
    assert found.status_code == 200
    assert "Reading aloud" in found.text
    assert found.text.count('name="v.focus_areas.') == 2
    assert "Add another" not in found.text, "two at most"
    done = send(client, handle, "choose_focus", hidden, **{"v.focus_areas.1": "", "v.focus_areas.2": "Number sense"})
    assert done.status_code == 303
    assert "Number sense" in client.get(done.headers["location"]).text


def test_a_refusal_tells_every_reason_and_keeps_what_was_typed(web):
    client, handle = web.sign_in("bea"), web.handle_of()
    found = client.get(f"/cycles/{handle}/steps/check_in")
    assert found.status_code == 403, "somebody without a part in it sees nothing of it"
    lena = web.sign_in("lena")
    text, hidden = open_form(lena, handle, "check_in")
    assert "Not yet possible" in text
    refused = send(lena, handle, "check_in", hidden, **CHECKED)
    assert refused.status_code == 422
    assert "This was not done" in refused.text
    assert "An invented sentence." in refused.text


def test_the_page_says_when_somebody_else_moved_the_cycle(web):
    client, handle = web.sign_in("hanna"), web.handle_of()
    _, hidden = open_form(client, handle, "check_in")
    web.engine.handle(cy.TakeStep(
        asked=asked(web, "lena"), cycle=web.id("hazel-review"), step="postpone",
        values={"code": "weather", "new_target": "2027-03-01"},
    ))  # fmt: skip
    found = send(client, handle, "check_in", hidden, **CHECKED)
    assert found.status_code == 409
    assert "Since you began" in found.text
    assert "Postpone" in found.text
    assert "An invented sentence." in found.text
    hidden = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', found.text))
    assert hidden["anyway"] == "yes"
    refused = send(client, handle, "check_in", hidden, **CHECKED)
    assert refused.status_code == 422, "it is not possible any more, and says why"
    assert "An invented sentence." in refused.text


def test_a_note_beside_it_disturbs_nobody(web):
    client, handle = web.sign_in("hanna"), web.handle_of()
    _, hidden = open_form(client, handle, "check_in")
    web.engine.handle(cy.AddNote(asked=asked(web, "lena"), cycle=web.id("hazel-review"), text="An invented note"))
    assert send(client, handle, "check_in", hidden, **CHECKED).status_code == 303


def test_a_day_before_today_is_recorded_as_the_day_it_happened(web):
    client, handle = web.sign_in("hanna"), web.handle_of()
    _, hidden = open_form(client, handle, "check_in")
    bad = send(client, handle, "check_in", hidden, **CHECKED, **{"on.day": "31", "on.month": "2", "on.year": "2026"})
    assert bad.status_code == 422
    assert 'href="#on.day"' in bad.text
    day = {"on.day": "20", "on.month": "11", "on.year": "2026"}
    assert send(client, handle, "check_in", hidden, **CHECKED, **day).status_code == 303
    with web.engine.knowing() as known:
        assert known.cycle(web.id("hazel-review")).last("check_in").happened.on.isoformat() == "2026-11-20"


@pytest.mark.parametrize("day", ["1_0", "\u0663", "+3", "3.0", " ", "99999999999999999999"])
def test_a_day_is_written_in_plain_digits(web, day):
    client, handle = web.sign_in("hanna"), web.handle_of()
    _, hidden = open_form(client, handle, "check_in")
    before = web.position()
    found = send(client, handle, "check_in", hidden, **CHECKED, **{"on.day": day, "on.month": "11", "on.year": "2026"})
    assert found.status_code == 422
    assert 'href="#on.day"' in found.text
    assert web.position() == before


@pytest.mark.parametrize("step", ["nothing", "opens", "%00", "a" * 300])
def test_a_step_that_there_is_not_is_not_found(web, step):
    assert web.sign_in("hanna").get(f"/cycles/{web.handle_of()}/steps/{step}").status_code == 404


@pytest.mark.parametrize(
    "field",
    [{"version": "9" * 40}, {"version": "²"}, {"command": "../../etc"}, {"for": "\x00"}, {"about": "x" * 5000},
     {"v.sentence": "\ud83d"}, {"on.year": "9" * 5000, "on.day": "1", "on.month": "1"},
     {"v.status.7": "x"}, {"v.": "y"}],
)  # fmt: skip
def test_odd_fields_are_answered_and_record_nothing(web, field):
    client, handle = web.sign_in("hanna"), web.handle_of()
    _, hidden = open_form(client, handle, "check_in")
    before = web.position()
    encoded = {k: v.encode(errors="surrogatepass") for k, v in {**hidden, "v.status": "", **field}.items()}
    found = client.post(f"/cycles/{handle}/steps/check_in", data=encoded)
    assert found.status_code in (403, 404, 422)
    assert web.position() == before


def asked(web, name):
    return asked_by(web.installation, web.id(name), door="web")
