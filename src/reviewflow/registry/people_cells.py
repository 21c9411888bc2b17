"""What a cell of the people's workbook may hold: each reader answers the value, or says what it expected."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Final, Literal

from reviewflow.registry.cells import BadCell
from reviewflow.registry.names import objection, tidy
from reviewflow.registry.sheet import Broken, Cell

Order = Literal["iso", "dmy", "mdy"]
"""How a date written as text is to be read, where it is not yyyy-mm-dd."""
Reader = Callable[[Cell, Order | None], str | date | None]

_ISO: Final = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})", re.ASCII)
_OTHER: Final = re.compile(r"([0-9]{1,2})([/.-])([0-9]{1,2})\2([0-9]{4})", re.ASCII)
_WHOLE: Final = re.compile(r"([0-9]+)\.0+", re.ASCII)
_YEARS: Final = range(1900, 2200)
_EXACT: Final = 10**15
"""A spreadsheet keeps 15 digits of a number; what is longer was rounded."""


def words(cell: Cell, _order: Order | None = None) -> str:
    """Text on one line; empty where there is none."""
    if isinstance(cell, str):
        return _line(cell)
    if cell is None:
        return ""
    raise BadCell(f"text, not {_kind(cell)}")


def code(cell: Cell, _order: Order | None = None) -> str:
    """Text that may look like a number, such as a URN: 123456.0 is 123456."""
    if isinstance(cell, bool) or not isinstance(cell, int | float | str):
        return words(cell)
    if isinstance(cell, str):
        line = _line(cell)
        whole = _WHOLE.fullmatch(line)
        return whole[1] if whole else line
    if cell != cell or cell in (float("inf"), float("-inf")) or cell != int(cell):  # noqa: PLR0124 - NaN alone differs
        raise BadCell(f"a whole number or text, not {cell}")
    if abs(cell) >= _EXACT:
        raise BadCell("a number of at most 15 digits; keep longer ones as text, a spreadsheet rounds them")
    return str(int(cell))


def day(cell: Cell, order: Order | None = None) -> date | None:
    """A date of the spreadsheet, or text yyyy-mm-dd; other text as `order` says. None where there is none."""
    if cell is None:
        return None
    if isinstance(cell, datetime):
        return _in_range(cell.date())
    if isinstance(cell, date):
        return _in_range(cell)
    if not isinstance(cell, str):
        raise BadCell(f"a date, not {_kind(cell)}; give the cell the format of a date")
    line = _line(cell)
    if not line:
        return None
    try:
        if iso := _ISO.fullmatch(line):
            return _in_range(date(int(iso[1]), int(iso[2]), int(iso[3])))
        if other := _OTHER.fullmatch(line):
            return _in_range(_ordered(other, order))
    except BadCell:
        raise
    except ValueError:
        raise BadCell("a day that exists" + (f", read as {order}" if order in ("dmy", "mdy") else "")) from None
    raise BadCell("a date as in 2026-09-01")


def _ordered(found: re.Match[str], order: Order | None) -> date:
    one, other, year = int(found[1]), int(found[3]), int(found[4])
    match order:
        case "dmy":
            return date(year, other, one)
        case "mdy":
            return date(year, one, other)
        case "iso":
            raise BadCell("a date as in 2026-09-01")
        case None:
            raise BadCell("a date as in 2026-09-01; or say with --dates dmy (or mdy) how such dates are written")


def _in_range(found: date) -> date:
    if found.year not in _YEARS:
        raise BadCell(f"a year from {_YEARS.start} to {_YEARS.stop - 1}")
    return found


def _line(cell: str) -> str:
    # A line end within a cell is a blank for what stands on one line.
    tidied = tidy(" ".join(cell.splitlines()).replace("\t", " "))
    if wrong := objection(tidied, 500):
        raise BadCell(wrong)
    return tidied


def _kind(cell: Cell) -> str:
    if isinstance(cell, Broken):
        return cell.why
    if isinstance(cell, bool):
        return "true or false"
    if isinstance(cell, int | float):
        return "a number"
    if isinstance(cell, date):
        return "a date"
    return "a time" if isinstance(cell, time) else "a length of time" if isinstance(cell, timedelta) else "this"


def as_typed(cell: Cell) -> str:
    """A cell for a message."""
    if isinstance(cell, Broken):
        return cell.why
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    return "" if cell is None else str(cell)
