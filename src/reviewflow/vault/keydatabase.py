"""Keys in a PostgreSQL database of their own, for several servers at one store.

It must not be the log's database: a backup of the log would carry the keys, and whoever was forgotten
after it would live on in it.

Asking the server before every use of a key would cost a round trip each time, so an answer holds for a
moment: the *lease*, which lies in the database so that all processes go by the same. Who forgets, rotates
or restores waits that long after the commit before it answers: by then every process has asked again. The
lease is counted from before the question was sent, by a clock that also runs while a machine sleeps.

Writers take turns by locking the one row of `vault_state`; under READ COMMITTED each statement after the
lock sees what was committed before it. What forgetting leaves behind in PostgreSQL is told in
docs/how-to/keep-the-keys.md: the destroyed key is still wrapped there, and a new master key ends it.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Final

from psycopg import errors, sql

from reviewflow.errors import BadInput, Fault, StoreUnreachable
from reviewflow.vault.keydatabase_link import KeyLink, Link
from reviewflow.vault.keydatabase_rows import FORMAT, NAMES, TABLES, DatabaseRows, forgotten_after
from reviewflow.vault.keys import INSTALLATION, BackupNote, Fill, ForgottenStream, News, Rewrapped

LEASE: Final = 0.25
"""Seconds for which an answer of the server holds, in a new keys database."""
_CLOCK: Final = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)
_LOCK: Final = "SELECT 1 FROM vault_state FOR UPDATE"
_CHANGED: Final = "UPDATE vault_state SET changes = changes + 1"
_ONE_SNAPSHOT: Final = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"


class KeyDatabase:
    """The `Keys` in a database; one connection, for all threads of a process."""

    def __init__(self, url: str) -> None:
        """Connects when it is first used."""
        self._link = KeyLink(url)
        self._lease = 0.0
        self._hearing = threading.Lock()
        self._answer = (0.0, b"")

    @property
    def name(self) -> str:
        """How messages call it."""
        return self._link.name

    @classmethod
    def create(cls, url: str, fill: Fill) -> KeyDatabase:
        """New tables with their first rows, all or nothing; `BadInput` if they are there already."""
        keys = cls(url)
        try:
            with keys._link.transaction(durable=True) as link:
                keys._check_apart(link)
                for statement in TABLES:
                    link.execute(statement)
                link.execute("INSERT INTO vault_state VALUES (true, %s, 0, %s)", (FORMAT, round(LEASE * 1000)))
                fill(DatabaseRows(link))
            keys._meet()
        except StoreUnreachable as error:
            keys.close()
            if isinstance(error.__cause__, errors.DuplicateTable | errors.UniqueViolation):
                raise BadInput("new keys", [Fault(keys.name, "keys that exist", "want a new place")]) from error
            raise
        except BaseException:
            keys.close()
            raise
        return keys

    @classmethod
    def open(cls, url: str) -> KeyDatabase:
        """The keys that are there; `StoreUnreachable` if there are none of ours."""
        keys = cls(url)
        try:
            keys._meet()
        except BaseException:
            keys.close()
            raise
        return keys

    @classmethod
    def there(cls, url: str) -> KeyDatabase | None:
        """The same, None if there are none."""
        try:
            return cls.open(url)
        except StoreUnreachable as error:
            if isinstance(error.__cause__, errors.UndefinedTable):
                return None
            raise

    @classmethod
    def remove(cls, url: str) -> None:
        """Take away tables that were made a moment ago and that nothing was sealed with."""
        keys = cls(url)
        try:
            with keys._link.transaction() as link:
                for name in NAMES:
                    link.execute(sql.SQL("DROP TABLE IF EXISTS {}").format(sql.Identifier(name)))
        finally:
            keys.close()

    def _meet(self) -> None:
        def asked(link: Link) -> tuple[int, int]:
            self._check_apart(link)
            found = link.execute("SELECT format, lease_milliseconds FROM vault_state").fetchone()
            return found or (0, 0)

        got, lease = self._link.do(asked)
        if got != FORMAT:
            raise StoreUnreachable(self.name, f"got format {got}; want {FORMAT}", "it is of a newer release")
        self._lease = lease / 1000

    def _check_apart(self, link: Link) -> None:
        """No log in this database: a schema of its own is not enough, for a backup takes all of them."""
        query = (
            "SELECT a.relnamespace::regnamespace::text FROM pg_class a JOIN pg_class b USING (relnamespace)"
            " WHERE a.relname = 'records' AND b.relname = 'heads' AND a.relkind IN ('r', 'p') AND b.relkind = 'r'"
        )
        if found := link.execute(query).fetchone():
            raise StoreUnreachable(
                self.name,
                f"a store's log lies in the same database (schema {found[0]}), so that every backup of the log would"
                " carry the keys, and keep what is forgotten later",
                "keep the keys in a database of their own, best on a server of their own",
            )

    def counter(self) -> bytes:
        """Another value than before if anything was forgotten, rotated or restored, as of at most a lease ago."""
        now = time.clock_gettime(_CLOCK)
        asked_at, counter = self._answer
        if now - asked_at < self._lease:
            return counter
        row = self._link.do(lambda link: link.execute("SELECT changes FROM vault_state").fetchone())
        return self._heard(now, self._bytes(row[0] if row else 0))

    def news(self, after: int) -> News:
        """The counter, what was forgotten with a number above `after`, and the mark, all of one moment."""
        now = time.clock_gettime(_CLOCK)

        def asked(_: Link) -> News:
            with self._link.transaction(_ONE_SNAPSHOT) as link:
                row = link.execute("SELECT changes FROM vault_state").fetchone()
                counter = self._bytes(row[0] if row else 0)
                return News(counter, forgotten_after(link, after), DatabaseRows(link).mark())

        news = self._link.do(asked)
        self._heard(now, news.counter)
        return news

    def get(self, owner: str) -> bytes | None:
        """The wrapped key of an owner, None if there is none."""
        query = "SELECT wrapped FROM vault_keys WHERE owner = %s"
        row = self._link.do(lambda link: link.execute(query, (owner,)).fetchone())
        return bytes(row[0]) if row else None

    def ensure(
        self, owners: Sequence[str], make: Callable[[str], bytes], mark: bytes | None = None
    ) -> dict[str, bytes | None]:
        """The wrapped key of each owner, made and durable where there was none; None: forgotten."""
        found = self._link.do(lambda link: _there(link, owners, mark))
        if len(found) == len(set(owners)):  # most often all are there, and nobody need wait for his turn
            return {owner: found[owner] for owner in owners}

        def asked(_: Link) -> dict[str, bytes | None]:
            with self._link.transaction(durable=True) as link:
                link.execute(_LOCK)
                there = _there(link, owners, mark)
                query = "SELECT stream FROM vault_forgotten WHERE stream = ANY(%s)"
                gone = {stream for (stream,) in link.execute(query, (list(owners),)).fetchall()}
                made = {owner: make(owner) for owner in owners if owner not in there and owner not in gone}
                if made:
                    DatabaseRows(link).put(list(made.items()))
            return {owner: None if owner in gone else there.get(owner) or made[owner] for owner in owners}

        return self._link.do(asked)

    def forget(self, stream: str, at: str) -> None:
        """Delete a stream's key and note that it is forgotten; answers when no process uses it any more."""

        def asked(_: Link) -> None:
            with self._link.transaction(durable=True) as link:
                link.execute(_LOCK)
                DatabaseRows(link).note_forgotten([(stream, at)])
                link.execute("DELETE FROM vault_keys WHERE owner = %s", (stream,))
                link.execute(_CHANGED)

        self._link.do(asked)
        self._wait()
        self._clean("VACUUM vault_keys")

    def forgotten(self, after: int = 0) -> list[ForgottenStream]:
        """Everything forgotten with a number above `after`, in order."""
        return self._link.do(lambda link: forgotten_after(link, after))

    @contextmanager
    def whole(self) -> Iterator[DatabaseRows]:
        """Everything as of one moment, while others go on."""
        with self._link.transaction(_ONE_SNAPSHOT) as link:
            yield DatabaseRows(link)

    @contextmanager
    def changing(self) -> Iterator[DatabaseRows]:
        """One transaction for many rows, alone; afterwards the table is rewritten without what they were."""
        with self._link.transaction(durable=True) as link:
            link.execute(_LOCK)
            link.execute(_CHANGED)
            yield DatabaseRows(link)
        self._wait()
        self._clean("VACUUM FULL vault_keys")

    def note_backup(self, note: BackupNote, today: str) -> None:
        """Note a backup; notes whose day lies before `today` go."""
        with self._link.transaction(durable=True) as link:
            link.execute("DELETE FROM vault_backups WHERE destroy_by < %s", (today,))
            link.execute(
                "INSERT INTO vault_backups SELECT %s, %s EXCEPT SELECT made_at, destroy_by FROM vault_backups", note
            )

    def backups(self) -> list[BackupNote]:
        """The backups that were noted, oldest first."""
        query = "SELECT made_at, destroy_by FROM vault_backups ORDER BY made_at, destroy_by"
        return [BackupNote(*row) for row in self._link.do(lambda link: link.execute(query).fetchall())]

    def close(self) -> None:
        """Give the connection back. Idempotent."""
        self._lease = 0.0
        self._link.close()

    def _heard(self, asked_at: float, counter: bytes) -> bytes:
        with self._hearing:  # of two threads that asked, the answer to the later question stands
            if asked_at >= self._answer[0]:
                self._answer = asked_at, counter
        return counter

    def _wait(self) -> None:
        """Until every process has asked again; a tenth more, for clocks that run apart."""
        time.sleep(1.1 * self._lease)

    def _clean(self, statement: str) -> None:
        # It is done already, and only the table's owner may: autovacuum comes later.
        with suppress(StoreUnreachable):
            self._link.do(lambda link: link.execute(statement.encode()))

    @staticmethod
    def _bytes(changes: int) -> bytes:
        return int(changes).to_bytes(8, "big")


def _there(link: Link, owners: Sequence[str], mark: bytes | None) -> dict[str, bytes]:
    """The wrapped keys that are there, in one statement with the mark, which must be the one that was said."""
    query = "SELECT owner, wrapped FROM vault_keys WHERE owner = ANY(%s)"
    found = {owner: bytes(w) for owner, w in link.execute(query, ([*owners, INSTALLATION],)).fetchall()}
    if mark is not None and found.get(INSTALLATION, b"") != mark:
        raise Rewrapped
    return {owner: wrapped for owner, wrapped in found.items() if owner in owners}


def identity(url: str) -> tuple[object, ...]:
    """Which server, and which database there: the same for two URLs that lead to the same, however written."""
    query = "SELECT pg_postmaster_start_time(), oid FROM pg_database WHERE datname = current_database()"
    link = KeyLink(url)
    try:
        return link.do(lambda asked: asked.execute(query).fetchone()) or ()
    finally:
        link.close()
