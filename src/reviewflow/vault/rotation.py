"""A new master key: every key is unwrapped with the old one and wrapped with the new one, in one transaction.

The order, and what a crash leaves at each place:
1. the new key is durable in its own file, `.new` beside the old one: the old file opens the vault;
2. all keys are re-wrapped and committed: the new file opens it, and whoever opens the vault looks there;
3. the new file is renamed over the old one: there is one file, and it opens the vault.
To rotate again after a crash goes on where it ended. A key that an administrator gives himself needs 2 alone.

Processes that run meanwhile go on: the mark tells them, and they look for the master key again. What they
had in mind to store under the old one is refused by `ensure`, which compares the mark in its own transaction.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

from reviewflow.errors import BadInput, Fault, IntegrityBroken, StoreUnreachable
from reviewflow.vault.boxes import Broken, Randomness
from reviewflow.vault.durable import folder_locked, sync_folder
from reviewflow.vault.keys import INSTALLATION, Keys, Whole, Wrapped
from reviewflow.vault.master_key import NEW_NAMES, create_master_key, resolve_master_key
from reviewflow.vault.master_source import MasterKeySource, fingerprint
from reviewflow.vault.ring import Wrapping, master_cipher

_MOST_NAMED = 10
Put = Callable[[Sequence[Wrapped]], None]


class Rotated(NamedTuple):
    """What came of it: how many keys are wrapped anew, by which master key, and where that lies if in our file.

    `fingerprint` is None where only a real run would make the new master key.
    `finished`: the keys had been wrapped by it before, by a rotation that was cut short. `damaged`: owners of keys
    that do not open, and stay as they were.
    """

    keys: int
    fingerprint: str | None
    file: Path | None
    finished: bool
    damaged: tuple[str, ...] = ()


class _How(NamedTuple):
    """What was said beside it."""

    dry_run: bool
    leave_damaged: bool
    random: Randomness


def rotate(
    keys: Keys, old: MasterKeySource, new: MasterKeySource,
    *, dry_run: bool = False, leave_damaged: bool = False, random: Randomness = os.urandom,
) -> Rotated:  # fmt: skip
    """Change the master key; all keys or none.

    `IntegrityBroken` names keys that do not open, and nothing was done then; they stay as they are if `leave_damaged`.

    Without a `new` one, which only a key in a file allows, one is made and takes the old one's place.
    """
    if not old.given:
        raise BadInput("rotate", [Fault("the master key", "none", f"want the present one: set {old.names.file}")])
    how = _How(dry_run, leave_damaged, random)
    with _alone(old.real_file):
        if new.given and not _is(new.file, old.next_file):
            return _to_given(keys, old, new, how)
        if old.file is None:
            want = f"want {', '.join(NEW_NAMES)}: only a key in a file can be made and put in its place here"
            raise BadInput("rotate", [Fault("the new master key", "none", want)])
        return _in_place(keys, old, how)


def waiting_key(source: MasterKeySource) -> bytes | None:
    """The key that lies beside the master-key file, of a rotation that has not ended; None if there is no whole one."""
    if source.next_file is None or not source.next_file.exists():
        return None
    with suppress(StoreUnreachable):
        return resolve_master_key(file=source.next_file)
    return None


def opens(master_key: bytes | None, mark: bytes) -> bool:
    """Whether this master key opens keys with this mark."""
    if master_key is None:
        return False
    try:
        Wrapping(master_cipher(master_key), mark).unwrap(INSTALLATION, mark)
    except Broken:
        return False
    return True


def unwrapped(rows: list[Wrapped], master_key: bytes, broken: list[str]) -> list[tuple[str, bytes]]:
    """The keys themselves; the owners of those that do not open are added to `broken`."""
    wrapping, found = Wrapping(master_cipher(master_key), b""), []
    for owner, wrapped in rows:
        try:
            found.append((owner, wrapping.unwrap(owner, wrapped)))
        except Broken:
            broken.append(owner)
    return found


def check_unbroken(broken: list[str], where: str) -> None:
    """`IntegrityBroken` if there are keys that do not open."""
    if broken:
        raise IntegrityBroken(0, f"{len(broken)} keys in {where} do not open under its master key: {named(broken)}")


def named(owners: Sequence[str]) -> str:
    """The first few of them, for a message."""
    return ", ".join(owners[:_MOST_NAMED]) + (", ..." if len(owners) > _MOST_NAMED else "")


def _to_given(keys: Keys, old: MasterKeySource, new: MasterKeySource, how: _How) -> Rotated:
    before, after = _read(old), _read(new)
    if before == after:
        want = "want another one; head -c 32 /dev/urandom | base64 makes one"
        raise BadInput("rotate", [Fault("the new master key", "the present one", want)])
    with _rows(keys, dry_run=how.dry_run) as (rows, put):
        mark = rows.mark()
        if finished := not opens(before, mark):
            _check_opens(after, mark, keys, f"{old.told} and {new.told}")
        damaged = () if finished else _rewrap(rows, put, before, after, keys.name, how)
        count = rows.count() - len(damaged)
    return Rotated(count, fingerprint(after), None, finished, damaged)


def _in_place(keys: Keys, old: MasterKeySource, how: _How) -> Rotated:
    file, beside = old.real_file, old.next_file
    assert file is not None
    assert beside is not None
    before, after, unmade = _read(old), waiting_key(old), False
    with _rows(keys, dry_run=how.dry_run) as (rows, put):
        mark = rows.mark()
        damaged: tuple[str, ...] = ()
        if finished := not opens(before, mark):
            _check_opens(after, mark, keys, f"{file} and {beside}")
        else:
            unmade = after is None or after == before
            if after is None or after == before:
                after = how.random(len(before)) if how.dry_run else _made(beside, how.random)
            if not how.dry_run:
                _owned_like(file, beside)
            damaged = _rewrap(rows, put, before, after, keys.name, how)
        count = rows.count() - len(damaged)
    assert after is not None
    if not how.dry_run:
        _put_in_place(beside, file, after)
    return Rotated(count, None if how.dry_run and unmade else fingerprint(after), file, finished, damaged)


def _rewrap(rows: Whole, put: Put | None, before: bytes, after: bytes, where: str, how: _How) -> tuple[str, ...]:
    """Wrap every key anew; the owners of those that do not open."""
    wrapping, broken = Wrapping(master_cipher(after), b""), list[str]()
    for chunk in rows.chunks():
        found = [(owner, wrapping.wrap(how.random, owner, key)) for owner, key in unwrapped(chunk, before, broken)]
        if put and (how.leave_damaged or not broken):
            put(found)
    if not how.leave_damaged:
        check_unbroken(broken, where)
    return tuple(broken)


@contextmanager
def _rows(keys: Keys, *, dry_run: bool) -> Iterator[tuple[Whole, Put | None]]:
    if dry_run:
        with keys.whole() as whole:
            yield whole, None
    else:
        with keys.changing() as change:
            yield change, change.put


@contextmanager
def _alone(file: Path | None) -> Iterator[None]:
    if file is None:  # no file of ours is touched, and the keys are changed in one transaction
        yield
        return
    try:
        with folder_locked(file.parent):
            yield
    except BlockingIOError as error:
        why = "another process changes it right now"
        raise StoreUnreachable("the master key", why, "wait for it to end") from error


def _made(beside: Path, random: Randomness) -> bytes:
    try:
        beside.unlink(missing_ok=True)  # a part of a key that never served
    except OSError as error:
        raise StoreUnreachable("the master key", f"cannot replace {beside}: {error.strerror}") from error
    create_master_key(beside, random)
    return _read(MasterKeySource(file=beside))


def _owned_like(file: Path, beside: Path) -> None:
    """Whoever may read the old key may read the new one: it may be root who changes it for a service."""
    try:
        with beside.open("rb") as handle:
            was, now = file.stat(), beside.stat()
            if (was.st_uid, was.st_gid) != (now.st_uid, now.st_gid):
                os.fchown(handle.fileno(), was.st_uid, was.st_gid)
            os.fchmod(handle.fileno(), stat.S_IMODE(was.st_mode))
            os.fsync(handle.fileno())
    except OSError as error:
        why = f"{beside} cannot be given to the owner of {file}: {error.strerror}"
        raise StoreUnreachable("the master key", why, "run this as that user") from error


def _put_in_place(beside: Path, file: Path, key: bytes) -> None:
    remedy = f"the keys are wrapped by the key in {beside}; move it to {file}, or run this command again"
    try:
        with suppress(FileNotFoundError):  # somebody moved it by hand
            beside.replace(file)
        sync_folder(file.parent)
    except OSError as error:
        raise StoreUnreachable("the master key", f"cannot write {file}: {error.strerror}", remedy) from error
    if resolve_master_key(file=file) != key:
        raise StoreUnreachable("the master key", f"{file} holds another key than was put there", remedy)


def _read(source: MasterKeySource) -> bytes:
    key = source.read()
    assert key is not None
    return key


def _check_opens(key: bytes | None, mark: bytes, keys: Keys, given: str) -> None:
    if not opens(key, mark):
        why = f"it opens with neither of {given}"
        raise StoreUnreachable(keys.name, why, "name the master key it has now; `reviewflow vault show` says more")


def _is(one: Path | None, other: Path | None) -> bool:
    return one is not None and other is not None and one.resolve() == other
