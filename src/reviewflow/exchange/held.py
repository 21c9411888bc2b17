"""A file that is in memory and in no folder: what somebody sent is read without being written anywhere first."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Held:
    """The content, and the name that faults call it by."""

    name: str
    data: bytes = field(repr=False)

    def __str__(self) -> str:
        return self.name
