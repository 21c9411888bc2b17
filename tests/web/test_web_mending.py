"""Mending on the pages: undoing, correcting, waiving, consent. Each says what it does before it is recorded."""

import html
import re

import pytest

FEEDBACK = "Pupils write more than they did."


def place(web, more, cycle="hazel-review"):
    return f"/cycles/{web.handle_of(cycle)}/{more}"


def cycle_of(web, cycle="hazel-review"):
    with web.engine.knowing() as known:
        return known.cycle(web.id(cycle))


def hidden(page):
    """The hidden inputs of a page, as a browser would send them back."""

    found = {}
    for name, value in re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page):
        found.setdefault(html.unescape(name), []).append(html.unescape(value))
    return {name: values if len(values) > 1 else values[0] for name, values in found.items()}


def filled(page):
    """Everything a form of a page holds, in text and date boxes too; of choices what is chosen."""

    found = hidden(page)
    for tag in re.findall(r"<input[^>]*>", page):
        attributes = dict(re.findall(r'([a-z-]+)="([^"]*)"', tag))
        kind = attributes.get("type", "text")
        if "name" not in attributes or kind == "hidden" or (kind in ("radio", "checkbox") and " checked" not in tag):
            continue
        name, value = attributes["name"], html.unescape(attributes.get("value", ""))
        found[name] = [*found.get(name, []), value] if kind == "checkbox" else value
    for name, text in re.findall(r'<textarea[^>]*name="([^"]+)"[^>]*>([^<]*)</textarea>', page):
        found[name] = html.unescape(text)
    return found


# -- undoing


def test_what_an_undo_means_is_shown_then_done(web):
    lead = web.sign_in("lena")
    page = lead.get(place(web, "undo")).text
    assert "Agree the action plan" in page
    assert "The review would be in: <strong>Improvement workshop: Action plan being agreed</strong>" in page
    assert "Only undo what never happened" in page
    answer = lead.post(place(web, "undo"), data={**hidden(page), "reason": "an invented slip"})
    assert answer.status_code == 303
    assert cycle_of(web).state == "improvement_workshop.action_planning"
    history = lead.get(answer.headers["location"]).text
    assert "rf-event--undone" in history
    assert "an invented slip" in history


def test_without_a_reason_nothing_is_undone(still):
    before = still.position()
    lead = still.sign_in("lena")
    answer = lead.post(place(still, "undo"), data=hidden(lead.get(place(still, "undo")).text))
    assert answer.status_code == 422
    assert "Say why" in answer.text
    assert still.position() == before


def test_an_undo_that_would_undo_more_than_was_shown_asks_again(web):
    lead = web.sign_in("lena")
    with web.engine.knowing() as known:
        since = known.cycle(web.id("hazel-review")).last("agree_plan").version
    page = lead.get(place(web, f"undo?from={since}")).text
    web.sign_in("hanna").post(place(web, "steps/choose_focus"), data={"v.focus_areas.1": "Reading"})
    sent = {"kind": "learning_summary", "text": "Meanwhile"}
    assert web.sign_in("hanna").post(place(web, "evidence"), data=sent).status_code == 303
    before = web.position()
    answer = lead.post(place(web, "undo"), data={**hidden(page), "reason": "a slip"})
    assert answer.status_code == 409
    assert "Since you opened this page" in answer.text
    assert "a slip" in answer.text
    assert web.position() == before
    assert lead.post(place(web, "undo"), data={**hidden(answer.text), "reason": "a slip"}).status_code == 303


def test_one_event_is_undone_and_an_undo_sent_twice_is_one(web):
    assert (
        web.sign_in("lena").post(place(web, "evidence"), data={"kind": "learning_summary", "text": "x"}).status_code
        == 303
    )
    version = cycle_of(web).version
    lead = web.sign_in("lena")
    sent = {**hidden(lead.get(place(web, f"undo?event={version}")).text), "reason": "never seen"}
    assert sent["touched"] == str(version)
    assert [lead.post(place(web, "undo"), data=sent).status_code for _ in range(2)] == [303, 303]
    assert all(item.version != version for item in cycle_of(web).evidence)
    assert cycle_of(web).version == version + 1


@pytest.mark.parametrize("query", ["undo?from=1", "undo?event=9999", "undo?from=3&event=4"])
def test_what_cannot_be_undone_says_why(still, query):
    page = still.sign_in("lena").get(place(still, query)).text
    assert "You cannot undo this" in page
    assert "--from" not in page
    assert "<textarea" not in page


def test_whoever_may_not_undo_is_told(still):
    before = still.position()
    wilma = still.sign_in("wilma")
    assert "Only whoever recorded it, a lead or an administrator" in wilma.get(place(still, "undo")).text
    assert wilma.post(place(still, "undo"), data={"reason": "x", "touched": ""}).status_code in (409, 422)
    assert still.position() == before


