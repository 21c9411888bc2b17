"""Whoever sends or reads too slowly is let go: a connection costs a server more than it costs who holds it open.

The limits are those of Apache's mod_reqtimeout: so long for the headers of a request, and for its body a minimum rate
after a time of grace. uvicorn itself only ends connections on which nobody has asked anything since the last answer.
"""

from __future__ import annotations

import asyncio
from time import monotonic
from typing import Any, Final, Literal

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol, RequestResponseCycle

HEADERS_WITHIN: Final = 20.0
"""Seconds from the first byte to the end of the headers; of the first request, from the connection on."""
BODY_GRACE: Final = 20.0
BODY_RATE: Final = 1000
"""Bytes a second that a body must come at, after seconds of grace."""
READ_WITHIN: Final = 60.0
"""Seconds for which nothing of an answer is taken."""
MOST_AT_ONCE: Final = 600
"""Connections; who comes then is turned away before they ask. A process may usually have 1024 files open."""

_Phase = Literal["headers", "body"]


class PatientProtocol(H11Protocol):
    """HTTP/1.1 with an end to patience."""

    headers_within, body_grace, body_rate, read_within = HEADERS_WITHIN, BODY_GRACE, BODY_RATE, READ_WITHIN
    most_at_once = MOST_AT_ONCE

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self._phase: tuple[_Phase, int] | None = None
        self._waits: asyncio.TimerHandle | None = None
        self._unread: asyncio.TimerHandle | None = None
        self._begun, self._came, self._requests = 0.0, 0, 0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Somebody connects: they have so long to ask something."""
        super().connection_made(transport)
        if len(self.connections) > self.most_at_once:
            transport.abort()
        self._look()

    def connection_lost(self, exc: Exception | None) -> None:
        """Somebody is gone."""
        self._stop()
        if self._unread is not None:
            self._unread.cancel()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Some bytes more."""
        self._came += len(data)
        super().data_received(data)
        self._look()

    def on_response_complete(self) -> None:
        """A request is answered, and the next may come."""
        self._requests += 1
        super().on_response_complete()
        self._look()

    def pause_writing(self) -> None:
        """What we send is not taken."""
        super().pause_writing()
        if self._unread is None:
            self._unread = self.loop.call_later(self.read_within, self.transport.abort)

    def resume_writing(self) -> None:
        """It is taken again."""
        super().resume_writing()
        if self._unread is not None:
            self._unread.cancel()
            self._unread = None

    def _look(self) -> None:
        """Begin to wait for something else, if it is something else that we wait for now."""
        phase = self._waited_for()
        if phase == self._phase:
            return
        self._stop()
        self._phase = phase
        if phase is not None:
            self._begun, self._came = monotonic(), 0
            self._waits = self.loop.call_later(
                self.headers_within if phase[0] == "headers" else self.body_grace, self._over
            )

    def _waited_for(self) -> tuple[_Phase, int] | None:
        if self.transport.is_closing():
            return None
        if self.conn.their_state is h11.SEND_BODY:
            return "body", self._requests
        # Between two requests uvicorn's own timer runs, until the first byte of the next one comes.
        begun = self.timeout_keep_alive_task is None or bool(self.conn.trailing_data[0])
        if self.conn.their_state is h11.IDLE and begun:
            return "headers", self._requests
        return None

    def _stop(self) -> None:
        if self._waits is not None:
            self._waits.cancel()
        self._waits = self._phase = None

    def _over(self) -> None:
        """The time is up; a body that came fast enough gets more."""
        assert self._phase is not None
        phase = self._phase[0]
        if self.transport.is_closing():
            return
        if phase == "body" and not self.cycle.response_complete:  # what is answered need not be read to its end
            until = self._begun + self.body_grace + self._came / self.body_rate
            if self.flow.read_paused:  # it is we who do not read
                until = max(until, monotonic() + self.body_grace)
            if (left := until - monotonic()) > 0:
                self._waits = self.loop.call_later(left, self._over)
                return
        self._let_go()

    def _let_go(self) -> None:
        """408 (RFC 9110, 15.5.9) where an answer can still be given, and in any case the end."""
        cycle: RequestResponseCycle | None = self.cycle  # none before the first request
        unanswered = cycle is None or cycle.response_complete or not cycle.response_started
        if unanswered and self.conn.our_state in (h11.IDLE, h11.SEND_RESPONSE):
            headers = [(b"content-length", b"0"), (b"connection", b"close")]
            self.transport.write(
                self.conn.send(h11.Response(status_code=408, headers=headers, reason=b"Request Timeout"))
            )
        self.transport.close()  # the application hears of it by `connection_lost`
