"""What the vault's tests start from: events of every shape, a clock that stands, bytes that are known."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from pydantic import Field

from reviewflow.events import Event, Happened, Text, Unsealed, Value
from reviewflow.vault.vault import KeyVault, create_vault

MASTER = bytes(range(32))
OTHER_MASTER = bytes(range(1, 33))
SAID = {"by": "p1", "role": "lead", "door": "cli", "happened": Happened(on=date(2026, 3, 1)), "cause": "test"}


class StandingClock:
    """The `Clock` port; always the same moment."""

    def now(self) -> datetime:
        return datetime(2026, 3, 1, 12, 30, tzinfo=UTC)


class Noted(Event):
    """An event with one text and one that may be missing."""

    text: Text
    why: Text | None = None


class Filled(Event):
    """An event with the values of a form, and other ways to hold texts."""

    values: dict[str, Value] = Field(default={})
    reasons: dict[str, Text] = Field(default={})
    lines: tuple[Text, ...] = ()
    anything: Value = None
    one_or_rows: Text | list[Value] = Field(default=[])
    part: Noted | None = None
    plain: list[str] = Field(default=[])


def noted(text: str = "Rowan said so", why: str | None = None, entered_by: str | Unsealed = "p1") -> Noted:
    return Noted(**SAID, entered_by=entered_by, text=Unsealed(text), why=None if why is None else Unsealed(why))


def filled(**fields: Any) -> Filled:
    return Filled(**SAID, entered_by="p1", **fields)


class Counting:
    """Randomness that is none: 0, 1, 2, ... so that sealed bytes are the same every time."""

    def __init__(self) -> None:
        self.given = 0

    def __call__(self, count: int) -> bytes:
        start, self.given = self.given, self.given + count
        return bytes(number % 256 for number in range(start, self.given))


def new_vault(path: Path | None = None, **options: Any) -> KeyVault:
    return create_vault(path, MASTER, clock=StandingClock(), **options)
