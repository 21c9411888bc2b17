"""The tables of followers. THIS IS A STORED FORMAT: a change of it raises `store.tables.SCHEMA`, needs a migration.

`followers`: how far each has come. `effects`: what is to be sent because of a record, at most one of a kind to one
recipient; waiting while `next_at` says when it is tried next. Moments are microseconds since 1970, UTC. Neither holds
anything about a person: ids, positions, and our own sentences.
"""

from __future__ import annotations

from sqlalchemy import Column, Connection, Index

from reviewflow.views.table import Whole, make, table, whole, word

followers = table(
    "followers",
    word("name", key=True),
    whole("position"),
    whole("broken_at", optional=True),
    word("why", optional=True),
    whole("moved_at"),
)

effects = table(
    "effects",
    Column("position", Whole, primary_key=True, autoincrement=False),
    word("recipient", key=True),
    word("kind", key=True),
    word("id"),
    word("state"),
    whole("tries"),
    whole("next_at", optional=True),
    whole("changed_at"),
    word("why", optional=True),
    Index("effects_by_id", "id", unique=True),
)
# Only what waits is ever looked for in order; what was done a while ago is most of the table.
_waiting = effects.c.next_at.is_not(None)
Index(
    "effects_waiting", effects.c.kind, effects.c.recipient, effects.c.position,
    sqlite_where=_waiting, postgresql_where=_waiting,
)  # fmt: skip

TABLES = (followers, effects)


def create(connection: Connection) -> None:
    """Make both, inside the transaction that makes the store."""
    make(connection, TABLES)
