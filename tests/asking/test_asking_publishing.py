"""What changes between two definitions, and between two calendars of a name: all of it, and only that."""

import copy
import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reviewflow.asking.workflow_changes import SECTIONS, changes
from reviewflow.shipped import shipped
from reviewflow.workflow.parse import parse

DOCUMENT = parse(Path(shipped()["spp-peer-review"]).read_bytes(), "spp").document


def changed(edit):
    other = copy.deepcopy(DOCUMENT)
    edit(other)
    return changes(DOCUMENT, other)


def test_the_same_document_has_no_differences():
    assert changes(DOCUMENT, copy.deepcopy(DOCUMENT)) == []


@pytest.mark.parametrize(
    ("edit", "expected"),
    [
        (lambda d: d.update(edition="2027"), ("changed", "", "", "edition", "2026", "2027")),
        (
            lambda d: d["roles"]["peer_reviewer"].update(assigned="1..4"),
            ("changed", "roles", "Peer reviewer", "roles.peer_reviewer.assigned", "3..4", "1..4"),
        ),
        (
            lambda d: d["transitions"].pop("start_visit"),
            ("gone", "transitions", "Start the visit", "transitions.start_visit", "Start the visit", None),
        ),
        (
            lambda d: d["roles"].update(cook={"title": "Cook", "held_in": "subject", "ours": True}),
            ("new", "roles", "Cook", "roles.cook", None, "Cook"),
        ),
        (
            lambda d: d["roles"]["head"].update(source=["S1"]),
            ("changed", "roles", "Headteacher", "roles.head.source", "S1, S15", "S1"),
        ),
    ],
)
def test_one_change_is_told_once_with_what_was_and_what_is(edit, expected):
    assert [tuple(one) for one in changed(edit)] == [expected]


def test_another_order_is_told_and_nothing_else():
    [one] = changed(lambda d: d.update(acts=dict(reversed(d["acts"].items()))))
    assert (one.how, one.section, one.path) == ("moved", "acts", "acts")
    [one] = changed(lambda d: d["visible"].reverse())
    assert (one.how, one.section) == ("moved", "visible")


def test_items_without_a_name_come_and_go():
    [gone] = changed(lambda d: d["visible"].pop())
    [new] = changed(lambda d: d["visible"].append(dict(d["visible"][-1])))
    assert (gone.how, gone.after, new.how, new.before) == ("gone", None, "new", None)
    assert gone.before == new.after


TREES = st.recursive(
    st.none() | st.booleans() | st.integers(0, 3) | st.text("ab", max_size=2),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abc"), inner, max_size=3),
    max_leaves=12,
)
DOCUMENTS = st.dictionaries(st.sampled_from([*(name for name in SECTIONS if name), "other"]), TREES, max_size=4)


@settings(max_examples=150, deadline=None)
@given(DOCUMENTS, DOCUMENTS)
def test_whatever_differs_is_told(before, after):
    def told(document):
        return json.dumps(document, sort_keys=True)

    found = changes(before, after)
    assert found or told(before) == told(after)
    assert changes(before, copy.deepcopy(before)) == []
    assert all((one.how == "new") == (one.before is None) for one in found)
    assert all((one.how == "gone") == (one.after is None) for one in found)
