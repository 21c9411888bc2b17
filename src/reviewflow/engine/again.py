"""When a command is tried again: something it had read moved, or the connection to the store was lost.

Both are safe. What moved was found before anything was written. What was lost may have been written: the command id
tells, for it is in the log then, and the first answer is given.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from reviewflow.errors import ConnectionLost, StoreUnreachable, StreamMoved
from reviewflow.ports import CommandRepeated

TRIES: Final = 4
"""The first, and three more if what was read has moved."""
PATIENCE: Final = 30.0
"""Seconds in which a lost store may come back: a standby takes over in less."""
_FIRST_PAUSE: Final = 0.05
_LONGEST_PAUSE: Final = 1.0

Rest = Callable[[float], None]
"""Lets so many seconds pass."""


class Again:
    """Counts the tries of one command, or of one batch of them."""

    def __init__(self, rest: Rest, patience: float = PATIENCE) -> None:
        """`patience`: seconds in all to wait for a store that was lost."""
        self._rest, self._patience = rest, patience
        self._moved, self._waited, self._pause = 0, 0.0, _FIRST_PAUSE
        self.sent = False
        """Whether an append may have been done of which no answer came: its ids in the log are then our own."""

    def after(self, error: Exception, *, appending: bool) -> None:
        """Return to try again, perhaps after a pause; raise `error` if it is no use.

        `appending`: it came from the append, so that nobody knows whether it was done.
        """
        if isinstance(error, CommandRepeated | StreamMoved):
            self._moved += 1
            if self._moved >= TRIES:
                raise error if isinstance(error, StreamMoved) else StreamMoved from error
            return
        lost = isinstance(error, ConnectionLost)
        # Once lost, a store that does not answer yet is a store that may still come back.
        again = lost or (isinstance(error, StoreUnreachable) and self._waited > 0)
        if not again or self._waited >= self._patience:
            raise error
        self.sent = self.sent or (lost and appending)
        self._rest(self._pause)
        self._waited += self._pause
        self._pause = min(2 * self._pause, _LONGEST_PAUSE)
