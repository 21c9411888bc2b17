"""An append on PostgreSQL: one call of `append_records`, sent together with BEGIN."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from psycopg import IntegrityError

from reviewflow.errors import StreamMoved
from reviewflow.ports import Append, CommandRepeated, Record
from reviewflow.store.dialect import Clash
from reviewflow.store.links import Link
from reviewflow.store.moments import from_micros, to_micros
from reviewflow.store.planning import Plan, is_set, place

_BEGIN = "BEGIN ISOLATION LEVEL READ COMMITTED"
# The commit lets go of the append lock at once, and is waited for after that: see `GatheringConnection.commit`.
_CALL = (
    "SELECT last_position, moment, moved, set_config('synchronous_commit', 'off', true)"  # noqa: S608 - no foreign text
    f" FROM append_records({', '.join(['%s'] * 16)})"
)
_REPEATED = -1


def append(link: Link, batch: Append, made: Plan, clock: datetime) -> list[Record]:
    """Begin a transaction and do everything in it but the views; the caller commits.

    Raises `StreamMoved`, `CommandRepeated`, or `Clash` when the database itself refused a record.
    """
    values = _values(batch, made, clock)
    try:
        _, [(last, micros, gone, _)], *_ = link.raw.begin_with((_BEGIN, None), (_CALL, values))
    except IntegrityError as error:
        raise Clash from error
    link.raw.afterwards()
    if last == _REPEATED:
        raise CommandRepeated
    if gone is not None:
        raise StreamMoved({key: (read, now) for key, (read, now) in gone.items()})
    return place(batch, last, from_micros(micros)) if batch.staged else []


def _values(batch: Append, made: Plan, clock: datetime) -> tuple[Any, ...]:
    streams = {key: version for key, version in made.expected.items() if not is_set(key)}
    sets = {key: version for key, version in made.expected.items() if is_set(key)}
    rows = place(batch, 0, clock)
    return (
        _texts(batch.ids()),
        _texts(streams), _numbers(streams.values()), _texts(sets), _numbers(sets.values()),
        to_micros(clock),
        _texts([row.stream for row in rows]), _numbers([row.version for row in rows]),
        _texts([row.topic for row in rows]), _bytes([row.body for row in rows]),
        _texts([row.command_id for row in rows]), _numbers([row.ordinal for row in rows]),
        _texts(made.bumps), _numbers(made.bumps.values()),
        _texts([key for key, _ in made.pairs]), _texts([stream for _, stream in made.pairs]),
    )  # fmt: skip


# Arrays as text: the driver's own way with lists costs more than the whole call.
def _numbers(values: Iterable[int | None]) -> str:
    return f"{{{','.join(['NULL' if value is None else str(value) for value in values])}}}"


def _texts(values: Iterable[str | None]) -> str:
    return f"{{{','.join(['NULL' if value is None else _quoted(value) for value in values])}}}"


def _quoted(value: str) -> str:
    if '"' in value or "\\" in value:
        value = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{value}"'


def _bytes(values: Iterable[bytes]) -> str:
    return "{" + ",".join(['"\\\\x' + value.hex() + '"' for value in values]) + "}"
