"""A file that is there with all its bytes or not at all: written as FILE.partial, on the disk, then given its name."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO, Final

from reviewflow.errors import BadInput, Fault, StoreUnreachable
from reviewflow.keeping.locked import locked
from reviewflow.vault.durable import sync_folder

_NO_ROOM: Final = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_ENDING: Final = ".partial"


@contextmanager
def whole_file(path: Path, *, force: bool = False) -> Iterator[BinaryIO]:
    """A new file that its owner alone may read; it gets its name at the end, if nothing went wrong.

    `BadInput` where there is something already (with `force` an ordinary file is replaced), `StoreUnreachable` for a
    disk that is full or fails. Either way nothing is left; a killed program leaves FILE.partial, which the next one
    begins anew.
    """
    _check_free(path, force=force)
    part = path.with_name(path.name + _ENDING)
    try:
        handle = locked(part)
    except OSError as error:
        raise _told(path, error) from error
    file = os.fdopen(handle, "w+b")
    try:
        os.fchmod(handle, 0o600)
        os.ftruncate(handle, 0)
        yield file
        file.flush()
        os.fsync(handle)
        _name(part, path, force=force)
        sync_folder(path.parent)
    except OSError as error:
        raise _told(path, error) from error
    finally:
        # The lock is held until here: whoever comes next finds no file, or waits for nobody.
        with suppress(OSError):
            if os.fstat(handle).st_nlink and os.path.samestat(os.fstat(handle), part.lstat()):
                part.unlink()
        with suppress(OSError):  # what could not be written was told above; closing tries once more
            file.close()


def _check_free(path: Path, *, force: bool) -> None:
    if str(path) == "-":
        raise BadInput("-", [Fault("", "standard output", "want the name of a new file")])
    try:
        found = path.lstat()
    except FileNotFoundError:
        return
    except OSError as error:
        raise _told(path, error) from error
    if not stat.S_ISREG(found.st_mode):
        raise BadInput(str(path), [Fault("", "something that is no ordinary file", "want a new file")])
    if not force:
        want = "want a new file; --force replaces this one. Nothing was written"
        raise BadInput(str(path), [Fault("", "a file that exists", want)])


def _name(part: Path, path: Path, *, force: bool) -> None:
    if force:
        part.replace(path)
        return
    try:
        path.hardlink_to(part)  # unlike a renaming it never replaces what somebody else has put there meanwhile
    except FileExistsError:
        _check_free(path, force=False)
    except OSError:  # a file system without links, as on memory sticks
        _check_free(path, force=False)
        part.replace(path)
    else:
        part.unlink()


def _told(path: Path, error: OSError) -> StoreUnreachable:
    if error.errno in _NO_ROOM:
        return StoreUnreachable(f"the file {path}", "there is no room left on the disk", "nothing of it was kept")
    why = error.strerror or str(error)
    return StoreUnreachable(f"the file {path}", f"it cannot be written: {why}", "nothing of it was kept")
