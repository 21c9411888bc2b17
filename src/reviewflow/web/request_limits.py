"""No request is larger than what it may be for: its body is counted while it is read.

400 where its length is not certain, 413 for a body (RFC 9110, 15.5.14), 431 for headers and address (RFC 6585, 5).
"""

from __future__ import annotations

import asyncio
import json
from contextlib import suppress
from typing import Final

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from reviewflow.vault.vault import FILE_LIMIT
from reviewflow.web.api.problems import KINDS, address
from reviewflow.web.guarding import HEADERS as PROTECTING
from reviewflow.web.rendering import bare

HEADERS: Final = 32 * 1024
"""Bytes of headers and address together. The server itself refuses this much only if it comes in pieces."""
FORM: Final = 4 * 1024 * 1024
"""Bytes of a form without files, or of a document."""
FILES: Final = FILE_LIMIT + 2 * 1024 * 1024
"""Bytes of a form with a file, whose fields come on top."""
_WITH_FILES: Final = ("multipart/form-data", "application/octet-stream")
_DRAINED, _PATIENCE = 4 * FORM, 2.0
"""Bytes and seconds for which the rest is still read: a browser that is cut off while it sends shows no answer."""


class RequestLimits:
    """ASGI middleware."""

    def __init__(self, app: ASGIApp, *, form: int = FORM, files: int = FILES) -> None:
        self._app, self._form, self._files = app, form, files

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, as far as it is not too large."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        path = scope["path"]
        api = path if path == "/api" or path.startswith("/api/") else ""
        if _size(scope) > HEADERS:
            await _answer(431, _LONG, send, api=api)
            return
        headers = Headers(scope=scope)
        if "content-length" in headers and "transfer-encoding" in headers:
            await _answer(_BAD, _TWO_LENGTHS, send, api=api)
            return
        with_files = headers.get("content-type", "").lower().startswith(_WITH_FILES)
        limit = self._files if with_files else self._form
        told = headers.get("content-length", "")
        if told.isdigit() and int(told) > limit:
            asks_first = "expect" in headers  # and sends nothing if the answer is no
            await _answer(413, _LARGE.format(_megabytes(limit)), send, None if asks_first else receive, api=api)
            return
        counted = _Counted(limit, receive, send)
        try:
            await self._app(scope, counted.receive, counted.send)
        except Exception:
            if not counted.over:
                raise
        if counted.over and not counted.begun:
            await _answer(413, _LARGE.format(_megabytes(limit)), send, receive, api=api)


_BAD: Final = 400
# Where a proxy believes the one and a server the other, one request hides in another (RFC 9112, 6.1 and 11.2).
_TWO_LENGTHS: Final = "The request says in two ways how long it is."
_LONG: Final = "The address or the headers are too long."
_LARGE: Final = "This is too large: at most {} megabytes can be sent at once. Nothing was recorded."


_KINDS: Final = {_BAD: "not-understood", 413: "too-large", 431: "too-long"}


def _size(scope: Scope) -> int:
    headers = sum(len(name) + len(value) for name, value in scope["headers"])
    return headers + len(scope.get("raw_path") or b"") + len(scope["query_string"])


class _Counted:
    """Receives for the application, until it is too much: then it hears that whoever sent it is gone."""

    def __init__(self, limit: int, receive: Receive, send: Send) -> None:
        self._left, self._receive, self._send = limit, receive, send
        self.over = self.begun = False

    async def receive(self) -> Message:
        if self.over:
            return {"type": "http.disconnect"}
        message = await self._receive()
        self._left -= len(message.get("body", b""))
        if self._left < 0:
            self.over = True
            return {"type": "http.disconnect"}
        return message

    async def send(self, message: Message) -> None:
        if self.over and not self.begun:
            return
        self.begun = True
        await self._send(message)


def _megabytes(limit: int) -> int:
    return limit // (1024 * 1024)


async def _answer(status: int, text: str, send: Send, rest: Receive | None = None, *, api: str) -> None:
    """In words; to a program, which asked at `api`, as a problem (RFC 9457)."""
    kind = _KINDS[status]
    problem = {"type": address(kind), "title": KINDS[kind].title, "status": status, "detail": text, "instance": api}
    body = json.dumps(problem).encode() if api else bare(KINDS[kind].title, text)
    media = b"application/problem+json" if api else b"text/html; charset=utf-8"
    headers = [
        *([] if api else [(name.encode(), value.encode()) for name, value in PROTECTING]),
        (b"content-type", media), (b"content-length", str(len(body)).encode()),
        (b"connection", b"close"), (b"cache-control", b"no-store"),
        *([(b"x-content-type-options", b"nosniff")] if api else []),
    ]  # fmt: skip
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body, "more_body": True})
    if rest is not None:
        with suppress(TimeoutError):
            async with asyncio.timeout(_PATIENCE):
                await _drain(rest)
    await send({"type": "http.response.body", "body": b""})


async def _drain(receive: Receive) -> None:
    left = _DRAINED
    while left > 0:
        message = await receive()
        left -= len(message.get("body", b""))
        if message["type"] != "http.request" or not message.get("more_body"):
            return
