"""A review cycle from its opening to its end, typed by the people who do it, in the last four weeks before today."""

import json
import subprocess
import sys
from datetime import timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

import pytest

from cli.shell import Shell
from reviewflow.wiring import SystemClock

ADA, LENA, HANNA = "ada@council.example", "lena@cluster.example", "hanna@hazel.example"
ROB, WILMA, ALAN = "rob@rowan.example", "wilma@willow.example", "alan@alder.example"
BEA, CHLOE = "bea@rowan.example", "chloe@willow.example"
TUESDAY = 1


class Days(NamedTuple):
    """The days of the cycle, all less than 30 days ago; the visit lies on a Tuesday and a Wednesday."""

    today: object
    opened: object
    drafted: object
    asked: object
    submitted: object
    agreed: object
    visit: object
    workshop: object


def days():
    today = SystemClock().now().astimezone(ZoneInfo("Europe/London")).date()
    visit = today - timedelta(days=12)
    visit -= timedelta(days=(visit.weekday() - TUESDAY) % 7)
    ago = [today - timedelta(days=n) for n in (29, 27, 25, 21, 19)]
    return Days(today, *ago, visit, visit + timedelta(days=6))


class Journey:
    """One cycle; before each step `cycle next` is asked, and must say that this person can take it on that day."""

    def __init__(self, shell: Shell, when: Days) -> None:
        self.shell, self.days = shell, when
        self.cycle = ""
        self.steps = 0

    def next(self, by, on):
        return self.shell.json("cycle", "next", self.cycle, "--as", by, *as_of(on))

    def can(self, step, by, on, kind=None):
        return [o for o in self.next(by, on)["now"] if o["step"] == step and kind in (None, o["kind"])]

    def do(self, step, by, on, *sets: str):
        assert self.can(step, by, on), f"{step} by {by}: {self.next(by, on)['not_yet']}"
        more = [word for one in sets for word in ("--set", one)]
        self.steps += 1
        return self.shell.run("cycle", "do", self.cycle, step, *more, "--as", by, *happened(on)).stdout

    def agree(self, step, by, on):
        assert self.can(step, by, on, "agree")
        self.steps += 1
        return self.shell.run("cycle", "agree", self.cycle, step, "--as", by, *happened(on)).stdout

    def assign(self, role, person, on):
        self.shell.run("cycle", "assign", self.cycle, role, person, "--as", LENA, *happened(on))
        waiting = self.shell.json("inbox", "--person", person)["tasks"]
        assert [one["step"] for one in waiting if one["kind"] == "answer"] == [role]
        self.shell.run("cycle", "accept", self.cycle, role, "--as", person, *happened(on))

    @property
    def state(self):
        return self.shell.json("cycle", "show", self.cycle)["cycle"]["state"]


def happened(on):
    return ["--on", str(on)] if on else []


def as_of(on):
    return ["--as-of", str(on)] if on else []


def set_up(shell, when):
    """A cluster of four schools, as an administrator types it."""
    shell.run("init", "--admin", "Ada Madeup", "--email", ADA, "--programme", "Invented Programme")
    shell.env["REVIEWFLOW_ACTOR"] = ADA
    shell.run("workflow", "publish", "spp-peer-review")
    shell.run(
        "programme", "set", "invented-programme", "--workflow", "spp-peer-review", "--nation", "england-and-wales"
    )
    terms = shell.folder / "terms.csv"
    terms.write_text(
        f"kind,date,until,name\nnamed,{when.today + timedelta(days=90)},,end_of_year\nclosed,2020-01-01,,New year\n"
    )
    shell.run("calendar", "import", str(terms), "--name", "terms", "--for", "invented-programme")
    for number, tree in enumerate(("Hazel", "Rowan", "Willow", "Alder"), 900001):
        shell.run("organisation", "add", f"{tree} Invented School", "--handle", tree.lower(), "--urn", str(number))
    shell.run("partnership", "add", "Invented Cluster", "--handle", "cluster")
    long_ago = str(when.today - timedelta(days=400))
    shell.run("partnership", "join", "cluster", "hazel", "rowan", "willow", "alder", "--on", long_ago)
    shell.run("person", "add", "Lena Madeup", "--email", LENA)
    shell.run("person", "role", LENA, "partnership_lead", "--in", "cluster", "--since", long_ago)
    shell.run(
        "person",
        "add",
        "Hanna Madeup",
        "--email",
        HANNA,
        "--organisation",
        "hazel",
        "--role",
        "head",
        "--since",
        long_ago,
    )
    until = str(when.today + timedelta(days=400))
    for email, course in ((ROB, "peer-reviewer"), (WILMA, "peer-reviewer"), (ALAN, "peer-reviewer"),
                          (BEA, "peer-reviewer"), (CHLOE, "improvement-champion")):  # fmt: skip
        key, _, domain = email.partition("@")
        place = domain.partition(".")[0]
        shell.run(
            "person", "add", f"{key.title()} Madeup", "--email", email, "--organisation", place, "--since", long_ago
        )
        shell.run("person", "train", email, course, "--completed", long_ago, "--valid-until", until)


