"""A process that kills children of its own at every step they take, and looks at what each leaves behind.

A step is a system call that changes files, or a statement given to a database. Alone in its process, so that it may
fork: nothing else runs in it.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import sys
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from functools import wraps
from pathlib import Path
from typing import Any

import psycopg

from reviewflow.errors import BadInput, StoreUnreachable
from reviewflow.vault import keydatabase
from reviewflow.vault.backing_up import back_up
from reviewflow.vault.keyfile import KeyFile
from reviewflow.vault.master_key import NEW_NAMES
from reviewflow.vault.master_source import MasterKeySource
from reviewflow.vault.places import keys_there, open_keys, remove_keys
from reviewflow.vault.restoring import restore
from reviewflow.vault.rotation import opens, rotate
from vault.vault_given import MASTER, Kept, master_file

NOW = datetime(2026, 3, 1, 12, 30, tzinfo=UTC)
CALLS = ("open", "write", "fsync", "link", "unlink", "replace", "rename", "fchmod", "chmod")
KILLED = 9
IN_MEMORY = "/dev/shm"
"""Nothing here depends on a disk: what a kill leaves is what was written."""


class Steps:
    """Counts the steps of this process, and ends it before one of them."""

    def __init__(self, last: int) -> None:
        self.left = last

    def __call__(self) -> None:
        self.left -= 1
        if self.left < 0:
            os._exit(KILLED)

    def count_statements(self) -> None:
        """Each that is given to PostgreSQL, from now on."""
        psycopg.Connection.execute = self.before(psycopg.Connection.execute)  # type: ignore[method-assign]

    def count_writes(self) -> None:
        """Each that changes a file, from now on."""
        for name in CALLS:
            setattr(os, name, self.before(getattr(os, name)))
        set_up = KeyFile._set_up

        def traced(file: KeyFile, db: sqlite3.Connection) -> None:
            db.set_trace_callback(lambda _: self())
            set_up(file, db)

        KeyFile._set_up = traced  # type: ignore[method-assign]

    def before(self, call: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(call)
        def run(*args: Any, **more: Any) -> Any:
            self()
            return call(*args, **more)

        return run


class Case:
    """A vault that was backed up and has forgotten somebody since, made afresh for each kill."""

    def __init__(self, folder: Path, url: str | None) -> None:
        self.folder, self.place = folder, url or folder / "reviewflow.keys"
        if url:
            remove_keys(url)
        kept = Kept(self.place)
        self.sealed = kept.sealed
        self.source = MasterKeySource(file=master_file(folder))
        self.backup = folder / "keys.backup"
        keys = open_keys(self.place)
        back_up(keys, self.source, self.backup, NOW)
        keys.close()
        kept.vault.forget("cycle-b")
        kept.vault.prepare(["cycle-since"])
        kept.close()

    def readable(self) -> list[str]:
        """What can be read now, by whoever opens the vault as every command does; nothing if there are no keys."""
        kept = Kept.__new__(Kept)
        kept.place, kept.sealed, kept._open = self.place, self.sealed, []
        vault = kept.another(self.source.read(), self.source.others)
        try:
            return sorted(stream for stream in self.sealed if kept.opens(stream, vault))
        finally:
            kept.close()

    def owners(self) -> list[str] | None:
        keys = keys_there(self.place)
        if keys is None:
            return None
        with keys.whole() as whole:
            found = [owner for chunk in whole.chunks() for owner, _ in chunk]
        keys.close()
        return found


LEFT = ["cycle-a", "organisation-a", "person-ash"]
NEW_OWNERS = ["cycle-a", "installation", "person-ash"]
OLD_OWNERS = ["cycle-a", "cycle-since", "installation", "person-ash"]
LOG = [("person-log", "2026-03-03")]


def rotating(case: Case) -> None:
    keys = open_keys(case.place)
    rotate(keys, case.source, MasterKeySource(names=NEW_NAMES))
    keys.close()


def after_rotating(case: Case, *, done: bool) -> None:
    assert case.readable() == LEFT
    keys = open_keys(case.place)
    with keys.whole() as whole:
        mark = whole.mark()
    first, others = case.source.read(), [*case.source.others()]
    assert sum(opens(key, mark) for key in {first, *others}) == 1
    assert opens(first, mark) or not done
    rotating(case)
    with keys.whole() as whole:
        mark = whole.mark()
    keys.close()
    assert opens(case.source.read(), mark)
    assert not opens(MASTER, mark)
    assert not case.source.next_file.exists()
    assert case.readable() == LEFT


def replacing(case: Case) -> None:
    restore(case.place, case.backup, case.source, NOW, LOG, replace=True)


def after_replacing(case: Case, *, done: bool) -> None:
    assert case.owners() == (NEW_OWNERS if done else case.owners())
    assert case.owners() in (NEW_OWNERS, OLD_OWNERS), case.owners()
    assert case.readable() == LEFT
    replacing(case)
    assert case.owners() == NEW_OWNERS
    assert case.readable() == LEFT


def restoring_anew(case: Case) -> None:
    keys = keys_there(case.place)
    if keys is not None and "cycle-since" in (case.owners() or []):
        keys.close()
        keys = None
        remove_keys(case.place)
    if keys is not None:
        keys.close()
        return
    restore(case.place, case.backup, case.source, NOW, [*LOG, ("cycle-b", "2026-03-02")])


def after_restoring_anew(case: Case, *, done: bool) -> None:
    assert case.owners() in ([NEW_OWNERS] if done else [None, OLD_OWNERS, NEW_OWNERS]), case.owners()
    restoring_anew(case)
    assert case.owners() == NEW_OWNERS
    assert case.readable() == LEFT


def putting_a_whole_one_in_place_of_a_damaged_one(case: Case) -> None:
    assert isinstance(case.place, Path)
    if not case.place.with_name("spoilt").exists():
        case.place.write_bytes(b"damaged" * 1000)
        case.place.with_name("spoilt").touch()
    try:
        restore(case.place, case.backup, case.source, NOW, [*LOG, ("cycle-b", "2026-03-02")], replace=True)
    finally:
        assert case.place.exists()


def after_putting_it_in_place(case: Case, *, done: bool) -> None:
    if not done:
        assert case.place.exists()
    putting_a_whole_one_in_place_of_a_damaged_one(case)
    assert case.owners() == NEW_OWNERS
    assert case.readable() == LEFT


def backing_up(case: Case) -> None:
    keys = open_keys(case.place)
    back_up(keys, case.source, case.folder / "second.backup", NOW)
    keys.close()


def after_backing_up(case: Case, *, done: bool) -> None:
    second = case.folder / "second.backup"
    assert second.exists() or not done
    if second.exists():
        assert restore(case.place, second, case.source, NOW, [], check=True).keys == 4
    else:
        backing_up(case)
    assert case.readable() == LEFT


ACTIONS = {
    "rotate": (rotating, after_rotating),
    "replace": (replacing, after_replacing),
    "restore": (restoring_anew, after_restoring_anew),
    "repair": (putting_a_whole_one_in_place_of_a_damaged_one, after_putting_it_in_place),
    "backup": (backing_up, after_backing_up),
}


def main() -> None:
    action, check = ACTIONS[sys.argv[1]]
    url, stride = sys.argv[2] or None, int(sys.argv[3])
    keydatabase.LEASE = 0.001  # type: ignore[misc]
    for last in range(0, 10_000, stride):
        folder = Path(tempfile.mkdtemp(prefix="vault-killed-", dir=IN_MEMORY if Path(IN_MEMORY).is_dir() else None))
        try:
            case = Case(folder, url)
            child = os.fork()
            if child == 0:
                steps = Steps(last)
                if url:  # what it does with files is the same as without a database
                    steps.count_statements()
                else:
                    steps.count_writes()
                try:
                    action(case)
                except (BadInput, StoreUnreachable) as error:
                    print(error, file=sys.stderr, flush=True)
                    os._exit(1)
                os._exit(0)
            code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
            assert code in (0, KILLED), code
            try:
                check(case, done=code == 0)
            except BaseException:
                print(f"killed before step {last}", file=sys.stderr, flush=True)
                raise
        finally:
            shutil.rmtree(folder)
        if code == 0:
            print(last)
            return


if __name__ == "__main__":
    main()
