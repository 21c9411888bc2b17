"""The tables of the log. THIS IS A STORED FORMAT: a change raises `schema.SCHEMA` and needs a migration.

The version of a stream is that of its last record, found in the key (stream, version): a row of its own for it
would be written with every append and could be wrong. `heads` holds the version of every named set, a counter;
`touched` which streams ever touched it. The append that touches a set moves both.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, CheckConstraint, Column, Index, Integer, LargeBinary, MetaData, Table, Text

from reviewflow.store.schema import MARKER

metadata = MetaData()

Whole = BigInteger().with_variant(Integer, "sqlite")  # SQLite's INTEGER has 64 bits; STRICT tables know no BIGINT

Word = Text().with_variant(Text(collation="C"), "postgresql")
"""A text that is compared byte by byte, so that every database has the same order."""

records = Table(
    "records",
    metadata,
    Column("position", Whole, primary_key=True, autoincrement=False),
    Column("recorded_at", Whole, nullable=False),
    Column("stream", Word, nullable=False),
    Column("version", Whole, nullable=False),
    Column("topic", Word, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("command_id", Word),
    Column("ordinal", Whole),
    CheckConstraint("(command_id IS NULL) = (ordinal IS NULL)", name="command_and_ordinal"),
    sqlite_strict=True,
)

by_stream = Index("records_by_stream", records.c.stream, records.c.version, unique=True)

# Rows without a command hold NULL twice, which both databases take for distinct.
by_command = Index("records_by_command", records.c.command_id, records.c.ordinal, unique=True)

heads = Table(
    "heads",
    metadata,
    Column("key", Word, primary_key=True),
    Column("version", Whole, nullable=False),
    sqlite_strict=True,
    sqlite_with_rowid=False,
)

touched = Table(
    "touched",
    metadata,
    Column("key", Word, primary_key=True),
    Column("stream", Word, primary_key=True),
    sqlite_strict=True,
    sqlite_with_rowid=False,
)

marker = Table(
    MARKER,
    metadata,
    Column("version", Whole, primary_key=True, autoincrement=False),
    sqlite_strict=True,
)

moved = Table(
    "moved",
    metadata,
    Column("to_where", Text, nullable=False),
    Column("at", Whole, nullable=False),
    sqlite_strict=True,
)
"""One row in a store that was moved elsewhere (`store/moved.py`), none in any other."""
