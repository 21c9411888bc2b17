"""How much of a file may be one thing: what keeps memory flat whatever the file says."""

from __future__ import annotations

from typing import Final

LARGEST_CELL: Final = 1024 * 1024
"""Characters of one value: longer than any text that a person writes."""

LARGEST_KEY: Final = 1000
"""Characters of one attribute's key. A nested key is at most this for each of its levels."""

LARGEST_EVENT: Final = 16 * 1024 * 1024
"""Bytes (in CSV: characters) that one row or event may span."""

LARGEST_TAG: Final = 8 * 1024 * 1024
"""Bytes of one tag or comment of XML: it holds one value, which may be escaped."""

MOST_CELLS: Final = 1000
"""Attributes of one event, and of one case; columns of one CSV file."""

MOST_DEFAULTS: Final = 100
"""Attributes that a log may give every event, or every trace, that does not have them."""

DEEPEST: Final = 32
"""Elements inside one another, the log itself counted."""

LARGEST_FILE: Final = 50 * 1024**3
"""Bytes of one file once it is unpacked."""

PIECE: Final = 64 * 1024
"""Bytes that are read from a file, or come out of a decompressor, at once."""
