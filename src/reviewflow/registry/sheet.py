"""A sheet of a workbook, or a CSV file, as cells with their addresses. What a cell means is for the columns to say."""

from __future__ import annotations

from datetime import date, time, timedelta
from typing import NamedTuple


class Broken(NamedTuple):
    """A cell in which the spreadsheet itself has no value: `#N/A`, or a formula that was never calculated."""

    why: str


Cell = str | int | float | bool | date | time | timedelta | Broken | None
"""What a cell holds; a day with a time of day is a `datetime`, nothing is None."""


class Merged(NamedTuple):
    """Cells drawn as one: only the first holds the value. Rows and columns count from 1."""

    top: int
    left: int
    bottom: int
    right: int

    def __str__(self) -> str:
        return f"{address(self.top, self.left)}:{address(self.bottom, self.right)}"


class Sheet(NamedTuple):
    """The rows that hold anything, each with its number as a spreadsheet counts."""

    called: str
    """How errors call it: `sheet People`, `people.csv`."""
    name: str
    rows: list[tuple[int, list[Cell]]]
    merged: tuple[Merged, ...] = ()
    hidden: bool = False


class Place(NamedTuple):
    """Where a row stands, and in which columns what is read of it."""

    sheet: str
    row: int
    columns: dict[str, int]

    def cell(self, key: str) -> str:
        """The address of a cell; that of the row for what has no column."""
        column = self.columns.get(key)
        return f"{self.sheet}, cell {address(self.row, column)}" if column else str(self)

    def __str__(self) -> str:
        return f"{self.sheet}, row {self.row}"


def letters(column: int) -> str:
    """The name of a column: 1 is A, 27 is AA."""
    name = ""
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(ord("A") + rest) + name
    return name


def address(row: int, column: int) -> str:
    """The address of a cell, as a spreadsheet shows it."""
    return f"{letters(column)}{row}"
