"""What rules are told: every fact of the vocabulary has a value of its type, and the values by example."""

from datetime import date
from typing import Any

import pytest

from kit.world import VISIT, World, ready_for_visit, spp, spp_world, visited
from reviewflow.cycle.facts import Facts, booked_days, form_fact
from reviewflow.cycle.forms import read_form
from reviewflow.cycle.setting import setting_at
from reviewflow.cycle.steps import read_values
from reviewflow.events import Happened, Unsealed
from reviewflow.registry import commands as reg
from reviewflow.workflow.definition import FormField
from reviewflow.workflow.vocabulary import facts_of, neutral

DEFINITION = spp().definition
PYTHON = {"bool": bool, "int": int, "double": float, "string": str}


@pytest.fixture
def arranged(world: World) -> World:
    ready_for_visit(world)
    world.do("schedule_visit", "lena", **VISIT)
    world.agree("schedule_visit", "hanna")
    return world


def facts(world, on=None, **more: Any):
    """Facts on a day. What was read stays readable: the store in memory is never cut off."""
    happened = Happened(on=date.fromisoformat(on)) if on else None
    with world.knowing() as known:
        setting = setting_at(known.cycle(world.id("cycle")), known, world.clock.now(), happened)
    return Facts(setting, **more)


def check_type(value, kind):
    if kind.is_list:
        assert type(value) is list  # CEL takes lists, not tuples
        assert all(type(one) is PYTHON[kind.one.value] for one in value)
    else:
        assert type(value) is PYTHON[kind.value]


@pytest.fixture(scope="module")
def full():
    """A cycle in which much was said, and one in which nothing was."""
    world = spp_world()
    visited(world)
    world.assign("improvement_champion", "chloe", "lena")
    world.do("schedule_workshop", "chloe", workshop_on="2026-11-20", mode="onsite")
    yield world
    world.close()


PLACES = ["opens", *DEFINITION.steps(), *(("eligible", name) for name, r in DEFINITION.roles.items() if r.assigned)]


@pytest.mark.parametrize("where", PLACES, ids=str)
@pytest.mark.parametrize("entered", ["nothing", "everything"])
def test_every_fact_has_a_value_of_its_type(full, where, entered):
    """One that had not could be judged by no rule that asks for it."""
    step = where if isinstance(where, str) else ""
    candidate = None if step else full.id("rob")
    values = {}
    if step and entered == "everything":
        given = {name: example(field, full.id("rob")) for name, field in DEFINITION.fields(step).items()}
        values, _ = read_values(facts(full).setting, step, given)
        assert set(values) == {name for name, value in given.items() if value}
    found = facts(full, step=step, candidate=candidate, actor=full.id("lena"), values=values)
    for name, kind in facts_of(DEFINITION, where).items():
        check_type(found[name], kind)


def example(field, person):
    """Something that may be entered in a field; rows have no columns filled."""
    listed = choices(field)
    one = {
        "text": "words", "long_text": "more words", "int": 3, "number": 2.5, "bool": True, "date": "2026-11-10",
        "choice": listed[0] if listed else None, "person": person, "rows": [{"id": "r1"}],
    }  # fmt: skip
    return [listed[0] if listed else one[field.of]] if field.type == "list" else one[field.type]


def choices(field):
    return field.of if isinstance(field.of, tuple) else getattr(DEFINITION.lists.get(field.of), "values", ())


@pytest.mark.parametrize("where", PLACES, ids=str)
def test_before_anything_is_said_a_fact_is_neutral(world, where):
    world.open("hazel", "lena")
    step = where if isinstance(where, str) else ""
    found = facts(world, step=step, candidate=None if step else world.id("rob"))
    known = {"day", "actor.id", "subject.id", "subject.member_on_day", "person.id", "person.organisations",
             "person.valid_training"}  # fmt: skip
    for name, kind in facts_of(DEFINITION, where).items():
        if name in known or name.endswith(".opens"):
            continue
        assert found[name] == neutral(kind), name


