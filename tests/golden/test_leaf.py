"""The bytes of a leaf, against the words at the top of the module, and that no two records share them."""

from datetime import UTC, datetime, timedelta, timezone
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewflow.merkle.leaf import leaf_bytes, leaf_hash
from reviewflow.ports import Record

RECORD = Record(7, datetime(2026, 3, 1, 12, 0, 0, 1, tzinfo=UTC), "cycle-a", 2, "x.y/1", b'{"a":1}', "command", 0)

numbers = st.integers(-(2**63), 2**63 - 1)
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
moments = st.datetimes(timezones=st.just(UTC))
made = st.builds(
    Record, numbers, moments, texts, numbers, texts, st.binary(max_size=8), st.none() | texts, st.none() | numbers
)


def read_back(data: bytes) -> list[bytes | None]:
    """The fields of a leaf, as an outsider would read them by the docstring alone."""
    fields: list[bytes | None] = []
    at = 0
    while at < len(data):
        if data[at] == 0:
            fields.append(None)
            at += 1
            continue
        assert data[at] == 1
        size = int.from_bytes(data[at + 1 : at + 9], "big")
        fields.append(data[at + 9 : at + 9 + size])
        at += 9 + size
    assert at == len(data)
    return fields


def test_the_bytes_are_those_that_the_docstring_says():
    micros = 1772366400 * 1_000_000 + 1
    by_hand = b"".join(
        b"\x01" + len(value).to_bytes(8, "big") + value
        for value in (
            b"reviewflow record 1", (7).to_bytes(8, "big"), micros.to_bytes(8, "big"), b"cycle-a",
            (2).to_bytes(8, "big"), b"x.y/1", b'{"a":1}', b"command", (0).to_bytes(8, "big"),
        )
    )  # fmt: skip
    assert leaf_bytes(RECORD) == by_hand
    assert leaf_hash(RECORD) == sha256(b"\x00" + by_hand).digest()


def test_the_golden_hash():
    """Computed once by hand; if it changes, every root ever signed is wrong."""
    assert leaf_hash(RECORD).hex() == "5936b1cdf64ace0f80f320d12cc9bd3ceb698e02c0d19626f47e20bbe0dd7100"


@given(made)
def test_an_outsider_reads_every_field_back(record):
    mark, position, recorded_at, stream, version, topic, body, command_id, ordinal = read_back(leaf_bytes(record))
    assert mark == b"reviewflow record 1"
    whole = timedelta(microseconds=int.from_bytes(recorded_at, "big", signed=True))
    assert (
        Record(
            int.from_bytes(position, "big", signed=True),
            datetime(1970, 1, 1, tzinfo=UTC) + whole,
            stream.decode(),
            int.from_bytes(version, "big", signed=True),
            topic.decode(),
            body,
            None if command_id is None else command_id.decode(),
            None if ordinal is None else int.from_bytes(ordinal, "big", signed=True),
        )
        == record
    )


@pytest.mark.parametrize(
    "change",
    [
        {"position": 8}, {"recorded_at": RECORD.recorded_at + timedelta(microseconds=1)}, {"stream": "cycle-b"},
        {"version": 3}, {"topic": "x.y/2"}, {"body": b'{"a":2}'}, {"command_id": None}, {"command_id": ""},
        {"command_id": "commane"}, {"ordinal": None}, {"ordinal": 1},
        {"stream": "cycle-", "topic": "ax.y/1"}, {"topic": "x.y/1{", "body": b'"a":1}'},
    ],
    ids=str,
)  # fmt: skip
def test_every_field_is_in_the_leaf(change):
    assert leaf_hash(RECORD._replace(**change)) != leaf_hash(RECORD)


def test_absent_and_empty_differ():
    absent, empty = RECORD._replace(command_id=None), RECORD._replace(command_id="")
    assert leaf_bytes(absent) != leaf_bytes(empty)


@given(made, made)
def test_two_records_have_one_leaf_only_if_they_are_equal(one, other):
    assert (leaf_bytes(one) == leaf_bytes(other)) == (one == other)


def test_the_same_moment_in_another_zone_is_the_same_leaf():
    elsewhere = RECORD.recorded_at.astimezone(timezone(timedelta(hours=5, minutes=30)))
    assert leaf_bytes(RECORD._replace(recorded_at=elsewhere)) == leaf_bytes(RECORD)


def test_a_moment_without_a_zone_has_no_leaf():
    with pytest.raises(ValueError, match="no time zone"):
        leaf_bytes(RECORD._replace(recorded_at=RECORD.recorded_at.replace(tzinfo=None)))


@pytest.mark.parametrize("wrong", [2**63, -(2**63) - 1])
def test_a_number_that_does_not_fit_has_no_leaf(wrong):
    with pytest.raises(OverflowError):
        leaf_bytes(RECORD._replace(position=wrong))
