"""An empty workbook to fill in: the headers, and a sheet that explains each column with an invented example."""

from __future__ import annotations

from collections.abc import Sequence

from reviewflow.cli.printing import document, say
from reviewflow.cli.sheet_files import check_new, chosen, write
from reviewflow.registry.people_sheet import SheetKind
from reviewflow.registry.sheet import Cell


def write_template(file: str, sheets: Sequence[str], *, as_json: bool) -> None:
    """Write it; needs no store."""
    kinds = chosen(sheets)
    check_new(file, kinds)
    write(file, [(kind, ()) for kind in kinds], _notes(kinds))
    names = [kind.name for kind in kinds]
    if as_json:
        document({"template": file, "sheets": names})
    else:
        say(f"Written: {file}, to be filled in: {', '.join(names)}. Then: reviewflow person import {file} --dry-run")


def _notes(kinds: Sequence[SheetKind]) -> list[list[Cell]]:
    return [
        [kind.name, c.header, "yes" if c.filled else "column" if c.needed else "no", c.means, c.example]
        for kind in kinds for c in kind.columns
    ]  # fmt: skip
