"""Where a master key comes from, and where another may have come from meanwhile.

A master key in a file is changed by writing the new one beside it (`.new`), re-wrapping every key in one
transaction, and renaming the file over the old one. Whoever opens the vault in between, or after a crash
in between, finds that the new file opens it: one of the two always does.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from reviewflow.errors import StoreUnreachable
from reviewflow.vault.master_key import NAMES, Names, resolve_master_key


def fingerprint(master_key: bytes) -> str:
    """16 hex digits by which two master keys can be told apart; they say nothing about the key."""
    return hmac.digest(master_key, b"reviewflow master key", "sha256").hex()[:16]


@dataclass(frozen=True, slots=True)
class MasterKeySource:
    """The one place that was given, if any, and how it is called where it is set."""

    value: str | None = None
    file: Path | None = None
    command: str | None = None
    names: Names = NAMES

    @property
    def given(self) -> bool:
        """Whether there is one at all."""
        return bool(self.value or self.file or self.command)

    @property
    def real_file(self) -> Path | None:
        """The file itself, where a link leads."""
        return self.file.resolve() if self.file else None

    @property
    def next_file(self) -> Path | None:
        """Where a new master key waits until every key is wrapped by it."""
        return self.real_file.with_name(f"{self.real_file.name}.new") if self.real_file else None

    @property
    def told(self) -> str:
        """How messages call it; never the key."""
        if self.file:
            return str(self.file)
        return self.names.value if self.value else self.names.command if self.command else "none"

    def read(self) -> bytes | None:
        """The key, None if no place was given; `StoreUnreachable` if the place holds none."""
        return resolve_master_key(self.value, self.file, self.command, names=self.names)

    def others(self) -> Iterator[bytes]:
        """What it may be instead, when what was read is not the right one: it may be changing right now."""
        files = [self.next_file, self.file] if self.file else []
        for file in files:
            with suppress(StoreUnreachable):
                if key := resolve_master_key(file=file, names=self.names):
                    yield key
        if self.command and not files:
            with suppress(StoreUnreachable):
                if key := resolve_master_key(command=self.command, names=self.names):
                    yield key

    def fitting(self, wanted: str) -> bytes | None:
        """The one whose fingerprint this is, if it is at hand."""
        first = self.read()
        candidates = [first, *self.others()] if first else []
        return next((key for key in candidates if fingerprint(key) == wanted), None)