def self_evaluation(one):
    when = one.days
    one.do("plan_visit", LENA, when.opened, f"planned_day={when.visit}")
    one.do("choose_focus", HANNA, when.drafted, "focus_areas=Pupils' writing", "focus_areas=Reading")
    one.do("name_school_lead", HANNA, when.drafted, f"school_lead={HANNA}")
    one.do("start_self_evaluation", HANNA, when.drafted)
    for person in (ROB, WILMA, ALAN):
        one.assign("peer_reviewer", person, when.asked)
    one.assign("lead_reviewer", ROB, when.asked)
    missing = next(o for o in one.next(HANNA, when.submitted)["not_yet"] if o["step"] == "submit_self_evaluation")
    unmet = {r["code"] for r in missing["requirements"] if r["status"] == "unmet"}
    assert unmet == {"evidence:self_evaluation", "evidence:evidence_list"}
    assert set(one.shell.refused(
        "cycle", "do", one.cycle, "submit_self_evaluation", "--as", HANNA, *happened(when.submitted)
    )) == unmet  # fmt: skip
    for kind in ("self_evaluation", "evidence_list"):
        paper = one.shell.folder / f"{kind}.txt"
        paper.write_text(f"Example text: {kind}, no finding.")
        one.shell.run(
            "cycle", "evidence", one.cycle, kind, "--file", str(paper), "--as", HANNA, *happened(when.submitted)
        )
    one.do("submit_self_evaluation", HANNA, when.submitted)


def visit(one):
    when = one.days
    one.do("hold_pre_review_meeting", LENA, when.submitted)
    one.do(
        "schedule_visit", LENA, when.submitted, f"first_day={when.visit}", f"last_day={when.visit + timedelta(days=1)}",
        "mode=onsite", "questions.1.question=To what extent do pupils write?", "questions.1.theme=looking_inward",
    )  # fmt: skip
    assert one.state == "self_evaluation.ready"
    assert one.shell.refused("cycle", "agree", one.cycle, "schedule_visit", "--as", WILMA) == ["not-permitted"]
    one.agree("schedule_visit", HANNA, when.agreed)
    one.do("start_visit", ROB, when.visit, *(f"attended={one_}" for one_ in (ROB, WILMA, ALAN)))
    seen = ["work_scrutiny", "--about", "r1", "--text", "Example text, no finding."]
    one.shell.run("cycle", "evidence", one.cycle, *seen, "--as", WILMA, *happened(when.visit))
    after = when.visit + timedelta(days=2)
    one.do("share_feedback", ROB, after, f"oral_on={when.visit}", "note=Example text, no finding.")


def workshop(one):
    when = one.days
    after = when.visit + timedelta(days=3)
    refused = one.shell.refused(
        "cycle", "assign", one.cycle, "improvement_champion", WILMA, "--as", LENA, *happened(after)
    )
    assert set(refused) == {"trained", "independent", "never-both"}
    one.assign("improvement_champion", CHLOE, after)
    one.do("schedule_workshop", CHLOE, after, f"workshop_on={when.workshop}", "mode=onsite")
    one.do("respond_to_feedback", HANNA, after, "kind=confirmed")
    one.do(
        "hold_workshop",
        CHLOE,
        when.workshop,
        "attendees=14",
        "attendee_roles=teacher",
        "attendee_roles=governor",
        "mode=onsite",
    )
    one.do(
        "agree_plan", HANNA, when.workshop, "support=none", "actions.a1.what=Example action",
        "actions.a1.owner_role=English lead", "actions.a1.measure=Example measure", "actions.a1.finding=Example",
        f"actions.a1.due={when.today + timedelta(days=60)}",
    )  # fmt: skip
    one.agree("agree_plan", CHLOE, when.workshop + timedelta(days=1))


