"""Reading a backup: first whether the file is whole and unaltered, then what is in it, each part proved again.

Nothing in the file is believed: names and sizes are those that are expected, parts unpack to so much and no more.
What is wrong is told with the place in the file.
"""

from __future__ import annotations

import stat
import zlib
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO, NamedTuple

from reviewflow.errors import BadInput, Fault
from reviewflow.keeping.backup_format import (
    EVIDENCE,
    FILE_MOST,
    HEAD,
    LINE_MOST,
    MANIFEST,
    PART,
    PART_MOST,
    RECORDS,
    Head,
    Manifest,
    parse,
)
from reviewflow.keeping.container import Container, Member
from reviewflow.keeping.record_bytes import NoRecord, read_records
from reviewflow.ports import Record

Heard = Callable[[int, int], None]
"""Told how many bytes of how many were read."""

_DIGEST_LINE = 65


class Proved(NamedTuple):
    """A file that is whole: nothing in it was altered since it was written, unless all its digests were as well."""

    head: Head
    manifest: Manifest
    digest: str
    """SHA-256 of the whole file."""
    size: int


class Part(NamedTuple):
    """Some records, in order, and the name of the part in errors."""

    name: str
    offset: int
    records: list[Record]


class Evidence(NamedTuple):
    """One encrypted file, whose bytes have this digest."""

    name: str
    offset: int
    digest: str
    data: bytes


def prove(path: Path, heard: Heard = lambda *_: None) -> Proved:
    """Read the whole file and unpack nothing; `BadInput` with the place for one that is not as it was written."""
    with _opened(path) as (file, size):
        reading = _Reading(Container(file, str(path)), size, heard)
        head = reading.head()
        while (member := reading.container.member()).name != MANIFEST:
            reading.expect(member)
            for _ in reading.chunks(member):
                pass
        manifest = reading.manifest(member)
        return Proved(head, manifest, reading.container.digest, reading.container.offset)


def contents(path: Path, proved: Proved, heard: Heard = lambda *_: None) -> Generator[Part | Evidence, None, None]:
    """What is in a file that was proved; proved part by part again, for it may have been replaced since."""
    with _opened(path) as (file, size):
        reading = _Reading(Container(file, str(path)), size, heard)
        reading.head()
        while (member := reading.container.member()).name != MANIFEST:
            digest = reading.expect(member)
            data = b"".join(reading.chunks(member))
            if digest is not None:
                yield Evidence(member.name, member.offset, digest, data)
            else:
                yield Part(member.name, member.offset, reading.records(member, data))
        reading.manifest(member)
        if reading.container.digest != proved.digest:
            raise reading.container.fault(0, "another file than a moment ago", "want one that nobody writes to")


@contextmanager
def _opened(path: Path) -> Iterator[tuple[BinaryIO, int]]:
    try:
        found = path.stat()
        if not stat.S_ISREG(found.st_mode):
            raise BadInput(str(path), [Fault("", "something that is no ordinary file", "want a backup")])
        with path.open("rb") as file:
            yield file, found.st_size
    except OSError as error:
        raise BadInput(str(path), [Fault("", error.strerror or str(error), "want a file that can be read")]) from error


class _Reading:
    def __init__(self, container: Container, size: int, heard: Heard) -> None:
        self.container, self.size, self.heard = container, size, heard
        self.parts = self.evidence = self.evidence_bytes = 0

    def head(self) -> Head:
        member = self.container.member()
        if member.name != HEAD:
            newer = member.name.startswith(HEAD.rpartition("-")[0])
            got = f"a backup of another format, {member.name}" if newer else f"a file that begins with {member.name}"
            want = f"want {HEAD}; use the release that wrote it" if newer else "want a backup"
            raise self.container.fault(member.offset, got, want)
        if member.size > LINE_MOST:
            raise self.container.fault(member.offset, f"{member.name} of {member.size} bytes", "it was altered")
        data = b"".join(self.container.content(member))
        try:
            return parse(Head, data)
        except ValueError as error:
            raise self.container.fault(member.offset, f"{member.name}: {error}", "it was altered") from error

    def expect(self, member: Member) -> str | None:
        """The digest of a file of evidence, None for records; nothing else is in a backup."""
        evidence, records = EVIDENCE.fullmatch(member.name), RECORDS.fullmatch(member.name)
        if evidence:
            self.evidence += 1
            self.evidence_bytes += member.size
        elif records:
            self.parts += 1
            if int(records[1]) != self.parts:
                want = f"want number {self.parts}; parts were left out, moved or doubled"
                raise self.container.fault(member.offset, f"records with number {int(records[1])}", want)
        else:
            raise self.container.fault(member.offset, f"a part called {member.name}", "no backup has one")
        most = FILE_MOST if evidence else PART_MOST
        if member.size > most:
            raise self.container.fault(member.offset, f"{member.size} bytes in {member.name}", f"want at most {most}")
        return evidence[1] if evidence else None

    def chunks(self, member: Member) -> Iterator[bytes]:
        """The content, whose digest must be the one in the name."""
        digest = sha256()
        for chunk in self.container.content(member):
            digest.update(chunk)
            yield chunk
            self.heard(self.container.offset, self.size)
        if digest.hexdigest() not in member.name:
            got = f"{member.name} with the digest {digest.hexdigest()[:12]}"
            raise self.container.fault(member.offset, got, "its bytes were altered")

    def records(self, member: Member, data: bytes) -> list[Record]:
        unpacking = zlib.decompressobj(zlib.MAX_WBITS | 16)
        try:
            plain = unpacking.decompress(data, PART_MOST + 1)
        except zlib.error as error:
            raise self.container.fault(member.offset, f"{member.name}: {error}", "want gzip") from error
        if len(plain) > PART_MOST:
            got = f"{member.name}, which unpacks to more than {PART_MOST} bytes"
            raise self.container.fault(member.offset, got, "no backup has such a part")
        if not unpacking.eof or unpacking.unused_data:
            raise self.container.fault(member.offset, f"{member.name}: another end", "want one gzip and nothing more")
        try:
            found = list(read_records(plain, PART))
        except NoRecord as error:
            raise self.container.fault(member.offset, f"{member.name}: {error}", "want records") from error
        if not found:
            raise self.container.fault(member.offset, f"{member.name} without records", "want some")
        return found

    def manifest(self, member: Member) -> Manifest:
        """The end of the file: the manifest, its digest of all before it, and what it says must have been there."""
        size = member.size - _DIGEST_LINE
        if not 0 < size <= LINE_MOST:
            raise self.container.fault(member.offset, f"{member.name} of {member.size} bytes", "it was altered")
        data, want = self.container.read(size, member.name), self.container.digest
        if self.container.read(_DIGEST_LINE, member.name) != want.encode() + b"\n":
            got = "another digest of all bytes before it"
            raise self.container.fault(member.offset, f"{member.name} with {got}", "something was altered")
        try:
            manifest = parse(Manifest, data)
        except ValueError as error:
            raise self.container.fault(member.offset, f"{member.name}: {error}", "it was altered") from error
        self.container.zeros(member)
        self.container.end()
        counted = (self.parts, self.evidence, self.evidence_bytes)
        if counted != (manifest.parts, manifest.evidence, manifest.evidence_bytes):
            got = f"{self.parts} parts of records, {self.evidence} files with {self.evidence_bytes} bytes"
            want = f"want {manifest.parts}, {manifest.evidence} with {manifest.evidence_bytes}, as {member.name} says"
            raise self.container.fault(member.offset, got, want)
        return manifest
