"""The zip archive that a workbook is: looked at before anything is unpacked, and unpacked only once.

What is read afterwards are these very bytes, so that nothing hides behind a size that the directory did not tell,
or behind a second member of the same name.
"""

from __future__ import annotations

import io
import zipfile
import zlib
from typing import Final

from reviewflow.errors import BadInput, Fault

LARGEST: Final = 500 * 1024 * 1024
"""Bytes that all members together may say they have when unpacked."""
_MOST_MEMBERS: Final = 10_000
_UNREADABLE: Final = (
    zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, NotImplementedError, RuntimeError
)  # fmt: skip
_MANY: Final = 100_000
_READ: Final = (".xml", ".rels")
"""Pictures, macros and printer settings are never unpacked."""


def unpack(data: bytes, what: str) -> dict[str, bytes]:
    """The members that a workbook is read from. `BadInput` where they are too large, doubled or damaged."""
    members: dict[str, bytes] = {}
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            listed = archive.infolist()
            _check(listed, what)
            for one in listed:
                if one.filename.casefold().endswith(_READ) or one.filename == "mimetype":
                    members[one.filename] = archive.read(one)
    except _UNREADABLE as error:
        want = "expected a whole workbook; save it again, or copy it again"
        raise BadInput(what, [Fault("", f"a damaged workbook ({error})", want)]) from error
    if "[Content_Types].xml" not in members and not is_open_document(members):
        raise BadInput(what, [Fault("", "an archive that is no workbook", "expected .xlsx, .ods, .xls or .csv")])
    if any(name.casefold().endswith("workbook.bin") for name in (one.filename for one in listed)):
        raise BadInput(what, [Fault("", "a binary workbook (.xlsb)", "expected .xlsx; save it as that")])
    return members


def _check(listed: list[zipfile.ZipInfo], what: str) -> None:
    unpacked = sum(one.file_size for one in listed)
    if unpacked > LARGEST:
        want = f"expected at most {LARGEST:,}: this is no list of people"
        raise BadInput(what, [Fault("", f"{unpacked:,} bytes when unpacked", want)])
    if len(listed) > _MOST_MEMBERS:
        raise BadInput(what, [Fault("", f"{len(listed):,} parts", f"expected at most {_MOST_MEMBERS:,}")])
    if any(one.flag_bits & 1 for one in listed):
        want = "expected one without a password; save it without"
        raise BadInput(what, [Fault("", "a workbook protected by a password", want)])
    names = [one.filename for one in listed]
    if len(set(names)) != len(names):
        raise BadInput(what, [Fault("", "two parts of one name", "expected a whole workbook; save it again")])


def told_size(data: bytes) -> int:
    """Bytes that the members of an archive say they have when unpacked; 0 for what is no archive that can be read."""
    if not data.startswith(b"PK"):
        return 0
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return sum(one.file_size for one in archive.infolist())
    except _UNREADABLE:
        return 0  # whoever reads it says what is wrong


def told_rows(data: bytes) -> tuple[int, int]:
    """About how many rows and columns a workbook or a CSV file has, and never fewer rows; far quicker than reading it.

    Rows are lines, of which a cell may have several. Columns are, of a workbook, the cells that a row has on average;
    where there are very many rows nobody counts them.
    """
    if not data.startswith(b"PK"):
        lines = max(data.count(b"\n"), data.count(b"\r")) + 1
        if lines > _MANY:
            return lines, 0
        return lines, 1 + max(line.count(sign) for line in data.splitlines() or [b""] for sign in (b",", b";", b"\t"))
    rows = cells = 0
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for one in archive.infolist():
                if one.filename.casefold().endswith(".xml"):
                    text = archive.read(one)
                    rows = max(rows, text.count(b"<row") + text.count(b"<table:table-row"))
                    cells = max(cells, text.count(b"<c ") + text.count(b"<c>") + text.count(b"<table:table-cell"))
    except _UNREADABLE:
        pass  # whoever reads it says what is wrong
    return rows, cells // max(rows, 1)


def is_open_document(members: dict[str, bytes]) -> bool:
    """Whether this is an OpenDocument file."""
    return members.get("mimetype", b"").startswith(b"application/vnd.oasis.opendocument")


def packed(members: dict[str, bytes]) -> bytes:
    """The members as an archive again, not compressed."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return out.getvalue()
