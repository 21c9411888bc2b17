"""CSV: text separated by commas, semicolons or tabs; what a spreadsheet would take for a formula stays text."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import PurePath
from typing import Final

from reviewflow.apostrophe import with_apostrophe, without_apostrophe
from reviewflow.registry.reading import decode, numbered_rows
from reviewflow.registry.sheet import Cell, Sheet

_SEPARATORS: Final = ",;\t"
_LONGEST: Final = 1024 * 1024


def read(data: bytes, what: str, called: str) -> Sheet:
    """The only sheet of a CSV file; every cell is text."""
    text = decode(data, what)
    rows: list[tuple[int, list[Cell]]] = []
    for number, row in numbered_rows(text, what, _separator(text)):
        cells: list[Cell] = [without_apostrophe(cell) if cell and not cell.isspace() else None for cell in row]
        if any(cell is not None for cell in cells):
            rows.append((number, cells))
    return Sheet(called, PurePath(called).stem, rows)


def _separator(text: str) -> str:
    """What separates: the one found most in the first line that holds anything, outside quotes."""
    first = next((line for line in io.StringIO(text) if line.strip()), "")[:_LONGEST]
    bare = re.sub(r'"[^"]*"', "", first)
    return max(_SEPARATORS, key=bare.count)


def write(header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """A CSV file, in UTF-8 with the mark that spreadsheets know it by."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(header)
    for row in rows:
        writer.writerow([_text(cell) for cell in row])
    return out.getvalue().encode("utf-8-sig")


def _text(cell: Cell) -> str:
    if isinstance(cell, date):
        return cell.isoformat()
    return "" if cell is None else with_apostrophe(str(cell))
