"""YAML 1.2 read strictly: what is text and what is not, every fault with its line and column, in plain words."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kit.sample_workflow import GONE, faults_of, sample, written
from reviewflow.errors import BadDefinition
from reviewflow.workflow.definition import Definition
from reviewflow.workflow.digest import digest_of
from reviewflow.workflow.parse import parse
from reviewflow.workflow.yaml_nodes import read


def value(text: str):
    tree = read(f"v: {text}\n")
    assert tree.faults == [], tree.faults
    return tree.root["v"]


@pytest.mark.parametrize(
    "text", ["on", "off", "yes", "no", "Yes", "y", "12:30", "1:30:15", "2026-03-01", "2026-03-01 10:00:00", "1_000",
             "0b101", "0x", "1e", "+", ".", "3..4", "1..", "=", "<<x", "NaN", "inf", "TrUe", "nUll", "0o9", "1,5"],
)  # fmt: skip
def test_only_what_the_core_schema_names_is_anything_but_text(text):
    assert value(text) == text


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("true", True), ("False", False), ("TRUE", True), ("null", None), ("~", None), ("", None), ("Null", None),
        ("7", 7), ("-0", 0), ("007", 7), ("+12", 12), ("0o17", 15), ("0xfF", 255), ("9007199254740991", 2**53 - 1),
        ("1.5", 1.5), (".5", 0.5), ("5.", 5.0), ("-1e3", -1000.0), ("6.02E+2", 602.0),
        ("'true'", "true"), ('"7"', "7"), ('""', ""), ("'~'", "~"),
    ],
)  # fmt: skip
def test_the_core_schema(text, meant):
    found = value(text)
    assert found == meant
    assert type(found) is type(meant)


@pytest.mark.parametrize("text", [".inf", "-.INF", ".nan", "9007199254740992", "1" * 5000, "1e999", "0x" + "f" * 50])
def test_a_number_that_json_cannot_hold_is_refused(text):
    faults = read(f"v: {text}\n").faults
    assert [(f.line, f.column, f.path) for f in faults] == [(1, 4, "v")]
    assert "quotes" in faults[0].want


@given(st.floats(allow_nan=False, allow_infinity=False).map(repr) | st.integers(-(2**53) + 1, 2**53 - 1).map(str))
def test_numbers_mean_what_python_means_by_them(text):
    assert math.isclose(value(text), float(text), rel_tol=0)


def test_a_definition_comes_with_its_tree_in_the_authors_order_and_its_digest():
    document = sample()
    parsed = parse(written(document), "sample")
    assert parsed.document == document
    assert list(parsed.document) == list(document)
    assert list(parsed.document["transitions"]) == list(document["transitions"])
    assert parsed.definition == Definition.model_validate(document)
    assert parsed.digest == digest_of(document)


def test_bytes_text_and_a_byte_order_mark_are_the_same():
    text = written(sample())
    digests = {parse(source, "s").digest for source in (text, text.encode(), b"\xef\xbb\xbf" + text.encode())}
    assert len(digests) == 1
    assert parse(text.replace("\n", "\r\n"), "s").digest in digests


def test_a_bad_definition_says_its_name_and_every_place():
    with pytest.raises(BadDefinition) as info:
        parse("workflow: Sample\ntitel: A sample\n", "sample.yaml")
    lines = str(info.value).splitlines()
    assert lines[-1] == 'sample.yaml:2:1: titel: got the key "titel"; did you mean `title`?'
    assert len(lines) == len(info.value.faults)
    assert all(line.startswith("sample.yaml:") for line in lines)


ONE_FAULT = [
    # changes, path, got, want
    ({"title": GONE}, "", "no `title`", "want `title:`"),
    ({"title": ""}, "title", '""', "some text"),
    ({"title": "x" * 201}, "title", "x...", "at most 200 characters"),
    ({"edition": 2026}, "edition", "the number 2026", "quotes"),
    ({"edition": None}, "edition", "nothing", "text"),
    ({"subject": "school"}, "subject", '"school"', "organisation, project, document"),
    ({"workflow": "My workflow"}, "workflow", '"My workflow"', "hyphens"),
    ({"roles__Head": {"title": "H", "held_in": "subject"}}, "roles.Head", '"Head"', "lower-case"),
    ({"roles": {}}, "roles", "a mapping", "at least 1"),
    ({"transitions__visit__by": "lead"}, "transitions.visit.by", '"lead"', "a list of roles, as in [head]"),
    ({"transitions__visit__by": []}, "transitions.visit.by", "a list", "at least 1"),
    ({"transitions__visit__by": [1]}, "transitions.visit.by[0]", "the number 1", "text"),
    ({"transitions__visit__from": GONE}, "transitions.visit", "no `from`", "want `from:` here"),
    ({"transitions__visit__from": 7}, "transitions.visit.from", "the number 7", "a state, a stage, `active`"),
    ({"transitions__visit__from": {"a": 1}}, "transitions.visit.from", "a mapping", "a state, a stage, `active`"),
    ({"transitions__visit__from": ["work.arranged", 7]}, "transitions.visit.from[1]", "the number 7", "text"),
    ({"transitions__visit__origin": "x"}, "transitions.visit.origin", "the key", "one of: title"),
    ({"transitions__visit__form_": "x"}, "transitions.visit.form_", "the key", "did you mean `form`?"),
    ({"transitions__visit__due": "starts"}, "transitions.visit.due", '"starts"', "{school_days: 5, from: visit_ends}"),
    ({"transitions__visit__due": {"days": "5", "from": "held"}}, "transitions.visit.due.days", '"5"', "whole number"),
    ({"transitions__visit__due": {"day_": "held"}}, "transitions.visit.due.day_", "the key", "did you mean `day`?"),
    ({"acts__answer__due__1__weekz": 5}, "acts.answer.due[1].weekz", "the key", "did you mean `weeks`?"),
    ({"transitions__visit__evidence": {"find": "many"}}, "transitions.visit.evidence.find", '"many"', "as in 3..4"),
    ({"transitions__visit__evidence": {"find": 1}}, "transitions.visit.evidence.find", "the number 1", "text"),
    ({"transitions__visit__title": {"a": 1}}, "transitions.visit.title", "a mapping", "text"),
    ({"transitions__visit": "go"}, "transitions.visit", '"go"', "a mapping"),
    ({"stages__work__states__begun__initial": "yes"}, "stages.work.states.begun.initial", '"yes"', "true or false"),
    ({"never_both": [["visitor"]]}, "never_both[0]", "too few", "one more"),
    ({"never_both": [["visitor", "helper", "head"]]}, "never_both[0]", "a list", "exactly 2"),
    ({"forms__words__text__type": "sentence"}, "forms.words.text.type", '"sentence"', "text, long_text"),
    ({"forms__arrangement__mode__of": 3}, "forms.arrangement.mode.of", "the number 3", "the name of a list"),
    ({"forms__arrangement__mode__of": ["Good"]}, "forms.arrangement.mode.of[0]", '"Good"', "lower-case"),
    ({"acts__talk__requires": {"r": {"rule": "day == day", "ours": True}}}, "acts.talk.requires.r", "no `else`",
     "`else:`"),
    ({"acts__talk__requires": {"r": {"rule": "x", "otherwise": "y", "else": "z", "ours": True}}},
     "acts.talk.requires.r.otherwise", "the key", "one of: rule, else"),
]  # fmt: skip


@pytest.mark.parametrize(("changes", "path", "got", "want"), ONE_FAULT, ids=[f"{r[1]}: {r[2]}" for r in ONE_FAULT])
def test_a_fault_of_shape_in_the_authors_words(changes, path, got, want):
    faults = faults_of(sample(**changes))
    assert [fault.path for fault in faults] == [path], "\n".join(map(str, faults))
    assert got in faults[0].got
    assert want in faults[0].want
    assert "pydantic" not in str(faults[0]).lower()
    assert "tuple" not in str(faults[0]).lower()


def test_the_place_of_a_fault_of_shape():
    text = written(sample()).replace("by: [lead]", "by: [lead]").replace("edition: '1'", "edition:   1")
    faults, lines = faults_of(text), text.splitlines()
    assert [lines[f.line - 1][f.column - 1 :] for f in faults] == ["1"]


@pytest.mark.parametrize(
    ("line", "got", "want"),
    [
        ("rule: !(person.id in x)", "!", "'!(person.id in assigned.author)'"),
        ("rule: !taken.talk", "!", "'!(person.id in assigned.author)'"),
        ('rule: !"a" in x', "!", "'!(person.id in assigned.author)'"),
        ('rule: "a" in person.valid_training', "quotation mark", "'!(person.id in assigned.author)'"),
        ('named: {rule: "a" in person.valid_training, else: no}', "quotation mark", "'!(person.id"),
        ("rule: 'a' in person.valid_training", "quotation mark", "'!(person.id"),
        ('rule: size(x) == 0 ? "a: b" : c', "a colon", "'!(person.id"),
    ],
)
def test_an_unquoted_rule_gets_a_hint(line, got, want):
    faults = read(f"a:\n  b: 1\n  {line}\n").faults
    assert len(faults) == 1, faults
    assert faults[0].line == 3
    assert got in faults[0].got
    assert want in faults[0].want


def test_a_rule_cut_by_its_comma_gets_a_hint():
    text = written(sample()).replace(
        "    title: Report\n", "    title: Report\n    requires:\n      named: {rule: x.all(a, a == 1), else: no}\n"
    )
    assert "put a text that holds a comma" in " ".join(fault.want for fault in faults_of(text))


def test_faults_of_yaml_and_of_shape_are_said_together():
    text = written(sample()).replace("title: Visit\n", "title: Visit\n    titel: Again\n    title: Visit\n")
    assert [(f.got, f.path) for f in faults_of(text)] == [
        ('the key "titel"', "transitions.visit.titel"),
        ('the key "title" again', "transitions.visit"),
    ]


def test_what_could_not_be_read_is_not_also_missed():
    assert [f.got for f in faults_of(written(sample()).replace("edition: '1'", "edition: .inf"))] == ["the number .inf"]
