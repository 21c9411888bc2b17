"""Workbooks made for a test: from rows, from a sheet's raw XML, as OpenDocument."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Sequence
from typing import Any

from openpyxl import Workbook

OFFICE = "urn:oasis:names:tc:opendocument:xmlns"
ODS = (
    f'<?xml version="1.0"?><office:document-content xmlns:office="{OFFICE}:office:1.0" '
    f'xmlns:table="{OFFICE}:table:1.0" xmlns:text="{OFFICE}:text:1.0"><office:body><office:spreadsheet>'
    '<table:table table:name="People">%s</table:table></office:spreadsheet></office:body></office:document-content>'
)


def book(sheets: dict[str, Sequence[Sequence[Any]]], change: Callable[[Workbook], None] = lambda _: None) -> bytes:
    """A workbook of these rows; `change` may do more to it before it is saved."""
    made = Workbook()
    made.remove(made.active)
    for name, rows in sheets.items():
        sheet = made.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
    change(made)
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def repacked(data: bytes, change: Callable[[str, bytes], bytes | None]) -> bytes:
    """The archive with each member changed; None leaves it out."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as before, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as after:
        for name in before.namelist():
            if (changed := change(name, before.read(name))) is not None:
                after.writestr(name, changed)
    return out.getvalue()


def with_sheet(xml: str) -> bytes:
    """A workbook whose only sheet is this XML of rows."""
    whole = (
        '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
        f"{xml}</sheetData></worksheet>"
    ).encode()
    return repacked(book({"People": [["x"]]}), lambda name, data: whole if "worksheets/" in name else data)


def open_document(table: str) -> bytes:
    """An OpenDocument spreadsheet whose only table holds this XML."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("META-INF/manifest.xml", "<manifest/>")
        archive.writestr("content.xml", ODS % table)
    return out.getvalue()