# -- correcting


def version_of(web, step):
    return cycle_of(web).last(step).version


def corrected(web, name, step, **changes: str):
    """The page of a correction filled, changed and sent: the page to check it on, and what to send there."""
    browser, there = web.sign_in(name), place(web, f"events/{version_of(web, step)}/correct")
    sent = {**filled(browser.get(there).text), "reason": "an invented slip", **changes}
    return browser, there, browser.post(there, data=sent)


def test_whoever_may_not_correct_is_told(still):
    before = still.position()
    page = still.sign_in("hanna").get(place(still, f"events/{version_of(still, 'hold_workshop')}/correct")).text
    assert "Only whoever recorded it" in page
    assert 'name="v.attendees"' not in page
    there = place(still, f"events/{version_of(still, 'hold_workshop')}/correct")
    sent = {"on.day": "20", "on.month": "11", "on.year": "2026", "v.attendees": "9", "reason": "x", "sure": "yes"}
    assert still.sign_in("hanna").post(there, data=sent).status_code == 422
    assert still.position() == before


def test_whoever_recorded_it_corrects_it(web):
    browser, there, check = corrected(web, "chloe", "hold_workshop", **{"v.attendees": "9"})
    before = web.position()
    assert "Check the correction" in check.text
    assert "Nothing is recorded yet" in check.text
    assert "an invented slip" in check.text
    assert browser.post(there, data={**hidden(check.text), "sure": "yes"}).status_code == 303
    assert web.position() == before + 1
    said = cycle_of(web).last("hold_workshop")
    assert said.values["attendees"] == 9
    assert said.values["mode"] == "onsite"


def test_the_day_alone_is_corrected_and_nothing_else(web):
    browser, there, check = corrected(web, "rob", "share_feedback", **{"on.day": "11", "at": ""})
    assert browser.post(there, data={**hidden(check.text), "sure": "yes"}).status_code == 303
    said = cycle_of(web).last("share_feedback")
    assert said.happened.on.isoformat() == "2026-11-11"
    assert said.fields_at == {}
    assert FEEDBACK in browser.get(place(web, "history")).text


def test_rows_keep_their_ids_and_texts_that_stay_are_not_said_anew(web):
    browser, there, check = corrected(web, "hanna", "agree_plan", **{"v.actions.1.measure": "Length and care"})
    assert "Check the correction" in check.text
    assert browser.post(there, data={**hidden(check.text), "sure": "yes"}).status_code == 303
    said = cycle_of(web).last("agree_plan")
    assert [row["id"] for row in said.values["actions"]] == ["r1"]
    assert set(said.fields_at) == {"actions"}
    page = browser.get(place(web, "")[:-1]).text
    assert "Length and care" in page
    assert "Short texts" in page


def test_nothing_changed_is_nothing_recorded(still):
    before = still.position()
    _, _, answer = corrected(still, "chloe", "hold_workshop")
    assert answer.status_code == 422
    assert "what the event says already" in answer.text
    assert still.position() == before


def test_a_correction_without_reason_or_with_faults_keeps_what_was_typed(still):
    before = still.position()
    _, _, answer = corrected(still, "chloe", "hold_workshop", **{"v.attendees": "many", "reason": ""})
    assert answer.status_code == 422
    assert "Say why it was recorded otherwise" in answer.text
    assert 'value="many"' in answer.text
    _, _, wrong = corrected(still, "chloe", "hold_workshop", **{"v.attendees": "many", "at": "25:00"})
    assert "a time of day" in wrong.text
    _, _, far = corrected(still, "chloe", "hold_workshop", **{"v.attendees": "700"})
    assert far.status_code == 422
    assert 'href="#v.attendees"' in far.text
    assert still.position() == before


def test_it_can_be_changed_before_it_is_recorded(still):
    browser, there, check = corrected(still, "chloe", "hold_workshop", **{"v.attendees": "9"})
    again = browser.post(there, data={**hidden(check.text), "change": "yes"})
    assert again.status_code == 200
    assert 'value="9"' in again.text


def test_a_correction_that_breaks_the_order_is_refused_in_words(still):
    before = still.position()
    _, _, answer = corrected(still, "lena", "start_visit", **{"on.day": "22"})
    assert answer.status_code == 422
    assert "This cannot be recorded" in answer.text
    assert still.position() == before


def both(web, **changes: str):
    """Two events corrected on one page, filled as they stand and changed."""
    first = version_of(web, "start_visit")
    second = first + 1  # what was seen there
    browser, there = web.sign_in("lena"), place(web, f"events/{first}/correct")
    page = browser.get(f"{there}?and={second}")
    sent = {**hidden(page.text), **typed(page.text), "reason": "Both days were mixed up", **changes}
    return browser, there, sent, (first, second)


