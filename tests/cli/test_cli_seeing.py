"""Who sees what: without `--as` the operator sees all and is told so; with it the workflow and the table decide."""

import json

import pytest

from cli.shell import ADA, BEN, LENA, PRIYA

CYCLE = "hazel-2026-1"
READING = [
    ("status",), ("inbox",), ("programme", "list"), ("programme", "show", "example-partnership"), ("calendar", "show"),
    ("workflow", "list"), ("organisation", "list"), ("organisation", "show", "hazel"), ("partnership", "list"),
    ("partnership", "show", "north"), ("person", "list"), ("person", "show", LENA), ("cycle", "list"),
    ("cycle", "show", CYCLE), ("cycle", "show", CYCLE, "--history"), ("cycle", "next", CYCLE), ("audit", "log"),
    ("audit", "log", CYCLE), ("audit", "replay"), ("audit", "replay", CYCLE),
    ("audit", "recheck"), ("audit", "recheck", CYCLE),
    ("audit", "diff", CYCLE, "--from-position", "1"),
]  # fmt: skip


@pytest.mark.parametrize("words", READING, ids=" ".join)
def test_the_operators_view_says_that_it_is_one(still, words):
    assert still.json(*words)["view"] == "operator"
    shown = still.run(*words)
    assert "operator's own view" in shown.stderr
    assert "operator's own view" not in shown.stdout
    assert shown.stdout.strip()


@pytest.mark.parametrize("words", READING, ids=" ".join)
def test_an_administrator_may_ask_everything(still, words):
    told = still.json(*words, "--as", ADA)
    assert told["view"] == still.json("person", "show", ADA)["person"]["id"]
    assert "operator's own view" not in still.run(*words, "--as", ADA).stderr


@pytest.mark.parametrize("words", READING, ids=" ".join)
def test_the_past_may_be_asked_everything_too(still, words):
    told = still.json(*words, "--as-of", "2026-09-07", "--known-at", "2026-12-31T12:00Z")
    assert told["as_of"] == "2026-09-07"
    assert told["known_at"] == "2026-12-31T12:00:00Z"


@pytest.mark.parametrize(
    "words",
    [
        ("person", "list"),
        ("person", "show", PRIYA),
        ("audit", "log"),
        ("audit", "replay", CYCLE),
        ("inbox", "--person", LENA),
    ],
    ids=" ".join,
)
def test_what_a_reviewer_may_not_ask_is_refused(still, words):
    assert still.fault(*words, "--as", BEN, code=1)["unmet"][0]["code"] == "not-permitted"


def test_a_person_may_ask_about_themselves(still):
    assert still.json("person", "show", BEN, "--as", BEN)["person"]["email"] == BEN
    assert still.json("inbox", "--as", LENA)["tasks"]


def test_a_lead_lists_the_people_of_their_own_cluster_only(north):
    north.run("organisation", "add", "Far Example Primary", "--handle", "far")
    north.run("person", "add", "Fay Example", "--organisation", "far")
    names = {one["name"] for one in north.json("person", "list", "--as", PRIYA)["people"]}
    assert "Ben Example" in names
    assert "Fay Example" not in names
    assert "Fay Example" in north.run("person", "list", "--as", ADA).stdout


def test_where_the_store_lies_is_for_those_who_run_it(still):
    assert "store" in still.json("status", "--as", ADA)
    assert "store" not in still.json("status", "--as", BEN)


def test_the_status_of_a_past_moment(north):
    position = north.records
    moment = north.clock.now().isoformat()
    north.run("organisation", "add", "Far Example Primary", "--handle", "far")
    north.run("cycle", "do", CYCLE, "cancel", "--set", "reason=Example", "--as", ADA)
    now, then = north.json("status"), north.json("status", "--known-at", moment)
    assert (now["records"], then["records"]) == (position + 2, position)
    assert (now["organisations"], then["organisations"]) == (4, 3)
    assert [one["state"] for one in now["cycles"]] == ["cancelled"]
    assert [one["state"] for one in then["cycles"]] == ["set_up.planned"]
    assert north.json("status", "--known-at", "2020-01-01")["records"] == 0
    assert north.json("status", "--known-at", "2020-01-01")["people"] == 0


def test_a_cycle_shows_nothing_to_a_stranger(north):
    assert north.fault("cycle", "show", CYCLE, "--as", BEN, code=1)["unmet"][0]["code"] == "not-visible"
    assert north.json("cycle", "list", "--as", BEN)["cycles"] == []
    north.run("cycle", "assign", CYCLE, "peer_reviewer", BEN, "--as", PRIYA)
    assert [one["handle"] for one in north.json("cycle", "list", "--as", BEN)["cycles"]] == [CYCLE]


