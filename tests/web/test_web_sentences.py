"""What the core says, as pages write it: days as people do, typed text as typed; and what is wrong with a form."""

import re

import pytest

from reviewflow.asking.question import asking as plainly
from reviewflow.cycle.seeing import HIDDEN
from reviewflow.errors import Fault, Refused, StreamMoved, Unmet
from reviewflow.web.forms.wrong import placed, sentence
from reviewflow.web.sentences import asking, dated

SENTENCES = [
    ("2026-11-10 is more than 28 days ago", "10 November 2026 is more than 28 days ago"),
    ("happened by 2026-11-01 14:30, but", "happened by 1 November 2026 at 2:30pm, but"),
    ("2026-03-01 to 2026-03-05; 2026-04-01", "1 March 2026 to 5 March 2026; 1 April 2026"),
    ("(was 2026-11-10 09:05)", "(was 10 November 2026 at 9:05am)"),
    ("called “Visit of 2026-11-10”, on 2026-11-12", "called “Visit of 2026-11-10”, on 12 November 2026"),
    ("got '2026-11-10'; people's 2026-11-10, heads'", "got '2026-11-10'; people's 10 November 2026, heads'"),
    ('"2026-11-10" is typed', '"2026-11-10" is typed'),
    ("2026-13-45 and 2026-02-30 are no days", "2026-13-45 and 2026-02-30 are no days"),
    ("hazel-2026-11-10, 2026-11-10T09:00:00Z, 12026-11-10", "hazel-2026-11-10, 2026-11-10T09:00:00Z, 12026-11-10"),
    ("at 2026-11-10 09:00:30", "at 10 November 2026 09:00:30"),
]


@pytest.mark.parametrize(("said", "shown"), SENTENCES)
def test_days_are_written_as_people_do(said, shown):
    assert dated(said) == shown


FAULTS = [
    (Fault("n", "'twelve'", "expected a whole number (at least 1)"), "Enter a whole number (at least 1), not “twelve”"),
    (Fault("n", "", "must be given: a short text"), "Enter a short text"),
    (Fault("d", "'2026-02-31'", "expected a date as in 2026-03-14"), "31 02 2026 is not a date that there is"),
    (Fault("d", "", "must be given: a date as in 2026-03-14"), "Enter a date, as in 14 3 2026"),
    (Fault("d", "2026-01-01", "expected 2026-02-01 or later"), "Enter 1 February 2026 or later, not 1 January 2026"),
    (Fault("t", "'on 2026-01-01'", "expected each value once"), "Enter each value once, not “on 2026-01-01”"),
    (Fault("c", "", "must be given: one of: a, b"), "Choose one"),
    (Fault("c", "", "must be given: a list from: a, b (at least 1)"), "Choose from these (at least 1)"),
    (Fault("r", "", "must be given: rows with what, due (at least 1)"), "Fill this in (at least 1)"),
    (Fault("p", "'x'", "no such person; see: person list"), "“x”: no such person"),
    (Fault("p", "nothing", "no such organisation"), "No such organisation"),
    (Fault("p", "nothing", "expected a name"), "Enter a name"),
    (Fault("why", "", "say why: it stands in the history"), "Say why: it stands in the history"),
    (Fault("to", "", "who acts for you"), "Enter who acts for you"),
]  # fmt: skip


@pytest.mark.parametrize(("fault", "said"), FAULTS)
def test_what_is_wrong_is_said_plainly(fault, said):
    assert sentence(fault) == said


def test_each_fault_stands_at_its_input():
    faults = [Fault("on", "", "a day"), Fault("other", "", "a name")]
    assert [at for at, _ in placed(faults, {"on": "on.day"})] == ["on.day", "other"]
    assert [at for at, _ in placed(faults, {"on": "on.day", "": ""})] == ["on.day", ""]
    assert [at for at, _ in placed(faults, str.upper)] == ["ON", "OTHER"]


def test_a_day_in_a_name_stays_and_ids_become_names(still):
    said = f"{still.id('hanna')} was there on 2026-11-10"
    with asking(still.installation, still.id("lena")) as question:
        question.called.person = lambda _: "Hanna of 2026-11-10"
        assert question.names_in(said, lambda _: True) == "Hanna of 2026-11-10 was there on 10 November 2026"
    with plainly(still.installation, still.id("lena")) as question:
        assert question.names_in(said, lambda _: True) == "Hanna Madeup was there on 2026-11-10"


PAGES = ("", "/history", "/team", "/evidence", "/notes", "/consent", "/undo", "/steps/check_in", "/steps/agree_plan")


@pytest.mark.parametrize("name", ["hanna", "lena", "ada"])
def test_no_page_shows_a_day_or_a_row_as_programs_do(still, name):
    client = still.sign_in(name)
    for page in PAGES:
        text = re.sub(r"<[^>]+>", "\n", client.get(f"/cycles/{still.handle_of()}{page}").text)
        assert re.findall(r".*(?:\d{4}-\d{2}-\d{2}|\br\d+\b).*", text) == [], page


def test_a_refusal_names_only_those_of_whom_one_may_be_told(still, monkeypatch):
    def refuse(*_: object, **__: object) -> None:
        sentence = f"{still.id('bea')} is busy on 2026-11-10, {still.id('esme')} too"
        raise Refused("x", [Unmet("busy", sentence)])

    monkeypatch.setattr("reviewflow.web.pages.work.tasks", refuse)
    answer = still.sign_in("lena").get("/work")
    assert answer.status_code == 403
    assert f"Bea Madeup is busy on 10 November 2026, {HIDDEN} too" in answer.text
    assert still.id("esme") not in answer.text


def test_whoever_may_not_at_all_is_told_nothing_else(still, monkeypatch):
    def refuse(*_: object, **__: object) -> None:
        raise Refused("x", [Unmet("not-permitted", "only leads may"), Unmet("other", "and it is full")])

    monkeypatch.setattr("reviewflow.web.pages.work.tasks", refuse)
    answer = still.sign_in("lena").get("/work")
    assert "Only leads may" in answer.text
    assert "full" not in answer.text
    monkeypatch.setattr("reviewflow.web.pages.work.tasks", lambda *_, **__: (_ for _ in ()).throw(StreamMoved()))
    assert still.sign_in("lena").get("/work").status_code == 409
