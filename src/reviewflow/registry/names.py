"""Names that people and registers give: one spelling (NFC, single blanks), and nothing that hides or deceives."""

from __future__ import annotations

import unicodedata
from typing import Final

_LONGEST: Final = 200
_BIDI: Final = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_JOINERS: Final = frozenset("\u200c\u200d")
"""Emoji and several scripts need these two; every other invisible character has no business in a name."""
_TAGS: Final = range(0xE0020, 0xE0080)
"""Letters of flags such as that of Wales."""


def tidy(text: str) -> str:
    """The same text in NFC, without blanks at its ends, with single blanks inside."""
    if text.isascii() and text.isprintable():
        return " ".join(text.split())
    spaced = "".join(" " if unicodedata.category(c) == "Zs" else c for c in text)
    return " ".join(part for part in unicodedata.normalize("NFC", spaced).split(" ") if part)


def objection(text: str, longest: int = _LONGEST) -> str | None:
    """What is wrong with a tidy text as one line of text; None if nothing is."""
    for place, c in enumerate("" if text.isascii() and text.isprintable() else text, 1):
        if c in _BIDI:
            return f"no characters that turn the writing direction and so deceive (U+{ord(c):04X} at {place})"
        category = unicodedata.category(c)
        if category in {"Cc", "Zl", "Zp", "Cs"}:
            return f"no control characters (U+{ord(c):04X} at {place})"
        if category == "Cf" and c not in _JOINERS and ord(c) not in _TAGS:
            return f"no invisible characters (U+{ord(c):04X} at {place})"
    if len(text) > longest:
        return f"at most {longest} characters, not {len(text)}"
    return None


def objection_to_name(text: str) -> str | None:
    """What is wrong with a tidy text as a name; None if nothing is."""
    if not any(c.isalnum() or unicodedata.category(c)[0] in "LNSP" for c in text):
        return "a name"
    return objection(text)


def shown(text: str, longest: int = 60) -> str:
    """A value for a message: quoted, escaped where it cannot be seen, cut where it is long."""
    cut = text if len(text) <= longest else text[:longest] + "…"
    return "'" + "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in cut) + "'" if text else "nothing"
