"""A file as sheets, whatever its name ends in: what it is, is told by how it begins.

`.xlsx` and `.xlsm` are looked through before they are read; `.xls` and `.ods` are read in a process of their own.
"""

from __future__ import annotations

from pathlib import PurePath
from typing import Final

from reviewflow.errors import BadInput, Fault
from reviewflow.registry.sheet import Sheet
from reviewflow.sheets import separated

LARGEST: Final = 50 * 1024 * 1024
"""Bytes of a file; a hundred thousand people are a tenth of it."""
_ZIP: Final = b"PK\x03\x04"
_OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED: Final = "EncryptedPackage".encode("utf-16-le")


def read_sheets(data: bytes, what: str) -> list[Sheet]:
    """The sheets of a workbook, or the only one of a CSV file. `BadInput` where it is neither."""
    if len(data) > LARGEST:
        raise BadInput(what, [Fault("", f"{len(data):,} bytes", f"expected at most {LARGEST:,}")])
    if data.startswith(_ZIP):
        from reviewflow.sheets.packed import is_open_document, unpack

        members = unpack(data, what)
        if is_open_document(members):
            from reviewflow.sheets.apart import read_apart

            return read_apart(data, what)
        from reviewflow.sheets.workbook import read_workbook

        return read_workbook(members, what)
    if data.startswith(_OLE):
        if _ENCRYPTED in data:
            want = "expected one without a password; save it without"
            raise BadInput(what, [Fault("", "a workbook protected by a password", want)])
        from reviewflow.sheets.apart import read_apart

        return read_apart(data, what)
    return [separated.read(data, what, PurePath(what).name)]
