"""What rules may know of a candidate: the facts `person.*`, as they stood on a day."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from reviewflow.registry.people import Person


def person_facts(person: Person, day: date, declared_by: Iterable[Person] = ()) -> dict[str, str | list[str]]:
    """The facts `person.*` on `day`.

    `declared_by`: the people who declared an interest with this person (`declared:ID`); an interest
    binds both ends, whoever declared it.
    """
    related = [*person.related_to(day), *(other.id for other in declared_by if person.id in other.related_to(day))]
    return {
        "person.id": person.id,
        "person.organisations": person.organisations(day),
        "person.valid_training": person.valid_training(day),
        "person.related_to": list(dict.fromkeys(related)),
    }
