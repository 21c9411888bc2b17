"""Where a file is written: beside its place and renamed when complete, or into an open stream such as standard output.

A name that exists holds a whole file. What a killed process leaves behind begins with `.reviewflow-`, ends in
`.part` and can be read by its owner alone, as can the file itself.
"""

from __future__ import annotations

import codecs
import errno
import os
import stat
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, TextIO

from reviewflow.errors import BadInput, Fault

Emit = Callable[[str], object]
"""Writes a text whose line ends stay as they are."""


@contextmanager
def destination(target: str | Path | TextIO) -> Iterator[Emit]:
    """A way to write UTF-8 to a path (`-`: standard output) or an open stream of text."""
    if isinstance(target, str | Path) and target != "-":
        with _file(Path(target)) as emit:
            yield emit
        return
    stream: Any = sys.stdout if isinstance(target, str | Path) else target
    bytes_under = getattr(stream, "buffer", None)
    if bytes_under is None:  # text in memory
        yield stream.write
        return
    stream.flush()
    # Straight to the bytes: a terminal's own encoding may lack letters, and XES says that it is UTF-8.
    yield codecs.getwriter("utf-8")(bytes_under).write
    bytes_under.flush()


@contextmanager
def _file(path: Path) -> Iterator[Emit]:
    try:
        handle, part = _begun(path)
    except (OSError, ValueError) as error:
        raise _unwritable(path, error) from error
    file = os.fdopen(handle, "w", encoding="utf-8", newline="")
    try:
        yield _telling(path, file.write)
        _telling(path, lambda _: file.flush())("")
        if part is not None:
            _telling(path, lambda _: os.fsync(handle))("")
            _telling(path, lambda _: part.replace(path))("")
    except BaseException:
        if part is not None:
            part.unlink(missing_ok=True)
        raise
    finally:
        with suppress(OSError):  # what could not be written was told above; closing tries once more
            file.close()


def _begun(path: Path) -> tuple[int, Path | None]:
    """An open file, and its name until it is complete; a device or a pipe is written as it is, never replaced."""
    try:
        mode = path.stat().st_mode
    except FileNotFoundError:
        mode = stat.S_IFREG
    if stat.S_ISDIR(mode):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
    if not stat.S_ISREG(mode):
        return os.open(path, os.O_WRONLY | os.O_CLOEXEC), None
    handle, name = tempfile.mkstemp(prefix=".reviewflow-", suffix=".part", dir=path.parent)
    return handle, Path(name)


def _telling(path: Path, write: Emit) -> Emit:
    """The same, with a full disk told as what it is to a person; an error of who calls us stays theirs."""

    def emit(text: str) -> None:
        try:
            write(text)
        except BrokenPipeError:
            raise
        except OSError as error:
            raise _unwritable(path, error) from error

    return emit


def _unwritable(path: Path, error: OSError | ValueError) -> BadInput:
    why = (error.strerror if isinstance(error, OSError) else None) or str(error)
    return BadInput(str(path), [Fault("", why, "expected a place that can be written")])
