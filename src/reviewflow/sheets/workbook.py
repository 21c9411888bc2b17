"""A workbook (.xlsx, .xlsm) as sheets: the values that were there when it was saved, formulas and macros never run."""

from __future__ import annotations

import io
import posixpath

from python_calamine import CalamineError, CalamineWorkbook, SheetMetadata, SheetTypeEnum, SheetVisibleEnum

from reviewflow.errors import BadInput, Fault
from reviewflow.registry.sheet import Broken, Cell, Merged, Sheet
from reviewflow.sheets.looking import attributes, look
from reviewflow.sheets.packed import packed

Values = list[list[Cell]]


def read_workbook(members: dict[str, bytes], what: str) -> list[Sheet]:
    """The worksheets, in their order."""
    # Every part, for a sheet may be called anything.
    looked = {name: look(data, what, name) for name, data in members.items() if name.casefold().endswith(".xml")}
    names = _names(members, what)
    try:
        with CalamineWorkbook.from_filelike(io.BytesIO(packed(members))) as workbook:
            listed = [one for one in workbook.sheets_metadata if one.typ is SheetTypeEnum.WorkSheet]
            broken = {one.name: looked[names[one.name]].broken for one in listed if names.get(one.name) in looked}
            return [_sheet(workbook, one, broken.get(one.name, {})) for one in listed]
    except CalamineError as error:
        raise damaged(what, error) from error
    except BaseException as error:
        if type(error).__name__ == "PanicException":  # the reader's own language throws it; on purpose no Exception
            raise damaged(what, error) from None
        raise


def _sheet(workbook: CalamineWorkbook, one: SheetMetadata, broken: dict[tuple[int, int], Broken]) -> Sheet:
    sheet = workbook.get_sheet_by_name(one.name)
    merged = tuple(
        Merged(top + 1, left + 1, bottom + 1, right + 1)
        for (top, left), (bottom, right) in sheet.merged_cell_ranges or ()
    )
    rows = rows_of([list(row) for row in sheet.to_python(skip_empty_area=False)], broken)
    return Sheet(f"sheet {one.name}", one.name, rows, merged, one.visible is not SheetVisibleEnum.Visible)


def damaged(what: str, error: BaseException) -> BadInput:
    """The error of a workbook that cannot be read."""
    why = str(error).partition("\n")[0][:100]
    return BadInput(what, [Fault("", f"a damaged workbook ({why})", "expected a whole workbook; save it again")])


def rows_of(values: Values, broken: dict[tuple[int, int], Broken] | None = None) -> list[tuple[int, list[Cell]]]:
    """The rows that hold anything, numbered from 1; what the reader gave as empty text is nothing."""
    rows: dict[int, list[Cell]] = {
        number: [None if isinstance(cell, str) and (not cell or cell.isspace()) else cell for cell in row]
        for number, row in enumerate(values, 1)
    }
    for (number, column), why in (broken or {}).items():
        row = rows.setdefault(number, [])
        row += [None] * (column - len(row))
        row[column - 1] = why
    return [(number, rows[number]) for number in sorted(rows) if any(cell is not None for cell in rows[number])]


def _names(members: dict[str, bytes], what: str) -> dict[str, str]:
    """The name of a sheet -> the part that holds it."""
    parts = {}
    for one in attributes(members.get("xl/_rels/workbook.xml.rels", b""), "Relationship", what):
        target = one.get("Target", "")
        parts[one.get("Id", "")] = posixpath.normpath(posixpath.join("/xl", target)).lstrip("/")
    found = {}
    for one in attributes(members.get("xl/workbook.xml", b""), "sheet", what):
        relation = next((value for key, value in one.items() if key.endswith(":id")), "")
        found[one.get("name", "")] = parts.get(relation, "")
    return found
