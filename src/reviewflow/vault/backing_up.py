"""Making a backup of the vault, and proving one: what is sealed is worth what its keys' backups are worth.

A key that is destroyed later lives on in every backup made before. So each states the day by which it is to be
destroyed itself, and the vault notes that day: by then the forgotten are gone everywhere.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import BinaryIO, Final, NamedTuple

from reviewflow.errors import BadInput, Fault, StoreUnreachable
from reviewflow.vault.backup_file import Header, check_whole, read_header, write_backup
from reviewflow.vault.boxes import Randomness
from reviewflow.vault.durable import written_beside
from reviewflow.vault.keys import BackupNote, Keys
from reviewflow.vault.master_source import MasterKeySource, fingerprint
from reviewflow.vault.rotation import opens

DAYS: Final = 35
"""How long a backup lives if nothing else is said: a month, and some days to find out what is wrong with it."""
MOST_DAYS: Final = 3650


class Made(NamedTuple):
    """A backup, and whether the vault could note it: keys that can only be read are worth a backup too."""

    header: Header
    noted: bool


def name_until(destroy_by: str) -> str:
    """A file name that says by when it is to be destroyed."""
    return f"reviewflow-keys-destroy-by-{destroy_by}.backup"


def last_day(now: datetime, days: int) -> str:
    """The day by which a backup made now is to be destroyed (UTC, ISO 8601)."""
    if not 1 <= days <= MOST_DAYS:
        raise BadInput("a backup of the vault", [Fault("days", str(days), f"want 1 to {MOST_DAYS}")])
    return (now.astimezone(UTC) + timedelta(days=days)).date().isoformat()


def back_up(
    keys: Keys, source: MasterKeySource, file: Path, now: datetime, days: int = DAYS,
    *, force: bool = False, never: tuple[Path, ...] = (), random: Randomness = os.urandom,
) -> Made:  # fmt: skip
    """Write every wrapped key and the list of the forgotten to a new file, mode 0600, while commands go on.

    Over a file that is there only with `force`, and never over one of `never`. `BadInput`, `StoreUnreachable`.
    """
    made_at, destroy_by = now.astimezone(UTC).isoformat(timespec="seconds"), last_day(now, days)
    _check_place(file, never, force=force)
    first = source.read()
    if first is None:
        remedy = f"set {source.names.file}: a backup is sealed under the master key, or nobody could tell it is whole"
        raise StoreUnreachable(keys.name, "the master key is not at hand", remedy)
    try:
        with written_beside(file, random(8).hex(), over=force) as out:
            with keys.whole() as whole:
                mark = whole.mark()
                master_key = next((key for key in (first, *source.others()) if opens(key, mark)), None)
                if master_key is None:
                    remedy = "set the right one; `reviewflow vault show` says more"
                    raise StoreUnreachable(keys.name, f"the master key ({source.told}) does not open it", remedy)
                header = write_backup(out, whole, made_at, destroy_by, master_key)
            noted = _noted(keys, header)
        return Made(header, noted)
    except FileExistsError as error:
        raise _there(file) from error
    except OSError as error:
        raise StoreUnreachable(str(file), f"cannot be written: {error.strerror}", "no backup was made") from error


def _noted(keys: Keys, header: Header) -> bool:
    try:
        keys.note_backup(BackupNote(header.made_at, header.destroy_by), header.made_at[:10])
    except StoreUnreachable:
        return False
    return True


@contextmanager
def checked(file: Path, source: MasterKeySource) -> Iterator[tuple[BinaryIO, Header, bytes]]:
    """A backup that is whole, what it says of itself, and the master key under which it was sealed.

    `BadInput` for a file that is foreign, cut short or altered; `StoreUnreachable` without the right master key.
    """
    try:
        with file.open("rb") as opened:
            header = read_header(opened, str(file))
            master_key = source.fitting(header.master_key)
            if master_key is None:
                raise _sealed_otherwise(file, header, source)
            check_whole(opened, str(file), master_key)
            yield opened, header, master_key
    except OSError as error:
        raise BadInput(str(file), [Fault("", error.strerror or str(error), "want a backup of the vault")]) from error


def _sealed_otherwise(file: Path, header: Header, source: MasterKeySource) -> StoreUnreachable:
    first = source.read()
    if first is None:
        return StoreUnreachable(str(file), "the master key is not at hand", f"set {source.names.file}")
    return StoreUnreachable(
        str(file),
        f"it was sealed under another master key ({header.master_key}; {source.told} holds {fingerprint(first)})",
        "set the master key that the vault had when this backup was made",
    )


def _check_place(file: Path, never: tuple[Path, ...], *, force: bool) -> None:
    try:
        found = file.stat() if file.exists() else None
    except OSError as error:
        raise BadInput(str(file), [Fault("", error.strerror or str(error), "want a place for a new file")]) from error
    if found is None:
        return
    if any(path.exists() and path.samefile(file) for path in never):
        raise BadInput(str(file), [Fault("", "a part of this installation", "want a place of its own")])
    if not stat.S_ISREG(found.st_mode):
        raise BadInput(str(file), [Fault("", "something that is no file", "want a place for a new file")])
    if not force:
        raise _there(file)


def _there(file: Path) -> BadInput:
    return BadInput(str(file), [Fault("", "a file that exists", "want a new place, or --force to write over it")])
