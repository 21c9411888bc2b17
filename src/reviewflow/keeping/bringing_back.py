"""A backup becomes a store again: made beside its place, proved, the forgotten forgotten again, then put there.

A store in a file is made in a folder beside it and gets its name last. In a database everything is one transaction.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

from reviewflow.errors import BadInput, Fault, StoreUnreachable
from reviewflow.keeping.arriving import Arriving, Definitions
from reviewflow.keeping.keys_of_log import KeysOfLog
from reviewflow.keeping.reading_backup import Proved
from reviewflow.keeping.restoring import Heard, Restored, restore
from reviewflow.keeping.staging import put_file, put_files, staging
from reviewflow.store.arriving import Arrival
from reviewflow.store.sql import SqlStore
from reviewflow.vault.files import EvidenceFolder
from reviewflow.vault.vault import KeyVault
from reviewflow.views.view import View

Make = Callable[[str, Definitions, KeysOfLog], tuple[SqlStore, Sequence[View]]]
"""A store with its views, from an address, where definitions are found, and the keys of addresses."""


class Place(NamedTuple):
    """Where it goes."""

    url: str
    file: Path | None
    """The file of the store; None for a database."""
    evidence: Path


class Back(NamedTuple):
    """What came back, and what of it is hidden."""

    restored: Restored
    forgotten_again: tuple[str, ...]
    """Streams whose keys were destroyed, for the log says that they were forgotten."""
    forgotten_since: tuple[str, ...]
    """Streams of the log that were forgotten after the backup was made: the keys are gone, the log does not say it."""
    without_key: tuple[str, ...]
    """Streams with texts whose key is not there, though it was never destroyed."""


def bring_back(
    path: Path, proved: Proved, place: Place, make: Make, vault: KeyVault | None, heard: Heard = lambda *_: None
) -> Back:
    """Restore into a place where there is nothing. All of it is there at the end, or nothing.

    Raises `BadInput` for a place or file that will not do, `IntegrityBroken` and `ImpossibleHistory` for records that
    are no history, `StoreUnreachable` for a disk that is full.
    """
    with staging(place.evidence) as held:
        files = held / "files"
        if place.file is None:
            run = _Run(path, proved, place.url, make, vault, heard)
            return run.go(files, at_once=True, last=lambda: put_files(files, place.evidence))
        refuse_taken(place.file)
        with staging(place.file) as beside:
            made = beside / place.file.name
            back = _Run(path, proved, f"sqlite:///{made}", make, vault, heard).go(files)
            _refuse_left(made)
            put_files(files, place.evidence)
            put_file(made, place.file)
            return back


def try_out(path: Path, proved: Proved, make: Make, vault: KeyVault | None, heard: Heard = lambda *_: None) -> Back:
    """Prove that it would come back: restored into a folder of its own, which is removed. No key is destroyed."""
    with tempfile.TemporaryDirectory(prefix="reviewflow-restore-") as folder:
        run = _Run(path, proved, f"sqlite:///{folder}/reviewflow.db", make, vault, heard)
        return run.go(None, forgetting=False)


class _Run:
    def __init__(
        self, path: Path, proved: Proved, url: str, make: Make, vault: KeyVault | None, heard: Heard
    ) -> None:  # fmt: skip
        self.path, self.proved, self.vault, self.heard = path, proved, vault, heard
        self.definitions, self.keys = Definitions(), KeysOfLog(vault)
        self.store, self.views = make(url, self.definitions, self.keys)

    def go(
        self,
        files: Path | None,
        *,
        at_once: bool = False,
        forgetting: bool = True,
        last: Callable[[], None] | None = None,
    ) -> Back:
        """Fill it, prove it, open it; with `at_once` nothing is there before the end. `last` comes right before."""
        with self.store, self.store.arrival() as place:
            arriving = Arriving(place, self.views, self.definitions, self.keys.note)
            folder = EvidenceFolder(files) if files is not None else None
            restored = restore(self.path, self.proved, arriving, folder, at_once=at_once, heard=self.heard)
            self.keys.finish()
            again, since = self._forgotten(place)
            if forgetting and self.vault is not None:
                for stream in again:
                    self.vault.forget(stream)
            if last is not None:
                last()
            place.finish()
        return Back(restored, again, since, tuple(self.keys.lost))

    def _forgotten(self, place: Arrival) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Whom the log forgot and the vault did not, and whom the vault forgot and the log did not."""
        if self.vault is None:
            return (), ()
        vault = self.vault
        gone = [one.stream for one in vault.all_forgotten()]
        with place.filling() as filling:
            told = filling.touching("forgotten")
            there = filling.heads(gone)
        again = tuple(stream for stream in told if not vault.forgotten(stream))
        return again, tuple(sorted(stream for stream in set(gone) - set(told) if there[stream]))


def _refuse_left(made: Path) -> None:
    """A file beside it would hold a part of the store: SQLite takes it away when the last connection is closed."""
    if left := [one.name for one in made.parent.iterdir() if one.name.startswith(f"{made.name}-")]:
        raise StoreUnreachable(f"the store {made}", f"it is still open: {', '.join(left)}", "do it again")


def refuse_taken(file: Path) -> None:
    """`BadInput` if there is something at the place of a store, `StoreUnreachable` if there is no folder for it."""
    if not file.parent.is_dir():
        raise StoreUnreachable(f"the store {file}", f"there is no folder {file.parent}", "make it first")
    for place in (file, *(file.with_name(file.name + end) for end in ("-wal", "-shm", "-journal"))):
        if place.exists():
            want = "want a place where there is nothing; nothing was changed"
            raise BadInput(str(place), [Fault("", "a file that exists", want)])
