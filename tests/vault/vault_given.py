"""What the vault's tests start from: events of every shape, a clock that stands, bytes that are known."""

from __future__ import annotations

from binascii import b2a_base64
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from pydantic import Field

from reviewflow.events import Event, Happened, Text, Unsealed, Value
from reviewflow.ports import Forgotten
from reviewflow.vault.places import open_keys
from reviewflow.vault.ring import MasterKeys
from reviewflow.vault.vault import KeyVault, create_vault, open_vault

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


class Kept:
    """A vault in a place that others may open too, with texts sealed in it, and a master key in a file of its own."""

    def __init__(self, place: Path | str) -> None:
        self.place = place
        self._open: list[KeyVault] = []
        self.vault = create_vault(place, MASTER, clock=StandingClock())
        self._open.append(self.vault)
        self.sealed = {
            stream: self.vault.seal(noted(f"of {stream}"), stream, 1).text
            for stream in ("cycle-a", "cycle-b", "person-ash", "person-rowan", "organisation-a")
        }
        self.vault.forget("person-rowan")

    def another(self, master_key: bytes | None = MASTER, others: MasterKeys = tuple) -> KeyVault:
        """The same vault, opened as another process would."""
        self._open.append(open_vault(self.place, master_key, clock=StandingClock(), others=others))
        return self._open[-1]

    def opens(self, stream: str, vault: KeyVault | None = None) -> bool:
        """Whether its text can be read, by a vault opened anew if none is given; it is the right text then."""
        asked = vault or self.another()
        try:
            assert asked.open(self.sealed[stream], stream, 1, "text") == f"of {stream}"
        except Forgotten:
            return False
        return True

    def rows(self) -> tuple[dict[str, bytes], list[str]]:
        """Every wrapped key, and who was forgotten."""
        keys = open_keys(self.place)
        try:
            with keys.whole() as whole:
                rows = dict(row for chunk in whole.chunks() for row in chunk)
                return rows, [one.stream for one in whole.forgotten()]
        finally:
            keys.close()

    def close(self) -> None:
        for vault in self._open:
            vault.close()


def master_file(folder: Path, key: bytes = MASTER) -> Path:
    """A file with a master key in it."""
    file = folder / "master-key"
    file.write_bytes(b2a_base64(key))
    file.chmod(0o600)
    return file
