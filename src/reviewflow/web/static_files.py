"""Style and script: kept by browsers for long, and fetched anew as soon as they change."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path
from typing import Any, Final

from starlette.responses import Response
from starlette.staticfiles import StaticFiles

STATIC: Final = Path(__file__).with_name("static")
_LONG: Final = "public, max-age=31536000, immutable"
_ASK: Final = "no-cache"
"""Kept, but asked about each time: for whoever names no version."""


@cache
def version() -> str:
    """Of all these files together; pages name it behind their addresses."""
    found = hashlib.sha256()
    for file in sorted(STATIC.rglob("*")):
        if file.is_file():
            found.update(file.read_bytes())
    return found.hexdigest()[:12]


class StyleAndScript(StaticFiles):
    """The files, with how long each may be kept."""

    def __init__(self) -> None:
        """All that lies in the folder."""
        super().__init__(directory=STATIC)

    def file_response(self, *args: Any, **named: Any) -> Response:  # noqa: D102 - Starlette's name
        answer = super().file_response(*args, **named)
        scope = args[2] if len(args) > 2 else named["scope"]  # noqa: PLR2004 - path, what it is, scope
        asked = scope.get("query_string", b"")
        answer.headers["cache-control"] = _LONG if asked == f"v={version()}".encode() else _ASK
        return answer
