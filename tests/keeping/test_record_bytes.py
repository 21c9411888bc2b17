"""A record comes out of its bytes as it went in, and nothing else comes out of any bytes."""

from datetime import UTC

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewflow.errors import IntegrityBroken
from reviewflow.keeping.record_bytes import NoRecord, read_records
from reviewflow.keeping.tally import Tally
from reviewflow.merkle.leaf import leaf_bytes
from reviewflow.ports import Record

FAR = 1 << 30
numbers = st.integers(-(2**63), 2**63 - 1)
texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=8)
records = st.builds(
    Record, numbers, st.datetimes(timezones=st.just(UTC)), texts, numbers, texts, st.binary(max_size=40),
    st.none() | texts, st.none() | numbers,
)  # fmt: skip


@given(st.lists(records, max_size=4))
def test_there_and_back(given_records):
    data = b"".join(map(leaf_bytes, given_records))
    assert list(read_records(data, FAR)) == given_records


@given(records, st.data())
def test_whatever_is_read_gives_the_same_bytes(record, draw):
    data = bytearray(leaf_bytes(record) * 2)
    for _ in range(draw.draw(st.integers(1, 3))):
        data[draw.draw(st.integers(0, len(data) - 1))] = draw.draw(st.integers(0, 255))
    del data[draw.draw(st.integers(0, len(data))) :]
    try:
        found = list(read_records(bytes(data), FAR))
    except NoRecord:
        return
    assert b"".join(map(leaf_bytes, found)) == bytes(data)


@given(st.binary(max_size=60))
def test_any_bytes(data):
    try:
        found = list(read_records(data, FAR))
    except NoRecord:
        return
    assert b"".join(map(leaf_bytes, found)) == data


@given(records)
def test_a_record_that_begins_too_late(record):
    data = leaf_bytes(record) * 2
    assert len(list(read_records(data, len(data) // 2 + 1))) == 2
    with pytest.raises(NoRecord, match="behind byte"):
        list(read_records(data, len(data) // 2))


@given(st.lists(records, min_size=1, max_size=3))
def test_a_tally_takes_a_log_in_order_only(given_records):
    moment = max(one.recorded_at for one in given_records)
    log = [one._replace(position=place, recorded_at=moment) for place, one in enumerate(given_records, 1)]
    together, one_by_one = Tally(), Tally()
    together.take(log)
    for one in log:
        one_by_one.take([one])
    assert together == one_by_one
    assert together.digest == one_by_one.digest
    with pytest.raises(IntegrityBroken):
        together.take([log[-1]])
    other = Tally()
    other.take([*log[:-1], log[-1]._replace(body=log[-1].body + b"x")])
    assert other != together
