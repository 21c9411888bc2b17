"""Partnerships, and which organisations are members on which days."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any, Final, NamedTuple

from sqlalchemy import ColumnElement, Connection, Index, and_, bindparam, or_, select, update

from reviewflow.events import Event
from reviewflow.ports import Record
from reviewflow.registry.events import MembershipBegan, MembershipEnded, PartnershipFormed
from reviewflow.views.organisations import organisations
from reviewflow.views.statement import Statement
from reviewflow.views.table import day as day_of
from reviewflow.views.table import table, text, word
from reviewflow.views.view import one

partnerships = table(
    "partnerships",
    word("id", key=True),
    word("handle"),
    word("name"),
    word("programme"),
    Index("partnerships_by_handle", "handle"),
)

memberships = table(
    "memberships",
    word("partnership", key=True),
    word("organisation", key=True),
    word("since", key=True),
    word("until", optional=True),
    Index("memberships_by_organisation", "organisation"),
)


def _standing(day: Any) -> ColumnElement[bool]:
    return and_(memberships.c.since <= day, or_(memberships.c.until.is_(None), memberships.c.until >= day))


_FORM = Statement.inserting(partnerships)
_BEGIN = Statement.inserting(memberships)
_END = Statement(
    update(memberships)
    .where(
        memberships.c.partnership == bindparam("where"),
        memberships.c.organisation == bindparam("who"),
        _standing(bindparam("last")),
    )
    .values(until=bindparam("last")),
    "where", "who", "last",
)  # fmt: skip


def _formed(connection: Connection, record: Record, event: PartnershipFormed) -> None:
    _FORM.run(connection, _id(record), event.handle, event.name, event.programme)


def _began(connection: Connection, record: Record, event: MembershipBegan) -> None:
    _BEGIN.run(connection, _id(record), event.organisation, event.happened.on.isoformat(), text(event.until))


def _ended(connection: Connection, record: Record, event: MembershipEnded) -> None:
    changed = _END.run(connection, _id(record), event.organisation, event.happened.on.isoformat())
    one(changed, record, f"{event.organisation} is no member on {event.happened.on}")


def _id(record: Record) -> str:
    return record.stream.removeprefix("partnership-")


CHANGES: Final[dict[type[Event], Callable[[Connection, Record, Any], None]]] = {
    PartnershipFormed: _formed,
    MembershipBegan: _began,
    MembershipEnded: _ended,
}


class PartnershipRow(NamedTuple):
    """A partnership of a programme."""

    id: str
    handle: str
    name: str
    programme: str


class MemberRow(NamedTuple):
    """A member between two days, both included."""

    organisation: str
    handle: str
    name: str
    since: date
    until: date | None


def list_partnerships(
    connection: Connection,
    *,
    programme: str | None = None,
    organisation: str | None = None,
    day: date | None = None,
    after: str | None = None,
    limit: int | None = None,
) -> list[PartnershipRow]:
    """Partnerships by handle; those of which an organisation is a member, ever or on `day`."""
    wanted = select(partnerships).order_by(partnerships.c.handle, partnerships.c.id).limit(limit)
    if programme is not None:
        wanted = wanted.where(partnerships.c.programme == programme)
    if organisation is not None:
        joined = select(memberships.c.partnership).where(memberships.c.organisation == organisation)
        wanted = wanted.where(
            partnerships.c.id.in_(joined.where(_standing(day.isoformat())) if day is not None else joined)
        )
    if after is not None:
        wanted = wanted.where(partnerships.c.handle > after)
    return [PartnershipRow(*row) for row in connection.execute(wanted)]


def members(connection: Connection, partnership: str, day: date | None = None) -> list[MemberRow]:
    """The members by handle: on `day`, or all that ever were."""
    wanted = (
        select(
            memberships.c.organisation, organisations.c.handle, organisations.c.name,
            memberships.c.since, memberships.c.until,
        )
        .join(organisations, organisations.c.id == memberships.c.organisation)
        .where(memberships.c.partnership == partnership)
        .order_by(organisations.c.handle, memberships.c.since)
    )  # fmt: skip
    if day is not None:
        wanted = wanted.where(_standing(day.isoformat()))
    return [MemberRow(*row[:3], date.fromisoformat(row[3]), day_of(row[4])) for row in connection.execute(wanted)]
