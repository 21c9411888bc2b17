"""Side effects go along when a store is copied elsewhere: what is still to be sent, and from where each goes on.

Without it a new store would send nothing of what was recorded and not yet sent: a new recipient begins behind the last
record. The rows are held until the old store is marked as moved, and whoever takes one there looks for the mark after
that: so it is sent here or there. Only a sending that is under way just then may be done a second time; a receiver
knows the second by its id.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import ColumnElement, Connection, Table, delete, insert, not_, select

from reviewflow.following.tables import effects, followers

_AT_ONCE: Final = 500
_REBUILDS: Final = "rebuild:"


def carry(source: Connection, target: Connection) -> None:
    """Put there what is here; may be done again. Views are not carried: their rows stay behind, and are made anew."""
    # Named KIND:RECIPIENT; a view has no colon.
    of_effects = followers.c.name.contains(":") & not_(followers.c.name.startswith(_REBUILDS))
    _copy(source, target, followers, of_effects)
    _copy(source, target, effects, effects.c.state != "done")


def _copy(source: Connection, target: Connection, table: Table, which: ColumnElement[bool]) -> None:
    target.execute(delete(table))
    # In the order in which they are taken, so that nobody waits in a circle.
    found = source.execute(select(table).where(which).order_by(*table.primary_key).with_for_update())
    while rows := found.fetchmany(_AT_ONCE):
        target.execute(insert(table), [dict(zip(table.c.keys(), row, strict=True)) for row in rows])
