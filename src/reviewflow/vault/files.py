"""Where encrypted evidence lies: a folder, each file named by the SHA-256 of its encrypted bytes.

A file is written beside its place, reaches the disk, and is then renamed: a name that exists holds
all its bytes. What a killed process leaves behind ends in `.part`, is encrypted, and is never read.
"""

from __future__ import annotations

import hashlib
import os
import re
from pathlib import Path

from reviewflow.errors import BadInput, Fault, IntegrityBroken, StoreUnreachable
from reviewflow.vault.boxes import Randomness
from reviewflow.vault.durable import sync_folder, write_durably

_DIGEST = re.compile(r"[0-9a-f]{64}")


class EvidenceFolder:
    """The `Files` port over a folder, `reviewflow.evidence/` beside the store; mode 0700, its files 0600."""

    def __init__(self, folder: Path, random: Randomness = os.urandom) -> None:
        """`folder` need not exist yet; `random` names unfinished files."""
        self._folder = folder
        self._random = random

    def put(self, data: bytes) -> str:
        """Store durably and answer the digest; the same bytes twice are stored once."""
        digest = hashlib.sha256(data).hexdigest()
        try:
            self._put(self._place(digest), data)
        except OSError as error:
            raise StoreUnreachable(
                f"the evidence folder {self._folder}", f"cannot write: {error.strerror}", "nothing was stored"
            ) from error
        return digest

    def get(self, digest: str) -> bytes:
        """The bytes; `IntegrityBroken` if they are missing or no longer match their digest."""
        place = self._place(digest)
        try:
            data = place.read_bytes()
        except FileNotFoundError as error:
            raise IntegrityBroken(0, f"evidence {digest[:12]} is missing from {self._folder}") from error
        except OSError as error:
            raise StoreUnreachable(
                f"the evidence folder {self._folder}", f"cannot read {digest[:12]}: {error.strerror}"
            ) from error
        got = hashlib.sha256(data).hexdigest()
        if got != digest:
            raise IntegrityBroken(0, f"evidence {digest[:12]}: the bytes now have the digest {got[:12]}")
        return data

    def _place(self, digest: str) -> Path:
        # Also keeps `../` out: a digest may come from a person.
        if not _DIGEST.fullmatch(digest):
            raise BadInput("an evidence digest", [Fault("", repr(digest[:80]), "want 64 lower-case hex digits")])
        return self._folder / digest[:2] / digest[2:4] / digest

    def _put(self, place: Path, data: bytes) -> None:
        for folder in (self._folder, place.parent.parent, place.parent):
            folder.mkdir(mode=0o700, parents=folder is self._folder, exist_ok=True)
            sync_folder(folder.parent)
        # A file whose bytes were damaged is put right by storing it again.
        if not place.exists() or place.read_bytes() != data:
            part = place.with_name(f"{place.name}.{self._random(8).hex()}.part")
            write_durably(part, data, 0o600)
            try:
                part.replace(place)
            except OSError:
                part.unlink(missing_ok=True)
                raise
        # Also when it was there: another process may have renamed it and not yet waited for the disk.
        sync_folder(place.parent)
