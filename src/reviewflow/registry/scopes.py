"""Which standing roles matter for a target: those held where the target is, or above it.

A partnership lead is one only for partnerships of their own. What belongs to nobody yet (a person
without a role, an organisation about to be registered) may be handled by whoever holds the role anywhere.
"""

from __future__ import annotations

from datetime import date
from typing import Literal, NamedTuple

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
    """The scopes whose roles count for `scope` on `day`; None means all."""
    match scope.kind:
        case "anywhere":
            return None
        case "installation":
            return frozenset({INSTALLATION})
        case "programme":
            return frozenset({INSTALLATION, scope.id})
        case "partnership":
            partnership = known.partnership(scope.id)
            return frozenset({INSTALLATION, scope.id, *((partnership.programme,) if partnership else ())})
        case "organisation":
            return frozenset({INSTALLATION, scope.id}).union(*_partnerships(scope.id, known, day))
        case "person":
            person = known.person(scope.id)
            grants = person.grants_on(day) if person else []
            if not grants:
                return None
            held = (matter(Scope(g.scope_kind, g.scope), known, day) for g in grants)
            return frozenset[str]().union(*(scopes for scopes in held if scopes))


def _partnerships(organisation: str, known: Known, day: date) -> list[set[str]]:
    found = []
    for stream in known.touching(f"members:{organisation}"):
        partnership = known.partnership(stream.removeprefix("partnership-"))
        if partnership and partnership.member_on(organisation, day):
            found.append({partnership.id, partnership.programme})
    return found


def roles_for(person: Person | None, scope: Scope, known: Known, day: date) -> set[str]:
    """The roles to hand to `permissions.check`: what this person holds on `day` that matters for `scope`."""
    if person is None or person.forgotten:
        return set()
    scopes = matter(scope, known, day)
    held = {role for role, where in person.roles_on(day) if scopes is None or where in scopes}
    return held | {REGISTERED} | ({SELF} if scope == Scope("person", person.id) else set())
