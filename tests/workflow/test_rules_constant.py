"""Rules that answer always alike are found; no other rule is ever called so."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st

from reviewflow.workflow.definition import Definition
from reviewflow.workflow.rules import check_rules, compiled, judge

FOUR_PEOPLE = (
    "ever_assigned.visitor.exists(a, ever_assigned.visitor.exists(b, ever_assigned.visitor.exists(c, "
    "ever_assigned.visitor.exists(d, a != b && a != c && a != d && b != c && b != d && c != d))))"
)
ALWAYS, NEVER = "is always met: it requires nothing", "can never be met"


def definition(rule: str = "true") -> Definition:
    return Definition.model_validate(
        {
            "workflow": "sample",
            "title": "Sample",
            "edition": "1",
            "subject": "organisation",
            "lists": {"mode": {"values": ["near", "far", "both"]}},
            "roles": {"head": {"title": "Head", "held_in": "subject"}, "visitor": {"title": "V", "assigned": "3..4"}},
            "stages": {"work": {"title": "Work", "states": {"begun": {"title": "Begun", "initial": True}}}},
            "states": {"done": {"title": "Done", "final": True}},
            "forms": {
                "plan": {
                    "first": {"type": "date"},
                    "last": {"type": "date"},
                    "mode": {"type": "choice", "of": "mode"},
                    "maybe": {"type": "choice", "of": "mode", "optional": True},
                    "modes": {"type": "list", "of": "mode"},
                    "places": {"type": "int", "min": 1, "max": 5},
                    "money": {"type": "number", "min": 0},
                    "note": {"type": "text", "optional": True, "max": 100},
                    "aims": {"type": "list", "of": "text", "plain": True, "min": 1, "max": 2},
                    "lines": {
                        "type": "rows",
                        "columns": {
                            "kind": {"type": "choice", "of": ["a", "b"]},
                            "why": {"type": "text", "plain": True, "optional": True},
                        },
                    },
                }
            },
            "opens": {"title": "Open", "to": "work.begun", "by": ["head"]},
            "transitions": {
                "go": {
                    "title": "Go",
                    "from": "active",
                    "to": "done",
                    "by": ["head"],
                    "form": "plan",
                    "requires": {"named": {"rule": rule, "else": "no", "ours": True}},
                }
            },
            "acts": {"talk": {"title": "Talk", "in": "work", "by": ["head"]}},
        }
    )


def verdict(rule: str) -> str | None:
    found = check_rules(definition(rule))
    assert len(found) <= 1
    return found[0][2] if found else None


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("true", ALWAYS),
        ("1 + 1 == 2", ALWAYS),
        ("1 / 0 == 1", NEVER),
        ("false", NEVER),
        ("taken.talk || !taken.talk", ALWAYS),
        ("taken.talk && count.talk == 0", NEVER),
        ("count.talk >= 0", ALWAYS),
        ("count.talk > 0", None),
        ("form.mode == 'farr'", NEVER),
        ("form.mode != 'farr'", ALWAYS),
        ("form.mode == 'far'", None),
        ("form.mode in ['near', 'far', 'both']", ALWAYS),
        ("form.maybe in ['near', 'far', 'both']", None),
        ("form.mode == form.maybe", None),
        ("'farr' in form.modes", NEVER),
        ("'far' in form.modes && !('near' in form.modes)", None),
        ("'hed' in actor.roles", NEVER),
        ("'head' in actor.roles", None),
        ("size(assigned.visitor) >= 5", NEVER),
        ("size(assigned.visitor) <= 4", None),
        ("size(assigned.visitor) == 4", None),
        ("size(ever_assigned.visitor) >= 5", None),
        ("form.places > 5", NEVER),
        ("form.places >= 1", None),
        ("form.money < 0.0", NEVER),
        ("form.money > 0.5", None),
        ("form.money > 3.0 && form.money < 3.1", None),
        ("size(form.aims) == 3", NEVER),
        ("size(form.aims) == 2", None),
        ("form.note.length > 100", NEVER),
        ("form.note.length == 100", None),
        ("form.mode.given", ALWAYS),
        ("form.note.given", None),
        ("!form.note.given && form.note.length > 0", NEVER),
        ("form.lines.kind.exists(k, k == 'c')", NEVER),
        ("form.lines.kind.all(k, k != 'c')", ALWAYS),
        ("size(form.lines.kind) == size(form.lines.id)", ALWAYS),
        ("form.lines.why.all(w, w != '')", None),
        ("form.first <= form.last", None),
        ("form.first < form.last && form.last < form.first", NEVER),
        ("day >= '2026-03-01' && day < '2026-03-02'", None),
        ("day < '2026-03-01' && day > '2026-03-02'", NEVER),
        ("form.first < form.last && form.last < day && day < '2026-03-01'", None),
        (
            FOUR_PEOPLE,
            None,
        ),
        ("form.places > count.talk && count.talk > 3", None),
        ("form.places > count.talk && count.talk > 4", NEVER),
        # Beyond what a finite domain can stand for nothing is claimed, though some of these are constant.
        ("form.places * 2 == 7", None),
        ("form.note.matches('^A{3}$')", None),
        ("form.note.startsWith('a')", None),
        ("size(form.aims.filter(a, a == 'x')) >= 2", None),
        ("size(ever_assigned.visitor) == 5000", None),
        ("form.aims == ['b', 'a']", None),
        ("size(form.note) > 40", None),
    ],
)
def test_constant_rules_are_told(rule, expected):
    assert verdict(rule) == expected


def texts() -> st.SearchStrategy[str]:
    return st.sampled_from(["", "near", "far", "x", "y", "2026-01-01", "2026-06-30"])


SCALARS = st.one_of(
    st.sampled_from(["taken.talk", "form.note.given", "subject.member_on_day"]),
    st.builds(
        "{} {} {}".format,
        st.sampled_from(["count.talk", "form.places", "form.note.length"]),
        st.sampled_from(["<", "<=", "==", "!=", ">", ">="]),
        st.one_of(st.integers(0, 7).map(str), st.just("form.places")),
    ),
    st.builds("form.money {} {}.5".format, st.sampled_from(["<", "==", ">"]), st.integers(0, 3)),
    st.builds(
        "{} {} {}".format,
        st.sampled_from(["form.mode", "form.maybe"]),
        st.sampled_from(["==", "!="]),
        st.sampled_from(["form.mode", "'near'", "'x'"]),
    ),
)
LISTS = st.one_of(
    st.just("form.lines.why.given.all(g, g)"),
    st.builds(
        "{} {} {}".format,
        st.sampled_from(["size(assigned.visitor)", "size(form.aims)", "form.places"]),
        st.sampled_from(["<", "==", ">="]),
        st.sampled_from(["0", "3", "4", "count.talk", "size(form.aims)"]),
    ),
    st.builds(
        "{} {} {}".format,
        st.sampled_from(["form.mode", "form.first", "day"]),
        st.sampled_from(["<", "==", ">="]),
        st.sampled_from(["form.mode", "form.last", "'near'", "'2026-06-30'"]),
    ),
    st.builds(
        "{} in {}".format,
        st.sampled_from(["'near'", "'x'", "form.mode", "actor.id"]),
        st.sampled_from(["form.modes", "form.aims", "assigned.visitor", "['near', 'x']", "actor.roles"]),
    ),
    st.builds(
        "{}.{}(v, v {} {})".format,
        st.sampled_from(["form.aims", "form.modes", "form.lines.kind"]),
        st.sampled_from(["all", "exists"]),
        st.sampled_from(["==", "!=", "<"]),
        st.sampled_from(["'near'", "'a'", "form.mode", "form.first"]),
    ),
)


def of(atoms: st.SearchStrategy[str], most: int) -> st.SearchStrategy[str]:
    return st.recursive(
        atoms,
        lambda inner: st.one_of(
            st.builds("({} && {})".format, inner, inner),
            st.builds("({} || {})".format, inner, inner),
            st.builds("!({})".format, inner),
            st.builds("({} ? {} : {})".format, inner, inner, inner),
        ),
        max_leaves=most,
    )


@st.composite
def possible_facts(draw: st.DrawFn) -> dict[str, Any]:
    """Facts as a cycle could really have them, drawn without looking at any rule."""
    roles, modes = ["head", "visitor"], ["near", "far", "both"]
    people = st.sampled_from(["ada", "ben", "cyd", "dot", "x", "near"])
    rows, talks, noted = draw(st.integers(0, 4)), draw(st.integers(0, 9)), draw(st.booleans())
    return {
        "day": draw(texts()),
        "actor.id": draw(people),
        "actor.roles": draw(st.lists(st.sampled_from(roles), unique=True)),
        "subject.member_on_day": draw(st.booleans()),
        "taken.talk": talks > 0,
        "count.talk": talks,
        "assigned.visitor": draw(st.lists(people, max_size=4, unique=True)),
        "form.first": draw(texts()),
        "form.last": draw(texts()),
        "form.mode": draw(st.sampled_from(modes)),
        "form.maybe": draw(st.sampled_from(["", *modes])),
        "form.modes": draw(st.lists(st.sampled_from(modes))),
        "form.places": draw(st.integers(1, 5)),
        "form.money": draw(st.floats(0, 5)),
        "form.note.given": noted,
        "form.note.length": draw(st.integers(1, 100)) if noted else 0,
        "form.aims": draw(st.lists(texts(), min_size=1, max_size=2)),
        "form.lines.kind": draw(st.lists(st.sampled_from(["a", "b"]), min_size=rows, max_size=rows)),
        "form.lines.why.given": draw(st.lists(st.booleans(), min_size=rows, max_size=rows)),
    }


@settings(max_examples=80, deadline=None)
@given(of(st.one_of(SCALARS, LISTS), 4), st.lists(possible_facts(), min_size=6, max_size=6))
def test_no_rule_is_called_constant_that_is_not(rule, drawn):
    """The oracle: facts drawn at random never contradict a verdict."""
    found = verdict(rule)
    event(str(found))
    if found is not None:
        made = compiled(definition(), "constant", "go", rule)
        assert {judge(made, facts) for facts in drawn} == {found == ALWAYS}


@settings(max_examples=50, deadline=None)
@given(of(SCALARS, 2))
def test_a_contradiction_and_a_tautology_of_any_small_rule_are_found(rule):
    assert verdict(f"({rule}) && !({rule})") == NEVER
    assert verdict(f"({rule}) || !({rule})") == ALWAYS
