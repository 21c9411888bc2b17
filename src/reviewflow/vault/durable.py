"""Files that are there after a power cut, or not at all."""

from __future__ import annotations

import errno
import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO


def write_durably(path: Path, data: bytes, mode: int) -> None:
    """Write a new file (never over an old one) and wait until the disk has its bytes; leaves nothing on failure."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, mode)
    try:
        try:
            os.fchmod(handle, mode)  # whatever the umask says
            rest = memoryview(data)
            while rest:
                rest = rest[os.write(handle, rest) :]
            os.fsync(handle)
        finally:
            os.close(handle)
    except BaseException:
        path.unlink(missing_ok=True)
        raise


def sync_folder(folder: Path) -> None:
    """Wait until the disk has the folder's entries: a file's name is the folder's data, not the file's."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def written_beside(path: Path, token: str, *, over: bool) -> Iterator[BinaryIO]:
    """A new file, mode 0600, under a name of its own; it takes its place, whole and durable, when the block ends.

    Without `over` it never takes the place of another: `FileExistsError`. `token` makes the name its own.
    """
    part = path.with_name(f"{path.name}.{token}.part")
    handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            os.fchmod(handle, 0o600)
            yield file
            file.flush()
            os.fsync(handle)
        if over or not _linked(part, path):
            part.replace(path)
        else:
            part.unlink()
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def _linked(part: Path, path: Path) -> bool:
    """Give it its name, as a rename would, but not over another; False on a disk that knows no links."""
    try:
        os.link(part, path)
    except FileExistsError:
        raise
    except OSError:
        if path.exists():
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(path)) from None
        return False
    return True


@contextmanager
def folder_locked(folder: Path) -> Iterator[None]:
    """Alone in this folder among those who ask for it; `BlockingIOError` if somebody else is. Ends with the process."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    finally:
        os.close(handle)
