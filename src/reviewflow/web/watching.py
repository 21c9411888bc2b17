"""Around everything: each request gets an id, and once it is answered it is told to whoever watches."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from time import perf_counter
from typing import Final, NamedTuple

from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send

HEADER: Final = b"x-request-id"
UNKNOWN: Final = "(none)"
"""The route of a request for which there is none."""
STATIC: Final = "(static)"
_METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT"})
_LEFT: Final = 499
"""Whoever asked was gone before there was an answer."""
_SORRY: Final = b"Something is wrong with this service. It was noted."


class Seen(NamedTuple):
    """A request that was answered: nothing in it comes from who asked, but for the choice of a known method."""

    id: str
    method: str
    route: str
    """The template, as in `/cycles/{cycle}`, never the path."""
    status: int
    seconds: float


class Watching:
    """ASGI middleware, the outermost; an error that nobody answered is answered here, and told."""

    def __init__(
        self, app: ASGIApp, seen: Sequence[Callable[[Seen], None]], failed: Callable[[BaseException, str], None]
    ) -> None:
        """`failed` gets an error and the id of its request."""
        self._app, self._seen, self._failed = app, tuple(seen), failed

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        # Made here: an id that somebody sends along could say anything.
        one = secrets.token_hex(8)
        scope.setdefault("state", {})["request_id"] = one
        begun, status = perf_counter(), 0

        async def sending(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message.get("headers", ()), (HEADER, one.encode())]
            await send(message)

        try:
            await self._app(scope, receive, sending)
        except Exception as error:  # noqa: BLE001 - whatever it is, it is told and goes no further
            self._failed(error, one)
            if not status:
                await _sorry(sending)
        finally:
            method = scope["method"] if scope["method"] in _METHODS else "OTHER"
            told = Seen(one, method, route_of(scope), status or _LEFT, perf_counter() - begun)
            for see in self._seen:
                see(told)


def route_of(scope: Scope) -> str:
    """The template of the route that was found for a request."""
    path = getattr(scope.get("route"), "path", None)
    if isinstance(path, str):
        return path
    return STATIC if isinstance(scope.get("endpoint"), StaticFiles) else UNKNOWN


async def _sorry(send: Send) -> None:
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"content-length", str(len(_SORRY)).encode())]
    await send({"type": "http.response.start", "status": 500, "headers": headers})
    await send({"type": "http.response.body", "body": _SORRY})
