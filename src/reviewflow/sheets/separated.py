"""CSV: text separated by commas, semicolons or tabs. Text that a spreadsheet would take for a formula is kept from it.

Such text is written with an apostrophe before it, as spreadsheets show it, and read back without: exactly once more
than it had, so that nothing is lost whatever it began with.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import PurePath
from typing import Final

from reviewflow.errors import BadInput, Fault
from reviewflow.registry.reading import decode
from reviewflow.registry.sheet import Cell, Sheet

_RISKY: Final = re.compile(r"'*[=+\-@\t\r]")
_GUARDED: Final = re.compile(r"''*[=+\-@\t\r]")
_SEPARATORS: Final = ",;\t"
_LONGEST: Final = 1024 * 1024


def guarded(text: str) -> str:
    """Text as it is written."""
    return f"'{text}" if _RISKY.match(text) else text


def unguarded(text: str) -> str:
    """Text as it was before it was written."""
    return text[1:] if _GUARDED.match(text) else text


def read(data: bytes, what: str, called: str) -> Sheet:
    """The only sheet of a CSV file; every cell is text."""
    text = decode(data, what)
    reader = csv.reader(io.StringIO(text, newline=""), strict=True, delimiter=_separator(text))
    rows: list[tuple[int, list[Cell]]] = []
    number = 0
    while True:
        line = reader.line_num + 1
        try:
            row = next(reader)
        except StopIteration:
            break
        except csv.Error as error:
            where = f"row {number + 1}, which begins on line {line}"
            want = f"not CSV from here on: {error}; look for an unclosed quote"
            raise BadInput(what, [Fault(where, "", want)]) from None
        number += 1
        cells: list[Cell] = [unguarded(cell) if cell and not cell.isspace() else None for cell in row]
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
    return "" if cell is None else guarded(str(cell))
