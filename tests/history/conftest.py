"""A short history and its export, and a store that has nothing but the workflow."""

import json

import pytest

from history.roundtrip import elsewhere, exported
from history.spoilt import small
from kit.trial import trial


@pytest.fixture(scope="module")
def source():
    return small()


@pytest.fixture
def rows(source, tmp_path):
    """The lines of an export, as data."""
    text = exported(source, tmp_path / "whole.jsonl", "jsonl").read_text("utf-8")
    return [json.loads(line) for line in text.splitlines()]


@pytest.fixture
def target():
    return elsewhere(trial())
