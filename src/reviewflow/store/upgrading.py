"""Bringing the tables of an older store to what this release wants: one transaction under the write lock.

Killed at any moment it leaves the store as it was; two at once come one after the other, and the second finds nothing
to do. Not covered: a process of the older release that has the store open goes on with what it knows. End all of them
before.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from os import PathLike
from pathlib import Path
from typing import Any, NamedTuple

from sqlalchemy import Connection, delete, insert

from reviewflow.errors import StoreUnreachable
from reviewflow.store import migrations
from reviewflow.store.addresses import database
from reviewflow.store.dialect import Database, in_our_words
from reviewflow.store.found import TRIGGER
from reviewflow.store.health import health
from reviewflow.store.links import Link
from reviewflow.store.schema import SCHEMA, version_of
from reviewflow.store.tables import marker, records

PATIENCE = 60.0
"""Seconds to wait for the write lock: an upgrade may wait for what an import is about to commit."""


class Step(NamedTuple):
    """One step: the version it leads to, and what it does."""

    version: int
    what: str


class Upgrade(NamedTuple):
    """What is to be done, or was, to which store: from one version to another."""

    what: str
    found: int
    wanted: int
    steps: tuple[Step, ...]
    guards: tuple[str, ...] = ()
    """Triggers and functions of the log that were not there as they should be, and are put back."""


Also = Callable[[Connection, frozenset[str]], None]
"""Told the connection, and the names of tables that a step made."""


def plan_upgrade(url: str | PathLike[str], also: Also | None = None, *, patience: float = PATIENCE) -> Upgrade:
    """What an upgrade of this store would do. Reads only; `StoreUnreachable` for a newer store, and what is none."""
    at = database(url, patience)
    with in_our_words(at):
        link = at.link()
        try:
            at.begin_read(link.cursor)
            planned = _planned(at, link)
            if also:
                also(link.connection, frozenset())
        finally:
            _leave(at, link)
    return planned


def upgrade(url: str | PathLike[str], also: Also | None = None, *, patience: float = PATIENCE) -> Upgrade:
    """Upgrade this store, all or nothing; what was done. `also` does more, in the same transaction."""
    at = database(url, patience)
    with in_our_words(at):
        link = at.link()
        try:
            at.begin_write(link.cursor)
            planned, before = _planned(at, link), at.tables(link.cursor)
            if planned.steps:
                run(link.connection, planned.found, planned.wanted)
            if planned.steps or planned.guards:
                _guard(at, link)
            if also:
                also(link.connection, frozenset(at.tables(link.cursor) - before))
            link.commit()
        finally:
            _leave(at, link)
    return planned


def _leave(at: Database, link: Link) -> None:
    with suppress(*at.errors):  # the first error is the one to tell
        link.rollback()
    link.close()


def _planned(at: Database, link: Link) -> Upgrade:
    found = version_of(at, link.cursor)
    if found > SCHEMA:
        why = f"its tables have version {found}; this release knows versions up to {SCHEMA}"
        raise StoreUnreachable(at.what, why, "use the release that made it, or a newer one")
    if found < SCHEMA:  # every trigger is made anew then
        return Upgrade(at.what, found, SCHEMA, _steps(found))
    return Upgrade(at.what, found, SCHEMA, (), tuple(health(at).guards(link.connection, at.guards())))


def _steps(found: int) -> tuple[Step, ...]:
    return tuple(Step(int(one.revision), (one.doc or "").rstrip(".")) for one in _revisions(found))


def _revisions(found: int, wanted: int = SCHEMA) -> list[Any]:
    """The revisions after a version, in the order in which they run; 0 stands for an empty database."""
    from alembic.script import ScriptDirectory

    scripts = ScriptDirectory(str(Path(migrations.__file__).parent))
    return list(reversed(list(scripts.iterate_revisions(str(wanted), str(found) if found else "base"))))


def run(connection: Connection, found: int, wanted: int) -> None:
    """The revisions from one version to another, inside a transaction that holds the write lock; the mark with them."""
    from alembic.migration import MigrationContext
    from alembic.operations import Operations

    with Operations.context(MigrationContext.configure(connection)):
        for revision in _revisions(found, wanted):
            revision.module.upgrade()
    connection.execute(delete(marker))
    connection.execute(insert(marker).values(version=wanted))


def _guard(at: Database, link: Link) -> None:
    """Triggers and functions as this release makes them; others that somebody put there stay."""
    where = "" if at.one_writer else f" ON {records.name}"
    for guard in at.guards():
        for name in TRIGGER.findall(guard):
            link.cursor.execute(f"DROP TRIGGER IF EXISTS {name}{where}")
        link.cursor.execute(guard)
