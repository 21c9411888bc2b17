"""An empty workbook to fill in: the headers, and a sheet that explains each column with an invented example."""

from __future__ import annotations

from collections.abc import Sequence

from reviewflow.asking.people_files import chosen, notes_of
from reviewflow.cli.printing import document, say
from reviewflow.cli.sheet_files import check_new, write


def write_template(file: str, sheets: Sequence[str], *, as_json: bool) -> None:
    """Write it; needs no store."""
    kinds = chosen(sheets, "--sheet")
    check_new(file, kinds)
    write(file, [(kind, ()) for kind in kinds], notes_of(kinds))
    names = [kind.name for kind in kinds]
    if as_json:
        document({"template": file, "sheets": names})
    else:
        say(f"Written: {file}, to be filled in: {', '.join(names)}. Then: reviewflow person import {file} --dry-run")
