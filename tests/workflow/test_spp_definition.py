"""The shipped SPP workflow against the programme's steps: who, from where to where, by when, what each rule asks."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from kit.world import WORKFLOWS, spp
from reviewflow.workflow.definition import Due, Requirement
from reviewflow.workflow.rules import check_rules, compiled, judge
from reviewflow.workflow.vocabulary import Where, neutral, vocabulary

SPP, DIGEST = spp().definition, spp().digest
TEXT = (WORKFLOWS / "spp-peer-review.yaml").read_text(encoding="utf-8")
SOURCES = Path(__file__).parents[2] / "docs" / "reference" / "spp-sources.md"

TABLE = {
    # step: (from or in, to, by, also signed by)
    "start_self_evaluation": ("set_up.planned", "self_evaluation.drafting", "head name_school_lead.school_lead", ""),
    "submit_self_evaluation": ("self_evaluation.drafting", "self_evaluation.ready", "head", ""),
    "schedule_visit": ("self_evaluation.ready review_visit.scheduled", "review_visit.scheduled", "partnership_lead",
                       "head"),
    "start_visit": ("review_visit.scheduled", "review_visit.under_way", "lead_reviewer", ""),
    "share_feedback": ("review_visit.under_way", "review_visit.feedback_shared", "lead_reviewer", ""),
    "schedule_workshop": ("review_visit.feedback_shared improvement_workshop.scheduled",
                          "improvement_workshop.scheduled", "improvement_champion partnership_lead", ""),
    "hold_workshop": ("improvement_workshop.scheduled", "improvement_workshop.action_planning",
                      "improvement_champion", ""),
    "agree_plan": ("improvement_workshop.action_planning", "follow_up.under_way", "head", "improvement_champion"),
    "review_impact": ("follow_up.under_way", "completed", "partnership_lead improvement_champion", "head"),
    "postpone": ("active", "postponed", "partnership_lead", ""),
    "resume": ("postponed", "return", "partnership_lead", ""),
    "cancel": ("active postponed", "cancelled", "administrator", ""),
    "withdraw": ("active postponed", "withdrawn", "head administrator", ""),
    "close_incomplete": ("active postponed", "closed_incomplete", "partnership_lead administrator", ""),
    "choose_focus": ("set_up self_evaluation review_visit.scheduled", None, "head", ""),
    "respond_to_feedback": ("review_visit.feedback_shared improvement_workshop follow_up", None, "head", ""),
    "check_in": ("follow_up", None, "head improvement_champion supporter", ""),
    "raise_concern": ("any", None, "anyone", ""),
}  # fmt: skip


@pytest.mark.parametrize("step", TABLE)
def test_each_step_of_the_programme(step):
    places, to, by, signed = TABLE[step]
    found: Any = SPP.step(step)
    listed = found.within if to is None else found.origin
    assert ((listed,) if isinstance(listed, str) else listed) == tuple(places.split())
    assert getattr(found, "to", None) == to
    assert found.by == tuple(by.split())
    assert found.second == tuple(signed.split())


def test_the_states_are_those_of_the_glossary():
    assert list(SPP.all_states()) == [
        "set_up.planned", "self_evaluation.drafting", "self_evaluation.ready",
        "review_visit.scheduled", "review_visit.under_way", "review_visit.feedback_shared",
        "improvement_workshop.scheduled", "improvement_workshop.action_planning", "follow_up.under_way",
        "completed", "postponed", "cancelled", "withdrawn", "closed_incomplete",
    ]  # fmt: skip


def test_every_part_says_where_it_comes_from_and_every_source_is_listed():
    parts = [*SPP.roles.items(), *SPP.steps().items(), ("opens", SPP.opens), *SPP.evidence.items(), *requirements()]
    listed = set(re.findall(r"^\| (S\d+[a-c]?) \|", SOURCES.read_text(encoding="utf-8"), re.MULTILINE))
    for name, part in parts:
        assert (part.source is None) == part.ours, name
        assert set((part.source or "").replace(",", "").split()) <= listed, name
    assert set(re.findall(r"\bS\d+[a-c]?\b", TEXT)) == listed, "listed but not cited, or the reverse"


def requirements() -> list[tuple[str, Requirement]]:
    places = [*SPP.steps().items(), ("opens", SPP.opens)]
    found = [(f"{name}.{code}", r) for name, step in places for code, r in step.requires.items()]
    return found + [(f"{name}.{code}", r) for name, role in SPP.roles.items() for code, r in role.eligible.items()]


def test_every_step_and_field_has_words_for_people():
    fields = [field for form in SPP.forms.values() for field in form.values()]
    fields += [column for field in fields for column in field.columns.values()]
    assert all(field.label for field in fields)
    for name, vocabulary_ in SPP.lists.items():
        assert vocabulary_.titles.keys() == set(vocabulary_.values), name


def test_nothing_in_it_grades_a_school():
    words = re.findall(r"[a-z]+", re.sub(r"#.*", "", TEXT).lower())
    assert not {"grade", "grades", "score", "rating", "judgement", "outstanding", "inadequate", "ranking"} & set(words)


def test_what_people_write_is_sealed_but_for_the_owners_role():
    texts = {
        f"{form}.{name}": field
        for form, fields in SPP.forms.items()
        for name, field in [
            *fields.items(),
            *((f"{f}.{c}", x) for f, y in fields.items() for c, x in y.columns.items()),
        ]
        if field.type in {"text", "long_text"} or field.of == "text"
    }
    assert [name for name, field in texts.items() if SPP.plain(field)] == ["plan.actions.owner_role"]
    assert {field.type for field in SPP.fields("raise_concern").values()} == {"choice"}, (
        "nothing about the concern itself"
    )


def seers(what: str) -> dict[str, list[tuple[str | None, str | None]]]:
    """Role -> from which step on and with whose consent it sees this."""
    found: dict[str, list[tuple[str | None, str | None]]] = {}
    for entry in SPP.visible:
        if what in entry.what:
            for role in entry.to:
                found.setdefault(role, []).append((entry.since, entry.consent_of))
    return found


@pytest.mark.parametrize("what", ["share_feedback", "respond_to_feedback"])
def test_the_reviewed_school_owns_the_findings(what):
    assert seers(what) == {
        "head": [("share_feedback", None)],
        "peer_reviewer": [("share_feedback", None)],
        "improvement_champion": [("schedule_workshop", None)],
        "partnership_lead": [(None, "head")],
    }


def test_the_lead_sees_focus_and_evidence_only_if_the_head_consents():
    assert seers("choose_focus")["partnership_lead"] == [(None, "head")]
    assert seers("evidence")["partnership_lead"] == [(None, "head")]


def test_those_who_run_the_programme_see_status_dates_and_people():
    for what in ("status", "dates", "people"):
        assert {"partnership_lead", "administrator", "auditor"} <= seers(what).keys()
    seen = {what for entry in SPP.visible if "auditor" in entry.to for what in entry.what}
    assert seen == {"status", "dates", "people"}


def test_a_concern_is_not_shown_to_the_head_it_may_be_about():
    assert seers("raise_concern").keys() == {"administrator"}


@pytest.mark.parametrize(
    ("step", "due"),
    [
        ("opens", {"day": "first_half_term_ends"}),
        ("start_self_evaluation", {"school_days": -20, "from": "planned_visit"}),
        ("submit_self_evaluation", {"school_days": -10, "from": "planned_visit"}),
        ("choose_focus", {"before": "submit_self_evaluation"}),
        ("start_visit", {"day": "visit_starts"}),
        ("share_feedback", {"days": 1, "from": "visit_ends", "limit": {"school_days": 10, "from": "visit_ends"}}),
        ("respond_to_feedback", {"school_days": 5, "from_day_of": "share_feedback"}),
        ("agree_plan", {"school_days": 10, "from": "workshop_held"}),
        ("review_impact", {"day": "year_ends"}),
        ("resume", {"day": "new_target"}),
        ("close_incomplete", {"weeks": 4, "from": "year_ends"}),
    ],
)
def test_the_deadlines(step, due):
    found: Any = SPP.step(step)
    assert found.due == Due.model_validate(due)


def test_the_workshop_and_the_check_ins_have_theirs():
    workshop = SPP.transitions["hold_workshop"].due
    fifteen = Due.model_validate({"school_days": 15, "from": "visit_ends"})
    assert isinstance(workshop, Due)
    assert (workshop.day, workshop.limit, workshop.otherwise) == ("workshop_day", fifteen, fifteen)
    assert [due.days for due in SPP.acts["check_in"].due or ()] == [30, 60, 90]  # type: ignore[union-attr]


def test_the_closed_lists():
    assert SPP.lists["postponement"].values == (
        "inspection", "staffing", "illness", "leadership_change", "weather", "exam_period", "other",
    )  # fmt: skip
    assert SPP.lists["action_outcome"].values == ("met", "partly", "not_met", "dropped")
    assert SPP.lists["mode"].values == ("onsite", "virtual", "hybrid")
    assert tuple(SPP.evidence["visit_evidence"].kinds) == (
        "learning_walk", "lesson_observation", "work_scrutiny", "pupil_voice", "staff_interview", "leader_interview",
        "data", "document", "other", "none_found",
    )  # fmt: skip


def test_the_team():
    reviewer, lead, champion = (SPP.roles[name] for name in ("peer_reviewer", "lead_reviewer", "improvement_champion"))
    assert (reviewer.assigned, lead.assigned, lead.among) == ("3..4", "1..1", "peer_reviewer")
    assert reviewer.offered_by == lead.offered_by == champion.offered_by == ("partnership_lead",)
    assert SPP.never_both == (("peer_reviewer", "improvement_champion"),)
    books = SPP.transitions["schedule_visit"].books
    assert books is not None
    assert books.people == ("peer_reviewer",)
    assert SPP.transitions["hold_workshop"].recheck == ("improvement_champion",)
    assert SPP.forms["focus"]["focus_areas"].max == 2


REVIEWER, CHAMPION = ("eligible", "peer_reviewer"), ("eligible", "improvement_champion")
TEAM, LEAD = "assigned.peer_reviewer", "assigned.lead_reviewer"
OUTCOME, REASON = "form.outcomes.outcome", "form.outcomes.reason.given"

JUDGED: list[tuple[Where, str, dict[str, Any], bool]] = [
    # whose rule, its name, the facts that matter, whether it is met
    (REVIEWER, "trained", {"person.valid_training": ["peer-reviewer"]}, True),
    (REVIEWER, "trained", {"person.valid_training": ["improvement-champion"]}, False),
    (REVIEWER, "other_school", {"subject.id": "hazel", "person.organisations": ["rowan"]}, True),
    (REVIEWER, "other_school", {"subject.id": "hazel", "person.organisations": ["rowan", "hazel"]}, False),
    (REVIEWER, "no_interest", {"subject.id": "hazel", "person.related_to": []}, True),
    (REVIEWER, "no_interest", {"subject.id": "hazel", "person.related_to": ["hazel"]}, False),
    (REVIEWER, "free_on_the_days", {}, True),
    (REVIEWER, "free_on_the_days", {"person.clashing_visits": ["rowan-2026-1"]}, False),
    (CHAMPION, "trained", {"person.valid_training": ["improvement-champion"]}, True),
    (CHAMPION, "trained", {"person.valid_training": ["peer-reviewer"]}, False),
    (CHAMPION, "independent", {"person.id": "chloe", "ever_assigned.peer_reviewer": ["rob"]}, True),
    (CHAMPION, "independent", {"person.id": "rob", "ever_assigned.peer_reviewer": ["rob"]}, False),
    (CHAMPION, "other_school", {"subject.id": "hazel", "person.organisations": ["birch"]}, True),
    (CHAMPION, "other_school", {"subject.id": "hazel", "person.organisations": ["hazel"]}, False),
    ("opens", "member", {"subject.member_on_day": True}, True),
    ("opens", "member", {"subject.member_on_day": False}, False),
    ("start_self_evaluation", "lead_named", {"taken.name_school_lead": True}, True),
    ("start_self_evaluation", "lead_named", {}, False),
    ("submit_self_evaluation", "focus_chosen", {"taken.choose_focus": True}, True),
    ("submit_self_evaluation", "focus_chosen", {}, False),
    ("schedule_visit", "team_size", {TEAM: ["a", "b"]}, False),
    ("schedule_visit", "team_size", {TEAM: ["a", "b", "c"]}, True),
    ("schedule_visit", "team_size", {TEAM: ["a", "b", "c", "d"]}, True),
    ("schedule_visit", "team_size", {TEAM: ["a", "b", "c", "d", "e"]}, False),
    ("schedule_visit", "one_lead", {TEAM: ["a", "b"], LEAD: ["a"]}, True),
    ("schedule_visit", "one_lead", {TEAM: ["a", "b"], LEAD: []}, False),
    ("schedule_visit", "one_lead", {TEAM: ["a", "b"], LEAD: ["a", "b"]}, False),
    ("schedule_visit", "one_lead", {TEAM: ["a", "b"], LEAD: ["x"]}, False),
    ("schedule_visit", "dates_in_order", {"form.first_day": "2026-11-10", "form.last_day": "2026-11-10"}, True),
    ("schedule_visit", "dates_in_order", {"form.first_day": "2026-11-10", "form.last_day": "2026-11-09"}, False),
    ("schedule_visit", "school_open", {}, True),
    ("schedule_visit", "school_open", {"booked.closed.subject": ["2026-11-10"]}, False),
    ("schedule_visit", "reviewers_schools_open", {}, True),
    ("schedule_visit", "reviewers_schools_open", {"booked.closed.peer_reviewer": ["rob"]}, False),
    ("schedule_visit", "pre_review_meeting", {"taken.hold_pre_review_meeting": True}, True),
    ("schedule_visit", "pre_review_meeting", {}, False),
    ("start_visit", "only_the_team", {"form.attended": ["a"], TEAM: ["a", "b"]}, True),
    ("start_visit", "only_the_team", {"form.attended": ["a", "x"], TEAM: ["a", "b"]}, False),
    ("share_feedback", "every_question_covered", {}, True),
    ("share_feedback", "every_question_covered", {"uncovered.schedule_visit.questions": ["r2"]}, False),
    *[
        ("share_feedback", "oral_feedback_given",
         {"said.schedule_visit.first_day": "2026-11-10", "form.oral_on": oral, "day": "2026-11-12"}, met)
        for oral, met in (("2026-11-09", False), ("2026-11-10", True), ("2026-11-12", True), ("2026-11-13", False))
    ],
    ("schedule_workshop", "champion_found", {"assigned.improvement_champion": ["chloe"]}, True),
    ("schedule_workshop", "champion_found", {}, False),
    ("schedule_workshop", "after_the_visit",
     {"form.workshop_on": "2026-11-20", "said.schedule_visit.last_day": "2026-11-11"}, True),
    ("schedule_workshop", "after_the_visit",
     {"form.workshop_on": "2026-11-10", "said.schedule_visit.last_day": "2026-11-11"}, False),
    ("agree_plan", "owned_and_measured",
     {"form.actions.owner_role": ["English lead"], "form.actions.measure.given": [True]}, True),
    ("agree_plan", "owned_and_measured",
     {"form.actions.owner_role": [""], "form.actions.measure.given": [True]}, False),
    ("agree_plan", "owned_and_measured",
     {"form.actions.owner_role": ["a", "b"], "form.actions.measure.given": [True, False]}, False),
    ("agree_plan", "due_later", {"form.actions.due": ["2026-11-20", "2027-01-01"], "day": "2026-11-20"}, True),
    ("agree_plan", "due_later", {"form.actions.due": ["2027-01-01", "2026-11-19"], "day": "2026-11-20"}, False),
    ("review_impact", "every_action",
     {"said.agree_plan.actions.id": ["r1", "r2"], "form.outcomes.id": ["r2", "r1"]}, True),
    ("review_impact", "every_action", {"said.agree_plan.actions.id": ["r1", "r2"], "form.outcomes.id": ["r2"]}, False),
    ("review_impact", "dropped_with_reason", {OUTCOME: ["met", "dropped"], REASON: [False, True]}, True),
    ("review_impact", "dropped_with_reason", {OUTCOME: ["dropped", "met"], REASON: [False, True]}, False),
    ("review_impact", "dropped_with_reason", {OUTCOME: ["met"] * 19 + ["dropped"], REASON: [False] * 20}, False),
    ("review_impact", "impact_or_later", {"form.statement.given": True}, True),
    ("review_impact", "impact_or_later", {"form.too_early_until.given": True}, True),
    ("review_impact", "impact_or_later", {}, False),
    ("review_impact", "later_is_later", {"day": "2027-06-01"}, True),
    *[
        ("review_impact", "later_is_later",
         {"day": "2027-06-01", "form.too_early_until.given": True, "form.too_early_until": until}, met)
        for until, met in (("2027-06-01", False), ("2027-06-02", True))
    ],
    ("postpone", "target_ahead", {"day": "2026-11-01", "form.new_target": "2026-12-01"}, True),
    ("postpone", "target_ahead", {"day": "2026-11-01", "form.new_target": "2026-11-01"}, False),
    ("choose_focus", "reason_for_change", {}, True),
    ("choose_focus", "reason_for_change", {"taken.schedule_visit": True, "form.reason.given": True}, True),
    ("choose_focus", "reason_for_change", {"taken.schedule_visit": True}, False),
    ("respond_to_feedback", "words_given", {"form.kind": "confirmed"}, True),
    ("respond_to_feedback", "words_given", {"form.kind": "reply", "form.text.given": True}, True),
    ("respond_to_feedback", "words_given", {"form.kind": "correction_requested"}, False),
]  # fmt: skip


def rule_of(where: Where, name: str) -> str:
    if isinstance(where, tuple):
        return SPP.roles[where[1]].eligible[name].rule
    step = SPP.step(where)
    assert step is not None
    return step.requires[name].rule


@pytest.mark.parametrize(("where", "name", "facts", "met"), JUDGED)
def test_each_rule_asks_what_it_says(where, name, facts, met):
    known = {fact: neutral(found.type) for fact, found in vocabulary(SPP, where).items()}
    assert facts.keys() <= known.keys()
    assert judge(compiled(SPP, DIGEST, where, rule_of(where, name)), {**known, **facts}) is met


def test_no_rule_is_left_out_above_and_each_is_seen_to_refuse():
    names = {f"{where if isinstance(where, str) else where[1]}.{name}" for where, name, _, met in JUDGED if not met}
    assert names == {name for name, _ in requirements()}
    assert check_rules(SPP) == []


def test_a_plan_has_no_more_actions_than_the_rule_on_dropped_ones_counts():
    rule = SPP.transitions["review_impact"].requires["dropped_with_reason"].rule
    assert [int(n) for n in re.findall(r"\d+", rule)] == list(range(SPP.forms["plan"]["actions"].max or 0))
