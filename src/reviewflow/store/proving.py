"""Questions about a whole log that its database answers: are streams and commands without a gap, are sets the same?

Each answers with what is wrong first, in memory that does not grow with the log.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection, Table, func, select, text, tuple_

from reviewflow.errors import IntegrityBroken
from reviewflow.ports import Record
from reviewflow.store.rows import records_of
from reviewflow.store.tables import heads, records, touched

_AT_ONCE = 400
"""Rows compared by one question: two values each."""


# Standard SQL, the same for both databases. A key of the log serves each order.
_STREAMS = """SELECT position, stream, version, place FROM (
    SELECT position, stream, version, row_number() OVER in_stream AS place, lag(position) OVER in_stream AS before
    FROM records {where} WINDOW in_stream AS (PARTITION BY stream ORDER BY version)
) AS ordered WHERE version <> place OR position <= before ORDER BY position LIMIT 1"""
_LATER_STREAMS = "WHERE stream IN (SELECT stream FROM records WHERE position > :after)"
_COMMANDS = """SELECT position, ordinal, place FROM (
    SELECT position, ordinal, row_number() OVER in_command - 1 AS place,
        position - lag(position) OVER in_command AS step
    FROM records WHERE command_id IS NOT NULL {where} WINDOW in_command AS (PARTITION BY command_id ORDER BY ordinal)
) AS ordered WHERE ordinal <> place OR step <> 1 ORDER BY position LIMIT 1"""
_LATER_COMMANDS = "AND position > :after"


class Sets(NamedTuple):
    """How many sets there are, how often they were touched, and by how many streams, all added up."""

    sets: int
    touches: int
    pairs: int


def last_position(connection: Connection) -> int:
    """The last position, 0 for an empty log."""
    last: int | None = connection.execute(select(func.max(records.c.position))).scalar()
    return last or 0


def read_log(connection: Connection, after: int, limit: int) -> list[Record]:
    """The next records, by a connection that holds the log still: nobody can hide what was just committed from it."""
    wanted = select(records).where(records.c.position > after).order_by(records.c.position).limit(limit)
    return records_of(connection.execute(wanted))


def count_sets(connection: Connection) -> Sets:
    """The sums over all sets of a store."""
    number, touches = connection.execute(select(func.count(), func.coalesce(func.sum(heads.c.version), 0))).one()
    return Sets(number, int(touches), connection.execute(select(func.count()).select_from(touched)).scalar_one())


def first_gap(connection: Connection, after: int = 0) -> IntegrityBroken | None:
    """The first record that does not follow the one before it in its stream, or in its command.

    With `after` only streams and commands are looked at that have records behind this position.
    """
    given = {"after": after} if after else {}
    row = connection.execute(text(_STREAMS.format(where=_LATER_STREAMS if after else "")), given).first()
    if row is not None:
        return IntegrityBroken(row.position, f"{row.stream} has version {row.version} here, want {row.place}")
    row = connection.execute(text(_COMMANDS.format(where=_LATER_COMMANDS if after else "")), given).first()
    if row is not None:
        why = f"it is event {row.ordinal} of its command, want {row.place}, right behind the one before"
        return IntegrityBroken(row.position, why)
    return None


def first_difference(one: Connection, other: Connection, keys: Collection[str] | None = None) -> str | None:
    """What the two stores do not both count, of all sets or only of some `keys`; None if they are the same."""
    for table in (heads, touched):
        for here, there, where in ((one, other, "first"), (other, one, "second")):
            for rows in _portions(here, table, keys):
                found = {tuple(row) for row in _same(there, table, rows)}
                for row in rows:
                    if row not in found:
                        told = f"{row[0]} is at {row[1]}" if table is heads else f"{row[0]} was touched by {row[1]}"
                        return f"only in the {where} of both {told}"
    return None


def _same(connection: Connection, table: Table, rows: Sequence[tuple[Any, ...]]) -> Sequence[Any]:
    both = tuple_(*table.c)
    return connection.execute(select(table).where(both.in_(rows))).all()


def _portions(
    connection: Connection, table: Table, keys: Collection[str] | None
) -> Iterator[Sequence[tuple[Any, ...]]]:
    """All rows, or those of some keys, by the primary key."""
    if keys is not None:
        wanted = sorted(keys)
        for start in range(0, len(wanted), _AT_ONCE):
            some = select(table).where(table.c.key.in_(wanted[start : start + _AT_ONCE]))
            rows = [tuple(row) for row in connection.execute(some)]
            yield from (rows[place : place + _AT_ONCE] for place in range(0, len(rows), _AT_ONCE))
        return
    place = tuple_(*table.primary_key)
    part = select(table).order_by(*table.primary_key).limit(_AT_ONCE)
    rows = [tuple(row) for row in connection.execute(part)]
    while rows:
        yield rows
        last = rows[-1][: len(table.primary_key)]
        rows = [tuple(row) for row in connection.execute(part.where(place > tuple_(*last)))]
