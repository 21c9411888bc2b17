"""The stored shapes: each event goes through its bytes unchanged, under its topic, and says nothing in the clear."""

from datetime import date, time

import pytest

from registry.examples import EXAMPLES, SEALED
from reviewflow.errors import IntegrityBroken
from reviewflow.events import Event, Unsealed, decode, encode
from reviewflow.registry import events as e

SHAPES = [cls for cls in vars(e).values() if isinstance(cls, type) and issubclass(cls, Event) and cls is not Event]


def test_there_is_an_example_of_every_shape():
    assert {type(event) for event in EXAMPLES} == set(SHAPES)
    assert all(cls.topic.startswith("registry.") and cls.topic.endswith("/1") for cls in SHAPES)


@pytest.mark.parametrize("event", EXAMPLES, ids=lambda event: event.topic)
def test_an_event_goes_through_its_bytes_unchanged(event):
    body = encode(event)
    assert decode(event.topic, body) == event
    assert encode(decode(event.topic, body)) == body
    assert type(decode(event.topic, body)) is type(event)


@pytest.mark.parametrize("event", EXAMPLES, ids=lambda event: event.topic)
def test_nothing_unknown_is_read(event):
    with pytest.raises(IntegrityBroken):
        decode(event.topic, encode(event)[:-1] + b',"extra":1}')


@pytest.mark.parametrize(
    "event", [x for x in EXAMPLES if any(v == SEALED for v in x.__dict__.values())], ids=lambda event: event.topic
)
def test_a_text_that_is_not_sealed_cannot_become_bytes(event):
    fields = [name for name, value in event.__dict__.items() if value == SEALED]
    for name in fields:
        with pytest.raises(Exception, match="serialize"):
            encode(event.model_copy(update={name: Unsealed("Mo Madeup")}))


def test_sets_are_named_by_ids_and_public_identifiers():
    said = {event.topic: event.touches() for event in EXAMPLES}
    assert said == {
        "registry.programme-set-up/1": ("programmes", "handle:invented"),
        "registry.programme-changed/1": ("programmes",),
        "registry.organisation-registered/1": ("handle:hazel", "identity:urn:900001", "identity:laestab:9991001"),
        "registry.organisation-changed/1": ("identity:urn:900101",),
        "registry.organisation-succeeded/1": (),
        "registry.partnership-formed/1": ("partnerships", "partnerships-of:programme-id", "handle:oak-cluster"),
        "registry.membership-began/1": ("members:school-id",),
        "registry.membership-ended/1": ("members:school-id",),
        "registry.person-registered/1": ("people",),
        "registry.person-changed/1": ("people",),
        "registry.role-given/1": ("holders:school-id",),
        "registry.role-ended/1": ("holders:school-id",),
        "registry.training-recorded/1": (),
        "registry.training-withdrawn/1": (),
        "registry.relationship-declared/1": ("declared:school-id",),
        "registry.absence-delegated/1": ("delegated:other-id",),
        "registry.absence-ended/1": ("delegated:other-id",),
        "registry.person-forgotten/1": ("people", "forgotten"),
        "registry.calendar-published/1": ("calendars",),
        "registry.workflow-published/1": ("workflows",),
    }


def test_the_document_of_a_workflow_keeps_its_authors_order():
    event = next(x for x in EXAMPLES if isinstance(x, e.WorkflowPublished))
    assert list(decode(event.topic, encode(event)).document) == ["workflow", "edition", "a_last", "b"]


def test_absent_fields_leave_no_trace():
    event = next(x for x in EXAMPLES if isinstance(x, e.PersonForgotten))
    assert encode(event) == (
        b'{"by":"person-id","role":"administrator","entered_by":"person-id","door":"cli",'
        b'"happened":{"on":"2026-03-02","at":"09:30:00"},"cause":"person forget person-id","reason":"request"}'
    )
    assert event.happened.on == date(2026, 3, 2)
    assert event.happened.at == time(9, 30)
