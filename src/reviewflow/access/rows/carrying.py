"""What of access goes along when a store is copied elsewhere: passwords, identities, tokens, drafts.

Sessions, links and failures stay behind: everybody signs in anew there, and a link that was handed over opens
nothing any more. The tables are held until the old store is marked as moved; whoever changes them there looks for
the mark after that (`access/changing.py`). So a change is here or there, and no token that was revoked comes back.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import Connection, Table, delete, insert, select

from reviewflow.access.tables import drafts, identities, passwords, tokens

CARRIED: Final = (passwords, identities, tokens, drafts)
_AT_ONCE: Final = 50


def carry(source: Connection, target: Connection) -> None:
    """Put there what is here; may be done again."""
    if source.dialect.name == "postgresql":  # elsewhere there is one writer, and it is us
        names = ", ".join(table.name for table in CARRIED)
        source.exec_driver_sql(f"LOCK TABLE {names} IN SHARE ROW EXCLUSIVE MODE")
    for table in CARRIED:
        _copy(source, target, table)


def _copy(source: Connection, target: Connection, table: Table) -> None:
    target.execute(delete(table))
    found = source.execute(select(table).order_by(*table.primary_key))
    while rows := found.fetchmany(_AT_ONCE):
        target.execute(insert(table), [dict(zip(table.c.keys(), row, strict=True)) for row in rows])
