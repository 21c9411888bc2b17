"""Organisations as registers know them: names, handles and identities, all public."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Sequence
from datetime import date
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection, Index, bindparam, case, delete, func, select, update

from reviewflow.events import Event
from reviewflow.ports import Record
from reviewflow.registry.events import Identity, OrganisationChanged, OrganisationRegistered, OrganisationSucceeded
from reviewflow.views.statement import Statement
from reviewflow.views.table import day as day_of
from reviewflow.views.table import portions, table, text, word
from reviewflow.views.view import one

organisations = table(
    "organisations",
    word("id", key=True),
    word("handle"),
    word("name"),
    word("folded"),
    word("kind"),
    word("status", optional=True),
    word("succeeded_on", optional=True),
    Index("organisations_by_handle", "handle"),
)

identities = table(
    "identities",
    word("value", key=True),
    word("scheme", key=True),
    word("organisation", key=True),
    word("since", optional=True),
    Index("identities_by_organisation", "organisation"),
)

_REGISTER = Statement.inserting(organisations)
_this = organisations.c.id == bindparam("this")
_CHANGE = Statement(
    update(organisations)
    .where(_this)
    .values(
        name=func.coalesce(bindparam("name"), organisations.c.name),
        folded=func.coalesce(bindparam("folded"), organisations.c.folded),
        status=case((bindparam("said") == 1, bindparam("status")), else_=organisations.c.status),
    ),
    "name", "folded", "said", "status", "this",
)  # fmt: skip
_SUCCEED = Statement(update(organisations).where(_this).values(succeeded_on=bindparam("on")), "on", "this")
_IDENTIFY = Statement.inserting(identities)
_REIDENTIFY = Statement(
    delete(identities).where(
        identities.c.value == bindparam("v"), identities.c.scheme == bindparam("s"),
        identities.c.organisation == bindparam("o"),
    ),
    "v", "s", "o",
)  # fmt: skip


def _registered(connection: Connection, record: Record, event: OrganisationRegistered) -> None:
    id_, status = _id(record), event.details.get("status")
    _REGISTER.run(connection, id_, event.handle, event.name, fold(event.name), event.kind, status, None)
    _identify(connection, id_, event.identities)


def _changed(connection: Connection, record: Record, event: OrganisationChanged) -> None:
    id_, status = _id(record), event.details.get("status")
    said = int(status is not None or "status" in event.removed)
    folded = fold(event.name) if event.name else None
    changed = _CHANGE.run(connection, event.name or None, folded, said, status, id_)
    one(changed, record, _UNKNOWN)
    # The same identity again only says since when.
    for identity in event.identities:
        _REIDENTIFY.run(connection, identity.value, identity.scheme, id_)
    _identify(connection, id_, event.identities)


def _succeeded(connection: Connection, record: Record, event: OrganisationSucceeded) -> None:
    if event.stands == "predecessor":
        one(_SUCCEED.run(connection, event.happened.on.isoformat(), _id(record)), record, _UNKNOWN)


def _identify(connection: Connection, organisation: str, given: Sequence[Identity]) -> None:
    latest = {(i.value, i.scheme): text(i.since) for i in given}
    if latest:
        _IDENTIFY.run_each(connection, [(*key, organisation, since) for key, since in latest.items()])


def _id(record: Record) -> str:
    return record.stream.removeprefix("organisation-")


_APOSTROPHES: Final = str.maketrans("\u2018\u2019`", "'''")
_UNKNOWN: Final = "the organisation is not known"

CHANGES: Final[dict[type[Event], Callable[[Connection, Record, Any], None]]] = {
    OrganisationRegistered: _registered,
    OrganisationChanged: _changed,
    OrganisationSucceeded: _succeeded,
}


def fold(name: str) -> str:
    """A name as it is searched for: without letter case and accents, with plain apostrophes."""
    apart = unicodedata.normalize("NFKD", name.translate(_APOSTROPHES))
    return "".join(c for c in apart if not unicodedata.combining(c)).casefold()


class OrganisationRow(NamedTuple):
    """An organisation; `succeeded_on` is the day on which others came in its place."""

    id: str
    handle: str
    name: str
    kind: str
    status: str | None
    succeeded_on: date | None


class IdentityRow(NamedTuple):
    """An identity that a register gave to an organisation."""

    organisation: str
    scheme: str
    value: str
    since: date | None


_SHOWN = tuple(organisations.c[name] for name in OrganisationRow._fields)


def _row(row: Any) -> OrganisationRow:
    return OrganisationRow._make((*row[:5], day_of(row[5])))


def list_organisations(
    connection: Connection,
    *,
    name: str | None = None,
    kind: str | None = None,
    status: str | None = None,
    after: str | None = None,
    limit: int | None = None,
) -> list[OrganisationRow]:
    """Organisations by handle, those after the handle `after`; `name` is any part of one, in any letter case."""
    wanted = select(*_SHOWN).order_by(organisations.c.handle, organisations.c.id).limit(limit)
    if name:
        wanted = wanted.where(organisations.c.folded.contains(fold(name), autoescape=True))
    if kind is not None:
        wanted = wanted.where(organisations.c.kind == kind)
    if status is not None:
        wanted = wanted.where(organisations.c.status == status)
    if after is not None:
        wanted = wanted.where(organisations.c.handle > after)
    return [_row(row) for row in connection.execute(wanted)]


def get_organisations(connection: Connection, ids: Sequence[str]) -> dict[str, OrganisationRow]:
    """These organisations by id; those not known are left out."""
    found: dict[str, OrganisationRow] = {}
    for part in portions(ids):
        for row in connection.execute(select(*_SHOWN).where(organisations.c.id.in_(part))):
            found[row[0]] = _row(row)
    return found


def identities_of(connection: Connection, ids: Sequence[str]) -> list[IdentityRow]:
    """The identities of these organisations, by scheme and value."""
    shown = (identities.c.organisation, identities.c.scheme, identities.c.value, identities.c.since)
    found: list[IdentityRow] = []
    for part in portions(ids):
        wanted = select(*shown).where(identities.c.organisation.in_(part)).order_by(*shown)
        found += [IdentityRow(*row[:3], day_of(row[3])) for row in connection.execute(wanted)]
    return found
