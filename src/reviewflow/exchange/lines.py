"""Bytes as lines of text, in UTF-8 or, where the beginning of a file is no UTF-8, in Windows-1252.

Which of the two is decided once; from there on a byte that does not fit is refused, never replaced.
"""

from __future__ import annotations

import codecs
import io
from collections.abc import Iterator
from typing import Final

from reviewflow.exchange.limits import LARGEST_EVENT
from reviewflow.exchange.source import Source

DECIDED_ON: Final = 1024 * 1024
"""Bytes at the beginning of a file by which its encoding is told."""
_NAMES: Final = {"utf-8": "UTF-8, as in the file's first megabyte", "cp1252": "Windows-1252, as the file is not UTF-8"}


def head_of(pieces: Iterator[bytes]) -> list[bytes]:
    """The pieces by which the encoding is decided."""
    head: list[bytes] = []
    size = 0
    while size < DECIDED_ON and (piece := next(pieces, b"")):
        head.append(piece)
        size += len(piece)
    return head


def encoding_of(head: list[bytes]) -> str:
    """`utf-8` if nothing in these pieces speaks against it. A character cut in two at their end does not."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        for piece in head:
            decoder.decode(piece)
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8"


class Lines(Iterator[str]):
    """The lines of a text with their ends, as `csv` wants them: cut at line feeds and carriage returns only.

    Also guards how much a reader gathers: it sets `gathered` to 0 whenever it is done with what it had.
    """

    def __init__(self, source: Source, pieces: Iterator[bytes], encoding: str) -> None:
        """`pieces` from the beginning of the file."""
        self.gathered = 0
        self._source = source
        self._encoding = encoding
        self._lines = self._cut(self._decoded(pieces))

    def __next__(self) -> str:
        line = next(self._lines)
        self.gathered += len(line)
        if self.gathered > LARGEST_EVENT:
            raise self._too_long()
        return line

    def _decoded(self, pieces: Iterator[bytes]) -> Iterator[str]:
        decoder = codecs.getincrementaldecoder(self._encoding)()
        last, first = False, True
        while not last:
            piece = next(pieces, b"")
            last = not piece
            try:
                text = decoder.decode(piece, last)
            except UnicodeDecodeError as error:
                # What stands before the fault comes first, so that the reader's place is that of the fault.
                yield error.object[: error.start].decode(self._encoding)
                got = f"the byte 0x{error.object[error.start]:02x}"
                raise self._source.refusal(got, f"expected {_NAMES[self._encoding]}") from None
            if first and text:
                text, first = text.removeprefix("\ufeff"), False
            yield text

    def _cut(self, texts: Iterator[str]) -> Iterator[str]:
        held: list[str] = []  # the beginning of a line whose end has not come yet
        size = 0
        for text in texts:
            held.append(text)
            size += len(text)
            if size > LARGEST_EVENT:
                raise self._too_long()
            if "\n" in text or "\r" in text:
                joined = "".join(held)
                nul = "\0" in joined
                *whole, rest = _pieces_of(joined)
                for line in whole:
                    if nul:
                        self._refuse_nul(line)
                    yield line
                held, size = [rest], len(rest)
        rest = "".join(held)
        self._refuse_nul(rest)
        if rest:
            yield rest

    def _refuse_nul(self, line: str) -> None:
        if "\0" in line:
            raise self._source.refusal("a NUL byte", "expected text: this is a binary file")

    def _too_long(self) -> Exception:
        return self._source.refusal(
            f"a row of more than {LARGEST_EVENT:,} characters", "expected shorter rows; look for an unclosed quote"
        )


def _pieces_of(text: str) -> list[str]:
    """Whole lines, and last what may go on: also after a carriage return, which a line feed may still follow."""
    lines = list(io.StringIO(text, newline=""))
    if not lines or lines[-1].endswith("\n"):
        lines.append("")
    return lines
