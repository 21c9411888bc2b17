"""An answer that is made while it is sent: no more of it is in memory than a piece."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Generator, Iterator
from time import monotonic
from typing import Final

from fastapi import Response
from starlette.concurrency import run_in_threadpool
from starlette.types import Receive, Scope, Send

from reviewflow.web.uploads import TooManyAtOnce

AT_ONCE: Final = 2
"""Such answers that one process gives at a time: each holds one moment of the store for as long as it takes."""
GRACE: Final = 60.0
SLOWEST: Final = 10_000
"""Bytes a second at which it must be taken, after seconds of grace; the time that we need to make it does not count."""


class Turns:
    """How many such answers are being given."""

    def __init__(self, most: int = AT_ONCE) -> None:
        self._free = threading.BoundedSemaphore(most)

    def take(self) -> Callable[[], None]:
        """A turn, and what gives it back; `TooManyAtOnce` if there is none."""
        if not self._free.acquire(blocking=False):
            raise TooManyAtOnce
        return self._free.release


TURNS: Final = Turns()


class Streamed(Response):
    """Pieces as they are made. What goes wrong before the first is an answer of its own; after it the rest is cut off.

    A program knows a whole answer by its end (RFC 9112, 8): one that was broken off has none.
    """

    def __init__(
        self, pieces: Generator[bytes, None, None], done: Callable[[], None], headers: dict[str, str], media_type: str
    ) -> None:
        """`done` is called when the last piece was sent, or nobody wants it any more."""
        try:
            self._first = next(pieces, b"")
        except BaseException:
            pieces.close()
            done()
            raise
        super().__init__(None, 200, {"cache-control": "no-store", "x-content-type-options": "nosniff", **headers})
        self.headers["content-type"] = media_type
        del self.headers["content-length"]
        self._pieces, self._done = pieces, done

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send it piece by piece, each made in a thread, until it ends or nobody wants it any more."""
        del scope
        gone = asyncio.create_task(_gone(receive))
        waited, sent = 0.0, 0
        try:
            await send({"type": "http.response.start", "status": 200, "headers": self.raw_headers})
            piece: bytes | None = self._first
            while piece is not None and not gone.done():
                since = monotonic()
                await send({"type": "http.response.body", "body": piece, "more_body": True})
                waited, sent = waited + monotonic() - since, sent + len(piece)
                if waited > GRACE + sent / SLOWEST:
                    raise TimeoutError("an answer that was read too slowly")
                piece = await run_in_threadpool(next, self._pieces, None)
            if piece is None:
                await send({"type": "http.response.body", "body": b""})
        finally:
            gone.cancel()
            self._done()
            self._pieces.close()


async def _gone(receive: Receive) -> None:
    """Ends once nobody is there any more: a server takes what is sent to nobody, and says nothing."""
    while (await receive())["type"] != "http.disconnect":
        pass


def gathered(texts: Iterator[str], size: int = 64 * 1024) -> Generator[bytes, None, None]:
    """Small texts as pieces of about `size` bytes."""
    held: list[bytes] = []
    length = 0
    for text in texts:
        held.append(text.encode("utf-8", "replace"))
        length += len(held[-1])
        if length >= size:
            yield b"".join(held)
            held, length = [], 0
    if held:
        yield b"".join(held)
