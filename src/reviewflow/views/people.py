"""People: an id, sealed boxes, and the keyed hash of the address. No name and no address can be read here."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection, Index, Select, bindparam, null, select, update

from reviewflow.events import Event, Kept, Sealed
from reviewflow.ports import Record
from reviewflow.registry.events import PersonChanged, PersonForgotten, PersonRegistered
from reviewflow.views.grants import grants, standing
from reviewflow.views.statement import Statement
from reviewflow.views.table import day as day_of
from reviewflow.views.table import portions, table, whole, word
from reviewflow.views.view import box, one

people = table(
    "people",
    word("id", key=True),
    word("name", optional=True),
    whole("name_at", optional=True),
    word("email", optional=True),
    whole("email_at", optional=True),
    word("email_key", optional=True),
    word("forgotten_on", optional=True),
    Index("people_by_email_key", "email_key"),
)

AddressKeys = Callable[[Record, Event], str | None]
"""The keyed hash of the address in a `PersonRegistered` or `PersonChanged`; None if there is none to be read."""

_REGISTER = Statement.inserting(people)
_known = update(people).where(people.c.id == bindparam("who"), people.c.forgotten_on.is_(None))
_RENAME = Statement(_known.values(name=bindparam("name"), name_at=bindparam("name_at")), "name", "name_at", "who")
_READDRESS = Statement(
    _known.values({name: bindparam(name) for name in ("email", "email_at", "email_key")}),
    "email", "email_at", "email_key", "who",
)  # fmt: skip
_FORGET = Statement(
    _known.values(
        name=null(), name_at=null(), email=null(), email_at=null(), email_key=null(), forgotten_on=bindparam("on")
    ),
    "on", "who",
)  # fmt: skip
_OWNER = Statement(select(people.c.id).where(people.c.email_key == bindparam("keyed")).order_by(people.c.id), "keyed")

Changes = dict[type[Event], Callable[[Connection, Record, Any], None]]


def changes(address_keys: AddressKeys) -> Changes:
    """How each event changes the rows."""

    def registered(connection: Connection, record: Record, event: PersonRegistered) -> None:
        person, name, email = _id(record), box(record, event.person_name), event.email
        sealed, at = (None, None) if email is None else (box(record, email), record.version)
        _REGISTER.run(connection, person, name, record.version, sealed, at, address_keys(record, event), None)

    def changed(connection: Connection, record: Record, event: PersonChanged) -> None:
        person, at = _id(record), record.version
        if event.person_name is not None:
            one(_RENAME.run(connection, box(record, event.person_name), at, person), record, _UNKNOWN)
        if event.email is not None:
            sealed, keyed = box(record, event.email), address_keys(record, event)
            one(_READDRESS.run(connection, sealed, at, keyed, person), record, _UNKNOWN)

    return {PersonRegistered: registered, PersonChanged: changed, PersonForgotten: _forgotten}


_UNKNOWN: Final = "the person is not known, or was forgotten"


def _forgotten(connection: Connection, record: Record, event: PersonForgotten) -> None:
    one(_FORGET.run(connection, event.happened.on.isoformat(), _id(record)), record, _UNKNOWN)


def _id(record: Record) -> str:
    return record.stream.removeprefix("person-")


class PersonRow(NamedTuple):
    """A person with what is sealed, and where it was, so that it can be opened."""

    id: str
    name: Kept | None
    email: Kept | None
    forgotten_on: date | None


_SHOWN = tuple(people.c[name] for name in ("id", "name", "name_at", "email", "email_at", "forgotten_on"))


def _kept(person: str, version: int | None, path: str, sealed: str | None) -> Kept | None:
    if sealed is None or version is None:
        return None
    return Kept(f"person-{person}", version, path, Sealed.model_validate_json(sealed))


def _rows(connection: Connection, wanted: Select[Any]) -> list[PersonRow]:
    return [
        PersonRow(id_, _kept(id_, name_at, "person_name", name), _kept(id_, at, "email", email), day_of(gone))
        for id_, name, name_at, email, at, gone in connection.execute(wanted)
    ]


def list_people(
    connection: Connection,
    *,
    role: str | None = None,
    scope: str | None = None,
    day: date | None = None,
    forgotten: bool = False,
    after: str | None = None,
    limit: int | None = None,
) -> list[PersonRow]:
    """People by id, those after the id `after`; by role and scope they hold, ever or on `day`.

    Names are sealed, so nobody can sort or search by them here. The forgotten only with `forgotten`.
    """
    wanted = select(*_SHOWN).order_by(people.c.id).limit(limit)
    if role is not None or scope is not None:
        held = select(grants.c.person)
        held = held.where(grants.c.role == role) if role is not None else held
        held = held.where(grants.c.scope == scope) if scope is not None else held
        wanted = wanted.where(people.c.id.in_(held.where(standing(day)) if day is not None else held))
    if not forgotten:
        wanted = wanted.where(people.c.forgotten_on.is_(None))
    if after is not None:
        wanted = wanted.where(people.c.id > after)
    return _rows(connection, wanted)


def get_people(connection: Connection, ids: Sequence[str]) -> dict[str, PersonRow]:
    """These people by id, the forgotten among them; those not known are left out."""
    rows = (row for part in portions(ids) for row in _rows(connection, select(*_SHOWN).where(people.c.id.in_(part))))
    return {row.id: row for row in rows}


def by_email(connection: Connection, keyed: str) -> str | None:
    """The id of the person whose address has this keyed hash."""
    found = _OWNER.rows(connection, keyed)
    return found[0][0] if found else None
