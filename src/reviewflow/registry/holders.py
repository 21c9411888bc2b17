"""Who holds a role in a scope."""

from __future__ import annotations

from datetime import date

from reviewflow.registry.known import Known
from reviewflow.registry.people import Person


def holders(known: Known, role: str, scope: str, day: date) -> list[Person]:
    """The people who hold the role in that very scope on `day`, by id."""
    ids = (stream.removeprefix("person-") for stream in known.touching(f"holders:{scope}"))
    people = (known.person(person_id) for person_id in ids)
    return [person for person in people if person and person.holds(role, scope, day)]


def is_last(known: Known, role: str, scope: str, person: Person, day: date) -> bool:
    """Whether nobody but this person holds the role there on `day`, open-ended."""
    if not any(g.held == role and g.scope == scope and g.until is None for g in person.grants_on(day)):
        return False
    others = (p for p in holders(known, role, scope, day) if p.id != person.id)
    return not any(g.held == role and g.scope == scope and g.until is None for p in others for g in p.grants_on(day))
