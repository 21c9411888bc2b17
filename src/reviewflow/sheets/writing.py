"""Workbooks as they are given out: headers that stay in sight, days as days, and text that is never a formula."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any, Final, NamedTuple

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from reviewflow.registry.sheet import Cell

_FIRST_DAY: Final = date(1900, 3, 1)
"""Before it a workbook's days are not those of the calendar."""
_DAY: Final = "yyyy-mm-dd"
_LAST_ROW: Final = 1_048_576


class Leaf(NamedTuple):
    """A sheet to be written; `choices` are what a column offers, by its number from 1, and others are allowed."""

    name: str
    header: Sequence[str]
    rows: Iterable[Sequence[Cell]] = ()
    widths: Sequence[int] = ()
    choices: dict[int, Sequence[str]] = {}


def write_workbook(leaves: Sequence[Leaf]) -> bytes:
    """The bytes of a workbook."""
    workbook = Workbook(write_only=True)
    workbook.properties.creator = "reviewflow"
    for leaf in leaves:
        sheet: Any = workbook.create_sheet(leaf.name)
        sheet.freeze_panes = "A2"
        for number, width in enumerate(leaf.widths, 1):
            sheet.column_dimensions[get_column_letter(number)].width = width
        for number, offered in leaf.choices.items():
            sheet.data_validations.append(_offering(number, offered))
        sheet.append([_header(sheet, text) for text in leaf.header])
        for row in leaf.rows:
            sheet.append([_cell(sheet, value) for value in row])
    out = io.BytesIO()
    workbook.save(out)
    return out.getvalue()


def _offering(column: int, offered: Sequence[str]) -> DataValidation:
    # It helps with the spelling and hinders nobody: a workflow has roles of its own.
    validation = DataValidation(type="list", formula1=f'"{",".join(offered)}"', allow_blank=True)
    validation.showErrorMessage = False
    letter = get_column_letter(column)
    validation.add(f"{letter}2:{letter}{_LAST_ROW}")
    return validation


def _header(sheet: Any, text: str) -> Any:
    cell = _text(sheet, text)
    cell.font = Font(bold=True)
    return cell


def _cell(sheet: Any, value: Cell) -> Any:
    if isinstance(value, date) and not isinstance(value, datetime):
        if value < _FIRST_DAY:
            return _text(sheet, value.isoformat())
        cell: Any = WriteOnlyCell(sheet)
        cell.value = value
        cell.number_format = _DAY
        return cell
    return None if value in (None, "") else _text(sheet, str(value))


def _text(sheet: Any, text: str) -> Any:
    cell = WriteOnlyCell(sheet, text)
    cell.data_type = "s"  # whatever it looks like: a formula, an error, a number
    if text.startswith(("=", "+", "-", "@")):
        cell.quotePrefix = True  # and stays text when somebody edits it
    return cell
