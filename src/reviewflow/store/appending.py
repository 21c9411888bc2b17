"""What an append does inside its transaction: check what was read, give positions, insert, move the heads.

This is for a database in the same process, where a statement costs little. Across a network it is one call
(`postgresql_append.py`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from reviewflow.errors import StreamMoved
from reviewflow.ports import Append, CommandRepeated, Record
from reviewflow.store.dialect import Clash
from reviewflow.store.moments import from_micros, to_micros
from reviewflow.store.planning import Plan, moved, place, sort_out
from reviewflow.store.statements import Statements

_FEW = 8
_AT_ONCE = 64

Standing = tuple[int, int, dict[str, int]]
"""The last position and its moment (0 and 0 for an empty log), and the versions of those keys that have one."""
Question = tuple[str, list[str]]
"""A statement and its values."""


def heads_of(statements: Statements, keys: Sequence[str]) -> list[Question]:
    """What `standing` will ask about these keys, if they are few."""
    streams, sets = sort_out(keys)
    few = bool(keys) and len(streams) <= _FEW and len(sets) <= _FEW
    return [(statements.standing(len(streams), len(sets)), streams + sets)] if few else []


def standing(cursor: Any, statements: Statements, streams: list[str], sets: list[str]) -> Standing:
    """How the log stands, and some keys."""
    if len(streams) <= _FEW and len(sets) <= _FEW:
        return _asked(cursor, statements.standing(len(streams), len(sets)), streams + sets)
    # Many keys in parts of one size, so that few texts are made; the empty key, which nobody has, fills them up.
    position, micros, found = _asked(cursor, statements.standing(0, 0), [])
    for count, keys in (((_AT_ONCE, 0), streams), ((0, _AT_ONCE), sets)):
        for start in range(0, len(keys), _AT_ONCE):
            part = keys[start : start + _AT_ONCE]
            *_, more = _asked(cursor, statements.standing(*count), part + [""] * (_AT_ONCE - len(part)))
            found |= more
    return position, micros, found


def _asked(cursor: Any, text: str, keys: list[str]) -> Standing:
    cursor.execute(text, keys)
    position, micros, *versions = cursor.fetchone()
    found = {key: version for key, version in zip(keys, versions, strict=True) if version is not None}
    return position or 0, micros or 0, found


def repeated(cursor: Any, statements: Statements, batch: Append) -> bool:
    """Whether one of its command ids is in the log already."""
    return any(commands(cursor, statements, batch.ids()))


def commands(cursor: Any, statements: Statements, ids: Sequence[str]) -> Iterator[tuple[Any, ...]]:
    """The rows appended under these command ids, those of one command by ordinal."""
    for text, values in look_up(statements, ids):
        cursor.execute(text, values)
        yield from cursor.fetchall()


def look_up(statements: Statements, ids: Sequence[str]) -> Iterator[Question]:
    """The questions for them: one, or in parts of one size."""
    for start in range(0, len(ids), _AT_ONCE):
        part = ids[start : start + _AT_ONCE]
        several = 1 if len(part) == 1 else _AT_ONCE
        yield statements.commands(several), [*part, *[part[-1]] * (several - len(part))]


def write(
    cursor: Any, statements: Statements, batch: Append, made: Plan, *, clock: datetime, conflict: type[Exception]
) -> list[Record]:
    """Everything but the views, inside a transaction that holds the write lock; the caller commits.

    Raises `StreamMoved`, `CommandRepeated`, or `Clash` when the database itself refused a record.
    """
    position, last, now = standing(cursor, statements, made.streams, made.sets)
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
