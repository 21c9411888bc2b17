"""The history of a cycle on the pages: what is told to whom, the past again, and what differs."""

import pytest

from reviewflow.web.pages import cycle_history
from web.neighbourhood import NOTE

FEEDBACK = "Pupils write more than they did."


def shown(web, name, query="", cycle="hazel-review"):
    return web.sign_in(name).get(f"/cycles/{web.handle_of(cycle)}/history{query}")


def day(name, text):
    year, month, number = text.split("-")
    return f"{name}.day={number}&{name}.month={month}&{name}.year={year}"


def test_every_event_is_told_in_order(still):
    page = shown(still, "hanna").text
    told = [
        "opened for",
        "Choose the focus",
        "Submit the self-evaluation",
        "Share the feedback",
        "Agree the action plan",
    ]
    places = [page.index(one) for one in told]
    assert places == sorted(places)
    assert FEEDBACK in page
    assert NOTE in page


@pytest.mark.parametrize("name", ["lena", "otto", "chloe"])
def test_what_the_workflow_does_not_show_is_not_told(still, name):
    page = shown(still, name).text
    assert NOTE not in page
    assert (FEEDBACK in page) is (name == "chloe")
    assert "not shown to you" in page


def test_another_partnership_sees_nothing(still):
    answer = shown(still, "vera")
    assert answer.status_code == 403
    assert FEEDBACK not in answer.text


def test_the_review_as_it_was_on_a_day(still):
    page = shown(still, "hanna", f"?{day('on', '2026-11-11')}").text
    assert "This is the review as it was on 11 November 2026" in page
    assert "Where it was then: Review visit: Visit under way" in page
    assert FEEDBACK not in page
    assert "/correct" not in page


def test_the_review_as_it_was_known(web):
    version, handle = said_late(web)
    known = shown(web, "lena", f"?{day('known', '2026-11-22')}").text
    assert f'id="event-{version}"' not in known
    assert "as it was known at the end of 22 November 2026" in known
    later = shown(web, "lena", f"?{day('on', '2026-11-22')}").text
    assert f'id="event-{version}"' in later
    assert handle in later


def said_late(web):
    """Evidence of the 21st, recorded on the 23rd."""
    sent = {"kind": "learning_summary", "text": "Late", "on.day": "21", "on.month": "11", "on.year": "2026"}
    assert web.sign_in("lena").post(f"/cycles/{web.handle_of()}/evidence", data=sent).status_code == 303
    with web.engine.knowing() as known:
        cycle = known.cycle(web.id("hazel-review"))
        return cycle.version, cycle.handle


def test_a_day_before_the_opening_is_told_in_words(still):
    answer = shown(still, "hanna", f"?{day('on', '2020-01-01')}")
    assert answer.status_code == 422
    assert "was not open then" in answer.text


@pytest.mark.parametrize(
    "query", ["?on.day=31&on.month=2&on.year=2026", "?known.day=x", "?on.day=1&on.month=1&on.year=99999"]
)
def test_what_is_no_day_is_told(still, query):
    answer = shown(still, "hanna", query)
    assert answer.status_code == 422
    assert "a real date" in answer.text


def test_a_day_to_come_is_as_now(still):
    assert shown(still, "hanna", f"?{day('on', '2027-01-01')}").status_code == 200


def test_long_histories_come_in_pages(still, monkeypatch):
    monkeypatch.setattr(cycle_history, "A_PAGE", 10)
    first, second = shown(still, "hanna"), shown(still, "hanna", "?page=2")
    assert "Page 1 of" in first.text
    assert 'id="event-10"' in first.text
    assert 'id="event-11"' not in first.text
    assert 'id="event-11"' in second.text
    assert 'id="event-10"' not in second.text
    assert "page=3" in second.text
    for odd in ("0", "99", "-1", "x"):
        assert shown(still, "hanna", f"?page={odd}").status_code == 200


def test_pages_keep_the_day(still, monkeypatch):
    monkeypatch.setattr(cycle_history, "A_PAGE", 5)
    page = shown(still, "hanna", f"?{day('on', '2026-11-11')}").text
    assert "on.day=11&amp;on.month=11&amp;on.year=2026&amp;page=2" in page


def test_what_differs_between_two_days(still):
    query = f"/difference?{day('on', '2026-11-09')}&{day('on2', '2026-11-12')}"
    page = shown(still, "otto", query).text
    assert "Before: on 9 November 2026. After: on 12 November 2026." in page
    assert "Review visit: Visit arranged" in page
    assert "Review visit: Feedback shared" in page
    assert FEEDBACK not in page


@pytest.mark.parametrize(
    ("name", "status"), [("otto", 200), ("ada", 200), ("mona", 200), ("lena", 403), ("hanna", 403)]
)
def test_the_difference_is_for_those_who_may_ask_about_the_past(still, name, status):
    assert shown(still, name, "/difference").status_code == status
    assert ("/history/difference" in shown(still, name).text) == (status == 200)


def test_a_wrong_day_of_the_difference_is_told(still):
    answer = shown(still, "otto", "/difference?on2.day=40&on2.month=1&on2.year=2026")
    assert answer.status_code == 422
    assert "a real date" in answer.text
