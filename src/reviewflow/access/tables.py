"""The tables of access. THIS IS A STORED FORMAT: a change of it raises `store.schema.SCHEMA`, needs a migration.

Moments are microseconds since 1970, UTC; days stand as 2026-03-01. `secret` is the SHA-256 (hex) of a secret of 256
bits, `keyed` the vault's keyed hash (hex), `box` bytes that the vault sealed under the person's key, `person` an id.
Nothing else is known here about anybody.
"""

from __future__ import annotations

from sqlalchemy import Column, Connection, Index, LargeBinary

from reviewflow.views.table import make, table, whole, word

passwords = table("access_passwords", word("person", key=True), word("hash"), whole("changed_at"))

sessions = table(
    "access_sessions",
    word("secret", key=True),
    word("person"),
    word("how"),
    word("let_in_by", optional=True),
    whole("begun_at"),
    whole("seen_at"),
    whole("until"),
    Index("access_sessions_by_person", "person"),
)

links = table(
    "access_links",
    word("person", key=True),
    word("secret"),
    word("made_by", optional=True),
    whole("made_at"),
    whole("until"),
    Index("access_links_by_secret", "secret", unique=True),
)

failures = table(
    "access_failures",
    word("keyed", key=True),
    whole("number"),
    whole("last_at"),
    Index("access_failures_by_moment", "last_at"),
)

tokens = table(
    "access_tokens",
    word("id", key=True),
    word("secret"),
    word("person"),
    word("scopes"),
    Column("box", LargeBinary, nullable=False),
    word("made_by", optional=True),
    whole("made_at"),
    whole("until"),
    word("used_on", optional=True),
    Index("access_tokens_by_secret", "secret", unique=True),
    Index("access_tokens_by_person", "person"),
)

identities = table(
    "access_identities",
    word("keyed", key=True),
    word("person"),
    whole("added_at"),
    Index("access_identities_by_person", "person"),
)

drafts = table(
    "access_drafts",
    word("person", key=True),
    word("cycle", key=True),
    word("step", key=True),
    whole("version"),
    whole("saved_at"),
    Column("box", LargeBinary, nullable=False),
    Index("access_drafts_by_moment", "saved_at"),
)

TABLES = (passwords, sessions, links, failures, tokens, identities, drafts)


def create(connection: Connection) -> None:
    """Make them all, inside the transaction that makes the store."""
    make(connection, TABLES)
