"""Several processes that serve at one place: started, started again if one dies, and stopped together.

They are forked from a process that holds nothing open but the place where people connect. Whatever is recorded is in
the store: a process that is killed loses only the requests it was answering.
"""

from __future__ import annotations

import gc
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Final

from reviewflow.web.logging import Log
from reviewflow.web.stopping import FINISH_WITHIN, SIGNALS, Stopping, stopping

Work = Callable[[Stopping], None]
Tell = Callable[[BaseException], int]

_PAUSE: Final = 1.0
"""Seconds before one that died is started again."""
_LOOK: Final = 0.1
"""Seconds between two looks at whether one has ended: so long may a signal wait for its answer."""
_HOPELESS: Final = frozenset(range(1, 6))
"""Exit codes that say why a process cannot go on: the next one could not either."""


def supervised(count: int, work: Work, log: Log, stop: Stopping, ready: Callable[[], None], tell: Tell) -> int:
    """Run so many until told to stop; the exit code. `tell` says what ended one, and gives its exit code."""
    with _lifeline() as line:
        crew = _Crew(work, log, tell, line)
        stop.server = crew
        try:
            for _ in range(count):
                crew.start()
            ready()
            return crew.watch()
        finally:
            crew.end()


class _Crew:
    """The processes. Has what `Stopping` knows of a server."""

    def __init__(self, work: Work, log: Log, tell: Tell, line: tuple[int, int]) -> None:
        self._work, self._log, self._tell, self._line = work, log, tell, line
        self._pids: set[int] = set()
        self._exit = False
        self.force_exit = False

    @property
    def should_exit(self) -> bool:
        """Whether they were told to stop."""
        return self._exit

    @should_exit.setter
    def should_exit(self, value: bool) -> None:
        self._exit = value
        self._signal(signal.SIGTERM)

    def start(self) -> None:
        """One more."""
        gc.freeze()  # what is there now is shared by all; looking through it would copy it
        signal.pthread_sigmask(signal.SIG_BLOCK, SIGNALS)  # until each of the two has handlers of its own
        pid = os.fork()
        if pid == 0:
            os._exit(self._be_one())
        self._pids.add(pid)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, SIGNALS)
        self._log.tell("worker-started", worker=pid)

    def _be_one(self) -> int:
        code = 70
        try:
            with stopping() as stop:
                signal.pthread_sigmask(signal.SIG_UNBLOCK, SIGNALS)
                os.close(self._line[1])
                threading.Thread(target=_until_alone, args=(self._line[0], stop), daemon=True).start()
                self._work(stop)
                code = 0
        except SystemExit as told:  # before there was anything to end
            code = told.code if isinstance(told.code, int) else 0
        except BaseException as error:  # noqa: BLE001 - it ends here, in words and a code
            code = self._tell(error)
        return code

    def watch(self) -> int:
        """Until all have ended; the exit code."""
        code = 0
        while self._pids:
            # Waiting in the system for one to end could wait for ever: a signal that comes just before it would be
            # looked at only when it is over.
            pid, status = os.waitpid(-1, os.WNOHANG)
            if pid not in self._pids:
                time.sleep(_LOOK)
                continue
            self._pids.discard(pid)
            ended = os.waitstatus_to_exitcode(status)
            if self._exit:
                code = code or max(ended, 0)
                continue
            self._log.tell("worker-ended", worker=pid, code=ended)
            if ended in _HOPELESS:
                code = ended
                self.should_exit = True
                continue
            time.sleep(_PAUSE)
            if not self._exit:
                self.start()
        return code

    def end(self) -> None:
        """Whatever is left goes: told first, killed when its time is over."""
        self._signal(signal.SIGTERM)
        until = time.monotonic() + FINISH_WITHIN + 5
        while self._pids and time.monotonic() < until:
            for pid in list(self._pids):
                with suppress(ChildProcessError):
                    if os.waitpid(pid, os.WNOHANG)[0] == 0:
                        continue
                self._pids.discard(pid)
            time.sleep(0.05)
        self._signal(signal.SIGKILL)

    def _signal(self, number: signal.Signals) -> None:
        for pid in list(self._pids):
            with suppress(ProcessLookupError):
                os.kill(pid, number)


def _until_alone(line: int, stop: Stopping) -> None:
    """The other end is open as long as the process that watches lives."""
    with suppress(OSError):
        os.read(line, 1)
    stop.stop()


@contextmanager
def _lifeline() -> Iterator[tuple[int, int]]:
    ends = os.pipe()
    try:
        yield ends
    finally:
        for end in ends:
            with suppress(OSError):
                os.close(end)