def typed(text):
    """What stands in the boxes of days and times."""
    boxes = re.findall(r'<input[^>]* name="((?:e\d+\.)?(?:at|on\.\w+))"[^>]*>', text)
    values = {name: re.search(rf'<input[^>]* name="{re.escape(name)}"[^>]* value="([^"]*)"', text) for name in boxes}
    ticked = re.findall(r'name="(v\.[\w.]+)" type="checkbox" value="([^"]*)" checked', text)
    return {name: found[1] if found else "" for name, found in values.items()} | {
        name: [value for one, value in ticked if one == name] for name, _ in ticked
    }


def test_two_events_that_are_right_only_together_are_corrected_at_once(web):
    browser, there, sent, (first, second) = both(web)
    alone = browser.post(there, data={name: value for name, value in {**sent, "on.day": "11"}.items() if name != "and"})
    assert alone.status_code == 422
    assert f"Event {second} could not stand: on 10 November 2026 at" in alone.text
    check = browser.post(there, data={**sent, "on.day": "11", "at": "09:00", f"e{second}.on.day": "11"})
    assert check.status_code == 200
    assert "Check the corrections" in check.text
    assert "What it comes to" in check.text
    assert "11 November 2026 at 9:00am (was 10 November 2026 at" in check.text
    before = web.position()
    assert browser.post(there, data={**hidden(check.text), "sure": "yes"}).status_code == 303
    with web.engine.knowing() as known:
        told = [record.event for record in known.cycle_records(web.id("hazel-review")) if record.position > before]
    assert {event.corrects: str(event.occurred.on) for event in told} == {first: "2026-11-11", second: "2026-11-11"}


def test_another_event_is_added_to_a_correction_and_left_out_again_and_nothing_typed_is_lost(still):
    browser, there, sent, (_, second) = both(still, **{"on.day": "12"})
    alone = {name: value for name, value in sent.items() if not name.startswith(f"e{second}.") and name != "and"}
    more = browser.post(there, data={**alone, "add": str(second)})
    assert (more.status_code, "Correct 2 events at once" in more.text) == (200, True)
    assert typed(more.text)["on.day"] == "12"
    assert typed(more.text)[f"e{second}.on.day"]
    less = browser.post(there, data={**sent, "drop": str(second)})
    assert (less.status_code, "Correct 2 events" in less.text) == (200, False)
    assert typed(less.text)["on.day"] == "12"


def test_the_event_in_the_way_is_offered_to_be_corrected_too(still):
    version = version_of(still, "share_feedback")
    _, _, answer = corrected(still, "lena", "share_feedback", **{"on.day": "1", "at": ""})
    assert answer.status_code == 422
    assert re.search(r"before event \d+, \d+ November 2026", answer.text), answer.text
    assert f'name="add" value="{version}"' not in answer.text
    assert re.search(r'name="add" value="\d+">Correct event \d+ too<', answer.text)


def test_an_event_that_is_not_changed_is_to_be_left_out(still):
    browser, there, sent, (_, second) = both(still, **{"on.day": "12"})
    answer = browser.post(there, data=sent)
    assert answer.status_code == 422
    assert f"Event {second} is not changed: leave it out" in answer.text
    assert f'href="#e{second}.on.day"' in answer.text


def test_fields_that_are_not_shown_are_neither_shown_nor_lost(web):
    there = place(web, f"events/{version_of(web, 'share_feedback')}/correct")
    page = web.sign_in("lena").get(there).text
    assert FEEDBACK not in page
    assert "not shown to you" in page
    assert 'name="v.note"' not in page
    browser, there, check = corrected(web, "lena", "share_feedback", **{"on.day": "11", "at": "", "v.note": "Mine"})
    assert browser.post(there, data={**hidden(check.text), "sure": "yes"}).status_code == 303
    assert FEEDBACK in web.sign_in("hanna").get(place(web, "history")).text


def test_two_who_correct_the_same_do_not_overwrite_one_another(web):
    first, there, check = corrected(web, "chloe", "hold_workshop", **{"v.attendees": "9"})
    second, _, other = corrected(web, "lena", "hold_workshop", **{"v.attendees": "8"})
    assert second.post(there, data={**hidden(other.text), "sure": "yes"}).status_code == 303
    answer = first.post(there, data={**hidden(check.text), "sure": "yes"})
    assert answer.status_code == 422
    assert "Somebody corrected this event since" in answer.text
    assert cycle_of(web).last("hold_workshop").values["attendees"] == 8


@pytest.mark.parametrize("version", ["9999", "0"])
def test_no_such_event_is_not_found(still, version):
    assert still.sign_in("lena").get(place(still, f"events/{version}/correct")).status_code == 404


# -- waiving


