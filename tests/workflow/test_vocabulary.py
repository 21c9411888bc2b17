"""The facts each rule may ask for: names, types, and what is not there."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewflow.workflow.definition import Definition
from reviewflow.workflow.vocabulary import (
    FactType,
    explain_facts,
    facts_of,
    hidden_facts,
    neutral,
    sealed_of,
    vocabulary,
)

FORM = {
    "day": {"type": "date"},
    "mode": {"type": "choice", "of": "mode"},
    "who": {"type": "person"},
    "where": {"type": "organisation"},
    "places": {"type": "int"},
    "money": {"type": "number", "optional": True},
    "agreed": {"type": "bool"},
    "note": {"type": "long_text", "optional": True},
    "code": {"type": "text", "plain": True},
    "aims": {"type": "list", "of": "text"},
    "modes": {"type": "list", "of": "mode"},
    "kinds": {"type": "list", "of": ["short", "long"]},
    "scores": {"type": "list", "of": "int"},
    "shares": {"type": "list", "of": "number"},
    "answers": {"type": "list", "of": "bool"},
    "lines": {
        "type": "rows",
        "columns": {
            "text": {"type": "text"},
            "kind": {"type": "choice", "of": ["a", "b"]},
            "due": {"type": "date", "optional": True},
        },
    },
}


def definition(**changes: Any) -> Definition:
    whole: dict[str, Any] = {
        "workflow": "sample",
        "title": "Sample",
        "edition": "1",
        "subject": "organisation",
        "lists": {"mode": {"values": ["near", "far"]}},
        "roles": {
            "head": {"title": "Head", "held_in": "subject"},
            "visitor": {"title": "Visitor", "assigned": "2..3", "eligible": {}},
        },
        "stages": {"work": {"title": "Work", "states": {"begun": {"title": "Begun", "initial": True}}}},
        "states": {"done": {"title": "Done", "final": True}},
        "forms": {"plan": FORM, "start": {"year": {"type": "text", "plain": True}}},
        "evidence": {"seen": {"kinds": {"walk": "Walk"}, "in": ["work"], "by": ["visitor"], "about": "arrange.lines"}},
        "opens": {"title": "Open", "to": "work.begun", "by": ["head"], "form": "start"},
        "transitions": {
            "arrange": {
                "title": "Arrange",
                "from": "work.begun",
                "to": "work.begun",
                "by": ["head"],
                "form": "plan",
                "books": {"first": "day", "last": "day", "people": ["visitor"]},
            },
            "sign": {
                "title": "Sign",
                "from": "active",
                "to": "done",
                "by": ["head"],
                "with": ["visitor"],
                "form": "plan",
            },
        },
        "acts": {"check": {"title": "Check", "in": "work", "by": ["head"], "about": "sign.lines"}},
    }
    return Definition.model_validate({**whole, **changes})


BOOL, INT, DOUBLE, STRING = FactType.BOOL, FactType.INT, FactType.DOUBLE, FactType.STRING
BOOLS, INTS, DOUBLES, STRINGS = FactType.BOOLS, FactType.INTS, FactType.DOUBLES, FactType.STRINGS

PLAIN = {
    "day": STRING,
    "mode": STRING,
    "who": STRING,
    "where": STRING,
    "places": INT,
    "money": DOUBLE,
    "agreed": BOOL,
    "code": STRING,
    "code.length": INT,
    "note.length": INT,
    "aims.length": INTS,
    "modes": STRINGS,
    "kinds": STRINGS,
    "scores": INTS,
    "shares": DOUBLES,
    "answers": BOOLS,
    "lines.id": STRINGS,
    "lines.text.length": INTS,
    "lines.text.given": BOOLS,
    "lines.kind": STRINGS,
    "lines.kind.given": BOOLS,
    "lines.due": STRINGS,
    "lines.due.given": BOOLS,
    **{f"{name}.given": BOOL for name in FORM},
}
SEALED = {"note": STRING, "aims": STRINGS, "lines.text": STRINGS}


def under(prefix: str, facts: dict[str, FactType]) -> dict[str, FactType]:
    return {name.removeprefix(prefix): kind for name, kind in facts.items() if name.startswith(prefix)}


def test_a_step_reads_its_own_form_with_its_texts():
    assert under("form.", facts_of(definition(), "arrange")) == PLAIN | SEALED


def test_a_step_with_a_second_signature_reads_no_sealed_text_of_its_own():
    assert under("form.", facts_of(definition(), "sign")) == PLAIN
    assert {f"form.{name}" for name in SEALED} <= set(sealed_of(definition(), "sign"))


@pytest.mark.parametrize("where", ["arrange", "sign", "check", ("eligible", "visitor")])
def test_what_was_said_earlier_never_shows_a_sealed_text(where):
    facts = facts_of(definition(), where)
    assert under("said.arrange.", facts) == PLAIN == under("said.sign.", facts)
    assert under("said.opens.", facts) == {"year": STRING, "year.length": INT, "year.given": BOOL}
    assert {f"said.{step}.{name}" for step in ("arrange", "sign") for name in SEALED} <= set(
        sealed_of(definition(), where)
    )


def test_the_history_of_a_cycle_has_its_names():
    facts = facts_of(definition(), "check")
    expected = {
        "taken.arrange": BOOL,
        "taken.sign": BOOL,
        "taken.check": BOOL,
        "count.arrange": INT,
        "count.sign": INT,
        "count.check": INT,
        "assigned.visitor": STRINGS,
        "ever_assigned.visitor": STRINGS,
        "evidence.walk": INT,
        "uncovered.arrange.lines": STRINGS,
        "uncovered.sign.lines": STRINGS,
    }
    roots = ("taken", "count", "assigned", "ever_assigned", "evidence", "uncovered")
    assert {name: kind for name, kind in facts.items() if name.partition(".")[0] in roots} == expected


def test_before_the_opening_nothing_has_happened():
    names = facts_of(definition(), "opens")
    assert {name.partition(".")[0] for name in names} == {"day", "actor", "subject", "form"}


def test_only_eligibility_knows_the_candidate_and_it_knows_no_form():
    facts = facts_of(definition(), ("eligible", "visitor"))
    assert set(under("person.", facts)) == {"id", "organisations", "valid_training", "related_to", "clashing_visits"}
    assert not under("form.", facts)
    assert not under("person.", facts_of(definition(), "arrange"))


def test_only_a_step_that_books_knows_what_is_booked():
    assert under("booked.", facts_of(definition(), "arrange")) == {
        "closed.subject": STRINGS,
        "closed.visitor": STRINGS,
        "clashes.visitor": STRINGS,
    }
    assert not under("booked.", facts_of(definition(), "sign"))


def test_what_a_field_allows_is_known():
    facts = vocabulary(definition(), "arrange")
    assert facts["form.mode"].among == ("near", "far")
    assert facts["form.lines.kind"].among == ("a", "b")
    assert facts["assigned.visitor"].high == 3
    assert facts["form.mode.given"].always
    assert not facts["form.note.given"].always
    assert not facts["form.aims.given"].always  # a list may be given empty
    assert not facts["said.arrange.mode.given"].always


def test_names_that_would_hide_a_fact_are_found():
    assert not hidden_facts(definition())
    forms = {"plan": {**FORM, "lines": {"type": "rows", "columns": {"given": {"type": "bool"}, "id": {"type": "int"}}}}}
    found = hidden_facts(definition(forms=forms))
    assert [(path[-1], name) for path, name, _ in found] == [("given", "given"), ("id", "id")]


def test_a_step_without_its_form_still_has_a_vocabulary():
    broken = definition(forms={})
    assert "taken.sign" in facts_of(broken, "arrange")
    assert not under("form.", facts_of(broken, "arrange"))


@given(st.sampled_from(list(FactType)))
def test_neutral_values_are_of_their_type_and_never_shared(kind):
    value = neutral(kind)
    assert not value
    assert type(value) is {BOOL: bool, INT: int, DOUBLE: float, STRING: str}.get(kind, list)
    if kind.is_list:
        value.append(1)
        assert neutral(kind) == []


def test_the_table_for_people_names_every_fact_once_a_section():
    text = explain_facts(definition())
    for where in ("opens", "arrange", "sign", "check", ("eligible", "visitor")):
        for name, kind in facts_of(definition(), where).items():
            assert any(line.split()[:2] == [name, kind.value] for line in text.splitlines()), name
    assert explain_facts(definition(), "opens").count("form.year") == 3
