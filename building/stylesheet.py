"""What we take of a stylesheet: everything but fonts and pictures. Pure: text in, text out.

GDS Transport may be used on GOV.UK alone, and so may the crest
(https://design-system.service.gov.uk/styles/typeface/); a stylesheet that names no file also needs nothing fetched.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final

SYSTEM_FONTS: Final = 'system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue"'
"""In the place of GDS Transport; Arial and sans-serif follow it there already."""

_FONT = re.compile(r"""(["']?)GDS Transport\1""", re.IGNORECASE)
_FETCHES = re.compile(r"url\(|image-set\(|src\(", re.IGNORECASE)
_PART = re.compile(
    r"""/\*.*?\*/ | "(?:\\.|[^"\\])*" | '(?:\\.|[^'\\])*' | url\(\s*[^"'\s)][^)]*\) |
        \\. | [{};] | [^\\{};"'/u]+ | .""",
    re.DOTALL | re.VERBOSE | re.IGNORECASE,
)  # CSS Syntax Module Level 3, section 4: as much of it as says where a declaration ends


@dataclass(slots=True)
class _Block:
    """A rule that is being read: what stands before its brace, what is kept of its inside."""

    before: str
    kept: list[str] = field(default_factory=list)
    fetches: bool = False

    def take(self, declaration: str, end: str) -> None:
        if declaration.strip().lower().startswith("@import"):
            return
        if _FETCHES.search(declaration):
            self.fetches = True
        elif declaration.strip():
            self.kept.append(declaration + end)

    def __str__(self) -> str:
        inside = "".join(self.kept)
        # A rule made for a picture is only a hole without it: the whole rule goes.
        gone = self.fetches or not inside or self.before.strip().lower().startswith("@font-face")
        return "" if gone else f"{self.before}{{{inside}}}"


def without_fonts_and_pictures(css: str) -> str:
    """A stylesheet without comments, @font-face, @import and every rule that names a file, in the system's fonts.

    `ValueError` for one whose braces or quotes do not pair.
    """
    blocks = [_Block("")]
    piece = ""
    for found in _PART.finditer(css):
        part = found[0]
        if part.startswith("/*"):
            continue
        if part in ('"', "'"):
            raise ValueError(f"a quote at {found.start()} is never closed")
        if part == "{":
            blocks.append(_Block(piece))
            piece = ""
        elif part in (";", "}"):
            blocks[-1].take(piece, ";" if part == ";" else "")
            piece = ""
            if part == "}":
                if len(blocks) == 1:
                    raise ValueError(f"a brace is closed at {found.start()} that was never opened")
                done = str(blocks.pop())
                blocks[-1].kept.append(done)
        else:
            piece += part
    if len(blocks) > 1 or piece.strip():
        raise ValueError(f"the stylesheet ends inside {(blocks[-1].before or piece).strip()[:60]!r}")
    return _FONT.sub(SYSTEM_FONTS, "".join(blocks[0].kept).strip()) + "\n"


def without_source_map(script: str) -> str:
    """A script that does not ask for a map that we do not ship."""
    return re.sub(r"\s*//# sourceMappingURL=[^\s\"'`]*\s*\Z", "", script).rstrip() + "\n"
