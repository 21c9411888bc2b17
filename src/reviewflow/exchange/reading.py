"""Opening a file of events: told by what it holds, not by its name; plain or gzipped."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from reviewflow.exchange.csv_rows import csv_rows
from reviewflow.exchange.held import Held
from reviewflow.exchange.json_rows import json_rows
from reviewflow.exchange.limits import LARGEST_FILE, PIECE
from reviewflow.exchange.rows import Rows
from reviewflow.exchange.source import Progress, Source, opened
from reviewflow.exchange.xes_rows import xes_rows

_OTHERS: Final = {
    b"PK\x03\x04": "an Excel workbook or another archive; save the sheet as CSV, or unpack it, first",
    b"\xd0\xcf\x11\xe0": "an old Excel workbook; save the sheet as CSV first",
    b"%PDF": "a PDF document",
    b"\x28\xb5\x2f\xfd": "a file packed with zstd; unpack it first",
    b"\xfd7zX": "a file packed with xz; unpack it first",
    b"BZh": "a file packed with bzip2; unpack it first",
}
_UTF16: Final = (b"\xff\xfe", b"\xfe\xff")
_MARK: Final = b"\xef\xbb\xbf"
_ENOUGH: Final = 4
"""Bytes that tell a format, blanks before them not counted."""


@contextmanager
def open_rows(
    path: str | Path | Held, *, progress: Progress | None = None, unquoted: bool = False, largest: int = LARGEST_FILE
) -> Iterator[Rows]:
    """The rows of a CSV, XES or JSON Lines file (`-`: of standard input), read as they are asked for.

    `progress` hears (bytes read, bytes in all) about every 64 kB of the file as it lies there. With `unquoted`, the
    apostrophe that our own CSV puts before what a spreadsheet would take for a formula is taken off again. A file
    that cannot be read on raises `BadInput` with the place reached, the rows before it having been given out;
    a row that does not say what it should carries `faults` and the reading goes on. What is held in memory is read
    the same way.
    """
    with opened(path, largest, progress) as source:
        yield _recognised(source, unquoted=unquoted)


def _recognised(source: Source, *, unquoted: bool) -> Rows:
    pieces = source.pieces()
    head = b""
    while len(head) < PIECE and len(_start(head)) < _ENOUGH and (piece := next(pieces, b"")):
        head += piece
    start = _start(head)
    if not start.strip():
        raise source.refusal("an empty file", "expected events as XES, CSV or JSON Lines")
    for begins, is_what in _OTHERS.items():
        if head.startswith(begins):
            raise source.refusal(is_what, "expected events as XES, CSV or JSON Lines")
    pieces = itertools.chain([head], pieces)
    if start.startswith((b"<", b"\0<")):  # without the mark of UTF-16, XML still shows which way round it is
        return xes_rows(source, pieces)
    if head.startswith(_UTF16):
        raise source.refusal("UTF-16 text", "expected CSV in UTF-8; save it as CSV UTF-8")
    if start.startswith(b"{"):
        return json_rows(source, pieces)
    return csv_rows(source, pieces, unquoted=unquoted)


def _start(head: bytes) -> bytes:
    """The beginning without what says nothing about the format."""
    for mark in (_MARK, *_UTF16):
        head = head.removeprefix(mark)
    return head.lstrip()
