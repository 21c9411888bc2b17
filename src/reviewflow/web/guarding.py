"""What holds for every answer and every request: headers that keep browsers strict, and no orders from other sites.

Headers as OWASP's Secure Headers Project lists them. A form on another site cannot act for somebody who is signed in
here: browsers say where a request comes from (Fetch Metadata; RFC 6454, Origin), so no form needs a secret of its own.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from reviewflow.web.rendering import bare
from reviewflow.web.site import WebOptions

POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self';"
    " base-uri 'none'; frame-ancestors 'none'"
)
HEADERS: Final = (
    ("content-security-policy", POLICY),
    ("x-content-type-options", "nosniff"),
    ("x-frame-options", "DENY"),
    ("referrer-policy", "same-origin"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
    ("permissions-policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
)
_ONLY_HTTPS: Final = ("strict-transport-security", "max-age=31536000")
_SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})
_REFUSAL: Final = "This was sent by a page of another site, so it was not done. Go back and use the page itself."


class Guarding:
    """ASGI middleware: adds the headers, refuses what another site's page sends."""

    def __init__(self, app: ASGIApp, options: WebOptions) -> None:
        self._app, self._options = app, options
        headers = (*HEADERS, *((_ONLY_HTTPS,) if options.secure else ()))
        self._headers = [(name.encode(), value.encode()) for name, value in headers]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: D102 - ASGI's name
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", ()), *self._added(message)]
            await send(message)

        headers = Headers(scope=scope)
        trusted = scope["method"] in _SAFE or _of_api(scope["path"]) or _by_token(headers)
        if not trusted and not from_here(headers, self._options):
            await _refuse(sending)
            return
        await self._app(scope, receive, sending)

    def _added(self, message: Message) -> Iterable[tuple[bytes, bytes]]:
        """What the answer has already stays; pages are kept by no cache, for they are for one person."""
        there = {name.lower() for name, _ in message.get("headers", ())}
        yield from (one for one in self._headers if one[0] not in there)
        if b"cache-control" not in there:
            yield b"cache-control", b"no-store"


def from_here(headers: Headers, options: WebOptions) -> bool:
    """Whether a page of this very site sent a request, as far as the browser tells; one that tells nothing did not."""
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site == "same-origin"
    origin = headers.get("origin")
    if origin is None:
        return False
    found = urlsplit(origin)
    if options.url:
        wanted = urlsplit(options.url)
        return (found.scheme, found.netloc) == (wanted.scheme, wanted.netloc)
    return found.netloc == headers.get("host")


def _by_token(headers: Headers) -> bool:
    """Whether it comes with a token of the API: no browser adds one by itself, and such a request has no cookie."""
    return headers.get("authorization", "").lower().startswith("bearer ") and "cookie" not in headers


def _of_api(path: str) -> bool:
    """Whether the API is to answer: it takes no cookie for a command, whoever sent it."""
    return path == "/api" or path.startswith("/api/")


async def _refuse(send: Send) -> None:
    body = bare("This was not done", _REFUSAL)
    headers = [(b"content-type", b"text/html; charset=utf-8"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": 403, "headers": headers})
    await send({"type": "http.response.body", "body": body})
