"""A kept file goes out: to be saved, never to be shown or run by a browser."""

from __future__ import annotations

from typing import Final
from urllib.parse import quote

from fastapi.responses import Response
from starlette.types import Receive, Scope, Send

from reviewflow.web.uploads import Room

_PIECE: Final = 256 * 1024


class SentFile(Response):
    """A file as an attachment (RFC 6266). Its room is given back once it is sent, or nobody wants it any more."""

    def __init__(self, name: str, data: bytes, media_type: str, room: Room, size: int) -> None:
        headers = {
            "content-disposition": disposition(name),
            "content-length": str(len(data)),
            "content-security-policy": "sandbox; default-src 'none'",
            "x-content-type-options": "nosniff",
            "cache-control": "no-store",
        }
        super().__init__(None, 200, headers, media_type)
        self.headers["content-type"] = media_type  # Starlette would add a character set of its own
        self._data, self._room, self._size = data, room, size

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send it piece by piece: a slow reader keeps one copy, not two."""
        del scope, receive
        try:
            await send({"type": "http.response.start", "status": 200, "headers": self.raw_headers})
            view = memoryview(self._data)
            for begin in range(0, max(len(view), 1), _PIECE):
                piece = bytes(view[begin : begin + _PIECE])
                more = begin + _PIECE < len(view)
                await send({"type": "http.response.body", "body": piece, "more_body": more})
        finally:
            self._room.give(self._size)


def disposition(name: str) -> str:
    """The header that says: save this, under this name. The name in UTF-8, for all that understand it (RFC 8187)."""
    plain = "".join(one if one.isascii() and one.isprintable() and one not in '"\\/%;' else "_" for one in name)
    return f"attachment; filename=\"{plain or 'file'}\"; filename*=UTF-8''{quote(name, safe='')}"