def follow_up(one):
    one.do(
        "check_in",
        HANNA,
        one.days.workshop + timedelta(days=2),
        "status=on_track",
        "sentence=Example text, no finding.",
    )
    one.do("review_impact", LENA, None, "outcomes.a1.outcome=met", "statement=Example text, no finding.")
    assert one.shell.refused("cycle", "agree", one.cycle, "review_impact", "--as", LENA)
    assert "the cycle has ended" in one.agree("review_impact", HANNA, None)


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def journey(request, tmp_path_factory):
    """The whole way, once for each kind of database."""
    when = days()
    url = request.getfixturevalue("postgres").fresh() if request.param == "postgresql" else ""
    shell = Shell(tmp_path_factory.mktemp("journey"), SystemClock(), store=url)
    set_up(shell, when)
    one = Journey(shell, when)
    asked = ["--partnership", "cluster", "--year", str(when.today.year), "--as", LENA, *happened(when.opened)]
    opened = shell.json("cycle", "open", "hazel", *asked)
    one.cycle = opened["cycles"][0]["handle"]
    for stage in (self_evaluation, visit, workshop, follow_up):
        stage(one)
    return one


def test_the_cycle_is_completed(journey):
    assert journey.cycle == f"hazel-{journey.days.today.year}-1"
    assert journey.state == "completed"
    assert journey.steps == 18
    # Even then a concern may have to be passed on.
    assert [one["step"] for one in journey.next(LENA, None)["now"]] == ["raise_concern"]
    assert journey.shell.json("inbox", "--person", HANNA)["tasks"] == []


def test_the_log_tells_who_did_what_and_who_typed_it(journey):
    lines = journey.shell.json("audit", "log", journey.cycle)["records"]
    assert [line["version"] for line in lines] == list(range(1, len(lines) + 1))
    names = {line["by"] for line in lines}
    assert {"Lena Madeup", "Hanna Madeup", "Rob Madeup", "Wilma Madeup", "Alan Madeup", "Chloe Madeup"} == names
    # The administrator sat at the keyboard all the time, and history says so.
    assert {line["entered_by"] for line in lines} == {"Ada Madeup"}
    text = journey.shell.run("audit", "log", journey.cycle).stdout
    assert "Arrange the visit: signed" in text
    assert "recorded 29 days later" in text


@pytest.mark.parametrize(
    ("day", "state"),
    [
        ("opened", "set_up.planned"),
        ("drafted", "self_evaluation.drafting"),
        ("submitted", "self_evaluation.ready"),
        ("agreed", "review_visit.scheduled"),
        ("visit", "review_visit.under_way"),
        ("workshop", "improvement_workshop.action_planning"),
        ("today", "completed"),
    ],
)
def test_every_day_of_it_can_be_replayed(journey, day, state):
    on = str(getattr(journey.days, day))
    replayed = journey.shell.json("audit", "replay", journey.cycle, "--as-of", on)["replay"]
    shown = journey.shell.json("cycle", "show", journey.cycle, "--as-of", on)["cycle"]
    assert shown["state"] == state
    cycle = {
        item["name"]: item["value"]
        for section in replayed["sections"]
        if section["title"] == "Cycle"
        for item in section["items"]
    }
    assert cycle["state"] == shown["state_title"]
    assert replayed["unknown"] == 0


def test_before_it_was_recorded_nothing_of_it_was_known(journey):
    before = journey.days.today - timedelta(days=1)
    replayed = journey.shell.json("audit", "replay", journey.cycle, "--known-at", str(before))["replay"]
    assert (replayed["open"], replayed["used"]) == (False, 0)
    assert replayed["unknown"] > 30


def test_the_difference_of_two_days_names_the_events_that_make_it(journey):
    when = journey.days
    two = ["--from-as-of", str(when.agreed), "--as-of", str(when.visit)]
    told = journey.shell.run("audit", "diff", journey.cycle, *two, "--exit-code", code=1).stdout
    assert "State: Review visit: Visit arranged -> Review visit: Visit under way" in told
    assert "happened between the two days" in told
    same = ["--from-as-of", str(when.agreed), "--as-of", str(when.agreed)]
    assert "no difference" in journey.shell.run("audit", "diff", journey.cycle, *same, "--exit-code").stdout


def test_a_program_of_its_own_sees_the_same(journey):
    env = {"REVIEWFLOW_STORE": journey.shell.address, **journey.shell.env, "PATH": "/usr/bin:/bin"}
    asked = [sys.executable, "-m", "reviewflow", "cycle", "show", journey.cycle, "--json"]
    done = subprocess.run(asked, env=env, capture_output=True, text=True, check=False)
    assert (done.returncode, json.loads(done.stdout)["cycle"]["state"]) == (0, "completed")
    unknown = subprocess.run([*asked[:-2], "nothing-of-the-kind"], env=env, capture_output=True, text=True, check=False)
    assert unknown.returncode == 2
