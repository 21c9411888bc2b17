"""What a cell of a register may hold: each reader answers the stored text, or says what it expected."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from typing import Final

from reviewflow.registry.names import objection, objection_to_name, tidy

Reader = Callable[[str], str]


class BadCell(ValueError):
    """A cell does not hold what it should; `want` says what was expected."""

    def __init__(self, want: str) -> None:
        """`want` completes the sentence "expected ..."."""
        self.want = want
        super().__init__(want)


def text(cell: str) -> str:
    """Any text, tidied; may be empty."""
    tidied = tidy(cell)
    if wrong := objection(tidied):
        raise BadCell(wrong)
    return tidied


def name(cell: str) -> str:
    """A name."""
    tidied = tidy(cell)
    if wrong := objection_to_name(tidied):
        raise BadCell(wrong)
    return tidied


def digits(shape: str, what: str) -> Reader:
    """A reader of numbers that are names, such as a URN; `shape` is a pattern."""
    pattern = re.compile(shape, re.ASCII)

    def read(cell: str) -> str:
        if not pattern.fullmatch(stripped := cell.strip()):
            raise BadCell(what)
        return stripped

    return read


URN: Final = digits(r"[1-9][0-9]{4,6}", "a URN: 5 to 7 digits and nothing else")
LAESTAB: Final = digits(r"[0-9]{7}|", "a LAEstab number: 7 digits, or nothing")
UKPRN: Final = digits(r"[0-9]{8}|", "a UKPRN: 8 digits, or nothing")
CODE: Final = digits(r"[0-9]{3}|", "an authority's code: 3 digits, or nothing")
ESTABLISHMENT: Final = digits(r"[0-9]{4}|", "an establishment number: 4 digits, or nothing")
COUNT: Final = digits(r"[0-9]+(\.[0-9]+)?|", "a number, or nothing")

_UNKNOWN: Final = date(1900, 1, 1)


def parse_day(cell: str) -> date | None:
    """A date dd-mm-yyyy; None for an empty cell. Raises `BadCell`."""
    stripped = cell.strip()
    if not stripped:
        return None
    found = re.fullmatch(r"([0-9]{2})-([0-9]{2})-([0-9]{4})", stripped, re.ASCII)
    try:
        return date(int(found[3]), int(found[2]), int(found[1])) if found else _no_day("a date dd-mm-yyyy")
    except ValueError as error:
        raise BadCell(error.want if isinstance(error, BadCell) else "a day that exists, as dd-mm-yyyy") from None


def _no_day(want: str) -> date:
    raise BadCell(want)


def day(cell: str) -> str:
    """A date dd-mm-yyyy as yyyy-mm-dd; empty where there is none. 01-01-1900 stands for "not known" in registers."""
    parsed = parse_day(cell)
    return "" if parsed is None or parsed == _UNKNOWN else parsed.isoformat()
