"""Bringing the vault back from a backup, without what was forgotten since.

One transaction brings all of it: killed at any moment, the old keys are there or the new ones, and for new
keys none or all. The key of whoever stands on a list of the forgotten is never written: the list of the
backup, of the keys that are there, and of the log. The keys that were there are kept aside, in a keys file.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from contextlib import ExitStack, suppress
from datetime import datetime
from pathlib import Path
from typing import BinaryIO, NamedTuple

from reviewflow.errors import BadInput, ConnectionLost, Fault, StoreUnreachable
from reviewflow.vault.backing_up import checked
from reviewflow.vault.backup_file import Header, read_rows
from reviewflow.vault.boxes import Randomness
from reviewflow.vault.durable import sync_folder, write_durably
from reviewflow.vault.keyfile import KeyFile
from reviewflow.vault.keys import INSTALLATION, BackupNote, Change, Damaged, Keys, Whole
from reviewflow.vault.master_source import MasterKeySource
from reviewflow.vault.places import create_keys, is_database, keys_there, open_keys
from reviewflow.vault.ring import Wrapping, master_cipher
from reviewflow.vault.rotation import unwrapped

_COUNTER = slice(24, 28)


class Restored(NamedTuple):
    """What came back: `kept_out` keys did not, for their owners were forgotten since the backup.

    `lost`: keys that were there, and that the backup does not have; `aside`: where they are. `unread`: what was
    there could not be read, so that its list of the forgotten is unknown. `damaged`: owners of keys that do not open,
    and did not when the backup was made.
    """

    header: Header
    keys: int
    forgotten: int
    kept_out: int
    lost: int
    aside: Path | None
    unread: bool
    damaged: tuple[str, ...]


class _Backup(NamedTuple):
    """A backup that was proved."""

    file: BinaryIO
    name: str
    header: Header
    master_key: bytes
    owners: set[str]
    forgotten: list[tuple[str, str]]
    damaged: tuple[str, ...]


def restore(
    place: Path | str, file: Path, source: MasterKeySource, now: datetime, also_forgotten: Iterable[tuple[str, str]],
    *, replace: bool = False, past_its_life: bool = False, check: bool = False, random: Randomness = os.urandom,
) -> Restored:  # fmt: skip
    """Restore a backup to where the keys lie; `check` proves it and says what would come, and changes nothing.

    Args:
        place: a keys file or database; with keys in it only if `replace` is set.
        file: the backup.
        source: where the master key comes from; it must be the one of the backup.
        now: the moment; a backup past its day is refused unless `past_its_life` is set.
        also_forgotten: (stream, moment) of whom the log knows to be forgotten.
        replace: put the keys that are there aside, beside where they lie, or beside `file` if that is a database.
        past_its_life: go on with a backup that should have been destroyed.
        check: only look.
        random: gives random bytes.

    Raises `BadInput` for a file that is foreign, cut short, altered or past its day, or keys that are in the way,
    `StoreUnreachable` without its master key.
    """
    log = list(also_forgotten)
    with checked(file, source) as (opened, header, master_key), ExitStack() as stack:
        _check_life(file, header, now, past_its_life=past_its_life)
        backup = _proved(opened, str(file), header, master_key)
        try:
            present, unread = keys_there(place), False
        except Damaged:
            present, unread = None, True
        if present:
            stack.callback(present.close)
        if (present or unread) and not replace and not check:
            want = "want a place without; --replace puts them aside"
            raise BadInput(str(file), [Fault(present.name if present else str(place), "keys that are there", want)])
        token = f"before-restore-{re.sub('[^0-9TZ]', '', now.strftime('%Y%m%dT%H%M%SZ'))}-{random(2).hex()}"
        aside = _aside(place, file, token) if replace and (present or unread) else None
        if check:
            return _looked(backup, present, log, unread=unread)
        if present:
            restored = _instead(present, backup, log, aside, random)
        elif unread:
            restored = _anew(Path(place), backup, log, aside, random)
        else:
            restored = _filled(place, backup, log, random)
    with suppress(StoreUnreachable):
        keys = open_keys(place)
        keys.note_backup(BackupNote(header.made_at, header.destroy_by), now.date().isoformat())
        keys.close()
    return restored


def _check_life(file: Path, header: Header, now: datetime, *, past_its_life: bool) -> None:
    if now.date().isoformat() > header.destroy_by and not past_its_life:
        got = f"a backup of {header.made_at[:10]} that was to be destroyed by {header.destroy_by}"
        raise BadInput(str(file), [Fault("", got, "want a younger one; --past-its-life restores it all the same")])


def _proved(file: BinaryIO, name: str, header: Header, master_key: bytes) -> _Backup:
    owners, forgotten, broken = set[str](), list[tuple[str, str]](), list[str]()
    for keys, gone in read_rows(file, name, master_key):
        unwrapped(keys, master_key, broken)
        owners.update(owner for owner, _ in keys)
        forgotten += gone
    if INSTALLATION not in owners or INSTALLATION in broken:
        raise BadInput(name, [Fault("", "no key of the installation that opens", "want a backup of a whole vault")])
    return _Backup(file, name, header, master_key, owners, forgotten, tuple(broken))


def _gone(backup: _Backup, log: list[tuple[str, str]], present: Whole | None) -> dict[str, str]:
    """Everyone who was ever forgotten; of several moments the one that was noted first in the keys stands."""
    gone: dict[str, str] = {}
    for stream, at in [*((f.stream, f.at) for f in (present.forgotten() if present else [])), *backup.forgotten, *log]:
        gone.setdefault(stream, at)
    return gone


def _fill(change: Change, backup: _Backup, gone: dict[str, str], random: Randomness) -> None:
    change.note_forgotten(sorted(gone.items(), key=lambda one: one[1]))
    wrapping = Wrapping(master_cipher(backup.master_key), b"")
    for keys, _ in read_rows(backup.file, backup.name, backup.master_key):
        rows = [(owner, wrapped) for owner, wrapped in keys if owner not in gone]
        for at, (owner, wrapped) in enumerate(rows):
            if owner == INSTALLATION:  # wrapped anew, so that running processes notice
                rows[at] = owner, wrapping.wrap(random, owner, wrapping.unwrap(owner, wrapped))
        change.put(rows)


def _counted(
    backup: _Backup, gone: dict[str, str], present: Whole | None, aside: Path | None, *, unread: bool
) -> Restored:
    kept_out, lost = len(backup.owners & gone.keys()), 0
    for chunk in present.chunks() if present else ():
        lost += sum(owner not in backup.owners for owner, _ in chunk)
    return Restored(
        backup.header, len(backup.owners) - kept_out, len(gone), kept_out, lost, aside, unread, backup.damaged
    )


def _looked(backup: _Backup, present: Keys | None, log: list[tuple[str, str]], *, unread: bool) -> Restored:
    if present is None:
        return _counted(backup, _gone(backup, log, None), None, None, unread=unread)
    with present.whole() as whole:
        return _counted(backup, _gone(backup, log, whole), whole, None, unread=False)


def _filled(place: Path | str, backup: _Backup, log: list[tuple[str, str]], random: Randomness) -> Restored:
    gone = _gone(backup, log, None)
    create_keys(place, lambda change: _fill(change, backup, gone, random)).close()
    return _counted(backup, gone, None, None, unread=False)


def _instead(
    present: Keys, backup: _Backup, log: list[tuple[str, str]], aside: Path | None, random: Randomness
) -> Restored:
    assert aside is not None
    try:
        with present.changing() as change:
            gone = _gone(backup, log, change)
            restored = _counted(backup, gone, change, aside, unread=False)
            KeyFile.create(aside, lambda to: _copy(change, to)).close()
            change.clear()
            _fill(change, backup, gone, random)
    except ConnectionLost:  # perhaps it was done
        raise
    except BaseException:
        aside.unlink(missing_ok=True)
        raise
    return restored


def _copy(whole: Whole, to: Change) -> None:
    to.note_forgotten([(stream, at) for _, stream, at in whole.forgotten()])
    for chunk in whole.chunks():
        to.put(chunk)


def _anew(path: Path, backup: _Backup, log: list[tuple[str, str]], aside: Path | None, random: Randomness) -> Restored:
    """In the place of a file that cannot be read: the new one is whole before it takes the name."""
    assert aside is not None
    gone = _gone(backup, log, None)
    part = path.with_name(f"{path.name}.{random(8).hex()}.part")
    journal = path.with_name(f"{path.name}-journal")
    try:
        write_durably(aside, path.read_bytes(), 0o600)
        KeyFile.create(part, lambda change: _fill(change, backup, gone, random)).close()
        if journal.exists():  # it belongs to the old file, and SQLite would play it back into the new one
            journal.replace(aside.with_name(f"{aside.name}-journal"))
        with path.open("r+b", buffering=0) as old:
            part.replace(path)
            sync_folder(path.parent)
            # Whoever still has the old file open asks for its counter before each use of a key.
            old.seek(_COUNTER.start)
            old.write(random(_COUNTER.stop - _COUNTER.start))
    except OSError as error:
        raise StoreUnreachable(f"the keys file {path}", f"cannot be replaced: {error.strerror}") from error
    finally:
        part.unlink(missing_ok=True)
    return _counted(backup, gone, None, aside, unread=True)


def _aside(place: Path | str, file: Path, token: str) -> Path:
    beside = file if is_database(place) else Path(place)
    return beside.with_name(f"{beside.name}.{token}")
