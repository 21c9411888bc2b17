"""Rows of the table of records, as the driver gives them, become records."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from reviewflow.ports import Record
from reviewflow.store.moments import EPOCH


def records_of(rows: Iterable[Any]) -> list[Record]:
    """The records of rows that have all of `statements.COLUMNS`, in that order."""
    # Written out, `from_micros` too: each record that is ever read is made here.
    return [
        Record(position, EPOCH + timedelta(0, 0, at), stream, version, topic, body, command, ordinal)
        for position, at, stream, version, topic, body, command, ordinal in rows
    ]
