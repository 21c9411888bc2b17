"""The bytes and the hash of one record: a leaf of the audit tree. THIS IS A STORED FORMAT: see tests/golden.

The bytes of a record are nine fields, one after the other, nothing between and nothing after:

    1  mark         the ASCII text `reviewflow record 1`: this format, and its number
    2  position     number
    3  recorded_at  number: microseconds since 1970-01-01T00:00:00Z, never rounded
    4  stream       text
    5  version      number
    6  topic        text
    7  body         the stored bytes as they are
    8  command_id   text, or absent
    9  ordinal      number, or absent

A field that is there is the byte 01, then the length of its value in bytes (8 bytes, big-endian), then the
value. An absent field is the single byte 00, so that an absent one and an empty one differ. A number is 8
bytes, big-endian, two's complement. A text is its UTF-8 bytes, with no normalisation and no byte-order mark.
No two records have the same bytes: each field says where it ends.

The hash of a leaf is SHA-256 of the byte 00 followed by these bytes (RFC 9162, section 2.1.1).
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from hashlib import sha256
from struct import Struct
from struct import error as StructError  # noqa: N812 - it is a class
from typing import Protocol

MARK = b"reviewflow record 1"

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_ABSENT = b"\x00"
_PRESENT = b"\x01"
_LEAF = b"\x00"

_length = Struct(">Q").pack
_NUMBER = _PRESENT + _length(8)
_MARKED = _PRESENT + _length(len(MARK)) + MARK + _NUMBER

# Several fields at a time: a call for each costs more than all the rest.
_begin = Struct(f">{len(_MARKED)}sq{len(_NUMBER)}sqcQ").pack
_middle = Struct(f">{len(_NUMBER)}sqcQ").pack
_end = Struct(f">{len(_NUMBER)}sq").pack


class Leaf(Protocol):
    """A record as stored: whatever has these fields."""

    @property
    def position(self) -> int:
        """Place in the log, from 1."""

    @property
    def recorded_at(self) -> datetime:
        """When the log learnt of it; aware."""

    @property
    def stream(self) -> str:
        """The stream it stands in."""

    @property
    def version(self) -> int:
        """Place in the stream, from 1."""

    @property
    def topic(self) -> str:
        """What kind of event the body is."""

    @property
    def body(self) -> bytes:
        """The stored bytes of the event."""

    @property
    def command_id(self) -> str | None:
        """The command that caused it, if there was one."""

    @property
    def ordinal(self) -> int | None:
        """Its place among the events of that command."""


def leaf_bytes(record: Leaf) -> bytes:
    """The bytes of a record that its leaf hash is taken of; see the top of this module."""
    return b"".join(_parts(record))


def leaf_hash(record: Leaf) -> bytes:
    """The 32 bytes of a record's leaf in the tree."""
    return sha256(b"".join((_LEAF, *_parts(record)))).digest()


def _parts(record: Leaf) -> tuple[bytes, ...]:
    stream, topic, body = record.stream.encode(), record.topic.encode(), record.body
    try:
        return (
            _begin(_MARKED, record.position, _NUMBER, _microseconds(record.recorded_at), _PRESENT, len(stream)), stream,
            _middle(_NUMBER, record.version, _PRESENT, len(topic)), topic,
            _PRESENT, _length(len(body)), body, _text(record.command_id), _number(record.ordinal),
        )  # fmt: skip
    except StructError:
        raise OverflowError(f"a number of record {record.position} does not fit 8 bytes") from None


def _microseconds(moment: datetime) -> int:
    if moment.tzinfo is None:
        raise ValueError(f"got {moment}, which has no time zone; want an aware moment")
    return (moment - _EPOCH) // _MICROSECOND


def _number(value: int | None) -> bytes:
    return _ABSENT if value is None else _end(_NUMBER, value)


def _text(value: str | None) -> bytes:
    if value is None:
        return _ABSENT
    data = value.encode()
    return _PRESENT + _length(len(data)) + data
