"""Characters that a format cannot hold: half surrogate pairs nowhere, NUL not in CSV, control characters not in XML."""

from __future__ import annotations

import re
from typing import Final

PLACEHOLDER: Final = "\ufffd"
_HALVES: Final = re.compile("[\ud800-\udfff]")
_NOT_CSV: Final = re.compile("[\0\ud800-\udfff]")
_NOT_XML: Final = re.compile("[\0-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def clean(text: str) -> tuple[str, int]:
    """The text with a placeholder for each half of a surrogate pair, and how many there were."""
    return _HALVES.subn(PLACEHOLDER, text)


def clean_for_csv(text: str) -> tuple[str, int]:
    """As `clean`, for NUL too."""
    return _NOT_CSV.subn(PLACEHOLDER, text)


def clean_for_xml(text: str) -> tuple[str, int]:
    """As `clean`, for everything that XML 1.0 forbids, escaped or not."""
    return _NOT_XML.subn(PLACEHOLDER, text)
