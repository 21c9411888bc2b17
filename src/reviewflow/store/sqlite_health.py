"""What an SQLite file says of itself: how it is kept, and whether its pages are whole."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

from sqlalchemy import Connection

from reviewflow.store.found import TRIGGER, Found, plain, rows

_SYNCHRONOUS = {0: "OFF", 1: "NORMAL", 2: "FULL", 3: "EXTRA"}
_FULL = 2
_MOST = 20
"""So many faults are told; who has more needs a backup, not a list."""


def server(_: Connection) -> str:
    """The library that reads the file: there is no server."""
    return f"SQLite {sqlite3.sqlite_version}"


def settings(connection: Connection) -> list[Found]:
    """The write-ahead log stays with the file; how far a commit is synchronised is said by each connection."""
    [(mode,)] = rows(connection, "PRAGMA journal_mode")
    [(level,)] = rows(connection, "PRAGMA synchronous")
    return [
        Found("journal_mode", "ok" if mode == "wal" else "warning", mode, "wal: readers and the writer do not wait"),
        Found(
            "synchronous", "ok" if level >= _FULL else "fault", _SYNCHRONOUS.get(level, str(level)),
            "FULL: what was acknowledged outlives a loss of power",
        ),
    ]  # fmt: skip


def damage(connection: Connection, *, deep: bool) -> list[str]:
    """`quick_check`, or `integrity_check`, which also compares every index with its table."""
    found = rows(connection, f"PRAGMA {'integrity' if deep else 'quick'}_check({_MOST})")
    return [text for (text,) in found if text != "ok"]


def rights(_: Connection) -> list[Found]:
    """A file has no roles: whoever may write it may do anything."""
    return []


def guards(connection: Connection, wanted: Sequence[str]) -> list[str]:
    """Triggers that are not there as they are made."""
    found = rows(connection, "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
    there = {name: plain(text or "") for name, text in found}
    return [name for text in wanted for name in TRIGGER.findall(text) if there.get(name) != plain(text)]
