"""What each kind of database is asked about itself."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, cast

from sqlalchemy import Connection

from reviewflow.store import sqlite_health
from reviewflow.store.dialect import Database
from reviewflow.store.found import Found


class Health(Protocol):
    """What one kind of database is asked; a module."""

    def server(self, connection: Connection) -> str:
        """What it is, and its version."""

    def settings(self, connection: Connection) -> Sequence[Found]:
        """Settings on which durability hangs."""

    def damage(self, connection: Connection, *, deep: bool) -> Sequence[str]:
        """What the database itself finds wrong with its pages or indexes."""

    def rights(self, connection: Connection) -> Sequence[Found]:
        """What the role that we are may do to records, and should not."""

    def guards(self, connection: Connection, wanted: Sequence[str]) -> Sequence[str]:
        """Triggers and functions among these statements that are not there as they say, or will not fire."""


def health(database: Database) -> Health:
    """Who knows what to ask this one."""
    if database.one_writer:
        return cast("Health", sqlite_health)
    from reviewflow.store import postgresql_health

    return cast("Health", postgresql_health)
