"""Sheets as files to fill in or to give out: `.xlsx` or `.csv`, told by the name; nothing is written over."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from reviewflow.asking.people_files import Filled, written
from reviewflow.errors import BadInput, Fault
from reviewflow.registry.people_sheet import KINDS, SheetKind
from reviewflow.registry.sheet import Cell


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
    data = written("csv" if Path(file).suffix.lower() == ".csv" else "xlsx", filled, notes)
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
