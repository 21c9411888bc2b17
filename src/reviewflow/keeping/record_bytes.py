"""A record out of the bytes that its leaf is taken of: `merkle.leaf.leaf_bytes` the other way round, as strict.

Whatever is read here gives the same bytes again.
"""

from __future__ import annotations

from collections.abc import Iterator
from struct import Struct

from reviewflow.merkle.leaf import MARK
from reviewflow.ports import Record
from reviewflow.store.moments import from_micros

_FIRST = b"\x01" + len(MARK).to_bytes(8, "big") + MARK
_NUMBER = b"\x01" + (8).to_bytes(8, "big")
_BEFORE = len(_NUMBER)
"""Bytes before the value of a field that is there."""
_whole = Struct(">q").unpack_from
_size = Struct(">Q").unpack_from


class NoRecord(Exception):
    """The bytes are no record; says what is wrong."""


def read_records(data: bytes, before: int) -> Iterator[Record]:
    """The records that these bytes are, one after the other, and nothing else; `NoRecord` at the first that is none.

    The last one begins `before` so many bytes.
    """
    at, end = 0, len(data)
    while at < end:
        if at >= before:
            raise NoRecord(f"a record that begins at byte {at}; want none behind byte {before}")
        if not data.startswith(_FIRST, at):
            raise NoRecord("bytes that no record begins with")
        position, at = _number(data, at + len(_FIRST), "position")
        micros, at = _number(data, at, "recorded_at")
        stream, at = _text(data, at, "stream")
        version, at = _number(data, at, "version")
        topic, at = _text(data, at, "topic")
        body, at = _bytes(data, at, "body")
        command: str | None = None
        ordinal: int | None = None
        if data.startswith(b"\x00", at):
            at += 1
        else:
            command, at = _text(data, at, "command_id")
        if data.startswith(b"\x00", at):
            at += 1
        else:
            ordinal, at = _number(data, at, "ordinal")
        try:
            recorded_at = from_micros(micros)
        except OverflowError:
            raise NoRecord(f"recorded_at is {micros} microseconds: no moment") from None
        yield Record(position, recorded_at, stream, version, topic, body, command, ordinal)


def _number(data: bytes, at: int, name: str) -> tuple[int, int]:
    """A number, and where it ends."""
    end = at + _BEFORE + 8
    if not data.startswith(_NUMBER, at) or end > len(data):
        raise NoRecord(f"{name} is no number")
    return _whole(data, at + _BEFORE)[0], end


def _bytes(data: bytes, at: int, name: str) -> tuple[bytes, int]:
    """A value that must be there, and where it ends."""
    begin = at + _BEFORE
    if not data.startswith(b"\x01", at) or begin > len(data):
        raise NoRecord(f"{name} is not there")
    end = begin + _size(data, at + 1)[0]
    if end > len(data):
        raise NoRecord(f"{name} has {end - begin} bytes, more than there are")
    return data[begin:end], end


def _text(data: bytes, at: int, name: str) -> tuple[str, int]:
    value, end = _bytes(data, at, name)
    try:
        text = value.decode()
    except UnicodeDecodeError:
        raise NoRecord(f"{name} is no text") from None
    if "\0" in text:  # PostgreSQL keeps no such text
        raise NoRecord(f"{name} has a character that no text has")
    return text, end
