"""The digest: the RFC 8785 JSON of the tree, whatever the order of its keys; and what is read back from the log."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kit.sample_workflow import GONE, sample, written
from reviewflow.errors import IntegrityBroken
from reviewflow.workflow.digest import canonical, digest_of, load
from reviewflow.workflow.parse import parse

json_trees = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53) + 1, 2**53 - 1)
    | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text("abé😀\ufb33", max_size=3), inner, max_size=4),
    max_leaves=12,
)


def shuffled(tree: Any, chance: Any) -> Any:
    if isinstance(tree, dict):
        keys = list(tree)
        chance.shuffle(keys)
        return {key: shuffled(tree[key], chance) for key in keys}
    return [shuffled(part, chance) for part in tree] if isinstance(tree, list) else tree


@given(json_trees, st.randoms(use_true_random=False))
def test_the_order_of_keys_does_not_count(tree, chance):
    assert canonical(shuffled(tree, chance)) == canonical(tree)


@given(st.randoms(use_true_random=False))
def test_a_definition_written_in_another_order_is_the_same(chance):
    document = shuffled(sample(), chance)
    assert digest_of(document) == digest_of(sample())


def slow_canonical(tree: Any) -> str:
    """RFC 8785 read aloud, for trees without fractions: keys by their UTF-16 code units, the shortest escapes."""
    if isinstance(tree, dict):
        keys = sorted(tree, key=lambda key: key.encode("utf-16-be"))
        return "{" + ",".join(f"{slow_canonical(key)}:{slow_canonical(tree[key])}" for key in keys) + "}"
    if isinstance(tree, list):
        return "[" + ",".join(map(slow_canonical, tree)) + "]"
    return json.dumps(tree, ensure_ascii=False)


@given(json_trees)
def test_the_canonical_form_is_that_of_the_standard(tree):
    assert canonical(tree) == slow_canonical(tree).encode()


@pytest.mark.parametrize(
    "changes", [{"title": "Another"}, {"acts__warn": GONE}, {"visible": []}, {"opens__by": ["head"]}]
)
def test_any_change_is_another_definition(changes):
    assert digest_of(sample(**changes)) != digest_of(sample())


def test_the_order_of_a_list_counts():
    assert digest_of(sample(lists__mode__values=["far", "near"])) != digest_of(sample())


def test_the_spelling_of_yaml_does_not_count():
    quoted = written(sample()).replace("title: Visit\n", 'title:   "Visit"  # a remark\n')
    assert parse(quoted, "s").digest == digest_of(sample())


def test_a_definition_read_back_is_the_one_that_was_published():
    parsed = parse(written(sample()), "sample")
    stored = json.loads(json.dumps(parsed.document))
    assert load(stored, parsed.digest) == parsed.definition


@pytest.mark.parametrize(
    "document", [sample(title="Another"), sample(roles__lead__held_in="programme"), {}, {"a": 2**60}, {"a": "\ud800"}]
)
def test_a_definition_that_was_altered_is_refused(document):
    with pytest.raises(IntegrityBroken) as info:
        load(document, digest_of(sample()), position=7)
    assert info.value.position == 7
    assert digest_of(sample())[:12] in str(info.value)


def test_a_shape_that_is_not_known_is_refused_though_its_digest_is_right():
    later = sample(colour="green")
    with pytest.raises(IntegrityBroken, match="does not know"):
        load(later, digest_of(later))


@pytest.mark.real_data
def test_the_published_vectors_of_rfc_8785(real_data):
    folder = real_data / "jcs" / "testdata"
    inputs = sorted((folder / "input").glob("*.json"))
    assert inputs
    for path in inputs:
        tree = json.loads(path.read_text(encoding="utf-8"), parse_int=_number)
        assert canonical(tree) == (folder / "output" / path.name).read_bytes(), path.name
        assert canonical(tree) == bytes.fromhex((folder / "outhex" / path.with_suffix(".txt").name).read_text()), (
            path.name
        )


def _number(digits: str) -> int | float:
    """JSON knows only one kind of number; beyond 2**53 it is the nearest double."""
    return int(digits) if abs(int(digits)) < 2**53 else float(digits)
