"""The registry of people as the sheets that `person import` reads, written to a file."""

from __future__ import annotations

from collections.abc import Sequence

from reviewflow.asking.people_files import chosen
from reviewflow.asking.people_sheets import sheets as sheets_of
from reviewflow.cli.options import Reading
from reviewflow.cli.printing import count, say
from reviewflow.cli.request import asking
from reviewflow.cli.sheet_files import check_new, write


def exporting(file: str, sheets: Sequence[str], how: Reading) -> None:
    """Write the sheets to a new file."""
    kinds = chosen(sheets, "--sheet")
    check_new(file, kinds)
    with asking(how) as (question, answer):
        filled = [(kind, rows) for kind, rows in sheets_of(question) if kind in kinds]
        write(file, filled)
        rows = {kind.name: len(rows) for kind, rows in filled}
        told = ", ".join(f"{name} {count(number, 'row')}" for name, number in rows.items())

        def show() -> None:
            say(f"Written: {file}: {told}.")
            if not question.called.vault.readable:
                say("names and addresses are hidden: the master key is not at hand", err=True)

        answer({"file": file, "rows": rows}, show)
