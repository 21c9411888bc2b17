"""What an installation is made of, taken away again if not all of it could be made; never what was there before."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from reviewflow.errors import BadInput, Fault, ReviewflowError, StoreUnreachable

_WANT = "a place where there is nothing yet; nothing was changed"
_BESIDE = ("-wal", "-shm", "-journal")
"""What SQLite keeps beside a file."""


@contextmanager
def uninterrupted() -> Iterator[None]:
    """Ctrl-C has to wait until the end: nothing comes between making something and noting that it was made."""
    came: list[int] = []
    try:
        before = signal.signal(signal.SIGINT, lambda number, _: came.append(number))
    except ValueError:  # in another thread than the main one it does not come at all
        yield
        return
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before or signal.default_int_handler)
    if came:
        raise KeyboardInterrupt


class HalfMade:
    """What was made so far, in this order."""

    def __init__(self) -> None:
        """Nothing yet."""
        self._made: list[tuple[str, Callable[[], object]]] = []

    def add(self, what: str, take_away: Callable[[], object]) -> None:
        """It was made a moment ago, and is taken away by calling this."""
        self._made.append((what, take_away))

    def claim(self, path: Path) -> None:
        """Make an empty file for a new store, so that of two who begin at once only one goes on."""
        try:
            with uninterrupted():
                os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o644))
                self.add(str(path), lambda: _remove(path))
        except FileExistsError as error:
            raise BadInput("init", [Fault(str(path), "a file that exists", _WANT)]) from error
        except OSError as error:
            remedy = "nothing was made; make it right and do it again"
            raise StoreUnreachable(f"the store {path}", f"cannot be made: {error.strerror}", remedy) from error

    def keep(self) -> None:
        """All of it is there to stay."""
        self._made.clear()

    def take_away(self) -> list[str]:
        """Take it away, the last first; what could not be."""
        left = []
        with uninterrupted():
            while self._made:
                what, remove = self._made.pop()
                try:
                    remove()
                except (OSError, ReviewflowError):
                    left.append(what)
        return left


@contextmanager
def whole_or_nothing() -> Iterator[HalfMade]:
    """Whatever is made inside is taken away if the inside fails; the error says what could not be."""
    made = HalfMade()
    try:
        yield made
    except BaseException as error:
        left = ", ".join(made.take_away())
        if left and isinstance(error, StoreUnreachable):
            remedy = f"{error.remedy}; remove what could not be taken away again: {left}".removeprefix("; ")
            raise StoreUnreachable(error.what, error.why, remedy) from error
        raise


def check_free(*places: Path) -> None:
    """`BadInput` if a file, or what SQLite kept beside one of that name, is there already."""
    files = [path.with_name(path.name + end) for path in places for end in ("", *_BESIDE)]
    faults = [Fault(str(path), "a file that exists", _WANT) for path in files if path.exists()]
    if faults:
        raise BadInput("init", faults)


def _remove(path: Path) -> None:
    for end in (*_BESIDE, ""):
        path.with_name(path.name + end).unlink(missing_ok=True)
