"""Who stands in for whom on a day."""

from __future__ import annotations

from datetime import date

from reviewflow.registry.known import Known
from reviewflow.registry.people import Delegation, Person


def absent_for(known: Known, delegate: str, day: date) -> list[tuple[Person, list[Delegation]]]:
    """The people whose roles this person may act in on `day`, each with the delegations that say so."""
    ids = (stream.removeprefix("person-") for stream in known.touching(f"delegated:{delegate}"))
    found = ((person, person.delegations_to(delegate, day)) for person in map(known.person, ids) if person)
    return [(person, holding) for person, holding in found if holding]
