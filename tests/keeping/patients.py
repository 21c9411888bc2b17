"""A small rich store for the doctor, whole or broken from outside."""

from __future__ import annotations

import sqlite3
from contextlib import closing, contextmanager
from datetime import UTC, datetime

from corpus.noting import settings_in
from kit.clock import FixedClock
from reviewflow.keeping.doctor import examine
from reviewflow.store.sql import SqlStore

NOW = datetime(2027, 1, 1, tzinfo=UTC)


def looked(folder, *, deep=False, now=NOW, **settings: str):
    """What the doctor finds, by name."""
    given = settings_in(folder).model_copy(update=settings)
    return {one.name: one for one in examine(given, FixedClock(now), deep=deep)}


def faults(found):
    return {name for name, one in found.items() if one.verdict == "fault"}


def change(folder, *statements: str, free=True):
    """Change the file past everything that guards it, and put the guards back."""
    with closing(sqlite3.connect(folder / "reviewflow.db")) as link:
        guards = link.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall() if free else []
        for name, _ in guards:
            link.execute(f"DROP TRIGGER {name}")
        for statement in statements:
            link.execute(statement)
        for _, text in guards:
            link.execute(text)
        link.commit()


@contextmanager
def store_in(folder):
    with SqlStore(folder / "reviewflow.db", FixedClock(NOW)) as store:
        yield store
