"""Text that does to a terminal or a spreadsheet nothing but stand there. Nothing is dropped: what is unsafe is shown.

A text of a person may hold an escape sequence, a mark that turns the reading direction round, or a formula.
Where such a text is *stored* is not our matter; here is how it is *shown*.
"""

from __future__ import annotations

import unicodedata
from datetime import date, datetime
from typing import Final

_KEPT: Final = frozenset(
    "\u00ad\u061c\u200b\u200c\u200d\u200e\u200f\u2060"  # breaks, joiners and weak marks that scripts and emoji need
    "\u0600\u0601\u0602\u0603\u0604\u0605\u06dd\u070f\u0890\u0891\u08e2"  # signs that stand before numbers
)
_TAGS: Final = range(0xE0020, 0xE0080)
"""Letters of flags such as that of Wales."""
_UNSAFE: Final = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
_FORMULA: Final = frozenset("=+-@\t\r\n＝＋－＠")  # noqa: RUF001 - spreadsheets read the wide forms too
_LAST_BYTE, _LAST_SHORT = 0xFF, 0xFFFF


def for_terminal(text: str, *, lines: bool = False) -> str:
    """The text with every control character, and every mark that overrides the direction, written out as its number.

    With `lines`, line breaks and tabs stay; without, they are written out as well: one line stays one line.
    """
    if text.isascii() and text.isprintable():
        return text
    kept = "\n\t" if lines else ""
    return "".join(c if c in kept or _safe(c) else _written_out(c) for c in text)


def _safe(char: str) -> bool:
    return unicodedata.category(char) not in _UNSAFE or char in _KEPT or ord(char) in _TAGS


def _written_out(char: str) -> str:
    code = ord(char)
    if code <= _LAST_BYTE:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code <= _LAST_SHORT else f"\\U{code:08x}"


def csv_cell(value: object) -> str:
    """A cell for a CSV file that no spreadsheet takes for a formula (CWE-1236).

    The writer must quote every cell (`csv.QUOTE_ALL`): some spreadsheets split at semicolons too.
    Only texts can be formulas: a number stays a number, also a negative one, and a date stays a date.
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime | date):
        return value.isoformat()
    text = str(value)
    if not isinstance(value, str):
        return text
    # Spreadsheets skip blanks and invisible characters before they look for a formula.
    first = next((c for c in text if c in _FORMULA or not (c.isspace() or unicodedata.category(c) in _UNSAFE)), "")
    return f"'{text}" if first in _FORMULA and first else text
