"""What the reader of workbooks does not tell: how far a sheet reaches, and which cells hold an error.

The reader fills every cell between the first and the last one used, so two cells far apart would take all memory and
with it the whole process; and it gives an empty cell for `#N/A`. So the sheet's own XML is looked through before.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, Final, NamedTuple
from xml.parsers import expat

from reviewflow.errors import BadInput, Fault
from reviewflow.registry.sheet import Broken

MOST_CELLS: Final = 5_000_000
"""Cells from A1 to the last one used."""
_MOST_BROKEN: Final = 10_000
_PLACE: Final = re.compile(r"([A-Z]{1,4})([0-9]{1,8})")
_NEVER: Final = Broken("a formula that was never calculated")


class Looked(NamedTuple):
    """The last row and column used, counted from 1, and the cells without a value of their own."""

    rows: int
    columns: int
    broken: dict[tuple[int, int], Broken]


class _Look:
    def __init__(self) -> None:
        self.last_row = self.last_column = 0
        self.row = self.column = 0
        self.type = ""
        self.formula = self.value = False
        self.text: list[str] = []
        self.broken: dict[tuple[int, int], Broken] = {}

    def start(self, name: str, attributes: dict[str, str]) -> None:
        match name.rpartition(":")[2]:
            case "v" | "is":
                self._used()
                self.text.clear()
                self.value = True
            case "c":
                self._close()
                self._open(attributes)
            case "f":
                self._used()
                self.formula = True
            case "row":
                self._close()
                given = attributes.get("r", "")
                self.row = int(given) if given.isdecimal() and len(given) < 10 else self.row + 1  # noqa: PLR2004
                self.column = 0

    def _open(self, attributes: dict[str, str]) -> None:
        self.column += 1
        if found := _PLACE.fullmatch(attributes.get("r", "").replace("$", "").upper()):
            self.column = 0
            for letter in found[1]:
                self.column = self.column * 26 + ord(letter) - 64
            self.row = int(found[2])
        self.type = attributes.get("t", "")

    def _used(self) -> None:
        self.last_row, self.last_column = max(self.last_row, self.row), max(self.last_column, self.column)

    def characters(self, text: str) -> None:
        if self.value and (self.formula or self.type == "e"):
            self.text.append(text)

    def _close(self) -> None:
        """What the cell before was, now that all of it was seen."""
        if len(self.broken) < _MOST_BROKEN:
            if self.type == "e":
                self.broken[self.row, self.column] = Broken(f"the error {''.join(self.text).strip()[:20]}".strip())
            elif self.formula and self.type != "str" and not self.text:
                self.broken[self.row, self.column] = _NEVER
        self.type, self.formula, self.value = "", False, False
        self.text.clear()

    def end(self) -> Looked:
        self._close()
        return Looked(self.last_row, self.last_column, self.broken)


def look(xml: bytes, what: str, called: str) -> Looked:
    """Look through a sheet. `BadInput` where it is no XML, brings entities, or reaches further than can be read."""
    found = _Look()
    parser = expat.ParserCreate()
    parser.CharacterDataHandler = found.characters
    _parse(parser, found.start, xml, what, called)
    looked = found.end()
    if looked.rows * looked.columns > MOST_CELLS:
        got = f"cells as far as row {looked.rows:,} and column {looked.columns:,}"
        want = f"expected at most {MOST_CELLS:,} cells; delete what stands far off"
        raise BadInput(what, [Fault(called, got, want)])
    return looked


def attributes(xml: bytes, element: str, what: str) -> list[dict[str, str]]:
    """The attributes of every element of this name."""
    found: list[dict[str, str]] = []

    def start(name: str, given: dict[str, str]) -> None:
        if name.rpartition(":")[2] == element:
            found.append(given)

    if xml:
        _parse(expat.ParserCreate(), start, xml, what, element)
    return found


def _parse(parser: Any, start: Callable[[str, dict[str, str]], None], xml: bytes, what: str, called: str) -> None:
    def refuse(*_: Any) -> None:
        raise BadInput(what, [Fault(called, "a document type", "expected a workbook as spreadsheets write it")])

    parser.buffer_text = True
    parser.StartElementHandler = start
    parser.StartDoctypeDeclHandler = refuse
    try:
        parser.Parse(xml, True)  # noqa: FBT003 - expat's signature
    except (expat.ExpatError, ValueError) as error:
        want = "expected a whole workbook; save it again"
        raise BadInput(what, [Fault(called, f"a damaged part ({error})", want)]) from error
