"""What an append does inside its transaction: check what was read, give positions, insert, move the heads."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from reviewflow.errors import StreamMoved
from reviewflow.ports import Append, CommandRepeated, Record
from reviewflow.store.moments import from_micros, to_micros
from reviewflow.store.planning import Plan, is_set, moved, place
from reviewflow.store.statements import Statements

_EXACTLY = 8
_AT_ONCE = 64


class Clash(Exception):
    """The database refused a record although all versions were right; told in our words by whoever catches it."""


def standing(cursor: Any, statements: Statements, keys: Sequence[str]) -> tuple[int, int, dict[str, int]]:
    """The last position and its moment (0 and 0 for an empty log), and the versions of those keys that have one."""
    position, micros = 0, 0
    found: dict[str, int] = {}
    ordered = sorted(keys, key=is_set)
    for part in [ordered] if len(ordered) <= _EXACTLY else _padded(ordered):
        sets = sum(map(is_set, part))
        cursor.execute(statements.standing(len(part) - sets, sets), part)
        position, micros, *versions = cursor.fetchone()
        found.update((key, version) for key, version in zip(part, versions, strict=True) if version is not None)
    return position or 0, micros or 0, found


def _padded(keys: Sequence[str]) -> Iterator[list[str]]:
    """Many keys in parts of one size, so that few texts are made: keys that nobody has fill them up."""
    for kind, filler in ((False, ""), (True, ":")):
        mine = [key for key in keys if is_set(key) is kind]
        for start in range(0, len(mine), _AT_ONCE):
            part = mine[start : start + _AT_ONCE]
            yield part + [filler] * (_AT_ONCE - len(part))


def repeated(cursor: Any, statements: Statements, batch: Append) -> bool:
    """Whether the command id is in the log already."""
    if batch.command_id is None:
        return False
    cursor.execute(statements.command, (batch.command_id,))
    return cursor.fetchone() is not None


def write(
    cursor: Any, statements: Statements, batch: Append, made: Plan, *, clock: datetime, conflict: type[Exception]
) -> list[Record]:
    """Everything but the views, inside a transaction that holds the write lock; the caller commits.

    Raises `StreamMoved`, `CommandRepeated`, or `Clash` when the database itself refused a record.
    """
    position, last, now = standing(cursor, statements, made.keys)
    gone = moved(made.expected, now)
    if gone:
        # A command sent twice has read what its first run changed: that is not a conflict.
        raise CommandRepeated if repeated(cursor, statements, batch) else StreamMoved(gone)
    micros = max(to_micros(clock), last)
    records = place(batch, position, from_micros(micros))
    if not records:
        if repeated(cursor, statements, batch):
            raise CommandRepeated
        return records
    try:
        cursor.executemany(statements.insert, [(record[0], micros, *record[2:]) for record in records])
    except conflict as error:
        raise Clash from error
    if made.bumps:
        cursor.executemany(statements.set_head, [(key, now.get(key, 0) + by) for key, by in made.bumps.items()])
        cursor.executemany(statements.touch, made.pairs)
    return records
