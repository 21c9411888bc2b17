"""Text that does to a terminal nothing but stand there. Nothing is dropped: what is unsafe is shown.

A text of a person may hold an escape sequence, or a mark that turns the reading direction round.
Where such a text is *stored* is not our matter; here is how it is *shown*.
"""

from __future__ import annotations

import unicodedata
from typing import Final

_KEPT: Final = frozenset(
    "\u00ad\u061c\u200b\u200c\u200d\u200e\u200f\u2060"  # breaks, joiners and weak marks that scripts and emoji need
    "\u0600\u0601\u0602\u0603\u0604\u0605\u06dd\u070f\u0890\u0891\u08e2"  # signs that stand before numbers
)
_TAGS: Final = range(0xE0020, 0xE0080)
"""Letters of flags such as that of Wales."""
_UNSAFE: Final = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
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
