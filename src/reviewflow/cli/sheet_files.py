"""Sheets as files to fill in or to give out: `.xlsx` or `.csv`, told by the name; nothing is written over."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from reviewflow.errors import BadInput, Fault
from reviewflow.registry.people_sheet import KINDS, SheetKind, kind_called
from reviewflow.registry.sheet import Cell

_WIDTH: Final = 28
_NARROW: Final = 14

Filled = Sequence[tuple[SheetKind, Sequence[Sequence[Cell]]]]


def chosen(sheets: Sequence[str]) -> list[SheetKind]:
    """The kinds of these names; all, if none is named."""
    kinds = [(name, kind_called(name)) for name in sheets]
    if unknown := [name for name, kind in kinds if kind is None]:
        there = ", ".join(kind.name for kind in KINDS)
        raise BadInput("--sheet", [Fault("--sheet", repr(name), f"expected one of {there}") for name in unknown])
    wanted = {kind.name for _, kind in kinds if kind}
    return [kind for kind in KINDS if not wanted or kind.name in wanted]


def check_new(file: str, kinds: Sequence[SheetKind]) -> None:
    """`BadInput` if the file is there, has no ending that is known, or cannot hold so many sheets."""
    ending = Path(file).suffix.lower()
    faults = []
    if ending not in (".xlsx", ".csv"):
        faults.append(Fault("", f"a name that ends in {ending or 'nothing'}", "expected .xlsx or .csv"))
    if ending == ".csv" and len(kinds) != 1:
        names = ", ".join(kind.name for kind in KINDS)
        faults.append(Fault("", f"{len(kinds)} sheets", f"a .csv holds one: give --sheet with one of {names}"))
    if Path(file).exists():
        faults.append(Fault("", "a file that exists", "expected a new name; nothing is written over"))
    if faults:
        raise BadInput(file, faults)


def write(file: str, filled: Filled, notes: Sequence[Sequence[Cell]] = ()) -> None:
    """Write the sheets to a new file that only its owner may read."""
    data = _csv(*filled[0]) if Path(file).suffix.lower() == ".csv" else _workbook(filled, notes)
    try:
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except (OSError, ValueError) as error:
        why = (error.strerror if isinstance(error, OSError) else None) or str(error)
        raise BadInput(file, [Fault("", why, "expected a place where a new file can be written")]) from error
    try:
        with os.fdopen(descriptor, "wb") as out:
            out.write(data)
    except OSError:
        Path(file).unlink(missing_ok=True)
        raise


def _csv(kind: SheetKind, rows: Sequence[Sequence[Cell]]) -> bytes:
    from reviewflow.sheets import separated

    return separated.write([column.header for column in kind.columns], rows)


def _workbook(filled: Filled, notes: Sequence[Sequence[Cell]]) -> bytes:
    from reviewflow.registry.people_sheet import NOTES, NOTES_HEADER
    from reviewflow.sheets.writing import Leaf, write_workbook

    leaves = [
        Leaf(
            kind.name,
            [column.header for column in kind.columns],
            rows,
            [_WIDTH] * len(kind.columns),
            {number: c.choices for number, c in enumerate(kind.columns, 1) if c.choices},
        )
        for kind, rows in filled
    ]
    if notes:
        leaves.append(Leaf(NOTES, NOTES_HEADER, notes, (_NARROW, _NARROW, _NARROW, 90, _WIDTH)))
    return write_workbook(leaves)