def test_the_day_and_the_actor(arranged):
    found = facts(arranged, on="2026-09-07", actor=arranged.id("rob"))
    assert found["day"] == "2026-09-07"
    assert found["actor.id"] == arranged.id("rob")
    assert found["actor.roles"] == ["peer_reviewer", "lead_reviewer"]
    assert found["actor.organisations"] == [arranged.id("rowan")]
    nobody = facts(arranged)
    assert (nobody["actor.id"], nobody["actor.roles"], nobody["actor.organisations"]) == ("", [], [])


def test_the_candidate_as_they_stood_on_the_day(arranged):
    arranged.person("olga", "staff", "rowan")
    arranged.train("olga", "peer-reviewer", completed="2026-09-05", until="2026-09-10")
    arranged.clock.set("2026-09-20")
    asked = {day: facts(arranged, on=day, candidate=arranged.id("olga")) for day in ("2026-09-10", "2026-09-11")}
    assert asked["2026-09-10"]["person.valid_training"] == ["peer-reviewer"]
    assert asked["2026-09-11"]["person.valid_training"] == []
    assert asked["2026-09-11"]["person.organisations"] == [arranged.id("rowan")]


def test_an_interest_binds_both_ends(arranged):
    arranged.handle(
        reg.DeclareRelationship(
            asked=arranged.asked("ada"), person=arranged.id("rob"), other=arranged.id("wilma"), nature="family"
        )
    )
    assert facts(arranged, candidate=arranged.id("rob"))["person.related_to"] == [arranged.id("wilma")]
    assert facts(arranged, candidate=arranged.id("wilma"))["person.related_to"] == [arranged.id("rob")]


def test_other_visits_on_the_days_booked_or_about_to_be(arranged):
    first = arranged.id("cycle")
    arranged.open("rowan", "lena")
    found = {
        days: facts(arranged, candidate=arranged.id("wilma"), days=tuple(map(date.fromisoformat, days)))
        for days in (("2026-11-11", "2026-11-12"), ("2026-11-12", "2026-11-13"), ("2026-11-09", "2026-11-10"))
    }
    assert [f["person.clashing_visits"] for f in found.values()] == [["hazel-2026-1"], [], ["hazel-2026-1"]]
    assert facts(arranged, candidate=arranged.id("wilma"))["person.clashing_visits"] == []
    arranged.names["cycle"] = first
    assert facts(arranged, candidate=arranged.id("wilma"))["person.clashing_visits"] == []


def test_the_subject(arranged):
    found = facts(arranged)
    assert found["subject.id"] == arranged.id("hazel")
    assert found["subject.member_on_day"] is True
    assert facts(arranged, on="2026-09-01")["subject.member_on_day"] is False


def test_what_was_said_taken_and_counted_on_the_day(arranged):
    arranged.clock.set("2026-09-20")
    arranged.do("choose_focus", "hanna", focus_areas=["Reading", "Number"], reason="New results", on="2026-09-15")
    before, after = facts(arranged, on="2026-09-14"), facts(arranged, on="2026-09-15")
    assert (before["count.choose_focus"], after["count.choose_focus"]) == (1, 2)
    assert after["said.choose_focus.focus_areas.length"] == [7, 6]
    assert after["said.choose_focus.theme.given"] is False
    assert (before["taken.start_visit"], before["taken.schedule_visit"]) == (False, True)
    assert after["said.schedule_visit.questions.id"] == ["r1"]
    assert after["said.schedule_visit.questions.question.length"] == [41]
    assert after["said.schedule_visit.first_day"] == "2026-11-10"


def test_who_was_assigned_on_the_day_and_whoever_ever_was(arranged):
    arranged.clock.set("2026-09-10")
    arranged.leave("peer_reviewer", "alan")
    names = {who: arranged.id(who) for who in ("rob", "wilma", "alan")}
    now, then = facts(arranged), facts(arranged, on="2026-09-09")
    assert now["assigned.peer_reviewer"] == [names["rob"], names["wilma"]]
    assert then["assigned.peer_reviewer"] == list(names.values())
    # Independence is about the whole cycle as now known.
    assert now["ever_assigned.peer_reviewer"] == then["ever_assigned.peer_reviewer"] == list(names.values())


