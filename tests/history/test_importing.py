"""Rows become events, or are refused with why: every row exactly one of the five."""

import pytest

from history import imports
from reviewflow.errors import Refused
from reviewflow.events import Happened


@pytest.fixture
def world():
    made = imports.world()
    yield made
    made.close()


def test_a_case_becomes_a_cycle_with_its_days_and_people(world, tmp_path):
    report = imports.rows(
        world, tmp_path,
        "One,2020-03-01,submitted,",
        "One,2020-03-05,editor,Edith Example",
        "One,2020-03-09,checked,",
        "One,2020-04-02,reviewer,Rob Example",
        "One,2020-04-03,remark,Went well",
    )  # fmt: skip
    assert (report.cases, report.rows, report.outcomes["accepted"]) == (1, 5, 5)
    cycle = imports.cycles(world)["One"]
    assert cycle.state == "submission.seeking_reviewers"
    assert str(cycle.opened) == "2020-03-01"
    assert str(cycle.last("pass_checks").happened) == "2020-03-09"
    assert imports.names(world, cycle.assigned("editor")) == ["Edith Example"]
    assert cycle.handle == "one-2020-1"


def test_every_event_says_who_entered_it_and_that_it_was_imported(world, tmp_path):
    imports.rows(world, tmp_path, "One,2020-03-01,submitted,", "One,2020-03-05,editor,Edith Example")
    cycle = imports.cycles(world)["One"]
    with world.knowing() as known:
        events = [one.event for one in known.cycle_records(cycle.id)]
    assert {event.door for event in events} == {"import"}
    assert {event.entered_by for event in events} == {world.id("ada")}
    assert {event.batch for event in events} == {"import simple"}
    assert events[-1].by == cycle.assigned("editor")[0]
    # The batch says what was brought in: that it comes late needs no reason of its own in each event.
    assert {event.backdated for event in events} == {None}


def test_somebody_is_registered_once_under_a_label(world, tmp_path):
    imports.rows(
        world, tmp_path, "One,2020-03-01,submitted,", "One,2020-03-05,editor,Edith Example",
        "Two,2020-03-01,submitted,", "Two,2020-03-05,reviewer,  Edith   Example ",
    )  # fmt: skip
    found = imports.cycles(world)
    assert found["One"].assigned("editor") == found["Two"].assigned("reviewer")


def test_an_id_names_a_person_who_is_registered(world, tmp_path):
    person = world.person("rob")
    imports.rows(world, tmp_path, "One,2020-03-01,submitted,", f"One,2020-03-05,reviewer,{person}")
    assert imports.cycles(world)["One"].assigned("reviewer") == [person]


def test_nobody_is_registered_where_the_mapping_does_not_say_so(world, tmp_path):
    parsed = imports.SIMPLE.replace("people: {register: true}\n", "")
    report = imports.rows(
        world, tmp_path, "One,2020-03-01,submitted,", "One,2020-03-05,reviewer,Rob", parsed=parsed
    )  # fmt: skip
    assert imports.why(report) == {"no-such-person": 1}
    assert report.refused["no-such-person"].places[0].place == "row 3"
    assert imports.cycles(world)["One"].assigned("reviewer") == []


def test_whoever_had_the_role_before_leaves_it(world, tmp_path):
    imports.rows(
        world, tmp_path, "One,2020-03-01,submitted,", "One,2020-03-05,editor,Edith", "One,2020-05-05,editor,Emil"
    )  # fmt: skip
    cycle = imports.cycles(world)["One"]
    assert imports.names(world, cycle.assigned("editor")) == ["Emil"]
    assert imports.names(world, cycle.ever_assigned("editor")) == ["Edith", "Emil"]


def test_what_is_so_already_changes_nothing(world, tmp_path):
    report = imports.rows(
        world, tmp_path, "One,2020-03-01,submitted,", "One,2020-03-05,reviewer,Rob", "One,2020-03-06,reviewer,Rob"
    )  # fmt: skip
    assert report.outcomes == {"accepted": 2, "unchanged": 1}


def test_rows_are_refused_with_why_and_the_others_go_on(world, tmp_path):
    report = imports.rows(
        world, tmp_path,
        "One,2020-03-01,submitted,",
        "One,yesterday,editor,Edith",
        "One,2020-03-05,checked,",
        "One,2020-02-01,label,early",
        "One,2020-03-05,what,",
        "One,2020-03-05,rejected,taste",
        "One,,label,undated",
        "One,2999-01-01,label,late",
        "One,2020-03-06,left,Rob",
        "One,2020-03-07,noise,",
        "One,2020-03-08,label,kept",
        "One,2020-03-09,submitted,",
        ",2020-03-08,label,of nothing",
        "Two,2020-03-08,label,of what",
    )  # fmt: skip
    assert imports.why(report) == {
        "bad-date": 2, "editor_found": 1, "before-opening": 1, "no-rule": 1, "bad-value": 1, "no-date": 1,
        "not-assigned": 1, "opened-already": 1, "no-case": 1, "not-opened": 1,
    }  # fmt: skip
    assert report.ignored == {"noise says nothing": 1}
    assert report.outcomes == {"accepted": 2, "ignored": 1, "refused": 11}
    assert report.rows == 14
    assert imports.cycles(world).keys() == {"One"}
    assert [one.values["label"] for one in imports.cycles(world)["One"].said["add_label"]] == ["kept"]


