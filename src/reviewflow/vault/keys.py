"""What the vault wants of the place where its keys lie: a file for one machine, a database for several servers.

Wrapped keys by their owner, the list of the forgotten, and a note of the backups that were made. The
wrapped key of the installation is also the *mark*: it is wrapped anew, with a new nonce, whenever the
master key changes or a backup is restored, so a process that remembers another mark knows that what
it has in memory no longer counts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Final, NamedTuple, Protocol

from reviewflow.errors import StoreUnreachable

INSTALLATION: Final = "installation"
"""Owner of the key of all streams that have none of their own, and of every `entered_by`."""
CHUNK: Final = 1000
"""Rows that are read or written at once where all of them are."""

Place = Path | str | None
"""A keys file; the URL of a keys database; None: in memory, for tests."""
Wrapped = tuple[str, bytes]
"""An owner and its key, wrapped by the master key."""


class ForgottenStream(NamedTuple):
    """A stream whose key was destroyed, and when (UTC, ISO 8601)."""

    number: int
    stream: str
    at: str


class BackupNote(NamedTuple):
    """That a backup was made, and the day by which it is to be destroyed (ISO 8601 both)."""

    made_at: str
    destroy_by: str


class News(NamedTuple):
    """What one reading found: the counter, what was forgotten since, the mark; all of the same moment."""

    counter: bytes
    forgotten: list[ForgottenStream]
    mark: bytes


class Rewrapped(Exception):
    """The mark is another than the one that was said: nothing was done."""


class Damaged(StoreUnreachable):
    """There are keys, and they cannot be read: what a restore may replace."""


class Whole(Protocol):
    """All rows, as of one moment."""

    def mark(self) -> bytes:
        """The wrapped key of the installation; empty if there is none."""

    def count(self) -> int:
        """How many keys there are."""

    def chunks(self) -> Iterator[list[Wrapped]]:
        """All keys in the order of their owners, some at a time."""

    def forgotten(self) -> list[ForgottenStream]:
        """Everything ever forgotten, in order."""


class Change(Whole, Protocol):
    """All rows, for one who changes many of them in one transaction."""

    def put(self, rows: Sequence[Wrapped]) -> None:
        """Write keys, over those of the same owners."""

    def clear(self) -> None:
        """Delete every key and the list of the forgotten."""

    def note_forgotten(self, rows: Iterable[tuple[str, str]]) -> None:
        """Put (stream, moment) on the list of the forgotten, in this order; no key is touched."""


Fill = Callable[[Change], None]
"""Writes the first rows of new keys."""


class Keys(Protocol):
    """Where wrapped keys lie. Safe for threads; not to be carried over a fork."""

    @property
    def name(self) -> str:
        """How messages call it; never with a password."""

    def counter(self) -> bytes:
        """Another value than before if anything was forgotten, rotated or restored meanwhile, by any process."""

    def news(self, after: int) -> News:
        """The counter, what was forgotten with a number above `after`, and the mark, all of one moment."""

    def get(self, owner: str) -> bytes | None:
        """The wrapped key of an owner, None if there is none."""

    def ensure(
        self, owners: Sequence[str], make: Callable[[str], bytes], mark: bytes | None = None
    ) -> dict[str, bytes | None]:
        """The wrapped key of each owner, made and durable where there was none; None: forgotten.

        `Rewrapped` if `mark` is given and is no longer the mark: a key wrapped by an old master key would be lost.
        """

    def forget(self, stream: str, at: str) -> None:
        """Destroy a stream's key and note that it is forgotten. Idempotent; the first `at` stands.

        When it answers, no process that asks `counter` before it uses a key can use this one.
        """

    def forgotten(self, after: int = 0) -> list[ForgottenStream]:
        """Everything forgotten with a number above `after`, in order."""

    def whole(self) -> AbstractContextManager[Whole]:
        """Everything as of one moment, while others go on."""

    def changing(self) -> AbstractContextManager[Change]:
        """One transaction for many rows, alone; all of it or nothing, and durable when it ends.

        Then what held the old rows is rewritten without them, as far as that can be done.
        """

    def note_backup(self, note: BackupNote, today: str) -> None:
        """Note a backup; notes whose day lies before `today` go."""

    def backups(self) -> list[BackupNote]:
        """The backups that were noted, oldest first."""

    def close(self) -> None:
        """Give it back. Idempotent."""
