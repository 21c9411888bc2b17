"""The way from an empty folder to a visit that was held, typed as people type it."""

import pytest

from cli.shell import ADA, BEN, CLEO, DAN, EVE, LENA, PRIYA

CYCLE = "hazel-2026-1"


def test_init_says_what_was_made_and_warns_where_the_key_lies(empty):
    shown = empty.run("init", "--admin", "Ada Example", "--programme", "Example Partnership")
    for made in ("reviewflow.db", "reviewflow.keys", "reviewflow.master-key", "Ada Example", "example-partnership"):
        assert made in shown.stdout
    assert "WARNING: the master key" in shown.stderr
    assert (empty.folder / "reviewflow.db").exists()


def test_init_never_touches_what_exists(north):
    before = (north.folder / "reviewflow.db").read_bytes()
    assert "reviewflow.db" in north.run("init", "--admin", "Eve Example", code=2).stderr
    assert (north.folder / "reviewflow.db").read_bytes() == before
    assert north.records > 0


@pytest.mark.parametrize(
    "options",
    [
        ["--admin", " "],
        ["--admin", "A\x1b[2Jda"],
        ["--admin", "Ada", "--email", "no address"],
        ["--admin", "Ada", "--time-zone", "Mars/Olympus", "--programme", "P"],
    ],
)
def test_init_with_a_fault_leaves_nothing_behind(empty, options):
    empty.run("init", *options, code=2)
    assert list(empty.folder.iterdir()) == []


def test_init_without_anybody_who_sets_up(empty):
    assert "--admin" in empty.run("init", "--programme", "P", code=2).stderr
    empty.run("init")
    assert empty.json("status")["records"] == 0


def test_a_key_kept_elsewhere_is_named_and_not_warned_of(empty, tmp_path_factory):
    key = tmp_path_factory.mktemp("safe") / "key"
    key.write_text("a2tra2tra2tra2tra2tra2tra2tra2tra2tra2tra2s=")
    shown = empty.run("init", "--admin", "Ada Example", REVIEWFLOW_MASTER_KEY_FILE=str(key))
    assert "WARNING" not in shown.stderr
    assert str(key) in shown.stdout


def to_a_visit(north):
    north.run("cycle", "do", CYCLE, "name_school_lead", "--set", f"school_lead={LENA}", "--as", LENA)
    north.run("cycle", "do", CYCLE, "plan_visit", "--set", "planned_day=2026-10-12", "--as", PRIYA)
    north.run("cycle", "do", CYCLE, "start_self_evaluation", "--as", LENA)
    north.run(
        "cycle",
        "do",
        CYCLE,
        "choose_focus",
        "--set",
        "focus_areas=Writing",
        "--set",
        "focus_areas=Reading",
        "--as",
        LENA,
    )
    for kind in ("self_evaluation", "evidence_list"):
        north.run("cycle", "evidence", CYCLE, kind, "--text", f"Example {kind}", "--as", LENA)
    for person in (BEN, CLEO, DAN):
        north.run("cycle", "assign", CYCLE, "peer_reviewer", person, "--as", PRIYA)
        north.run("cycle", "accept", CYCLE, "peer_reviewer", "--as", person)
    north.run("cycle", "assign", CYCLE, "lead_reviewer", BEN, "--as", PRIYA)
    north.run("cycle", "accept", CYCLE, "lead_reviewer", "--as", BEN)


def test_from_planning_to_an_arranged_visit(north):
    to_a_visit(north)
    shown = north.run("cycle", "do", CYCLE, "submit_self_evaluation", "--as", LENA).stdout
    assert "Recorded at position" in shown
    assert "Self-evaluation: Ready for review" in shown
    assert "Next:" in shown
    assert "schedule_visit" in shown
    visit = ("first_day=2026-10-12", "last_day=2026-10-13", "mode=onsite", "questions.1.question=To what extent?")
    sets = [word for one in visit for word in ("--set", one)]
    assert north.refused("cycle", "do", CYCLE, "schedule_visit", *sets, "--as", PRIYA) == ["pre_review_meeting"]
    north.run(
        "cycle", "waive", CYCLE, "schedule_visit", "pre_review_meeting", "--reason", "met last term", "--as", PRIYA
    )
    form = north.folder / "visit.yaml"
    form.write_text(
        "first_day: 2026-10-12\nlast_day: 2026-10-13\nmode: onsite\nquestions:\n  - question: To what extent?\n"
    )
    shown = north.run("cycle", "do", CYCLE, "schedule_visit", "--form", str(form), "--as", PRIYA).stdout
    assert "Proposed, waiting for a signature" in shown
    assert "sign: Arrange the visit [schedule_visit]: Headteacher (Lena Example)" in shown
    assert "own-proposal" in north.refused("cycle", "agree", CYCLE, "schedule_visit", "--as", PRIYA)
    north.run("cycle", "agree", CYCLE, "schedule_visit", "--as", LENA)
    assert north.json("cycle", "show", CYCLE)["cycle"]["state"] == "review_visit.scheduled"
    shown = north.run("cycle", "show", CYCLE, "--history").stdout
    assert "pre_review_meeting" in shown
    assert "To what extent?" in shown
    north.clock.set("2026-12-01")
    days = {task["step"]: task["due"] for task in north.json("inbox", "--person", BEN)["tasks"]}
    assert days
    assert all(day is None or day >= "2026-09-01" for day in days.values())


