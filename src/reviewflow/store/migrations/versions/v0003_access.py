"""Adds who may come in: passwords, sessions, sign-in links, failures, tokens, identities, drafts."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "3"
down_revision = "2"

_Whole = sa.BigInteger().with_variant(sa.Integer, "sqlite")
_Word = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    """New tables only; nothing that was there is touched."""
    _table(
        "access_passwords",
        _key("person"),
        _word("hash"),
        _whole("changed_at"),
    )
    _table(
        "access_sessions",
        _key("secret"),
        _word("person"),
        _word("how"),
        sa.Column("let_in_by", _Word),
        _whole("begun_at"),
        _whole("seen_at"),
        _whole("until"),
    )
    op.create_index("access_sessions_by_person", "access_sessions", ["person"])
    _table(
        "access_links",
        _key("person"),
        _word("secret"),
        sa.Column("made_by", _Word),
        _whole("made_at"),
        _whole("until"),
    )
    op.create_index("access_links_by_secret", "access_links", ["secret"], unique=True)
    _table(
        "access_failures",
        _key("keyed"),
        _whole("number"),
        _whole("last_at"),
    )
    op.create_index("access_failures_by_moment", "access_failures", ["last_at"])
    _table(
        "access_tokens",
        _key("id"),
        _word("secret"),
        _word("person"),
        _word("scopes"),
        sa.Column("box", sa.LargeBinary, nullable=False),
        sa.Column("made_by", _Word),
        _whole("made_at"),
        _whole("until"),
        sa.Column("used_on", _Word),
    )
    op.create_index("access_tokens_by_person", "access_tokens", ["person"])
    op.create_index("access_tokens_by_secret", "access_tokens", ["secret"], unique=True)
    _table(
        "access_identities",
        _key("keyed"),
        _word("person"),
        _whole("added_at"),
    )
    op.create_index("access_identities_by_person", "access_identities", ["person"])
    _table(
        "access_drafts",
        _key("person"),
        _key("cycle"),
        _key("step"),
        _whole("version"),
        _whole("saved_at"),
        sa.Column("box", sa.LargeBinary, nullable=False),
    )
    op.create_index("access_drafts_by_moment", "access_drafts", ["saved_at"])


def _table(name: str, *columns: sa.Column[object]) -> None:
    op.create_table(name, *columns, sqlite_strict=True, sqlite_with_rowid=False)


def _key(name: str) -> sa.Column[object]:
    return sa.Column(name, _Word, primary_key=True)


def _word(name: str) -> sa.Column[object]:
    return sa.Column(name, _Word, nullable=False)


def _whole(name: str) -> sa.Column[object]:
    return sa.Column(name, _Whole, nullable=False)
