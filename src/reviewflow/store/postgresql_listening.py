"""LISTEN on a connection and a thread of their own, so that who waits for the log to grow is woken at once.

Only a help: what was told while the connection was broken is lost, so whoever waits looks for himself now and then.
"""

from __future__ import annotations

import os
import select
import threading
from collections.abc import Callable
from typing import Any

import psycopg
from psycopg import sql

from reviewflow.errors import StoreUnreachable
from reviewflow.store.postgresql_schema import CHANNEL

_PAUSE = 1.0
"""Seconds between two tries to listen again."""


class Listener:
    """Rings whenever another process has appended; `alive` while it would hear of it."""

    def __init__(
        self, connect: Callable[[], psycopg.Connection[Any]], errors: tuple[type[Exception], ...],
        ring: Callable[[], None],
    ) -> None:  # fmt: skip
        """Listens from now on, until it is closed."""
        self._connect, self._ring = connect, ring
        self._errors: tuple[type[Exception], ...] = (*errors, StoreUnreachable)
        self._ear, self._mouth = os.pipe()
        self.alive = False
        self._thread = threading.Thread(target=self._listen, name="reviewflow-listener", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """End it, and wait until it has ended."""
        os.write(self._mouth, b".")
        self._thread.join()
        os.close(self._ear)
        os.close(self._mouth)

    def _listen(self) -> None:
        while True:
            try:
                raw = self._connect()
                try:
                    channel = raw.execute(f"SELECT {CHANNEL}").fetchone()
                    raw.execute(sql.SQL("LISTEN {}").format(sql.Identifier(channel[0])))  # type: ignore[index]
                    self.alive = True
                    self._ring()  # what came before we listened
                    self._hear(raw)
                finally:
                    self.alive = False
                    raw.close()
            except self._errors:
                self._ring()  # who waits must know that from now on nobody tells
                if self._told_to_end(_PAUSE):
                    return
            else:
                return

    def _hear(self, raw: psycopg.Connection[Any]) -> None:
        """Until told to end; raises when the connection breaks."""
        both = select.poll()
        for each in (raw.fileno(), self._ear):
            both.register(each, select.POLLIN)
        while True:
            if self._ear in [ready for ready, _ in both.poll()]:
                return
            raw.pgconn.consume_input()
            heard = False
            while raw.pgconn.notifies():
                heard = True
            if heard:
                self._ring()

    def _told_to_end(self, seconds: float) -> bool:
        told = select.poll()
        told.register(self._ear, select.POLLIN)
        return bool(told.poll(seconds * 1000))