def test_a_form_from_standard_input_and_one_from_the_template(north):
    north.run("cycle", "do", CYCLE, "plan_visit", "--form", "-", "--as", PRIYA, input='{"planned_day": "2026-10-12"}')
    template = north.run("cycle", "do", CYCLE, "choose_focus", "--template").stdout
    assert "one of: our_impact" in template
    filled = template.replace('  - ""', "  - Writing")
    north.run("cycle", "do", CYCLE, "choose_focus", "--form", "-", "--as", LENA, input=filled)
    assert "Writing" in north.run("cycle", "show", CYCLE).stdout


def test_the_template_as_data_says_what_each_field_wants(north):
    fields = north.json("cycle", "do", CYCLE, "schedule_visit", "--template")["fields"]
    assert [field["name"] for field in fields] == ["first_day", "last_day", "mode", "questions"]
    assert fields[3]["columns"][0]["name"] == "question"


def test_a_refusal_says_everything_that_is_not_met_and_who_can_change_it(north):
    north.run("person", "role", LENA, "head", "--in", "birch")
    shown = north.run("cycle", "assign", CYCLE, "peer_reviewer", LENA, "--as", PRIYA, code=1).stderr
    assert "[trained]" in shown
    assert "[other_school]" in shown
    shown = north.run("cycle", "do", CYCLE, "cancel", "--set", "reason=Example", "--as", LENA, code=1).stderr
    assert "can be met by: Administrator" in shown


def test_next_tells_before_trying_what_do_will_say(north):
    told = north.json("cycle", "next", CYCLE, "--as", LENA)
    assert "choose_focus" in {option["step"] for option in told["now"]}
    not_yet = {option["step"]: option for option in told["not_yet"]}
    unmet = [one["code"] for one in not_yet["start_self_evaluation"]["requirements"] if one["status"] == "unmet"]
    assert north.refused("cycle", "do", CYCLE, "start_self_evaluation", "--as", LENA) == unmet == ["lead_named"]
    shown = north.run("cycle", "next", CYCLE, "--as", LENA).stdout
    assert "Can be done now:" in shown
    assert "For others:" in shown
    assert "cancel (Administrator)" in shown
    assert "Not in this state:" in north.run("cycle", "next", CYCLE, "--all").stdout


def test_a_dry_run_says_what_would_be_and_does_nothing(north):
    before = north.records
    told = north.json("cycle", "do", CYCLE, "cancel", "--set", "reason=Example", "--as", ADA, "--dry-run")
    assert told["position"] is None
    assert told["dry_run"] is True
    assert told["cycles"][0]["state"] == "cancelled"
    assert north.records == before
    assert north.json("cycle", "show", CYCLE)["cycle"]["state"] == "set_up.planned"


def test_the_same_command_id_does_it_once(north):
    first = north.json("cycle", "note", CYCLE, "Example", "--as", LENA, "--command-id", "note-1")
    again = north.json("cycle", "note", CYCLE, "Example", "--as", LENA, "--command-id", "note-1")
    assert again["position"] == first["position"]
    assert again["repeated"] is True
    assert north.refused("cycle", "note", CYCLE, "Example", "--as", PRIYA, "--command-id", "note-1") == [
        "command-id-taken"
    ]


def test_what_happened_earlier_is_recorded_with_its_day(north):
    north.clock.set("2026-09-20")
    north.run(
        "cycle",
        "do",
        CYCLE,
        "choose_focus",
        "--set",
        "focus_areas=Writing",
        "--as",
        LENA,
        "--on",
        "2026-09-15",
        "--at",
        "14:30",
    )
    happened = north.json("audit", "log", CYCLE)["records"][-1]["happened"]
    assert happened == {"on": "2026-09-15", "at": "14:30:00"}
    north.run("cycle", "note", CYCLE, "Seen", "--as", LENA, "--by", "2026-09-16")
    assert north.json("audit", "log", CYCLE)["records"][-1]["happened"] == {"on": "2026-09-16", "latest": True}
    assert "in-the-future" in north.refused("cycle", "note", CYCLE, "Seen", "--as", LENA, "--on", "2027-01-01")