def test_a_requirement_is_waived_after_it_was_shown(web):
    lead = web.sign_in("lena")
    there = place(web, "waive/improvement_champion/other_school")
    page = lead.get(f"{there}?person={web.id('carl')}").text
    assert "belongs to the reviewed school" in page
    assert "Carl" in page
    check = lead.post(there, data={**hidden(page), "reason": "nobody else is trained"})
    before = web.position()
    assert "Check before you waive it" in check.text
    assert "nobody else is trained" in check.text
    answer = lead.post(there, data={**hidden(check.text), "sure": "yes"})
    assert (answer.status_code, web.position()) == (303, before + 1)
    [waiver] = [one for one in cycle_of(web).waivers if one.person == web.id("carl")]
    assert waiver.requirement == "other_school"


def test_nothing_is_waived_without_a_reason_or_by_others(still):
    before = still.position()
    there = place(still, "waive/improvement_champion/other_school")
    sent = {"person": still.id("carl"), "sure": "yes"}
    assert "Say why" in still.sign_in("lena").post(there, data=sent).text
    refused = still.sign_in("hanna").post(there, data={**sent, "reason": "x"})
    assert refused.status_code == 422
    assert "This was not waived" in refused.text
    shown = still.sign_in("hanna").get(f"{there}?person={still.id('carl')}").text
    assert "You cannot waive this" in shown
    assert "Partnership lead" in shown
    assert still.position() == before


@pytest.mark.parametrize("of", ["waive/improvement_champion/nothing", "waive/nothing/other_school"])
def test_no_such_requirement_is_not_found(still, of):
    assert still.sign_in("lena").get(place(still, of)).status_code == 404


def test_what_may_be_waived_is_offered_where_it_stands_in_the_way(web):
    """Willow's review comes to where a visit is arranged, with no team."""
    room = f"/cycles/{web.handle_of('willow-review')}"
    ready(web)
    shown = web.sign_in("lena").get(room).text
    assert f"{room}/waive/schedule_visit/team_size" in shown
    assert "/waive/" not in web.sign_in("wanda").get(room).text


def ready(web):
    from reviewflow.asking.acting import asked_by
    from reviewflow.cycle import commands as cy

    def do(command, **more: object):
        by = asked_by(web.installation, web.id("wanda"), door="web")
        web.engine.handle(command(asked=by, cycle=web.id("willow-review"), **more))

    do(cy.TakeStep, step="choose_focus", values={"focus_areas": ["Reading"]})
    do(cy.TakeStep, step="name_school_lead", values={"school_lead": web.id("wanda")})
    do(cy.TakeStep, step="start_self_evaluation")
    for kind in ("self_evaluation", "evidence_list"):
        do(cy.AddEvidence, kind=kind, text="Invented")
    do(cy.TakeStep, step="submit_self_evaluation")


# -- consent


def test_consent_is_given_and_ended_and_what_it_means_is_said(web):
    head, room = web.sign_in("hanna"), place(web, "consent")
    assert FEEDBACK not in web.sign_in("lena").get(place(web, "history")).text
    assert "From now on the partnership lead sees this" in head.get(f"{room}/share_feedback").text
    answer = head.post(f"{room}/share_feedback", data={"withdraw": "no"})
    assert answer.status_code == 303
    assert "They may see it, since 23 November 2026" in head.get(answer.headers["location"]).text
    assert FEEDBACK in web.sign_in("lena").get(place(web, "history")).text
    assert "does not see this any more" in head.get(f"{room}/share_feedback").text
    assert head.post(f"{room}/share_feedback", data={"withdraw": "yes"}).status_code == 303
    assert FEEDBACK not in web.sign_in("lena").get(place(web, "history")).text


def test_consent_is_nobody_elses_to_give(still):
    before = still.position()
    lead = still.sign_in("lena")
    assert "Let them see it" not in lead.get(place(still, "consent")).text
    assert "This is not yours to say" in lead.get(place(still, "consent/share_feedback")).text
    assert lead.post(place(still, "consent/share_feedback"), data={"withdraw": "no"}).status_code == 422
    assert still.position() == before


def test_what_needs_no_consent_is_not_found(still):
    assert still.sign_in("hanna").get(place(still, "consent/agree_plan")).status_code == 404


def test_nobody_learns_a_name_or_a_hidden_step_by_trying_to_mend(web):
    there = place(web, "waive/improvement_champion/other_school")
    assert "Esme" not in web.sign_in("wilma").get(f"{there}?person={web.id('esme')}").text
    concern = web.sign_in("rob").post(place(web, "steps/raise_concern"), data={"v.passed_to": "head"})
    assert concern.status_code == 303
    version = cycle_of(web).version
    for name in ("wilma", "hanna"):
        for more in (f"undo?event={version}", f"undo?from={version}", f"events/{version}/correct"):
            page = web.sign_in(name).get(place(web, more)).text
            assert "concern" not in page.casefold().replace("/steps/raise_concern", "")
