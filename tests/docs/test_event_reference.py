"""The page about the events equals the code, and says of each field what it means."""

import importlib.util
import sys
from pathlib import Path

import pytest

from golden.samples import SAMPLES
from reviewflow.events import Event, topics

DOCS = Path(__file__).parents[2] / "docs"
SPEC = importlib.util.spec_from_file_location("event_reference", DOCS / "event_reference.py")
reference = importlib.util.module_from_spec(SPEC)
sys.modules[SPEC.name] = reference
SPEC.loader.exec_module(reference)

KINDS = sorted((kind for kind in topics.values() if kind.__module__.startswith("reviewflow.")), key=lambda k: k.topic)


def test_the_page_is_what_the_code_says():
    want = "run: python docs/event_reference.py > docs/reference/events.md"
    assert reference.PAGE.read_text(encoding="utf-8") == reference.render(), want


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.topic)
def test_every_event_and_every_field_is_explained(kind):
    page = reference.render()
    _, _, section = page.partition(f"### {kind.topic}\n")
    section = section.partition("\n### ")[0]
    assert kind.__name__ in section
    assert kind.__doc__.split()[0] in section
    for field in set(kind.model_fields) - set(Event.model_fields):
        assert f"| `{field}` |" in section
        assert reference.meaning(kind, field)


@pytest.mark.parametrize(
    ("stream", "full"), [(stream, full) for stream, full, _ in SAMPLES], ids=lambda one: getattr(one, "topic", "")
)
def test_streams_and_sets_are_those_of_a_sample(stream, full):
    kind = type(full)
    assert reference.stream_of(kind).partition("-")[0] == stream.partition("-")[0]
    told = {name.partition(":")[0] for name in reference.set_names(kind)}
    assert {one.partition(":")[0] for one in full.touches()} == told


def test_nothing_is_explained_that_no_event_has():
    used = set()
    for kind in (*KINDS, Event, *reference.PARTS):
        used |= {reference.common_key(kind, field) for field in kind.model_fields}
    assert set(reference.COMMON) <= used
    assert set(reference.STREAMS) <= {kind.__name__ for kind in KINDS}
