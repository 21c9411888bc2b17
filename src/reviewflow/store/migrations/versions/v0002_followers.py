"""Adds how far followers have come, what they send, and whether the store was moved."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "2"
down_revision = "1"

_Whole = sa.BigInteger().with_variant(sa.Integer, "sqlite")
_Word = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    """New tables only; nothing that was there is touched."""
    op.create_table(
        "followers",
        sa.Column("name", _Word, primary_key=True),
        sa.Column("position", _Whole, nullable=False),
        sa.Column("broken_at", _Whole),
        sa.Column("why", _Word),
        sa.Column("moved_at", _Whole, nullable=False),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_table(
        "effects",
        sa.Column("position", _Whole, primary_key=True, autoincrement=False),
        sa.Column("recipient", _Word, primary_key=True),
        sa.Column("kind", _Word, primary_key=True),
        sa.Column("id", _Word, nullable=False),
        sa.Column("state", _Word, nullable=False),
        sa.Column("tries", _Whole, nullable=False),
        sa.Column("next_at", _Whole),
        sa.Column("changed_at", _Whole, nullable=False),
        sa.Column("why", _Word),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_index("effects_by_id", "effects", ["id"], unique=True)
    waiting = sa.text("next_at IS NOT NULL")
    op.create_index(
        "effects_waiting", "effects", ["kind", "recipient", "position"], sqlite_where=waiting, postgresql_where=waiting
    )
    op.create_table(
        "moved",
        sa.Column("to_where", sa.Text, nullable=False),
        sa.Column("at", _Whole, nullable=False),
        sqlite_strict=True,
    )