def test_a_step_is_dated_corrected_and_undone(world, tmp_path):
    report = imports.rows(
        world, tmp_path,
        "One,2020-03-01,submitted,",
        "One,2020-04-01,approved on,",
        "One,2020-04-03,approved on,",
        "One,2020-05-01,closed on,",
        "One,2020-06-01,approved on,",  # after the closing
        "One,,closed on,",
    )  # fmt: skip
    assert imports.why(report) == {"out-of-order": 1}
    cycle = imports.cycles(world)["One"]
    assert cycle.state == "ecosystem.approved"
    assert str(cycle.last("record_approval").happened) == "2020-04-03"
    assert cycle.last("close") is None
    with world.knowing() as known:
        topics = [one.event.topic for one in known.cycle_records(cycle.id)]
    assert topics == [
        "cycle.opened/1", "cycle.transition-taken/1", "cycle.event-corrected/1", "cycle.transition-taken/1",
        "cycle.transition-undone/1",
    ]  # fmt: skip


def test_what_a_step_implies_was_done_by_then(world, tmp_path):
    imports.rows(world, tmp_path, "One,2020-03-01,submitted,", "One,2020-05-01,closed on,")
    cycle = imports.cycles(world)["One"]
    assert cycle.state == "closed"
    assert str(cycle.last("record_approval").happened) == "by 2020-05-01"


SEEN = imports.SIMPLE.replace(
    "rows:\n  - {where: {What: submitted}, open: true}",
    """seen: "{Seen}"
rows:
  - {where: {What: submitted}, open: true, implies: [record_approval]}""",
)


@pytest.mark.parametrize(
    ("lines", "approved"),
    [
        (["One,2020-03-01,submitted,,2020-07-01"], "by 2020-07-01"),
        (["One,2020-03-01,submitted,,2020-07-01", "One,2020-04-01,approved on,,2020-07-01"], "2020-04-01"),
        (["One,2020-03-01,submitted,,2020-07-01", "One,2020-04-01,approved on,,2020-07-02"], "2020-04-01"),
        (["One,2020-03-01,submitted,,2020-07-01", "One,2020-02-01,approved on,,2020-07-01"], "by 2020-07-01"),
        (["One,2020-03-01,submitted,,2020-07-01", "One,2020-05-01,closed on,,2020-07-01"], "by 2020-05-01"),
        (["One,2020-03-01,submitted,,2020-07-01", "Two,2020-03-01,submitted,,2020-07-01"], "by 2020-07-01"),
    ],
)  # fmt: skip
def test_what_an_opening_implies_was_done_by_the_moment_it_was_seen(world, tmp_path, lines, approved):
    file = tmp_path / "seen.csv"
    file.write_text("Case,When,What,Who,Seen\n" + "\n".join(lines) + "\n", encoding="utf-8")
    imports.take(world, file, SEEN)
    assert str(imports.cycles(world)["One"].last("record_approval").happened) == approved


def test_nothing_is_stated_that_had_not_happened_when_it_was_seen(world, tmp_path):
    file = tmp_path / "seen.csv"
    file.write_text("Case,When,What,Who,Seen\nOne,2020-07-02,submitted,,2020-07-01\n", encoding="utf-8")
    report = imports.take(world, file, SEEN)
    assert imports.why(report) == {"after-seen": 1}
    assert imports.cycles(world) == {}


def test_a_case_that_is_first_seen_midway_is_adopted(world, tmp_path):
    parsed = imports.SIMPLE.replace("rows:", "adopt: {}\nrows:", 1)
    report = imports.rows(
        world, tmp_path, "One,2020-05-01,checked,", "Two,2020-05-01,label,where", parsed=parsed
    )  # fmt: skip
    assert imports.why(report) == {"editor_found": 1, "no-state": 1}
    parsed = imports.SIMPLE.replace("rows:", 'adopt: {state: "{What}", states: {label: review.under_review}}\nrows:', 1)
    report = imports.rows(world, tmp_path, "Two,2020-05-02,label,where", parsed=parsed)
    assert report.outcomes == {"accepted": 1}
    cycle = imports.cycles(world)["Two"]
    assert (cycle.adopted, cycle.state, cycle.opened) == (True, "review.under_review", Happened(on=cycle.opened.on))
    with world.knowing() as known:
        assert known.cycle_records(cycle.id)[0].event.source == "simple"


def test_rows_may_be_taken_in_the_order_in_which_they_happened(world, tmp_path):
    lines = [
        "One,2020-05-01,closed on,", "Two,2020-03-01,submitted,", "One,2020-04-01,approved on,",
        "One,2020-03-01,submitted,", "One,nonsense,label,x",
    ]  # fmt: skip
    parsed = imports.SIMPLE.replace("rows:", "order: happened\nrows:", 1)
    report = imports.rows(world, tmp_path, *lines, parsed=parsed)
    assert imports.why(report) == {"bad-date": 1}
    assert imports.cycles(world)["One"].state == "closed"
    assert imports.rows(world, tmp_path, *lines, parsed=parsed).outcomes == {"already": 4, "refused": 1}


def test_who_acted_is_judged_on_the_day(world, tmp_path):
    edith = world.person("edith")
    world.role("edith", "editor_in_chief", "programme", "programme")  # since 2024
    parsed = imports.SIMPLE.replace("rows:", f"by: {edith}\nrows:", 1)
    report = imports.rows(world, tmp_path, "One,2020-03-01,submitted,", "Two,2025-03-01,submitted,", parsed=parsed)
    assert imports.why(report) == {"not-permitted": 1}
    cycle = imports.cycles(world)["Two"]
    assert cycle.opened_by == edith


def test_only_those_who_run_a_programme_import(world, tmp_path):
    rob = world.person("rob")
    before = world.position()
    with pytest.raises(Refused) as info:
        imports.rows(world, tmp_path, "One,2020-03-01,submitted,", by=rob)
    assert info.value.codes == ("not-permitted",)
    assert world.position() == before
