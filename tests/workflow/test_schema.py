"""The JSON Schema says what the models say, about right and broken documents alike."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kit.sample_workflow import sample
from kit.world import spp
from reviewflow.workflow.schema import schema, schema_text
from reviewflow.workflow.schema_texts import TEXTS
from reviewflow.workflow.shape import validate

FILE = Path(__file__).parents[2] / "docs" / "reference" / "workflow.schema.json"
VALIDATOR = jsonschema.Draft202012Validator(schema())


def test_the_published_file_is_what_the_models_say():
    again = "python -m reviewflow.workflow.schema > docs/reference/workflow.schema.json"
    assert FILE.read_text(encoding="utf-8") == schema_text(), f"make it again: {again}"


def test_it_is_a_schema_and_the_shipped_workflow_fits_it():
    jsonschema.Draft202012Validator.check_schema(schema())
    VALIDATOR.validate(spp().document)
    VALIDATOR.validate(sample())


def test_every_key_is_explained():
    made = schema()
    parts = {"Definition": made, **made["$defs"]}
    assert parts.keys() == TEXTS.keys()
    for name, part in parts.items():
        assert part["properties"].keys() | {""} == TEXTS[name].keys(), name
        assert all(value["description"] for value in part["properties"].values())


@pytest.mark.parametrize("key", ["from", "to", "with", "in", "else"])
def test_keys_are_the_authors(key):
    assert f'"{key}": {{' in schema_text()


spots: list[tuple[Any, ...]] = []


def _spots(tree: Any, path: tuple[Any, ...] = ()) -> None:
    spots.append(path)
    for key, part in tree.items() if isinstance(tree, dict) else enumerate(tree) if isinstance(tree, list) else ():
        _spots(part, (*path, key))


_spots(sample())
values = st.sampled_from(
    [None, True, 0, 7, "", "x", "head", "Head", "1..", "3..1", "x y", [], ["head"], [1], {}, {"a": 1}, {"title": "T"}]
)


@given(st.sampled_from(spots[1:]), st.sampled_from(["set", "remove", "add"]), values)
def test_a_changed_document_fits_the_schema_if_and_only_if_it_has_the_shape(path, how, value):
    document = copy.deepcopy(sample())
    parent: Any = document
    for part in path[:-1]:
        parent = parent[part]
    if how == "remove":
        del parent[path[-1]]
    elif how == "set":
        parent[path[-1]] = value
    elif isinstance(parent, dict):
        parent["added"] = value
    else:
        parent.append(value)
    definition, faults = validate(document)
    assert VALIDATOR.is_valid(document) == (definition is not None), (faults, json.dumps(document))
