"""A thread for each recipient of side effects, so that a slow one keeps nobody waiting."""

from __future__ import annotations

import threading
from typing import Final

from reviewflow.errors import StoreUnreachable, StreamMoved
from reviewflow.following.follower import why
from reviewflow.following.notices import Notices
from reviewflow.following.sending import Sender

_LOOK_AGAIN: Final = 5.0
"""Seconds after which the table is read again though nobody called: another process may have derived or retried."""
_PAUSE: Final = 5.0
"""Seconds to wait for a store that is away."""


class Dispatcher:
    """Sends to one recipient until stopped."""

    def __init__(self, sender: Sender, notices: Notices) -> None:
        """It starts with `start`."""
        self._sender, self._notices = sender, notices
        self._wake, self._stopping = threading.Event(), threading.Event()
        self._thread: threading.Thread | None = None
        self.error: Exception | None = None
        """Why `start(once=True)` came to an end too early."""

    def start(self, *, once: bool = False) -> None:
        """Begin; `once`: what is due now, each tried once, and then end."""
        run = self._send_once if once else self._run
        self._thread = threading.Thread(target=run, name="reviewflow-sending", daemon=True)
        self._thread.start()

    def wake(self) -> None:
        """There may be something to send."""
        self._wake.set()

    def stop(self) -> None:
        """End after the sending under way."""
        self._stopping.set()
        self._sender.stop()
        self._wake.set()

    def join(self) -> None:
        """Wait until it has ended; a sending takes seconds at most."""
        if self._thread is not None:
            self._thread.join()

    def _send_once(self) -> None:
        try:
            self._sender.send_due()
        except Exception as error:  # noqa: BLE001 - told by whoever joins
            self.error = error

    def _run(self) -> None:
        while not self._stopping.is_set():
            self._wake.clear()
            try:
                rest = self._sender.send_due()
                if rest is not None:
                    self._stopping.wait(rest.total_seconds())  # left in peace, whatever else there is to send
                    continue
                until = self._sender.until_due()
                self._wake.wait(min(until.total_seconds(), _LOOK_AGAIN) if until is not None else _LOOK_AGAIN)
            except (StoreUnreachable, StreamMoved):  # whoever follows says so
                self._stopping.wait(_PAUSE)
            except Exception as error:  # noqa: BLE001 - a thread has nobody above it who would tell
                self._notices.tell("sending-failed", why=why(error))
                self._stopping.wait(_PAUSE)
