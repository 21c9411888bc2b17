"""Notes on the pages: writing one, beside an event too, and who reads it."""

import pytest

from reviewflow.asking.foretelling import Foretold
from reviewflow.errors import Unmet
from web.neighbourhood import NOTE

ROOM = "/cycles/{}/notes"


def written(web, name="hanna", text="An invented remark", **more: str):
    return web.sign_in(name).post(ROOM.format(web.handle_of()), data={"text": text, **more})


def shown(web, name):
    return web.sign_in(name).get(ROOM.format(web.handle_of())).text


def step_version(web, step):
    with web.engine.knowing() as known:
        return known.cycle(web.id("hazel-review")).last(step).version


def test_a_note_is_written_and_told(web):
    answer = written(web)
    assert answer.status_code == 303
    page = web.sign_in("hanna").get(answer.headers["location"]).text
    assert "govuk-notification-banner--success" in page
    assert "An invented remark" in page


def test_a_note_stands_beside_its_event(web):
    version = step_version(web, "share_feedback")
    assert "Share the feedback" in web.sign_in("hanna").get(f"{ROOM.format(web.handle_of())}?beside={version}").text
    assert written(web, beside=str(version)).status_code == 303
    page = shown(web, "wilma")
    assert page.index("Beside: Share the feedback") < page.index("An invented remark")


def test_a_reply_stands_beside_a_note(web):
    written(web, text="The first word")
    with web.engine.knowing() as known:
        first = known.cycle(web.id("hazel-review")).notes[-1].version
    written(web, "wilma", text="The second word", beside=str(first))
    page = shown(web, "hanna")
    assert page.index("The first word") < page.index("rf-deep-1") < page.index("The second word")


@pytest.mark.parametrize(("name", "reads"), [("hanna", True), ("wilma", True), ("lena", False), ("otto", False)])
def test_notes_are_for_whom_the_workflow_shows_them(still, name, reads):
    assert (NOTE in shown(still, name)) is reads


def test_a_note_beside_what_somebody_may_not_read_is_not_shown_to_them(web):
    version = step_version(web, "share_feedback")
    written(web, "wilma", text="About the feedback", beside=str(version))
    assert "About the feedback" not in shown(web, "lena")
    assert "About the feedback" not in shown(web, "otto")


def test_an_empty_note_is_none(still):
    before = still.position()
    answer = written(still, text="  ")
    assert answer.status_code == 422
    assert "Write the note" in answer.text
    assert still.position() == before


def test_what_is_wrong_with_a_note_is_told_and_it_is_not_lost(still):
    before = still.position()
    answer = written(still, text="Turned \u202e around")
    assert answer.status_code == 422
    assert "Turned \u202e around" in answer.text
    assert "override the direction" in answer.text
    far = written(still, text="Beside nothing", beside="9999")
    assert far.status_code == 422
    assert "Beside nothing" in far.text
    assert still.position() == before


def test_whoever_has_no_role_in_the_workflow_is_told_so(still, monkeypatch):
    # Of the shipped workflows everybody who sees a review has a role in it.
    nobody = Unmet("not-permitted", "only people with a role in this cycle may write notes")
    monkeypatch.setattr("reviewflow.web.pages.notes.foretold", lambda *_: Foretold((nobody,)))
    page = shown(still, "mona")
    assert "You cannot write notes here" in page
    assert "Only people with a role in this cycle" in page
    assert "<textarea" not in page


def test_sent_twice_it_is_written_once(web):
    written(web, text="Once only", command="cd" * 16)
    written(web, text="Once only", command="cd" * 16)
    assert shown(web, "hanna").count("Once only") == 1


def test_no_address_tells_of_what_was_not_done(still):
    page = still.sign_in("hanna").get(f"{ROOM.format(still.handle_of())}?done=3").text
    assert "govuk-notification-banner--success" not in page


def test_what_was_written_is_never_run(web):
    written(web, text="<script>alert(1)</script>")
    assert "<script>alert(1)" not in shown(web, "hanna")
