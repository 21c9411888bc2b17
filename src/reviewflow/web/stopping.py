"""What ends a process that serves: a signal, and then in good order."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Final, Protocol

SIGNALS: Final = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
FINISH_WITHIN: Final = 10
"""Seconds for requests under way once we are told to stop."""


class Ends(Protocol):
    """A server, or several: they look at these."""

    should_exit: bool
    force_exit: bool


class Stopping:
    """What a signal does: before there is a server it ends everything at once, after that it asks the server to end."""

    def __init__(self) -> None:
        """Nobody said so yet."""
        self.told = False
        self._server: Ends | None = None

    @property
    def server(self) -> Ends | None:
        """What is to end; None before there is one."""
        return self._server

    @server.setter
    def server(self, server: Ends | None) -> None:
        self._server = server
        # `stop` says so first and looks for a server then: whichever comes second sees the other.
        if self.told and server is not None:
            server.should_exit = True

    def stop(self) -> None:
        """End when the requests under way are answered; from any thread."""
        self.told = True
        if self.server is not None:
            self.server.should_exit = True

    def __call__(self, number: int, _frame: FrameType | None) -> None:
        """A signal came."""
        again, self.told = self.told, True
        if self.server is None:
            if not again:
                raise SystemExit(0)
        elif self.server.should_exit and number == signal.SIGINT:
            self.server.force_exit = True  # somebody at a terminal does not want to wait
        else:
            self.server.should_exit = True


@contextmanager
def stopping() -> Iterator[Stopping]:
    """From now on these signals end this process in good order, with exit code 0."""
    found = Stopping()
    # Whoever started it with nohup does not want it to end with the terminal.
    heard = [one for one in SIGNALS if one != signal.SIGHUP or signal.getsignal(one) is not signal.SIG_IGN]
    before = {one: signal.signal(one, found) for one in heard}
    try:
        yield found
    finally:
        for one, handler in before.items():
            signal.signal(one, handler)
