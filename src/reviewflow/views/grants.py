"""Who holds which role where, on which days: opaque ids and names of roles only."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any, Final, NamedTuple

from sqlalchemy import ColumnElement, Connection, Index, Select, bindparam, or_, select, update

from reviewflow.events import Event
from reviewflow.ports import Record
from reviewflow.registry.events import RoleEnded, RoleGiven, ScopeKind
from reviewflow.views.statement import Statement
from reviewflow.views.table import day as day_of
from reviewflow.views.table import portions, table, text, word
from reviewflow.views.view import one

grants = table(
    "grants",
    word("id", key=True),
    word("person"),
    word("role"),
    word("scope"),
    word("scope_kind"),
    word("since"),
    word("until", optional=True),
    Index("grants_by_person", "person"),
    Index("grants_by_scope", "scope", "role"),
)

_GIVE = Statement.inserting(grants)
_END = Statement(
    update(grants)
    .where(
        grants.c.id == bindparam("the_grant"), grants.c.person == bindparam("who"), grants.c.scope == bindparam("where")
    )
    .values(until=bindparam("until")),
    "until", "the_grant", "who", "where",
)  # fmt: skip


def _given(connection: Connection, record: Record, event: RoleGiven) -> None:
    person = record.stream.removeprefix("person-")
    days = (event.since.isoformat(), text(event.until))
    _GIVE.run(connection, event.grant, person, event.held, event.scope, event.scope_kind, *days)


def _ended(connection: Connection, record: Record, event: RoleEnded) -> None:
    person = record.stream.removeprefix("person-")
    changed = _END.run(connection, event.on.isoformat(), event.grant, person, event.scope)
    one(changed, record, f"grant {event.grant} in {event.scope} is not known")


CHANGES: Final[dict[type[Event], Callable[[Connection, Record, Any], None]]] = {RoleGiven: _given, RoleEnded: _ended}


class GrantRow(NamedTuple):
    """A role that a person holds in a scope between two days, both included."""

    id: str
    person: str
    role: str
    scope: str
    scope_kind: ScopeKind
    since: date
    until: date | None


def standing(day: Any) -> ColumnElement[bool]:
    """Whether a grant stands on a day: a date, one as ISO 8601, or a parameter for that."""
    on = day.isoformat() if isinstance(day, date) else day
    return (grants.c.since <= on) & or_(grants.c.until.is_(None), grants.c.until >= on)


def held_on(people: Sequence[str], day: date) -> Select[str, str]:
    """The scopes in which people hold some role on a day, with their kinds."""
    return select(grants.c.scope, grants.c.scope_kind).distinct().where(grants.c.person.in_(people), standing(day))


def grants_of(connection: Connection, people: Sequence[str], day: date | None = None) -> list[GrantRow]:
    """The roles that these people hold: on a day, or ever. Those of the forgotten are among them."""
    found: list[GrantRow] = []
    for part in portions(people):
        wanted = select(grants).where(grants.c.person.in_(part)).order_by(grants.c.person, grants.c.since, grants.c.id)
        if day is not None:
            wanted = wanted.where(standing(day))
        rows: Any = connection.execute(wanted)
        found += [GrantRow._make((*row[:5], date.fromisoformat(row[5]), day_of(row[6]))) for row in rows]
    return found