def test_the_focus_is_the_schools_until_it_shares_it(north):
    north.run("cycle", "do", CYCLE, "choose_focus", "--set", "focus_areas=Handwriting", "--as", LENA)
    diff = ("audit", "diff", CYCLE, "--from-position", "1", "--details")
    history = ("cycle", "show", CYCLE, "--history")
    for words in (history[:-1], history, ("audit", "replay", CYCLE), ("audit", "log", CYCLE, "--details"), diff):
        assert "Handwriting" in north.run(*words).stdout, words
    for words in (
        ("cycle", "show", CYCLE),
        ("cycle", "show", CYCLE, "--history"),
        ("cycle", "next", CYCLE),
        ("inbox",),
    ):
        for viewer in (PRIYA, ADA):
            shown = north.run(*words, "--as", viewer)
            assert "Handwriting" not in shown.output, (words, viewer)
            assert "Handwriting" not in json.dumps(north.json(*words, "--as", viewer)), (words, viewer)
    assert "not shown to you" in north.run("cycle", "show", CYCLE, "--as", PRIYA).stdout
    assert "not shown to you" not in north.run("cycle", "show", CYCLE).stdout
    assert "Handwriting" in north.run("cycle", "show", CYCLE, "--as", LENA).stdout
    north.run("cycle", "consent", CYCLE, "choose_focus", "--as", LENA)
    assert "Handwriting" in north.run("cycle", "show", CYCLE, "--as", PRIYA).stdout
    north.run("cycle", "consent", CYCLE, "choose_focus", "--withdraw", "--as", LENA)
    assert "Handwriting" not in north.run("cycle", "show", CYCLE, "--as", PRIYA).stdout


def test_a_consent_withdrawn_hides_the_past_as_well(north):
    north.run("cycle", "do", CYCLE, "choose_focus", "--set", "focus_areas=Handwriting", "--as", LENA)
    north.run("cycle", "consent", CYCLE, "choose_focus", "--as", LENA)
    while_shared = north.clock.now().isoformat()
    north.run("cycle", "consent", CYCLE, "choose_focus", "--withdraw", "--as", LENA)
    assert "Handwriting" not in north.run("cycle", "show", CYCLE, "--as", PRIYA, "--known-at", while_shared).stdout


def test_a_day_before_the_cycle_was_opened(still):
    fault = still.fault("cycle", "show", CYCLE, "--as-of", "2026-09-01", code=2)
    assert "not open then" in fault["faults"][0]["want"]
    assert still.json("cycle", "list", "--as-of", "2026-09-01")["cycles"] == []
    assert still.json("audit", "replay", CYCLE, "--as-of", "2026-09-01")["replay"]["open"] is False


def test_what_was_recorded_late_was_not_known_before(north):
    north.clock.set("2026-09-20")
    before = north.clock.now().isoformat()
    north.run("cycle", "do", CYCLE, "choose_focus", "--set", "focus_areas=Writing", "--as", LENA, "--on", "2026-09-10")
    on_the_day = ("cycle", "show", CYCLE, "--as-of", "2026-09-12")
    assert "Writing" in north.run(*on_the_day).stdout
    assert "Writing" not in north.run(*on_the_day, "--known-at", before).stdout
    told = north.json(
        "audit", "diff", CYCLE, "--from-as-of", "2026-09-12", "--from-known-at", before, "--as-of", "2026-09-12"
    )
    assert {event["why"] for event in told["events"]} == {"known"}


def test_a_difference_is_an_exit_code_only_when_asked(north):
    words = ("audit", "diff", CYCLE, "--from-position", "1")
    north.run(*words)
    north.run(*words, "--exit-code", code=1)
    position = str(north.records)
    north.run("audit", "diff", CYCLE, "--from-position", position, "--exit-code")


def test_who_entered_it_is_shown_wherever_it_was_somebody_else(north):
    north.run("cycle", "note", CYCLE, "Example", "--as", LENA)
    assert "entered by Ada Example" in north.run("audit", "log", CYCLE).stdout
    north.run("cycle", "note", CYCLE, "Example", REVIEWFLOW_ACTOR=LENA)
    assert "entered_by" in north.json("audit", "log", CYCLE)["records"][-1]
    assert north.json("audit", "log", CYCLE)["records"][-1]["entered_by"] is None


def test_the_log_can_be_read_on_and_narrowed(still):
    total = still.records
    first = still.json("audit", "log", "--after", "0", "--limit", "5")
    assert [one["position"] for one in first["records"]] == [1, 2, 3, 4, 5]
    assert first["more"] is True
    last = still.json("audit", "log", "--limit", "2")["records"]
    assert [one["position"] for one in last] == [total - 1, total]
    assert all(one["by"] == "Priya Example" for one in still.json("audit", "log", "--by", PRIYA)["records"])
    assert all(one["stream"].startswith("person-") for one in still.json("audit", "log", LENA)["records"])


def test_the_inbox_of_a_past_day_is_the_same_as_it_was_then(north):
    then = north.json("inbox")["tasks"]
    north.clock.set("2026-09-20")
    north.run("cycle", "do", CYCLE, "name_school_lead", "--set", f"school_lead={LENA}", "--as", LENA)
    assert north.json("inbox")["tasks"] != then
    past = north.json("inbox", "--as-of", "2026-09-08")["tasks"]
    assert {one["step"] for one in past} == {one["step"] for one in then}
