"""What a backup holds, put into a place where there is nothing, and proved there: all of it, or nothing is left.

Proved is: each part and the whole file, that positions and versions have no gaps, that every event decodes and can
follow the one before it, that views can be made from the log, that the records read back from the store have the
digest that the manifest names, and that every file of evidence is there.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from reviewflow.errors import BadInput, Fault, ImpossibleHistory, IntegrityBroken
from reviewflow.keeping.arriving import BATCH, Arriving
from reviewflow.keeping.backup_format import file_named
from reviewflow.keeping.reading_backup import Evidence, Part, Proved, contents, prove
from reviewflow.keeping.tally import Tally
from reviewflow.ports import Files, Record
from reviewflow.store.proving import first_gap
from reviewflow.views.view import Told

Heard = Callable[[str, int, int], None]
"""Told what is being done (`reading`, `restoring`, `comparing`), how far, of how much."""


class Restored(NamedTuple):
    """What came back."""

    digest: str
    """SHA-256 of the backup's file."""
    position: int
    last_recorded_at: datetime | None
    records_digest: str
    evidence: int
    evidence_bytes: int
    missing: tuple[str, ...]
    """Digests of files that records name and that the backup never had."""


def check_file(path: Path, expected: str | None, heard: Heard = lambda *_: None) -> Proved:
    """Prove the file itself; `BadInput` if it is not whole, or not the one with the digest that is expected."""
    proved = prove(path, lambda read, size: heard("reading", read, size))
    if expected is not None and expected.lower() != proved.digest:
        want = f"want {expected}: this is another backup, or it was altered"
        raise BadInput(str(path), [Fault("", f"the digest {proved.digest}", want)])
    return proved


def restore(
    path: Path, proved: Proved, arriving: Arriving, files: Files | None, *,
    at_once: bool = False, heard: Heard = lambda *_: None,
) -> Restored:  # fmt: skip
    """Fill an empty place from a file that `check_file` proved, and its evidence (None: only looked at).

    The place is left unfinished: whoever called opens or removes it. Raises `BadInput` for what is wrong with the
    file, `IntegrityBroken` and `ImpossibleHistory` for records in it that are no history.
    """
    place = arriving.place
    if place.begin("restore", str(path.name), at_once=at_once):
        raise IntegrityBroken(1, f"{place.what} has records already")
    run = _Restoring(path, proved, arriving, files, heard)
    with closing(contents(path, proved)) as parts:
        run.fill(parts)
    run.compare()
    return run.restored()


class _Restoring:
    def __init__(self, path: Path, proved: Proved, arriving: Arriving, files: Files | None, heard: Heard) -> None:
        self.path, self.proved, self.arriving, self.files, self.heard = path, proved, arriving, files, heard
        self.tally = Tally()
        self.named: set[bytes] = set()
        self.awaited: deque[str] = deque()
        """Evidence that the last part was the first to name, in the order in which it comes."""
        self.missing: list[str] = []

    def fill(self, parts: Iterable[Part | Evidence]) -> None:
        total = self.proved.manifest.records
        for part in parts:
            if isinstance(part, Evidence):
                self.take_file(part)
                continue
            self.lose_awaited()
            for start in range(0, len(part.records), BATCH):
                self.heard("restoring", self.tally.position, total)
                self.take_records(part.records[start : start + BATCH], part)
        self.lose_awaited()

    def take_records(self, records: list[Record], part: Part) -> None:
        try:
            self.tally.take(records)
            self.arriving.take(records, self.note)
        except IntegrityBroken as error:
            raise IntegrityBroken(error.position, f"{error.why} ({self.place_of(part)})") from error
        except ImpossibleHistory as error:
            why = f"{error.why} ({self.place_of(part)})"
            raise ImpossibleHistory(error.stream, error.version, why) from error

    def place_of(self, part: Part) -> str:
        return f"in {part.name}, byte {part.offset:,} of {self.path}"

    def note(self, told: Told) -> None:
        digest = file_named(told[1])
        if digest is not None and bytes.fromhex(digest) not in self.named:
            self.named.add(bytes.fromhex(digest))
            self.awaited.append(digest)

    def take_file(self, file: Evidence) -> None:
        """Only what is named, once, and in the order in which it is named."""
        while self.awaited and self.awaited[0] != file.digest:
            self.missing.append(self.awaited.popleft())
        if not self.awaited:
            want = "want evidence that the records before it are the first to name"
            raise BadInput(str(self.path), [Fault(f"byte {file.offset:,}", f"a file {file.digest[:12]}", want)])
        self.awaited.popleft()
        if self.files is not None:
            self.files.put(file.data)

    def lose_awaited(self) -> None:
        self.missing += self.awaited
        self.awaited.clear()

    def compare(self) -> None:
        """What is in the place now, against what the file says."""
        manifest = self.proved.manifest
        moment = self.tally.recorded_at
        got = (self.tally.position, self.tally.digest, _text(moment), len(self.missing))
        want = (manifest.records, manifest.records_digest, manifest.last_recorded_at, manifest.evidence_missing)
        if got != want:
            raise BadInput(str(self.path), [Fault("manifest", f"{got}", f"want {want}")])
        self.heard("comparing", self.tally.position, self.tally.position)
        there = Tally()
        self.arriving.read_back(there, self.tally.position)
        if there != self.tally:
            raise IntegrityBroken(there.position, f"the store has {there!r}, the backup {self.tally!r}")
        with self.arriving.place.filling() as filling:
            broken = first_gap(filling.connection)
        if broken is not None:
            raise broken

    def restored(self) -> Restored:
        manifest = self.proved.manifest
        return Restored(
            self.proved.digest, self.tally.position, self.tally.recorded_at, self.tally.digest, manifest.evidence,
            manifest.evidence_bytes, tuple(self.missing),
        )  # fmt: skip


def _text(moment: datetime | None) -> str | None:
    return moment.isoformat(timespec="microseconds") if moment else None
