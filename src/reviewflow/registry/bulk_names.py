"""What a cell names: a person by address or id; an organisation or other place by handle, id, number or whole name.

Never by a beginning, and never the first of several: what could be two is a fault that lists them.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from reviewflow.errors import BadInput, Fault, Refused, Unmet
from reviewflow.events import is_id
from reviewflow.registry.bulk import Bulk
from reviewflow.registry.events import INSTALLATION
from reviewflow.registry.handles import is_handle
from reviewflow.registry.names import shown

_MOST: Final = 5
FOLLOWS: Final = "row-of-person"
"""The code of a refusal that only follows from another row's."""


def find_person(bulk: Bulk, typed: str) -> str:
    """The id of a person, registered before or by a row of this import."""
    one = typed.lower()
    if "@" in typed:
        owner = bulk.known.email_owner(typed)
    else:
        one = bulk.elsewhere.get(one, one)
        owner = one if bulk.known.person(one) is not None else None
    if owner is not None:
        return owner
    if typed.casefold() in bulk.spoiled:
        raise Refused("a row", [Unmet(FOLLOWS, "the row that tells who this is cannot be taken")])
    raise _unknown("person", typed, "expected the e-mail address or the id of somebody registered, or in sheet People")


def find_organisation(bulk: Bulk, typed: str, where: str) -> str:
    """The id of an organisation."""
    return _one(bulk, typed, where, ("organisation",), "an organisation that is registered")[1]


def find_partnership(bulk: Bulk, typed: str) -> str:
    """The id of a partnership."""
    return _one(bulk, typed, "partnership", ("partnership",), "a partnership that was formed")[1]


def find_place(bulk: Bulk, typed: str) -> tuple[str, str]:
    """Kind and id of where a role is held."""
    if typed.casefold() == INSTALLATION:
        return INSTALLATION, INSTALLATION
    kinds = ("organisation", "partnership", "programme")
    return _one(bulk, typed, "held in", kinds, "an organisation, partnership or programme, or installation")


def _one(bulk: Bulk, typed: str, where: str, kinds: tuple[str, ...], want: str) -> tuple[str, str]:
    if (before := bulk.places.get((typed, kinds))) is not None:
        return before
    for streams in _meant(bulk, typed, kinds):
        split = [stream.partition("-") for stream in streams]
        found = [(kind, one) for kind, _, one in split if kind in kinds]
        if len(found) == 1:
            bulk.places[typed, kinds] = found[0]
            return found[0]
        if found:
            named = ", ".join(one for _, one in found[:_MOST]) + (" and more" if len(found) > _MOST else "")
            raise _unknown(where, typed, f"this could be {len(found)}: {named}; give the handle or the id")
    number = "a URN, " if "organisation" in kinds else ""
    raise _unknown(where, typed, f"expected {want}: a handle, {number}an id or the whole name")


def _meant(bulk: Bulk, typed: str, kinds: tuple[str, ...]) -> Iterator[list[str]]:
    """What a text can mean, the most certain first."""
    known, lower = bulk.known, typed.lower()
    if is_id(lower):
        yield [f"{kind}-{lower}" for kind in kinds if getattr(known, kind)(lower) is not None]
    if is_handle(lower):
        yield known.by_handle(lower)
    scheme, colon, number = typed.rpartition(":")
    if typed.isdecimal() or (colon and scheme.isalnum()):
        ids = known.by_identity(scheme.strip().lower() if colon else "urn", number.strip())
        yield [f"organisation-{one}" for one in ids]
    yield list(bulk.command.called.get(typed.casefold(), ()))


def _unknown(where: str, typed: str, want: str) -> BadInput:
    return BadInput("a row", [Fault(where, shown(typed), want)])