def test_evidence_and_what_it_does_not_cover(arranged):
    arranged.do("schedule_visit", "lena", **{**VISIT, "questions": [{"question": "One?"}, {"question": "Two?"}]})
    arranged.agree("schedule_visit", "hanna")
    arranged.clock.set("2026-11-10")
    arranged.do("start_visit", "rob", attended=[arranged.id("rob")])
    assert facts(arranged)["uncovered.schedule_visit.questions"] == ["r1", "r2"]
    arranged.evidence("data", "rob", about="r2")
    assert facts(arranged)["evidence.data"] == 1
    assert facts(arranged)["uncovered.schedule_visit.questions"] == ["r1"]
    assert facts(arranged, on="2026-11-09")["evidence.data"] == 0


def test_days_that_are_booked_and_closed(arranged):
    values = {"first_day": "2026-11-13", "last_day": "2026-11-16"}
    found = facts(arranged, step="schedule_visit", values=values)
    assert found["booked.closed.subject"] == ["2026-11-14", "2026-11-15"]
    assert found["booked.closed.peer_reviewer"] == [arranged.id(who) for who in ("rob", "wilma", "alan")]


@pytest.mark.parametrize(
    "values",
    [
        {}, {"first_day": "2026-11-13"}, {"last_day": "2026-11-13"},
        {"first_day": "2026-11-13", "last_day": "2026-11-12"}, {"first_day": "2026-11-13", "last_day": "2027-11-13"},
    ],
)  # fmt: skip
def test_days_that_make_no_sense_are_no_booking(arranged, values):
    step = DEFINITION.transitions["schedule_visit"]
    assert booked_days(step, values) is None
    assert facts(arranged, step="schedule_visit", values=values)["booked.closed.subject"] == []
    assert booked_days(DEFINITION.transitions["start_visit"], {"first_day": "2026-11-13"}) is None


FIELDS = {
    name: FormField.model_validate(field)
    for name, field in {
        "note": {"type": "text"}, "count": {"type": "int", "optional": True}, "share": {"type": "number"},
        "sure": {"type": "bool", "optional": True}, "words": {"type": "list", "of": "text"},
        "rows": {
            "type": "rows",
            "columns": {"what": {"type": "text", "optional": True}, "due": {"type": "date", "optional": True}},
        },
    }.items()
}  # fmt: skip
GIVEN = {"note": "Grüße", "share": 2, "words": ["a", "bcd"], "rows": [{"what": "xy"}, {"id": "b", "due": "2026-03-01"}]}
FACTS = {
    "note": "Grüße", "note.given": True, "note.length": 5, "count": 0, "count.given": False, "share": 2.0,
    "sure": False, "sure.given": False, "words": ["a", "bcd"],
    "words.length": [1, 3], "rows.id": ["r1", "b"], "rows.what": ["xy", ""],
    "rows.what.given": [True, False], "rows.what.length": [2, 0], "rows.due": ["", "2026-03-01"],
    "rows.due.given": [False, True],
}  # fmt: skip


@pytest.mark.parametrize(("name", "value"), FACTS.items())
def test_facts_of_a_form_before_it_is_sealed(name, value):
    values, faults = read_form(DEFINITION, FIELDS, GIVEN, {})
    assert faults == []
    assert form_fact(FIELDS, values, name) == value


def sealed(value):
    """The same values as they stand once the vault has sealed them."""
    if isinstance(value, Unsealed):
        return {"box": "?", "commit": "?", "length": value.length}
    if isinstance(value, list):
        return [sealed(one) for one in value]
    return {k: sealed(v) for k, v in value.items()} if isinstance(value, dict) else value


@pytest.mark.parametrize(("name", "value"), FACTS.items())
def test_of_sealed_texts_only_the_content_is_lost(name, value):
    values, _ = read_form(DEFINITION, FIELDS, GIVEN, {})
    content = {"note": "", "words": ["", ""], "rows.what": ["", ""]}
    assert form_fact(FIELDS, sealed(values), name) == content.get(name, value)
