"""Texts that only the holder of a key can read: how they stand in an event before and after sealing.

A pure decision writes `Unsealed`; the vault turns each into `Sealed` before an event becomes bytes.
An `Unsealed` that reaches the bytes is a bug, and pydantic knows no way to serialise it.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from pydantic import BaseModel, ConfigDict, GetCoreSchemaHandler
from pydantic_core import CoreSchema, core_schema


class Sealed(BaseModel):
    """A sealed value: `box` (base64 of nonce and AES-256-GCM bytes), `commit` (hex HMAC), `length` (characters)."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    box: str
    commit: str
    length: int


class Unsealed:
    """A text not sealed yet, or opened again. Deliberately no pydantic model: it cannot become bytes."""

    __slots__ = ("text",)

    def __init__(self, text: str) -> None:
        """`text` as a person wrote it."""
        self.text = text

    @property
    def length(self) -> int:
        """Characters of the text."""
        return len(self.text)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Unsealed) and other.text == self.text

    def __hash__(self) -> int:
        return hash((Unsealed, self.text))

    def __str__(self) -> str:
        return self.text

    def __repr__(self) -> str:
        """Without the text: a repr ends up in logs."""
        return f"Unsealed({len(self.text)} characters)"

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Accept instances only; serialising one raises."""
        return core_schema.is_instance_schema(cls)


Text = Sealed | Unsealed
"""A text of an event: sealed as stored, unsealed while decided or shown."""

Value = Any
"""A value of a form, as JSON holds it: a cell, a list of cells, or a list of rows.

A cell is a string, whole number, number, boolean, or a text: `Unsealed` before sealing, and afterwards
the dict of a `Sealed` (it has "box"). A row is a dict of cells; it has "id", a plain string that is
unique in its list. Left open for pydantic because a union here costs six times the whole event.
"""


def is_sealed(value: Value) -> bool:
    """Whether a cell of a form is a sealed text."""
    return isinstance(value, dict) and "box" in value


class Kept(NamedTuple):
    """A text with the place it was bound to, so that it can be opened from a folded state."""

    stream: str
    version: int
    path: str
    text: Sealed | Unsealed
