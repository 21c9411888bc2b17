"""The file `reviewflow.keys`: wrapped keys, the list of the forgotten, notes of backups. THIS IS A STORED FORMAT.

Through the standard library's sqlite3: two small tables that are asked by four fixed statements do
not need SQLAlchemy, whose import alone costs more than opening this file. Every statement takes its
values as parameters.

What forgetting needs from SQLite, and why:
- `journal_mode=DELETE`, never WAL: a WAL keeps old page copies until somebody checkpoints it.
- `synchronous=EXTRA`: in DELETE mode FULL does not wait for the journal's removal, so after a power
  cut a committed transaction could be rolled back: a key in use would be lost, a destroyed one back.
- `secure_delete=ON` zeroes what is deleted. Rarely a page split leaves a copy of a row in the unused
  part of a page, which nobody zeroes (tried: once in 70,000 deletions); VACUUM rewrites the file
  without it (25,000 keys: 16 ms), hence the mark `swept`, so that a killed one is done again.
- `temp_store=MEMORY` keeps VACUUM's working copy off the disk.
Open the file through this class alone: when a process closes any other handle to it, the system takes
SQLite's locks away.
Not covered: what a disk, a snapshot or a copy of the file keeps by itself. The key there is still
wrapped; who must be sure changes the master key and destroys the old one.
"""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from reviewflow.errors import BadInput, Fault, StoreUnreachable
from reviewflow.vault.keyfile_rows import FileRows, forgotten_after
from reviewflow.vault.keys import BackupNote, Damaged, Fill, ForgottenStream, News, Rewrapped
from reviewflow.vault.watch import Watch

_APPLICATION = 0x52464B31  # "RFK1"
_FORMAT = 1
_BUSY_SECONDS = 10.0
_PRAGMAS = ("secure_delete=ON", "synchronous=EXTRA", "temp_store=MEMORY", "trusted_schema=OFF")
_BACKUPS = "CREATE TABLE IF NOT EXISTS backups (made_at TEXT NOT NULL, destroy_by TEXT NOT NULL)"
_TABLES = (
    "CREATE TABLE keys (owner TEXT PRIMARY KEY, wrapped BLOB NOT NULL) WITHOUT ROWID",
    """CREATE TABLE forgotten (
        number INTEGER PRIMARY KEY, stream TEXT NOT NULL UNIQUE, at TEXT NOT NULL, swept INTEGER NOT NULL DEFAULT 0)""",
    _BACKUPS,
    f"PRAGMA application_id={_APPLICATION}",
    f"PRAGMA user_version={_FORMAT}",
)


def _create_empty(path: Path) -> bool:
    """Make it if it is not there; whether it was made."""
    made = False
    try:
        with suppress(FileExistsError):
            os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))
            made = True
        if path.stat().st_size == 0:
            path.chmod(0o600)  # whatever the umask says, and whoever touched it before
    except OSError as error:
        raise StoreUnreachable(f"the keys file {path}", f"cannot be made: {error.strerror}") from error
    return made


def _take_away(path: Path) -> None:
    """Remove what could not be filled. With content and no journal it was filled by somebody else meanwhile."""
    journal = path.with_name(f"{path.name}-journal")
    with suppress(OSError):
        if journal.exists() or path.stat().st_size == 0:
            journal.unlink(missing_ok=True)
            path.unlink()


