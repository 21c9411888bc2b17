"""What is to be sent because of records: derived once, taken by whoever sends it, done, tried again, or set aside.

Moments come as aware datetimes. Each change says what it expects to find, so that two processes do not undo each other.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final, Literal, NamedTuple, cast

from sqlalchemy import ColumnElement, Connection, bindparam, delete, func, select, update

from reviewflow.following.tables import effects
from reviewflow.views.statement import Statement
from reviewflow.views.table import micros, moment

State = Literal["waiting", "aside", "dropped", "done"]
OPEN: Final[tuple[State, ...]] = ("waiting", "aside")


class Effect(NamedTuple):
    """Something to send because of the record at `position`."""

    position: int
    recipient: str
    kind: str
    id: str
    """The same for ever, also in another store that was copied from this one: the receiver knows a second one by it."""
    state: State
    tries: int
    next_at: datetime | None
    """When it is tried next; only while it waits."""
    changed_at: datetime
    why: str | None
    """Why the last try failed."""


_DERIVE = Statement.inserting(effects)
_DUE = Statement(
    select(*effects.c)
    .where(
        effects.c.kind == bindparam("of"), effects.c.recipient == bindparam("to"),
        effects.c.next_at <= bindparam("by"),
    )
    .order_by(effects.c.position)
    .limit(bindparam("most", type_=effects.c.position.type)),
    "of", "to", "by", "most",
)  # fmt: skip
_SEEN = (effects.c.id == bindparam("the_id"), effects.c.next_at == bindparam("seen"))
_TAKE = Statement(
    update(effects).where(*_SEEN).values(next_at=bindparam("lease"), tries=effects.c.tries + 1),
    "lease", "the_id", "seen",
)  # fmt: skip
_GIVE_BACK = Statement(
    update(effects).where(*_SEEN).values(next_at=bindparam("then"), tries=effects.c.tries - 1),
    "then", "the_id", "seen",
)  # fmt: skip
_SETTLE = Statement(
    update(effects)
    .where(*_SEEN)
    .values({name: bindparam(f"new_{name}") for name in ("state", "next_at", "changed_at", "why")}),
    "new_state", "new_next_at", "new_changed_at", "new_why", "the_id", "seen",
)  # fmt: skip


def derive(connection: Connection, kind: str, recipient: str, found: Sequence[tuple[int, str]], now: datetime) -> None:
    """Note what is to be sent: (position, id) each, waiting from now on; `Taken` if one is there already."""
    at = micros(now)
    _DERIVE.run_each(connection, [
        (position, recipient, kind, one, "waiting", 0, at, at, None) for position, one in found
    ])  # fmt: skip


def due(connection: Connection, kind: str, recipient: str, now: datetime, limit: int) -> list[Effect]:
    """What waits and whose time has come, in the order of the log."""
    return [_effect(row) for row in _DUE.rows(connection, kind, recipient, micros(now), limit)]


def next_due(connection: Connection, kind: str, recipient: str) -> datetime | None:
    """When the next one is to be tried; None if nothing waits."""
    mine = (effects.c.kind == kind) & (effects.c.recipient == recipient) & effects.c.next_at.is_not(None)
    found = connection.execute(select(func.min(effects.c.next_at)).where(mine)).scalar()
    return moment(found) if found is not None else None


def take(connection: Connection, one: Effect, lease: datetime) -> Effect | None:
    """Take it to send it, until `lease`; None if somebody else did. Counts as a try: whoever took it may die."""
    assert one.next_at is not None
    if _TAKE.run(connection, micros(lease), one.id, micros(one.next_at)) != 1:
        return None
    return one._replace(next_at=lease, tries=one.tries + 1)


def give_back(connection: Connection, one: Effect, now: datetime) -> None:
    """Not tried after all."""
    assert one.next_at is not None
    _GIVE_BACK.run(connection, micros(now), one.id, micros(one.next_at))


def settle(
    connection: Connection, one: Effect, state: State, now: datetime, *,
    next_at: datetime | None = None, why: str | None = None,
) -> bool:  # fmt: skip
    """What came of it; whether it was still ours to say."""
    assert one.next_at is not None
    then = micros(next_at) if next_at else None
    return _SETTLE.run(connection, state, then, micros(now), why, one.id, micros(one.next_at)) == 1


def listed(connection: Connection, states: Sequence[State] = OPEN, *, limit: int = 500) -> list[Effect]:
    """Those in one of these states, in the order of the log."""
    wanted = select(effects).where(effects.c.state.in_(states))
    found = connection.execute(wanted.order_by(effects.c.position, effects.c.id).limit(limit))
    return [_effect(row) for row in found]


def counted(connection: Connection) -> dict[State, int]:
    """How many there are in each state that has some."""
    found = connection.execute(select(effects.c.state, func.count()).group_by(effects.c.state))
    return {cast("State", state): number for state, number in found}


def get(connection: Connection, one: str) -> Effect | None:
    """The effect with this id."""
    found = connection.execute(select(effects).where(effects.c.id == one)).first()
    return _effect(found) if found else None


def retry(connection: Connection, now: datetime, one: str | None = None) -> int:
    """Let all that was set aside be tried at once, as if for the first time; or one, dropped or not; how many."""
    wanted = update(effects).values(
        state="waiting", tries=0, next_at=micros(now), changed_at=micros(now), why=effects.c.why
    )
    states = ("aside",) if one is None else ("aside", "dropped")
    wanted = wanted.where(effects.c.state.in_(states))
    return connection.execute(wanted if one is None else wanted.where(effects.c.id == one)).rowcount


def hasten(connection: Connection, now: datetime, one: str) -> int:
    """Let one that waits be tried now."""
    mine = (effects.c.id == one) & (effects.c.state == "waiting") & (effects.c.next_at > micros(now))
    return connection.execute(update(effects).where(mine).values(next_at=micros(now))).rowcount


def drop(connection: Connection, now: datetime, one: str) -> bool:
    """Never send it; `retry` takes that back. Whether it was open."""
    mine = (effects.c.id == one) & effects.c.state.in_(OPEN)
    values = {"state": "dropped", "next_at": None, "changed_at": micros(now)}
    return connection.execute(update(effects).where(mine).values(values)).rowcount == 1


def open_for(connection: Connection, kind: str, recipient: str) -> int:
    """How many of a recipient are neither done nor dropped."""
    return connection.execute(select(func.count()).where(*_open_for(kind, recipient))).scalar_one()


def drop_all(connection: Connection, now: datetime, kind: str, recipient: str) -> int:
    """Never send what is open for a recipient; how many."""
    values = {"state": "dropped", "next_at": None, "changed_at": micros(now)}
    return connection.execute(update(effects).where(*_open_for(kind, recipient)).values(values)).rowcount


def _open_for(kind: str, recipient: str) -> tuple[ColumnElement[bool], ...]:
    return effects.c.kind == kind, effects.c.recipient == recipient, effects.c.state.in_(OPEN)


def tidy(connection: Connection, now: datetime, keep: timedelta) -> int:
    """Remove what was done or dropped longer ago than `keep`; how many. None comes again: the position is past it."""
    old = effects.c.state.in_(("done", "dropped")) & (effects.c.changed_at < micros(now - keep))
    return connection.execute(delete(effects).where(old)).rowcount


def _effect(row: Any) -> Effect:
    position, recipient, kind, one, state, tries, next_at, changed_at, why = row
    then = moment(next_at) if next_at is not None else None
    return Effect(position, recipient, kind, one, state, tries, then, moment(changed_at), why)
