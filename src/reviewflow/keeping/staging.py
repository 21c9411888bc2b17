"""What is made beside its place and put there when it is complete: a place holds all of it, or nothing.

It is made in a folder PLACE.restoring that one program holds at a time. A program that was killed leaves the folder
behind; the next one that restores to this place empties it first.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from reviewflow.errors import BadInput, Fault, StoreUnreachable
from reviewflow.keeping.locked import locked
from reviewflow.vault.durable import sync_folder

_ENDING: Final = ".restoring"
_LOCK: Final = ".lock"


@contextmanager
def staging(place: Path) -> Iterator[Path]:
    """An empty folder beside a place, for its owner alone; it is gone at the end."""
    folder = place.with_name(place.name + _ENDING)
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        handle = locked(folder / _LOCK)
    except OSError as error:
        why = f"{folder} cannot be made: {error.strerror}"
        raise StoreUnreachable(str(place), why, "want a place that can be written") from error
    try:
        for left in folder.iterdir():
            if left.name != _LOCK:
                _remove(left)
        yield folder
    finally:
        _remove(folder)
        os.close(handle)


def put_file(made: Path, place: Path) -> None:
    """Give a finished file its name; never over what is there."""
    _sync(made)
    try:
        place.hardlink_to(made)
    except FileExistsError:
        raise BadInput(str(place), [Fault("", "a file that exists", "want a place where there is nothing")]) from None
    except OSError:  # a file system without links
        if place.exists():
            raise
        made.replace(place)
    else:
        made.unlink()
    sync_folder(place.parent)


def put_files(made: Path, folder: Path) -> None:
    """Put files that are named by what is in them beside those that are there, or all of them where there are none."""
    if not made.exists():
        return
    if not folder.exists():
        made.rename(folder)
        sync_folder(folder.parent)
        return
    for file in sorted(made.rglob("*")):
        if file.is_file():
            place = folder / file.relative_to(made)
            for parent in (place.parent.parent, place.parent):
                parent.mkdir(mode=0o700, exist_ok=True)
            file.replace(place)
            for parent in (place.parent, place.parent.parent, folder):
                sync_folder(parent)


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _remove(path: Path) -> None:
    with suppress(FileNotFoundError):
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink()