class KeyFile:
    """One connection to the keys file, for all threads of a process; None as path: in memory, for tests.

    Not to be carried over a fork: SQLite's locks do not come along.
    """

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._lock = threading.RLock()
        with self._told():
            self._watch = Watch(path) if path else None
            try:
                self._db = self._connect()
            except BaseException:
                if self._watch:
                    self._watch.close()
                raise

    def _connect(self) -> sqlite3.Connection:
        where = f"{self._path.absolute().as_uri()}?mode=rw" if self._path else ":memory:"
        db = sqlite3.connect(where, uri=True, isolation_level=None, check_same_thread=False, timeout=_BUSY_SECONDS)
        try:
            self._set_up(db)
        except BaseException:
            db.close()
            raise
        return db

    def _set_up(self, db: sqlite3.Connection) -> None:
        [mode] = db.execute("PRAGMA journal_mode=DELETE").fetchone()
        if mode != ("delete" if self._path else "memory"):
            raise StoreUnreachable(self.name, f"its journal mode is {mode}, want delete", "end what holds it open")
        for pragma in _PRAGMAS:
            db.execute(f"PRAGMA {pragma}").fetchall()

    @property
    def name(self) -> str:
        """How messages call it."""
        return f"the keys file {self._path}" if self._path else "the keys in memory"

    @classmethod
    def create(cls, path: Path | None, fill: Fill) -> KeyFile:
        """A new keys file with its first rows, all or nothing; `BadInput` if there is one already."""
        made = _create_empty(path) if path else False
        file = None
        try:
            file = cls(path)
            with file._transaction():
                file._check_empty()
                for statement in _TABLES:
                    file._db.execute(statement)
                fill(FileRows(file._db))
        except BaseException:
            if file:
                file.close()
            if path and made:
                _take_away(path)
            raise
        return file

    @classmethod
    def open(cls, path: Path) -> KeyFile:
        """The keys file that is there; `StoreUnreachable` if it is none of ours."""
        file = cls(path)
        try:
            file._check_ours()
        except BaseException:
            file.close()
            raise
        with suppress(StoreUnreachable):  # a read-only or full disk must not bar reading; the mark stays
            file.sweep()
        return file

    def _check_empty(self) -> None:
        # An empty file is what a killed `create` leaves; anything else is somebody's.
        if self._one("SELECT count(*) FROM sqlite_master") or self._one("PRAGMA application_id"):
            raise BadInput("a new keys file", [Fault(str(self._path), "a file with content", "want a new place")])

    def _check_ours(self) -> None:
        with self._told():
            got = self._one("PRAGMA application_id"), self._one("PRAGMA user_version")
        if got == (0, 0):
            raise StoreUnreachable(self.name, "nothing of ours is in it", "if it is empty, run `reviewflow init` again")
        if got != (_APPLICATION, _FORMAT):
            why = f"got application {got[0]:x}, format {got[1]}; want {_APPLICATION:x}, format {_FORMAT}"
            raise StoreUnreachable(self.name, why, "it is another program's file, or of a newer release")

    def counter(self) -> bytes:
        """Another value than before if anything was committed meanwhile, by any process. Takes no lock."""
        if self._watch is None:
            return b""
        try:
            return self._watch.counter()
        except OSError as error:
            raise self._unreachable(error) from error

    def news(self, after: int) -> News:
        """The counter, what was forgotten with a number above `after` up to it, and the mark; all under one lock."""
        with self._lock, self._told():
            if self._replaced():  # somebody restored it and moved the counter, so that this is asked
                raise self._is_replaced()
            self._db.execute("BEGIN")
            try:
                forgotten, mark = forgotten_after(self._db, after), FileRows(self._db).mark()
                return News(self.counter(), forgotten, mark)
            finally:
                self._db.execute("ROLLBACK")

    def get(self, owner: str) -> bytes | None:
        """The wrapped key of an owner, None if there is none."""
        with self._lock, self._told():
            row = self._db.execute("SELECT wrapped FROM keys WHERE owner = ?", (owner,)).fetchone()
            return row[0] if row else None

    def ensure(
        self, owners: Sequence[str], make: Callable[[str], bytes], mark: bytes | None = None
    ) -> dict[str, bytes | None]:
        """The wrapped key of each owner, made and on the disk where there was none; None: forgotten."""
        found: dict[str, bytes | None] = {}
        made: dict[str, bytes] = {}
        with self._transaction():
            if mark is not None and FileRows(self._db).mark() != mark:
                raise Rewrapped
            gone = {stream for (stream,) in self._db.execute("SELECT stream FROM forgotten")}
            for owner in owners:
                row = self._db.execute("SELECT wrapped FROM keys WHERE owner = ?", (owner,)).fetchone()
                if owner in gone:
                    found[owner] = None
                elif row is not None:
                    found[owner] = row[0]
                else:
                    found[owner] = made[owner] = make(owner)
            if made:
                self._db.executemany("INSERT INTO keys VALUES (?, ?)", list(made.items()))
        return found

    def forget(self, stream: str, at: str) -> None:
        """Overwrite and delete a stream's key and note that it is forgotten. Idempotent; the first `at` stands."""
        with self._transaction():
            self._db.execute("INSERT OR IGNORE INTO forgotten (stream, at) VALUES (?, ?)", (stream, at))
            self._db.execute("UPDATE keys SET wrapped = zeroblob(length(wrapped)) WHERE owner = ?", (stream,))
            self._db.execute("DELETE FROM keys WHERE owner = ?", (stream,))
        self.sweep()

    def sweep(self, *, always: bool = False) -> None:
        """Rewrite the file without leftovers of destroyed keys, if that is still to be done."""
        with self._lock, self._told():
            last = self._one("SELECT coalesce(max(number), 0) FROM forgotten WHERE swept = 0")
            if last or always:
                self._db.execute("VACUUM")
                self._db.execute("UPDATE forgotten SET swept = 1 WHERE number <= ? AND swept = 0", (last,))

    def forgotten(self, after: int = 0) -> list[ForgottenStream]:
        """Everything forgotten with a number above `after`, in order."""
        with self._lock, self._told():
            return forgotten_after(self._db, after)

    @contextmanager
    def whole(self) -> Iterator[FileRows]:
        """Everything as of one moment. Others read meanwhile; who writes waits, as long as SQLite's timeout lets it."""
        with self._lock, self._told((sqlite3.Error,)):  # what else goes wrong is not this file's
            self._db.execute("BEGIN")
            try:
                yield FileRows(self._db)
            finally:
                self._db.execute("ROLLBACK")

    @contextmanager
    def changing(self) -> Iterator[FileRows]:
        """One transaction for many rows; afterwards the file is rewritten without what they were."""
        with self._transaction():
            yield FileRows(self._db)
            self._db.execute("UPDATE forgotten SET swept = 0 WHERE number = (SELECT max(number) FROM forgotten)")
        with suppress(StoreUnreachable):  # it is done; a full disk must not make it look otherwise
            self.sweep(always=True)

    def damage(self) -> str:
        """What SQLite finds wrong with the file, empty if nothing."""
        with self._lock, self._told():
            found = [str(row[0]) for row in self._db.execute("PRAGMA quick_check(3)").fetchall()]
        return "" if found == ["ok"] else "; ".join(found)

    def note_backup(self, note: BackupNote, today: str) -> None:
        """Note a backup; notes whose day lies before `today` go."""
        with self._transaction():
            self._db.execute(_BACKUPS)  # the first files had none
            self._db.execute("DELETE FROM backups WHERE destroy_by < ?", (today,))
            self._db.execute("INSERT INTO backups SELECT ?, ? EXCEPT SELECT made_at, destroy_by FROM backups", note)

    def backups(self) -> list[BackupNote]:
        """The backups that were noted, oldest first."""
        with self._lock, self._told():
            if not self._one("SELECT count(*) FROM sqlite_master WHERE name = 'backups'"):
                return []
            query = "SELECT made_at, destroy_by FROM backups ORDER BY made_at, destroy_by"
            return [BackupNote(*row) for row in self._db.execute(query).fetchall()]

    def close(self) -> None:
        """Give the file back. Idempotent."""
        with self._lock:
            self._db.close()
            if self._watch:
                self._watch.close()

    def _one(self, query: str, *values: str) -> int:
        return int(self._db.execute(query, values).fetchone()[0])

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        with self._lock, self._told((sqlite3.Error,)):
            # SQLite goes on writing into a file that was replaced or removed: its keys would be lost.
            if self._replaced():
                raise self._is_replaced()
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield
                self._db.execute("COMMIT")
            except BaseException:
                if self._db.in_transaction:
                    self._db.execute("ROLLBACK")
                raise

    def _replaced(self) -> bool:
        return bool(self._path and self._watch and not self._watch.still_at(self._path))

    def _is_replaced(self) -> StoreUnreachable:
        return StoreUnreachable(self.name, "it was replaced or removed while in use", "start again")

    @contextmanager
    def _told(self, kinds: tuple[type[Exception], ...] = (sqlite3.Error, OSError)) -> Iterator[None]:
        try:
            yield
        except kinds as error:
            raise self._unreachable(error) from error

    def _unreachable(self, error: Exception) -> StoreUnreachable:
        remedies = {
            sqlite3.SQLITE_BUSY: f"another process kept it for {_BUSY_SECONDS:g} seconds; try again",
            sqlite3.SQLITE_FULL: "make room on the disk and try again",
            sqlite3.SQLITE_READONLY: "it can be read here, not written",
        }
        if isinstance(error, FileNotFoundError):
            return StoreUnreachable(
                self.name,
                "does not exist",
                "name the right one with REVIEWFLOW_KEYS, or restore its backup: `reviewflow vault restore FILE`",
            )
        if isinstance(error, OSError):
            return StoreUnreachable(self.name, error.strerror or str(error))
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF
        if code in {sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT}:
            return Damaged(self.name, str(error), "restore its backup: `reviewflow vault restore FILE --replace`")
        return StoreUnreachable(self.name, str(error), remedies.get(code, ""))
