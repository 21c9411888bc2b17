"""Rules: what is refused with its place, what is judged, and that nothing hangs."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewflow.errors import BadDefinition
from reviewflow.workflow.definition import Definition
from reviewflow.workflow.rules import RuleFailed, check_rules, compiled, judge, reads_form
from reviewflow.workflow.vocabulary import facts_of, neutral


def definition(rule: str = "taken.talk", where: str = "arrange") -> Definition:
    requires = {"named": {"rule": rule, "else": "no", "ours": True}}

    def at(place: str) -> dict[str, Any]:
        return requires if place == where else {}

    return Definition.model_validate(
        {
            "workflow": "sample",
            "title": "Sample",
            "edition": "1",
            "subject": "organisation",
            "lists": {"mode": {"values": ["near", "far"]}},
            "roles": {
                "head": {"title": "Head", "held_in": "subject"},
                "visitor": {"title": "Visitor", "assigned": "2..3", "eligible": at("visitor")},
            },
            "stages": {"work": {"title": "Work", "states": {"begun": {"title": "Begun", "initial": True}}}},
            "states": {"done": {"title": "Done", "final": True}},
            "forms": {
                "plan": {
                    "first": {"type": "date"},
                    "last": {"type": "date"},
                    "mode": {"type": "choice", "of": "mode"},
                    "places": {"type": "int", "min": 1, "max": 9},
                    "money": {"type": "number"},
                    "note": {"type": "long_text"},
                    "in": {"type": "int"},
                    "lines": {
                        "type": "rows",
                        "columns": {"text": {"type": "text"}, "owner": {"type": "text", "plain": True}},
                    },
                }
            },
            "opens": {"title": "Open", "to": "work.begun", "by": ["head"], "requires": at("opens")},
            "transitions": {
                "arrange": {
                    "title": "Arrange",
                    "from": "work.begun",
                    "to": "work.begun",
                    "by": ["head"],
                    "form": "plan",
                    "requires": at("arrange"),
                    "books": {"first": "first", "last": "last", "people": ["visitor"]},
                },
                "sign": {
                    "title": "Sign",
                    "from": "active",
                    "to": "done",
                    "by": ["head"],
                    "with": ["visitor"],
                    "form": "plan",
                    "requires": at("sign"),
                },
            },
            "acts": {"talk": {"title": "Talk", "in": "work", "by": ["head"], "requires": at("talk")}},
        }
    )


def faults(rule: str, where: str = "arrange") -> list[tuple[str, str]]:
    return [(got, want) for _, got, want in check_rules(definition(rule, where))]


GOOD = [
    ("form.first <= form.last", "arrange"),
    ("size(assigned.visitor) >= 2 && size(assigned.visitor) <= 3", "arrange"),
    ("size(booked.closed.subject) == 0 && size(booked.clashes.visitor) == 0", "arrange"),
    ('form.lines.owner.all(o, o != "") && size(form.lines.id) > 0', "arrange"),
    ("form.note.length >= 20", "arrange"),
    ('form.note != "none"', "arrange"),
    ("said.arrange.note.given", "talk"),
    ("form.money * 2.0 <= said.arrange.money", "sign"),
    ('"training" in person.valid_training', "visitor"),
    ("!(person.id in ever_assigned.visitor)", "visitor"),
    ("subject.member_on_day", "opens"),
    ('"head" in actor.roles', "opens"),
    ("timestamp(form.last + 'T00:00:00Z') - timestamp(form.first + 'T00:00:00Z') <= duration('72h')", "arrange"),
    ("size(form.lines.owner.filter(o, o == actor.id)) >= 2", "arrange"),
    ("said.arrange.note.length > 10 && said.arrange.note.given", "sign"),
]


@pytest.mark.parametrize(("rule", "where"), GOOD)
def test_good_rules_pass(rule, where):
    assert faults(rule, where) == []


BAD = [
    ("form.moed == 'far'", "arrange", "form.moed", "did you mean `form.mode`"),
    ("taken.tlak", "arrange", "taken.tlak", "did you mean `taken.talk`"),
    ("true && taken.tlak", "arrange", "taken.tlak", "column 9 of"),
    ("taken.talk &&\n  taken.tlak", "arrange", "taken.tlak", "line 2, column 3 of"),
    ("form.note.startWith('a')", "arrange", "startWith", "did you mean `startsWith`"),
    ("person.id == actor.id", "arrange", "person.id", "only a role's `eligible`"),
    ("form.mode == 'far'", "talk", "form.mode", "only a step that has a form"),
    ("form.mode == 'far'", "visitor", "form.mode", "only a step that has a form"),
    ("taken.talk", "opens", "taken.talk", "nothing has happened yet"),
    (
        "said.arrange.note == 'x'",
        "sign",
        "said.arrange.note",
        "`said.arrange.note.given` or `said.arrange.note.length`",
    ),
    (
        "said.arrange.lines.text.all(t, t != '')",
        "talk",
        "said.arrange.lines.text",
        "can be read only by a rule of the step",
    ),
    ("form.note == 'x'", "sign", "form.note", "sealed with the first signature"),
    ("form.money > 1", "arrange", "> with double, int", "write 1.0, not 1"),
    ("form.mode == 3", "arrange", "== with string, int", "do not go together"),
    ("form.mode == null", "arrange", "== with string, null_type", "ask `.given`"),
    ("form.mode", "arrange", "form.mode, which gives string", "true or false"),
    ("form.places", "arrange", "form.places, which gives int", "true or false"),
    ("has(form.mode)", "arrange", "has(...)", "ask `.given`"),
    ("form.places > ", "arrange", "the end", "not a CEL expression"),
    ("form.in > 3", "arrange", "in > 3", "`in` is a word of CEL"),
    ("(" * 50 + "taken.talk" + ")" * 50, "arrange", "(((", "nested too deeply"),
    ("{'a': 1}.a == 1", "arrange", "a value of type map", "lists of those"),
    ("dyn(form.mode) == 3", "arrange", "a value of type dyn", "lists of those"),
    ("form.lines.owner.map(o, [o]).size() > 1", "arrange", "a value of type list(list(string))", "lists of those"),
    ("form.lines.owner.exists(o, (o + o).size() > 3)", "arrange", "+ between texts", "longer and longer"),
    ("form.lines.owner.exists(day, day != '')", "arrange", "the variable day", "call it something else"),
    ("taken.talk " + " " * 2048, "arrange", "2059 bytes", "at most 2048"),
    ("é" * 1025, "arrange", "2050 bytes", "at most 2048"),
]


@pytest.mark.parametrize(("rule", "where", "got", "want"), BAD)
def test_bad_rules_are_refused_with_what_was_got_and_wanted(rule, where, got, want):
    found = faults(rule, where)
    assert [g for g, _ in found if g.startswith(got)], found
    assert want in found[0][1]


def test_every_unknown_name_of_a_rule_is_named():
    assert [got for got, _ in faults("form.moed == 'far' || taken.tlak || form.mode == 1")] == [
        "form.moed",
        "taken.tlak",
    ]


def test_has_in_a_text_is_only_a_text():
    assert faults("form.note != 'has(it)'") == []


@pytest.mark.parametrize(
    ("where", "path"),
    [
        ("opens", ("opens", "requires", "named", "rule")),
        ("arrange", ("transitions", "arrange", "requires", "named", "rule")),
        ("talk", ("acts", "talk", "requires", "named", "rule")),
        ("visitor", ("roles", "visitor", "eligible", "named", "rule")),
    ],
)
def test_a_fault_has_the_path_of_its_rule(where, path):
    assert [p for p, _, _ in check_rules(definition("nothing", where))] == [path]


@pytest.mark.parametrize(
    ("rule", "facts", "answer"),
    [
        ("form.first <= form.last", {"form.first": "2026-03-01", "form.last": "2026-03-02"}, True),
        ("form.first <= form.last", {"form.first": "2026-03-03", "form.last": "2026-03-02"}, False),
        ("form.money >= 2.0", {"form.money": 2}, True),
        ("size(assigned.visitor) >= 2", {"assigned.visitor": ["ada", "ben"]}, True),
        ("form.lines.owner.all(o, o != '')", {"form.lines.owner": ["ada", ""]}, False),
    ],
)
def test_rules_are_judged_on_the_facts_they_name(rule, facts, answer):
    assert judge(compiled(definition(), "judged", "arrange", rule), facts) is answer


@pytest.mark.parametrize(
    ("rule", "facts", "why"),
    [
        ("10 / form.places > 1", {"form.places": 0}, "divide by zero"),
        ("assigned.visitor[3] == 'a'", {"assigned.visitor": []}, "index=3"),
        ("form.places + 9223372036854775807 > 0", {"form.places": 2}, "overflow"),
        ("form.mode == 'far'", {"form.mode": None}, "NoneType"),
        ("form.mode == 'far'", {"form.mode": "\ud800"}, ""),
        ("form.places > 1", {"form.places": 2**80}, "too big"),
        ("'a' in assigned.visitor", {"assigned.visitor": ("a",)}, "tuple"),
        ("form.mode == 'far'", {}, "form.mode was not worked out"),
        ("assigned.visitor.all(a, a != '')", {"assigned.visitor": ["x"] * 10_001}, "too long"),
        ("assigned.visitor.all(a, assigned.visitor.all(b, a != b))", {"assigned.visitor": ["x", "y"] * 60}, None),
        (
            "assigned.visitor.all(a, ever_assigned.visitor.all(b, a != b))",
            {"assigned.visitor": ["x"] * 150, "ever_assigned.visitor": ["y"] * 150},
            "too many steps",
        ),
    ],
)
def test_what_cannot_be_judged_is_neither_true_nor_false(rule, facts, why):
    """Errors come as values, which are texts and so true if asked carelessly, or are raised: both end here."""
    found = judge(compiled(definition(), "judged", "arrange", rule), facts)
    if why is None:
        assert found is False
    else:
        assert isinstance(found, RuleFailed)
        assert found.rule == rule
        assert why in found.message
        assert "Traceback" not in str(found)


def test_a_rule_asks_only_for_the_facts_it_names():
    class Asked(dict[str, Any]):
        def __missing__(self, name: str) -> Any:
            raise AssertionError(name)

    rule = compiled(definition(), "judged", "arrange", "form.mode == 'form.first' && assigned.visitor.all(x, x != '')")
    assert rule.names == ("form.mode", "assigned.visitor")
    assert judge(rule, Asked({"form.mode": "form.first", "assigned.visitor": []})) is True


def test_an_error_of_the_facts_is_not_swallowed():
    class Broken(dict[str, Any]):
        def __missing__(self, name: str) -> Any:
            raise ZeroDivisionError(name)

    with pytest.raises(ZeroDivisionError):
        judge(compiled(definition(), "judged", "arrange", "taken.talk"), Broken())


def test_a_compiled_rule_is_kept_per_digest_and_place():
    one = compiled(definition(), "kept", "arrange", "taken.talk")
    assert compiled(definition(), "kept", "arrange", "taken.talk") is one
    assert compiled(definition(), "other", "arrange", "taken.talk") is not one
    assert compiled(definition(), "kept", "sign", "taken.talk") is not one


def test_a_rule_that_no_longer_compiles_names_its_fault():
    with pytest.raises(BadDefinition, match=r"did you mean `taken\.talk`"):
        compiled(definition(), "kept", "arrange", "taken.tlak")


NAMES = sorted(facts_of(definition(), "arrange"))
ATOMS = {
    "bool": "{}",
    "int": "{} > 0",
    "double": "{} > 0.0",
    "string": "{} == 'form.mode'",
    "list(string)": "size({}) > 0",
    "list(bool)": "{}.all(b, b)",
    "list(int)": "{}.all(n, n > 0)",
}


@given(st.lists(st.sampled_from([n for n in NAMES if ".in" not in n]), min_size=1, max_size=4))
def test_reading_the_form_is_what_does_not_compile_without_it(names):
    from cel_expr_python import cel

    whole = definition()
    facts = facts_of(whole, "arrange")
    rule = " || ".join(ATOMS[facts[name].value].format(name) for name in names)
    without = cel.NewEnv(
        variables={
            name: cel.Type.List(cel.Type(kind.one.value)) if kind.is_list else cel.Type(kind.value)
            for name, kind in facts.items()
            if not name.startswith(("form.", "booked."))
        }
    )
    try:
        without.compile(rule)
        fails = False
    except RuntimeError:
        fails = True
    assert reads_form(whole, "reads", "arrange", rule) is fails
    found = compiled(whole, "reads", "arrange", rule)
    assert set(found.names) == set(names)
    assert isinstance(judge(found, {name: neutral(kind) for name, kind in facts.items()}), bool)


def test_the_library_is_loaded_late():
    code = "import sys; import reviewflow.workflow.rules; sys.exit('cel_expr_python' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.parametrize(
    "body",
    [
        "assigned.visitor.all(b, assigned.visitor.all(c, a in assigned.visitor))",
        " && ".join(["a in assigned.visitor"] * 60),
        "assigned.visitor.exists(b, " + " || ".join(["a != b && a in ever_assigned.visitor"] * 30) + ")",
    ],
)
@pytest.mark.parametrize("size", [1, 50, 99, 1_000, 9_999, 50_000])
def test_no_rule_hangs(body, size):
    """Bounded by the library's budget of turns and by ours of work: each of these ends in well under a second."""
    people = [f"p{n:05}" for n in range(size)]
    rule = compiled(definition(), "hang", "arrange", f"assigned.visitor.all(a, {body})")
    found = judge(rule, {"assigned.visitor": people, "ever_assigned.visitor": people[:50]})
    assert isinstance(found, bool if size == 1 else bool | RuleFailed)
    assert size < 1_000 or isinstance(found, RuleFailed)
