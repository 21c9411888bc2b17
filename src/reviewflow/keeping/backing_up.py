"""A backup: every record up to one position and the encrypted files that they name, as one file. Never a key.

The position is the last one when it begins. Records never change, so they are read in short readings while commands
go on, and nothing is held still. Memory does not grow with the log, but for 32 bytes of each file of evidence.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO, Final, NamedTuple

from reviewflow import __version__
from reviewflow.cycle.events import EvidenceAdded
from reviewflow.errors import IntegrityBroken, StoreUnreachable
from reviewflow.events import decode
from reviewflow.keeping.backup_format import (
    FILE_MOST,
    HEAD,
    MANIFEST,
    PART,
    RECORD_MOST,
    Head,
    Manifest,
    file_named,
    line,
)
from reviewflow.keeping.container import END, header, padding
from reviewflow.keeping.tally import Tally
from reviewflow.keeping.whole_file import whole_file
from reviewflow.ports import EventStore, Files, Record

_LEVEL: Final = 6
_READ: Final = 500

Heard = Callable[[int, int], None]
"""Told how many records of how many are written."""


class Written(NamedTuple):
    """What a backup holds."""

    digest: str
    """SHA-256 of the whole file: what to note down."""
    size: int
    position: int
    last_recorded_at: datetime | None
    records_digest: str
    evidence: int
    evidence_bytes: int
    missing: tuple[str, ...]
    """Digests of files that records name and that are not there, or are damaged."""


def back_up(
    store: EventStore, files: Files, path: Path, *, force: bool = False, heard: Heard = lambda *_: None
) -> Written:
    """Write it to a new file; `BadInput` for a place that is taken, `StoreUnreachable` for a full disk."""
    with store.snapshot() as snapshot:
        until = snapshot.position()
        snapshot.settle()  # no backup knows of a record that the store then loses
    with whole_file(path, force=force) as file:
        return _Backup(store, files, file, until, heard).write()


class _Backup:
    def __init__(self, store: EventStore, files: Files, file: BinaryIO, until: int, heard: Heard) -> None:
        self.store, self.files, self.file, self.until, self.heard = store, files, file, until, heard
        self.hash, self.size = sha256(), 0
        self.tally = Tally()
        self.parts = self.evidence = self.evidence_bytes = 0
        self.named: set[bytes] = set()
        """Digests of evidence that was met, as bytes: one that is named twice is kept once."""
        self.missing: list[str] = []

    def write(self) -> Written:
        self.member(HEAD, line(Head(reviewflow=__version__)))
        part: list[bytes] = []
        named: list[str] = []
        held = 0
        while self.tally.position < self.until:
            self.heard(self.tally.position, self.until)
            records = self.next()
            for record, data in zip(records, self.tally.take(records), strict=True):
                if len(data) > RECORD_MOST:
                    raise IntegrityBroken(record.position, f"it has {len(data)} bytes, a backup takes {RECORD_MOST}")
                part.append(data)
                named += self.names(record)
                held += len(data)
                if held >= PART:
                    self.close_part(part, named)
                    part, named, held = [], [], 0
        if part:
            self.close_part(part, named)
        moment = self.tally.recorded_at
        manifest = Manifest(
            records=self.until, parts=self.parts, records_digest=self.tally.digest,
            last_recorded_at=moment.isoformat(timespec="microseconds") if moment else None,
            evidence=self.evidence, evidence_bytes=self.evidence_bytes, evidence_missing=len(self.missing),
        )  # fmt: skip
        self.end(line(manifest))
        self.heard(self.until, self.until)
        return Written(
            self.hash.hexdigest(), self.size, self.until, moment, self.tally.digest, self.evidence,
            self.evidence_bytes, tuple(self.missing),
        )  # fmt: skip

    def next(self) -> list[Record]:
        after = self.tally.position
        with self.store.snapshot() as snapshot:
            records = snapshot.log(after, min(_READ, self.until - after))
        if not records:
            raise IntegrityBroken(after + 1, "the store has no record here")
        return records

    def names(self, record: Record) -> list[str]:
        """The digests that a record is the first to name."""
        if record.topic != EvidenceAdded.topic:
            return []
        digest = file_named(decode(record.topic, record.body, record.position))
        if digest is None or bytes.fromhex(digest) in self.named:
            return []
        self.named.add(bytes.fromhex(digest))
        return [digest]

    def close_part(self, part: list[bytes], named: list[str]) -> None:
        packing = zlib.compressobj(_LEVEL, zlib.DEFLATED, zlib.MAX_WBITS | 16)
        packed = b"".join([*map(packing.compress, part), packing.flush()])
        self.parts += 1
        self.member(f"records/{self.parts:08}-{sha256(packed).hexdigest()}.gz", packed)
        for digest in named:
            try:
                data = self.files.get(digest)
            except IntegrityBroken:
                self.missing.append(digest)
                continue
            if len(data) > FILE_MOST:
                raise StoreUnreachable(f"evidence {digest[:12]}", f"it has {len(data)} bytes, want at most {FILE_MOST}")
            self.member(f"evidence/{digest}", data)
            self.evidence += 1
            self.evidence_bytes += len(data)

    def member(self, name: str, data: bytes) -> None:
        self.put(header(name, len(data)))
        self.put(data)
        self.put(padding(len(data)))

    def end(self, manifest: bytes) -> None:
        """The manifest ends in a digest of all bytes before it, its own first line among them."""
        size = len(manifest) + 2 * sha256().digest_size + 1
        self.put(header(MANIFEST, size))
        self.put(manifest)
        self.put(self.hash.hexdigest().encode() + b"\n")
        self.put(padding(size))
        self.put(END)

    def put(self, data: bytes) -> None:
        self.file.write(data)
        self.hash.update(data)
        self.size += len(data)
