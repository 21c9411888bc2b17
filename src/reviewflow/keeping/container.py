"""The container of a backup: a tar file (POSIX ustar) that is written and read in one way only.

Any tar program lists and unpacks it. Ours reads no more than ours writes: each header must be, byte for byte, the one
that stands for its name and size, so that there is no owner, link, path or padding to play tricks with, and no bit of
the file that means nothing. Two blocks of zeros end it, and nothing comes after them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from hashlib import sha256
from typing import BinaryIO, Final, NamedTuple

from reviewflow.errors import BadInput, Fault

BLOCK: Final = 512
END: Final = bytes(2 * BLOCK)
_CHUNK: Final = 1 << 20
_NAME_MOST: Final = 100
_NAME = re.compile(r"[a-z0-9]+(?:[/.-][a-z0-9]+)*", re.ASCII)
_SIZES = re.compile(rb"[0-7]{11}\0")


def header(name: str, size: int) -> bytes:
    """The block before the content of a member: a plain file that its owner alone may read, of no owner and no day."""
    if not _NAME.fullmatch(name) or len(name) > _NAME_MOST or not 0 <= size < 8**11:
        raise AssertionError(f"no member is called {name!r} and has {size} bytes")
    parts = (
        name.encode().ljust(_NAME_MOST, b"\0"), b"0000600\0", b"0000000\0", b"0000000\0", b"%011o\0" % size,
        b"00000000000\0", b" " * 8, b"0", bytes(100), b"ustar\0", b"00", bytes(32), bytes(32), b"0000000\0",
        b"0000000\0", bytes(155), bytes(12),
    )  # fmt: skip
    block = b"".join(parts)
    return block[:148] + b"%06o\0 " % sum(block) + block[156:]


def padding(size: int) -> bytes:
    """The zeros after a content of so many bytes, up to the next block."""
    return bytes(-size % BLOCK)


class Member(NamedTuple):
    """A named part of the file; its content is read next, by `Container.content`."""

    name: str
    size: int
    offset: int
    """Where its header begins, counted from 0."""


class Container:
    """Reads one from its beginning to its end, and counts and hashes every byte on the way."""

    def __init__(self, file: BinaryIO, what: str) -> None:
        """`what` is the file's name in errors."""
        self._file, self._what = file, what
        self._hash = sha256()
        self.offset = 0

    @property
    def digest(self) -> str:
        """SHA-256 (hex) of all bytes read so far."""
        return self._hash.hexdigest()

    def member(self) -> Member:
        """The next one; the end of the file is none: whoever reads knows which is the last."""
        offset = self.offset
        block = self.read(BLOCK, "the header of a part")
        size = block[124:136]
        name = block[:_NAME_MOST].rstrip(b"\0")
        if _SIZES.fullmatch(size) and _NAME.fullmatch(readable := name.decode("ascii", "replace")):
            found = Member(readable, int(size[:-1], 8), offset)
            if header(found.name, found.size) == block:
                return found
        if not offset:
            raise self._foreign()
        raise self.fault(offset, "bytes that are no header of a part", "it was altered, or cut and joined")

    def content(self, member: Member) -> Iterator[bytes]:
        """Its bytes, and the zeros after them checked."""
        left = member.size
        while left:
            chunk = self.read(min(left, _CHUNK), member.name)
            left -= len(chunk)
            yield chunk
        self.zeros(member)

    def zeros(self, member: Member) -> None:
        """Read what stands behind a content, up to the next block."""
        if any(self.read(-member.size % BLOCK, member.name)):
            raise self.fault(self.offset, f"bytes behind the end of {member.name}", "want zeros; it was altered")

    def read(self, size: int, what: str) -> bytes:
        """So many bytes, and no fewer."""
        data = self._file.read(size)
        if len(data) < size:
            where = self.offset + len(data)
            if where < BLOCK:
                raise self._foreign()
            raise self.fault(where, f"the end of the file in {what}", "want the rest: it was cut short")
        self._hash.update(data)
        self.offset += size
        return data

    def end(self) -> None:
        """Read the end; nothing may come after it."""
        offset = self.offset
        if self.read(len(END), "the end") != END:
            raise self.fault(offset, "another end", "want two blocks of zeros; it was altered")
        if self._file.read(1):
            raise self.fault(self.offset, "more bytes after the end", "want none; something was added")

    def fault(self, offset: int, got: str, want: str) -> BadInput:
        """The error for what is wrong at a place."""
        return BadInput(self._what, [Fault(f"byte {offset:,}", got, want)])

    def _foreign(self) -> BadInput:
        return self.fault(0, "another kind of file", "want a backup that `reviewflow backup` wrote")
