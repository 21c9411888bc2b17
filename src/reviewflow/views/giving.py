"""A partnership counted: how many cycles stand where, who took part in reviews elsewhere, who was reviewed.

Only rows are read, none is folded: it stays fast however many cycles a partnership has.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, Select, and_, func, not_, or_, select

from reviewflow.views.cycles import CycleRow, assignments, cycle_row, cycles
from reviewflow.views.grants import grants


class Standing(NamedTuple):
    """How many cycles with one definition are in one state."""

    digest: str
    stage: str | None
    state: str
    final: bool
    cycles: int


class Part(NamedTuple):
    """What people of one organisation do in one role in cycles of one definition, at organisations other than theirs.

    `visits`: each person in each cycle counts once.
    """

    organisation: str
    role: str
    digest: str
    cycles: int
    visits: int


class Got(NamedTuple):
    """In how many cycles of one organisation people from elsewhere take part; each person in each cycle is a visit."""

    organisation: str
    cycles: int
    visits: int


Ends = Collection[tuple[str, str]]
"""Digests with states: cycles that came to such an end are left out."""


def standings(connection: Connection, partnership: str, year: str | None = None) -> list[Standing]:
    """The cycles of a partnership by definition and state."""
    where = (cycles.c.digest, cycles.c.stage, cycles.c.state, cycles.c.final)
    wanted = select(*where, func.count()).where(_of(partnership, year)).group_by(*where).order_by(*where[::2], where[1])
    found = connection.execute(wanted)
    return [Standing(digest, stage, state, bool(final), many) for digest, stage, state, final, many in found]


def longest_standing(connection: Connection, partnership: str, year: str | None, limit: int) -> list[CycleRow]:
    """The running cycles of a partnership, those first that have been where they are for longest."""
    wanted = select(cycles).where(_of(partnership, year), cycles.c.final == 0)
    wanted = wanted.order_by(cycles.c.since, cycles.c.handle).limit(limit)
    return [cycle_row(row) for row in connection.execute(wanted)]


def given(connection: Connection, partnership: str, year: str | None = None, but: Ends = ()) -> list[Part]:
    """Who takes part in reviews of others, by the organisation in which they held a role on the day they accepted."""
    by = (grants.c.scope, assignments.c.role, cycles.c.digest)
    counted = _counted(cycles.c.id), _counted(cycles.c.id + " " + assignments.c.person)
    wanted = _parts(select(*by, *counted), partnership, year, but).group_by(*by).order_by(*by)
    return [Part(*row) for row in connection.execute(wanted)]


def got(connection: Connection, partnership: str, year: str | None = None, but: Ends = ()) -> list[Got]:
    """Who is reviewed by people from elsewhere."""
    counted = _counted(cycles.c.id), _counted(cycles.c.id + " " + assignments.c.person)
    wanted = _parts(select(cycles.c.subject, *counted), partnership, year, but)
    return [Got(*row) for row in connection.execute(wanted.group_by(cycles.c.subject).order_by(cycles.c.subject))]


def years_of(connection: Connection, partnership: str) -> list[str]:
    """The years of its cycles, the last first."""
    wanted = select(cycles.c.year).where(cycles.c.partnership == partnership).distinct().order_by(cycles.c.year.desc())
    return list(connection.execute(wanted).scalars())


def _counted(what: ColumnElement[Any]) -> ColumnElement[int]:
    return func.count(what.distinct())


def _of(partnership: str, year: str | None) -> ColumnElement[bool]:
    here = cycles.c.partnership == partnership
    return here if year is None else and_(here, cycles.c.year == year)


def _parts(wanted: Select[Any], partnership: str, year: str | None, but: Ends) -> Select[Any]:
    """Accepted roles in its cycles, with the organisations, other than the reviewed one, that each person is of."""
    there = and_(
        grants.c.person == assignments.c.person, grants.c.scope_kind == "organisation",
        grants.c.scope != cycles.c.subject, grants.c.since <= assignments.c.since,
        or_(grants.c.until.is_(None), grants.c.until >= assignments.c.since),
    )  # fmt: skip
    wanted = (
        wanted.select_from(cycles)
        .join(assignments, assignments.c.cycle == cycles.c.id)
        .join(grants, there)
        .where(_of(partnership, year), assignments.c.standing == "accepted")
    )
    for digest, state in sorted(but):
        wanted = wanted.where(not_(and_(cycles.c.digest == digest, cycles.c.state == state)))
    return wanted
