"""Bytes of a CSV file as rows of cells: every way in which a file is no such thing, said with its place.

Row 1 is the header, as a spreadsheet counts. A cell is text and stays text: what looks like a formula too.
"""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from reviewflow.errors import BadInput, Fault
from reviewflow.registry.names import shown

LARGEST: Final = 256 * 1024 * 1024
"""Several times the register of all schools of a country."""

_OTHERS: Final = {
    b"PK\x03\x04": "an Excel workbook or another archive; save the sheet as CSV first",
    b"\xd0\xcf\x11\xe0": "an old Excel workbook; save the sheet as CSV first",
    b"%PDF": "a PDF document",
    b"\xff\xfe": "UTF-16 text; save it as CSV UTF-8",
    b"\xfe\xff": "UTF-16 text; save it as CSV UTF-8",
    b"\x1f\x8b": "a compressed file; unpack it first",
}


class Table(NamedTuple):
    """The header, the rows that have as many cells, and what is wrong with the others."""

    header: tuple[str, ...]
    rows: list[tuple[int, list[str]]]
    faults: list[Fault]
    total: int

    def cells(self, *headers: str) -> list[tuple[int, list[str]]]:
        """Each row's number with its cells of these columns."""
        places = [self.header.index(header) for header in headers]
        return [(number, [row[place] for place in places]) for number, row in self.rows]


def decode(data: bytes, what: str) -> str:
    """The text of a file in UTF-8 (with or without a mark) or Windows-1252."""
    if not data.strip():
        raise BadInput(what, [Fault("", "an empty file", "expected a header and rows")])
    if len(data) > LARGEST:
        raise BadInput(what, [Fault("", f"{len(data)} bytes", f"expected at most {LARGEST}")])
    for start, is_what in _OTHERS.items():
        if data.startswith(start):
            raise BadInput(what, [Fault("", is_what, "expected CSV text")])
    if (nul := data.find(b"\x00")) >= 0:
        raise BadInput(what, [Fault(f"byte {nul + 1}", "a NUL byte", "expected CSV text: this is a binary file")])
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        try:
            return data.decode("cp1252")
        except UnicodeDecodeError as error:
            got = f"0x{data[error.start]:02x}"
            raise BadInput(what, [Fault(f"byte {error.start + 1}", got, "expected UTF-8 or Windows-1252")]) from None


def plain_header(header: str) -> str:
    """A column's name without footnotes in brackets, in lower case, with single blanks."""
    return " ".join(re.sub(r"(\s*\(\d+\))+\s*$", "", header).split()).casefold()


def numbered_rows(text: str, what: str, separator: str = ",") -> Iterator[tuple[int, list[str]]]:
    """The rows of a CSV file, each with its number; `BadInput` from where on it is none."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True, delimiter=separator)
    number = 0
    while True:
        line = reader.line_num + 1
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            where = f"row {number + 1}, which begins on line {line}"
            want = f"not CSV from here on: {error}; look for an unclosed quote"
            raise BadInput(what, [Fault(where, "", want)]) from None
        number += 1
        yield number, row


def read_table(data: bytes, what: str) -> Table:
    """The table in a CSV file. `BadInput` where there is none; single rows that do not fit are `faults`."""
    header: tuple[str, ...] | None = None
    rows: list[tuple[int, list[str]]] = []
    faults: list[Fault] = []
    total = 0
    for number, row in numbered_rows(decode(data, what), what):
        if header is None:
            header = tuple(cell.strip() for cell in row)
        elif any(cell.strip() for cell in row):
            total += 1
            if len(row) == len(header):
                rows.append((number, row))
            else:
                faults.append(Fault(f"row {number}", f"{len(row)} cells", f"expected {len(header)}, as in the header"))
    if not header or not any(header):
        raise BadInput(what, [Fault("row 1", "an empty line", "expected a header")])
    if twice := [name for name, count in Counter(h for h in header if h).items() if count > 1]:
        raise BadInput(
            what, [Fault("header", f"column {shown(name)} more than once", "expected each once") for name in twice]
        )
    return Table(header, rows, faults, total)


def in_row_order(faults: Iterable[Fault]) -> list[Fault]:
    """Faults of rows (`row 3`, `row 3, column URN`) in the order of the file; others first."""

    def number(fault: Fault) -> int:
        found = re.match(r"row (\d+)", fault.where)
        return int(found[1]) if found else 0

    return sorted(faults, key=number)