def test_recording_long_after_takes_a_lead_and_a_reason(north):
    north.clock.set("2026-12-20")
    words = ("cycle", "do", CYCLE, "choose_focus", "--set", "focus_areas=Writing", "--as", LENA, "--on", "2026-09-15")
    assert north.refused(*words, REVIEWFLOW_ACTOR=LENA) == ["too-far-back", "no-reason"]
    north.run(
        "cycle",
        "do",
        CYCLE,
        "choose_focus",
        "--set",
        "focus_areas=Writing",
        "--as",
        LENA,
        "--on",
        "2026-09-15",
        "--reason",
        "found in the minutes",
    )
    shown = north.run("audit", "log", CYCLE).stdout
    assert "recorded 96 days later" in shown
    assert "reason: found in the minutes" in shown
    assert "entered by Ada Example" in shown


def test_assignments_are_answered_and_taken_back(north):
    north.run("cycle", "assign", CYCLE, "peer_reviewer", BEN, "--as", PRIYA)
    assert "answer the offer" in north.run("cycle", "next", CYCLE).stdout
    north.run("cycle", "decline", CYCLE, "peer_reviewer", "--as", BEN, "--reason", "no cover")
    assert "no cover" in north.run("cycle", "show", CYCLE, "--history").stdout
    north.run("cycle", "assign", CYCLE, "peer_reviewer", CLEO, "--as", PRIYA)
    north.run("cycle", "accept", CYCLE, "peer_reviewer", "--as", CLEO)
    north.run("cycle", "withdraw", CYCLE, "peer_reviewer", CLEO, "--as", PRIYA)
    assert "no longer" in north.run("cycle", "show", CYCLE).stdout
    assert north.refused("cycle", "accept", CYCLE, "peer_reviewer", "--as", EVE) == ["not-offered", "trained"]


def test_evidence_in_a_file_is_stored_sealed(north):
    file = north.folder / "self-evaluation.pdf"
    file.write_bytes(b"%PDF example content")
    north.run("cycle", "do", CYCLE, "name_school_lead", "--set", f"school_lead={LENA}", "--as", LENA)
    north.run("cycle", "do", CYCLE, "start_self_evaluation", "--as", LENA)
    north.run("cycle", "evidence", CYCLE, "self_evaluation", "--file", str(file), "--as", LENA)
    assert "self-evaluation.pdf" in north.run("audit", "log", CYCLE, "--details").stdout
    stored = [one for one in (north.folder / "reviewflow.evidence").rglob("*") if one.is_file()]
    assert stored
    assert all(b"example content" not in one.read_bytes() for one in stored)


def test_consent_is_given_and_ended(north):
    fault = north.fault("cycle", "consent", CYCLE, "notes", "--as", LENA, code=2)
    assert fault["faults"][0]["where"] == "what"


def test_a_cycle_for_every_member_of_a_partnership(north):
    north.clock.set("2027-09-06")
    told = north.json("cycle", "open", "--partnership", "north", "--year", "2027-28", "--as", PRIYA)
    assert [one["handle"] for one in told["cycles"]] == ["hazel-2027-1", "birch-2027-1", "cedar-2027-1"]
    assert len(north.json("cycle", "list", "--year", "2027-28")["cycles"]) == 3
    page = north.json("cycle", "list", "--limit", "2")
    assert page["more"] is True
    assert [one["handle"] for one in page["cycles"]] == ["birch-2027-1", "cedar-2027-1"]
    rest = north.json("cycle", "list", "--after", "cedar-2027-1")
    assert [one["handle"] for one in rest["cycles"]] == ["hazel-2026-1", "hazel-2027-1"]


def test_opening_asks_which_partnership_where_a_school_has_several(north):
    north.run("partnership", "add", "South Example Cluster", "--handle", "south")
    north.run("partnership", "join", "south", "hazel")
    assert north.wrong("cycle", "open", "hazel", "--year", "2026-27", "--as", PRIYA) == ["--partnership"]


def test_what_is_overdue_says_so(north):
    north.run("cycle", "do", CYCLE, "plan_visit", "--set", "planned_day=2026-10-12", "--as", PRIYA)
    due = next(one for one in north.json("inbox")["tasks"] if one["due"])
    assert due["overdue"] is False
    north.clock.set(due["due"])
    assert all(one["overdue"] is not True for one in north.json("inbox")["tasks"] if one["step"] == due["step"])
    north.clock.set("2027-06-01")
    late = next(one for one in north.json("inbox")["tasks"] if one["step"] == due["step"])
    assert late["overdue"] is True
    assert f"{due['due']} overdue" in north.run("inbox").stdout
    assert "overdue" in north.run("cycle", "next", CYCLE).stdout
