"""Which standing roles matter for a target: those held where the target is, or above it.

A partnership lead is one only for partnerships of their own. What belongs to nobody yet (a person
without a role, an organisation about to be registered) may be handled by whoever holds the role anywhere.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Final, Literal, NamedTuple

from reviewflow.registry.events import INSTALLATION
from reviewflow.registry.known import Known
from reviewflow.registry.people import Person
from reviewflow.registry.permissions import REGISTERED, SELF


class Scope(NamedTuple):
    """What a command or a question is about. `anywhere`: a role counts wherever it is held."""

    kind: Literal["organisation", "partnership", "programme", "installation", "person", "anywhere"]
    id: str = ""


ANYWHERE = Scope("anywhere")
WHOLE = Scope("installation", INSTALLATION)


def matter(scope: Scope, known: Known, day: date) -> frozenset[str] | None:
    """The scopes whose roles count for `scope` on `day`; None means all, and a kind that is unknown means none."""
    if scope.kind == "anywhere":
        return None
    find = _FOUND.get(scope.kind)
    return find(scope.id, known, day) if find else frozenset()


def _installation(_id: str, _known: Known, _day: date) -> frozenset[str]:
    return frozenset({INSTALLATION})


def _programme(programme: str, _known: Known, _day: date) -> frozenset[str]:
    return frozenset({INSTALLATION, programme})


def _partnership(partnership: str, known: Known, _day: date) -> frozenset[str]:
    found = known.partnership(partnership)
    return frozenset({INSTALLATION, partnership} | ({found.programme} if found else set()))


def _organisation(organisation: str, known: Known, day: date) -> frozenset[str]:
    found = {INSTALLATION, organisation}
    for stream in known.touching(f"members:{organisation}"):
        partnership = known.partnership(stream.removeprefix("partnership-"))
        if partnership and partnership.member_on(organisation, day):
            found |= {partnership.id, partnership.programme}
    return frozenset(found)


def _person(person: str, known: Known, day: date) -> frozenset[str] | None:
    found = known.person(person)
    grants = found.grants_on(day) if found else []
    if not grants:
        return None
    return frozenset[str]().union(*(_FOUND[grant.scope_kind](grant.scope, known, day) or () for grant in grants))


_FOUND: Final[dict[str, Callable[[str, Known, date], frozenset[str] | None]]] = {
    "installation": _installation,
    "programme": _programme,
    "partnership": _partnership,
    "organisation": _organisation,
    "person": _person,
}


def roles_for(person: Person | None, scope: Scope, known: Known, day: date) -> set[str]:
    """The roles to hand to `permissions.check`: what this person holds on `day` that matters for `scope`."""
    if person is None or person.forgotten:
        return set()
    scopes = matter(scope, known, day)
    held = {role for role, where in person.roles_on(day) if scopes is None or where in scopes}
    return held | {REGISTERED} | ({SELF} if scope == Scope("person", person.id) else set())
