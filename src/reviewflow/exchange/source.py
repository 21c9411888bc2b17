"""Bytes of a file piece by piece, unpacked on the way where they are packed; never more than a piece in memory.

A gzip file is read to its last checksum: what is cut short, damaged or continued with something else is refused.
"""

from __future__ import annotations

import io
import os
import stat
import sys
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Final

from reviewflow.errors import BadInput, Fault
from reviewflow.exchange.held import Held
from reviewflow.exchange.limits import PIECE

Progress = Callable[[int, int], None]

GZIP: Final = b"\x1f\x8b"
_GZIP_ONLY: Final = 31
"""What zlib calls a stream with a gzip header and no other."""


class Source:
    """One open file. `place` says for messages how far its reader got; a reader may put its own in its place."""

    def __init__(self, file: IO[bytes], what: str, largest: int, progress: Progress | None) -> None:
        """`largest` bounds the bytes once unpacked; `progress` hears bytes of the file as it lies there."""
        self.what = what
        self.place: Callable[[], str] = lambda: f"byte {self._read:,}"
        self._file = file
        self._largest = largest
        self._progress = progress
        status = os.fstat(file.fileno()) if _has_number(file) else None
        self._total = status.st_size if status and stat.S_ISREG(status.st_mode) else 0
        self._read = 0

    def refusal(self, got: str, want: str) -> BadInput:
        """The error that ends the reading here."""
        return BadInput(self.what, [Fault(self.place(), got, want)])

    def pieces(self) -> Iterator[bytes]:
        """The content, unpacked, in pieces of at most 64 kB, none of them empty."""
        raw = self._raw()
        first = next(raw, b"")
        if len(first) == 1:  # a pipe may give single bytes
            first += next(raw, b"")
        out = 0
        for piece in _unpacked(self, first, raw) if first.startswith(GZIP) else _all(first, raw):
            if not out and piece.startswith(GZIP):
                raise self.refusal("a file packed twice", "expected it packed once")
            out += len(piece)
            if out > self._largest:
                raise self.refusal(f"more than {self._largest:,} bytes once unpacked", "expected a smaller file")
            yield piece

    def _raw(self) -> Iterator[bytes]:
        while piece := self._piece():
            self._read += len(piece)
            if self._progress is not None:
                self._progress(self._read, max(self._total, self._read))
            yield piece

    def _piece(self) -> bytes:
        try:
            return self._file.read(PIECE)
        except OSError as error:
            raise self.refusal(error.strerror or "a fault of the disk", "expected a file that can be read") from error


def _has_number(file: IO[bytes]) -> bool:
    try:
        file.fileno()
    except OSError:
        return False
    return True


def _all(first: bytes, rest: Iterator[bytes]) -> Iterator[bytes]:
    if first:
        yield first
    yield from rest


def _unpacked(source: Source, first: bytes, rest: Iterator[bytes]) -> Iterator[bytes]:
    """The content of one gzip member after the other, then nothing but zeros, which tapes leave behind."""
    packed = first
    while packed:
        member = zlib.decompressobj(wbits=_GZIP_ONLY)
        while True:
            try:
                piece = member.decompress(packed, PIECE)
            except zlib.error as error:
                raise source.refusal(_why(error), "expected a whole gzip file") from None
            if piece:
                yield piece
            if member.eof:
                break
            packed = member.unconsumed_tail
            if not packed and not (packed := next(rest, b"")):
                raise source.refusal("the end of the file inside a gzip stream", "expected a whole gzip file")
        packed = _after(member.unused_data, rest)
        if packed and not packed.startswith(GZIP):
            raise source.refusal("other bytes after the gzip stream", "expected the end of the file")


def _after(data: bytes, rest: Iterator[bytes]) -> bytes:
    """What follows the end of a member and the zeros behind it: nothing, or enough to know what it is."""
    data = data.lstrip(b"\0")
    while len(data) < len(GZIP) and (more := next(rest, b"")):
        data = (data + more).lstrip(b"\0")
    return data


def _why(error: zlib.error) -> str:
    """`Error -3 while decompressing data: incorrect data check` without what only a programmer reads."""
    return "damaged gzip: " + str(error).rpartition(": ")[2]


@contextmanager
def opened(path: str | Path | Held, largest: int, progress: Progress | None) -> Iterator[Source]:
    """The file at `path`, or standard input for `-`."""
    if isinstance(path, Held):
        yield Source(io.BytesIO(path.data), path.name, largest, progress)
        return
    if path == "-":
        yield Source(sys.stdin.buffer, "standard input", largest, progress)
        return
    what = os.fspath(path)
    try:
        file = Path(path).open("rb", buffering=0)  # noqa: SIM115 - closed below; an error inside is another matter
    except (OSError, ValueError) as error:
        why = (error.strerror if isinstance(error, OSError) else None) or str(error)
        raise BadInput(what, [Fault("", why, "expected a file that can be read")]) from error
    with file:
        yield Source(file, what, largest, progress)
