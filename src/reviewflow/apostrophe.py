"""The apostrophe that keeps a spreadsheet from taking a text for a formula (CWE-1236), and its way back.

Every CSV file this house writes and reads goes through here. A text that begins with apostrophes before such a
formula gets one more, so that taking one away gives back exactly what was there.
"""

from __future__ import annotations

import unicodedata
from typing import Final

_FORMULA: Final = frozenset("=+-@\t\r\n＝＋－＠")  # noqa: RUF001 - spreadsheets read the wide forms too
_SKIPPED: Final = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})


def with_apostrophe(text: str) -> str:
    """The text as a cell that no spreadsheet takes for a formula."""
    return f"'{text}" if _is_formula(text.lstrip("'")) else text


def without_apostrophe(cell: str) -> str:
    """The text of which `with_apostrophe` made this cell; any other cell as it is."""
    return cell[1:] if cell.startswith("'") and _is_formula(cell.lstrip("'")) else cell


def _is_formula(text: str) -> bool:
    if text[:1].isalnum():
        return False
    # Spreadsheets skip blanks and invisible characters before they look for a formula.
    for char in text:
        if char in _FORMULA:
            return True
        if not (char.isspace() or unicodedata.category(char) in _SKIPPED):
            return False
    return False
