"""A log read from its beginning: is it in order, and what is the one number that stands for all of it?

The number is the SHA-256 of the bytes of all records one after the other, as the leaves of the audit tree have them
(`merkle/leaf.py`): the same for the same records, whichever database or file they lie in.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from hashlib import sha256

from reviewflow.errors import IntegrityBroken
from reviewflow.merkle.leaf import leaf_bytes
from reviewflow.ports import Record


class Tally:
    """Takes the records of a log in their order."""

    def __init__(self) -> None:
        """Nothing yet."""
        self.position = 0
        self.recorded_at: datetime | None = None
        self._hash = sha256()

    @property
    def digest(self) -> str:
        """64 hex digits for all that was taken."""
        return self._hash.hexdigest()

    def take(self, records: Iterable[Record]) -> list[bytes]:
        """The bytes of these records; `IntegrityBroken` unless they follow one another and what was taken before."""
        taken = []
        for record in records:
            if record.position != self.position + 1:
                raise IntegrityBroken(self.position + 1, f"here stands a record with position {record.position}")
            if self.recorded_at is not None and record.recorded_at < self.recorded_at:
                why = f"recorded at {record.recorded_at.isoformat()}, before the one that it follows"
                raise IntegrityBroken(record.position, why)
            self.position, self.recorded_at = record.position, record.recorded_at
            taken.append(leaf_bytes(record))
        self._hash.update(b"".join(taken))
        return taken

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Tally) and (self.position, self.digest) == (other.position, other.digest)

    __hash__ = None  # type: ignore[assignment]  # it changes

    def __repr__(self) -> str:
        """Short, for a message."""
        return f"{self.position} records, SHA-256 {self.digest[:12]}"
