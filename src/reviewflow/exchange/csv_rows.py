"""CSV as rows of texts. Row 1 is the header, as a spreadsheet counts; what looks like a formula stays a text.

The habits are those of every CSV file this house reads: strict quoting, UTF-8 or Windows-1252, comma, semicolon
or tab as the header shows.
"""

from __future__ import annotations

import csv
import itertools
from collections import Counter
from collections.abc import Iterator
from typing import Final

from reviewflow.apostrophe import without_apostrophe
from reviewflow.errors import BadInput, Fault
from reviewflow.exchange.limits import LARGEST_CELL, MOST_CELLS
from reviewflow.exchange.lines import Lines, encoding_of, head_of
from reviewflow.exchange.rows import Row, Rows, shown
from reviewflow.exchange.source import Source

_DELIMITERS: Final = ",;\t"


class _Table:
    """The rows of one file, counted as they come."""

    def __init__(self, source: Source, pieces: Iterator[bytes]) -> None:
        head = head_of(pieces)
        self._source = source
        self._lines = Lines(source, itertools.chain(head, pieces), encoding_of(head))
        self.count = 0  # rows begun, the header and blank ones counted, so that a place is a spreadsheet's
        self._begins = 1
        source.place = self._place
        csv.field_size_limit(LARGEST_CELL)  # the module's own limit is one for the whole process; nobody needs less
        first = self._first_lines()
        self._reader = csv.reader(
            itertools.chain(first, self._lines), strict=True, delimiter=_delimiter("".join(first))
        )

    def _place(self) -> str:
        return f"row {self.count}, which begins on line {self._begins}"

    def _first_lines(self) -> list[str]:
        """The header's lines: a quoted name may hold a line break."""
        first: list[str] = []
        quotes = 0
        self.count = 1
        for line in self._lines:
            first.append(line)
            quotes += line.count('"')
            if quotes % 2 == 0:
                break
        self.count = 0
        return first

    def next_row(self) -> list[str] | None:
        """The cells of the next row; an empty list for a blank line, None at the end."""
        self._begins = self._reader.line_num + 1
        self.count += 1
        self._lines.gathered = 0
        try:
            return next(self._reader, None)
        except csv.Error as error:
            got, want = str(error), "expected CSV; look for an unclosed quote"
            if "field larger" in got:
                got, want = "a longer cell, or an unclosed quote", f"expected at most {LARGEST_CELL:,} characters"
            raise self._source.refusal(got, want) from None


def csv_rows(source: Source, pieces: Iterator[bytes], *, unquoted: bool) -> Rows:
    """The rows of a CSV file whose header has been read."""
    table = _Table(source, pieces)
    header = tuple(name.strip() for name in table.next_row() or ())
    if unquoted:
        header = tuple(without_apostrophe(name) for name in header)
    if faults := _faults_of(header):
        raise BadInput(source.what, faults)
    return Rows("csv", header, _rows(table, header, unquoted=unquoted))


def _rows(table: _Table, header: tuple[str, ...], *, unquoted: bool) -> Iterator[Row]:
    number, width = 0, len(header)
    while (cells := table.next_row()) is not None:
        if not any(cells) or not any(cell.strip() for cell in cells):
            continue
        number += 1
        place = f"row {table.count}"
        faults: tuple[Fault, ...] = ()
        if len(cells) != width:
            faults = (Fault(place, f"{len(cells)} cells", f"expected {width}, as in the header"),)
        if unquoted:
            cells = [without_apostrophe(cell) for cell in cells]
        yield Row(number, place, dict(zip(header, cells, strict=False)), faults)


def _faults_of(header: tuple[str, ...]) -> list[Fault]:
    if not any(header):
        return [Fault("row 1", "an empty line", "expected a header")]
    if len(header) > MOST_CELLS:
        return [Fault("row 1", f"{len(header):,} columns", f"expected at most {MOST_CELLS:,}")]
    unnamed = [place for place, name in enumerate(header, 1) if not name]
    doubled = [name for name, count in Counter(header).items() if name and count > 1]
    return [
        *(Fault(f"row 1, column {place}", "no name", "expected a name for each column") for place in unnamed),
        *(Fault("row 1", f"column {shown(name)} more than once", "expected each once") for name in doubled),
    ]


def _delimiter(header: str) -> str:
    """The delimiter seen most in the header outside quotes; a comma if there is none."""
    outside = "".join(header.split('"')[::2])
    return max(_DELIMITERS, key=outside.count)
