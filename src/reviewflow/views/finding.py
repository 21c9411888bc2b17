"""From what a person types to ids: an id, a handle, an identity of a register, or the beginning of an id or handle.

What is typed is only ever a value of a statement, never a part of it.
"""

from __future__ import annotations

from typing import Final, Literal, get_args

from sqlalchemy import Column, Connection, bindparam, or_, select

from reviewflow.views.cycles import cycles
from reviewflow.views.organisations import identities, organisations
from reviewflow.views.partnerships import partnerships
from reviewflow.views.people import people
from reviewflow.views.programmes import programmes
from reviewflow.views.statement import Statement
from reviewflow.views.table import Whole, Word
from reviewflow.views.workflows import workflows

Kind = Literal["cycle", "organisation", "partnership", "programme", "person", "workflow"]
KINDS: Final[tuple[Kind, ...]] = get_args(Kind)

_LAST = "\U0010ffff"
"""Stands behind every text: what begins with T lies from T up to T and this."""


def _ways(key: Column[str], handle: Column[str] | None = None) -> tuple[Statement, Statement]:
    names = (key,) if handle is None else (key, handle)
    whole, low, high = (bindparam(name, type_=Word) for name in ("whole", "low", "high"))
    exact = select(key).distinct().where(or_(*(name == whole for name in names)))
    begins = select(*reversed(names)).distinct().where(or_(*((name >= low) & (name < high) for name in names)))
    begins = begins.order_by(*reversed(names)).limit(bindparam("most", type_=Whole))
    return Statement(exact, "whole"), Statement(begins, "low", "high", "most")


_WAYS: Final[dict[Kind, tuple[Statement, Statement]]] = {
    "cycle": _ways(cycles.c.id, cycles.c.handle),
    "organisation": _ways(organisations.c.id, organisations.c.handle),
    "partnership": _ways(partnerships.c.id, partnerships.c.handle),
    "programme": _ways(programmes.c.id, programmes.c.handle),
    "person": _ways(people.c.id),
    "workflow": _ways(workflows.c.name),
}
_scheme = bindparam("scheme", type_=Word)
_IDENTIFIED = Statement(
    select(identities.c.organisation)
    .distinct()
    .where(identities.c.value == bindparam("value"), or_(_scheme == "", identities.c.scheme == _scheme))
    .order_by(identities.c.organisation),
    "scheme", "value",
)  # fmt: skip


def find(connection: Connection, kind: Kind, text: str, most: int = 10) -> list[str]:
    """The ids that `text` may mean; one if it is certain, none if nothing is known by it, else at most `most`.

    A whole id, handle or identity (`900001`, `urn:900001`) is certain even where others begin with it. Ids and
    handles are lower case; how it was typed does not matter. People are found by id here: their addresses by
    `people.by_email`, their names by whoever can open them. A workflow is its name.
    """
    typed = text.strip()
    if not typed or not typed.isprintable():
        return []
    exact, begins = _WAYS[kind]
    low = typed.lower()
    found = [row[0] for row in exact.rows(connection, low)]
    if not found and kind == "organisation":
        scheme, _, value = typed.rpartition(":")
        found = [row[0] for row in _IDENTIFIED.rows(connection, scheme.lower(), value)]
    if not found:
        found = [row[-1] for row in begins.rows(connection, low, low + _LAST, most)]
    return found[:most]
