"""Every stored shape: its bytes and its leaf hash are today what they were when it was first stored."""

import json
from datetime import datetime
from typing import get_args

import pytest
from pydantic import BaseModel

from golden.make import FOLDER, make, place
from golden.samples import SAMPLES, records
from reviewflow.cycle import events as cycle_events  # noqa: F401 - registers the topics
from reviewflow.events import Event, decode, encode, topics
from reviewflow.merkle.leaf import leaf_hash
from reviewflow.ports import Record
from reviewflow.registry import events as registry_events  # noqa: F401 - registers the topics

OURS = sorted(topic for topic, cls in topics.items() if cls.__module__.startswith("reviewflow."))
BOTH = [(path.name, kind) for path in sorted(FOLDER.glob("*.json")) for kind in ("full", "least")]


def stored(name: str, kind: str) -> tuple[Record, str]:
    kept = json.loads((FOLDER / name).read_text(encoding="utf-8"))[kind]
    leaf = kept.pop("leaf")
    moment = datetime.fromisoformat(kept.pop("recorded_at"))
    return Record(**kept | {"recorded_at": moment, "body": kept["body"].encode()}), leaf


@pytest.mark.parametrize("topic", OURS)
def test_every_topic_has_a_golden_file(topic):
    assert place(topic).is_file(), "a new topic: write its sample, then run python tests/golden/make.py"


@pytest.mark.parametrize(("name", "kind"), BOTH)
def test_the_stored_bytes_give_an_event_that_gives_the_same_bytes(name, kind):
    record, _ = stored(name, kind)
    assert encode(decode(record.topic, record.body)) == record.body


@pytest.mark.parametrize(("name", "kind"), BOTH)
def test_the_stored_bytes_are_the_event_that_was_meant(name, kind):
    record, _ = stored(name, kind)
    _, meant = records()[record.topic][kind]
    assert decode(record.topic, record.body) == meant
    assert encode(meant) == record.body


@pytest.mark.parametrize(("name", "kind"), BOTH)
def test_the_leaf_hash_is_what_it_was(name, kind):
    record, leaf = stored(name, kind)
    assert leaf_hash(record).hex() == leaf


@pytest.mark.parametrize("full", [full for _, full, _ in SAMPLES], ids=lambda event: event.topic)
def test_the_full_sample_leaves_nothing_unsaid(full):
    """Otherwise a field could change its stored form and no golden file would notice."""
    unsaid = [name for name, value in dict(full).items() if value is None or value in ({}, [], (), "")]
    assert unsaid == []
    defaults = [n for n, f in type(full).model_fields.items() if not f.is_required() and getattr(full, n) == f.default]
    assert defaults == []


@pytest.mark.parametrize("least", [least for _, _, least in SAMPLES], ids=lambda event: event.topic)
def test_the_least_sample_says_only_what_it_must(least):
    said = {name for name in least.model_fields_set if not type(least).model_fields[name].is_required()}
    assert {name for name in said if getattr(least, name) is not None} == set()


def test_no_two_samples_are_of_one_topic():
    assert len({full.topic for _, full, _ in SAMPLES}) == len(SAMPLES)


def test_making_writes_what_is_missing_and_overwrites_nothing(tmp_path):
    made = make(tmp_path)
    assert {path.name for path in made} == {place(topic).name for topic in records()}
    made[0].unlink()
    made[1].write_text("somebody's bytes")
    assert make(tmp_path) == [made[0]]
    assert made[1].read_text() == "somebody's bytes"


def _texts(cls: type[BaseModel]) -> set[str]:
    return {name for name, field in cls.model_fields.items() if "Sealed" in str(field.annotation)}


@pytest.mark.parametrize("topic", OURS)
def test_the_full_sample_has_a_sealed_text_wherever_one_may_stand(topic):
    full: Event = next(full for _, full, _ in SAMPLES if full.topic == topic)
    assert {name for name in _texts(type(full)) if type(getattr(full, name)).__name__ != "Sealed"} == set()


@pytest.mark.parametrize("topic", OURS)
def test_what_may_be_absent_has_a_default(topic):
    """Absent values are left out of the bytes: a field that may be None and has no default could not be read again."""
    required = {name: f.annotation for name, f in topics[topic].model_fields.items() if f.is_required()}
    assert [name for name, annotation in required.items() if type(None) in get_args(annotation)] == []
