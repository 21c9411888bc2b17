"""Makes the log: records, and what was touched."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "1"
down_revision = None

_Whole = sa.BigInteger().with_variant(sa.Integer, "sqlite")
_Word = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    """As the first stores were made."""
    op.create_table(
        "records",
        sa.Column("position", _Whole, primary_key=True, autoincrement=False),
        sa.Column("recorded_at", _Whole, nullable=False),
        sa.Column("stream", _Word, nullable=False),
        sa.Column("version", _Whole, nullable=False),
        sa.Column("topic", _Word, nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.Column("command_id", _Word),
        sa.Column("ordinal", _Whole),
        sa.CheckConstraint("(command_id IS NULL) = (ordinal IS NULL)", name="command_and_ordinal"),
        sqlite_strict=True,
    )
    op.create_index("records_by_stream", "records", ["stream", "version"], unique=True)
    op.create_index("records_by_command", "records", ["command_id", "ordinal"], unique=True)
    op.create_table(
        "heads",
        sa.Column("key", _Word, primary_key=True),
        sa.Column("version", _Whole, nullable=False),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_table(
        "touched",
        sa.Column("key", _Word, primary_key=True),
        sa.Column("stream", _Word, primary_key=True),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_table(
        "log_schema", sa.Column("version", _Whole, primary_key=True, autoincrement=False), sqlite_strict=True
    )
