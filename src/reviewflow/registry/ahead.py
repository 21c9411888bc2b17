"""What is known, with events ahead of it that were decided but not recorded yet: for many decisions in one command."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

from reviewflow.events import Event, Recorded, Unsealed
from reviewflow.registry.events import PersonChanged, PersonRegistered
from reviewflow.registry.known import Known
from reviewflow.registry.over import KnownOver
from reviewflow.registry.partnerships import Partnership, evolve_partnership
from reviewflow.registry.people import Person, evolve_person


class Ahead(KnownOver[Known]):
    """Implements `Known` over another one. Only people and partnerships may move ahead."""

    def __init__(self, known: Known, at: datetime) -> None:
        """`at` stands for the moment of recording."""
        super().__init__(known)
        self._at = at
        self._people: dict[str, Person | None] = {}
        self._partnerships: dict[str, Partnership | None] = {}
        self._sets: dict[str, list[str]] = {}
        self._added: dict[str, set[str]] = defaultdict(set)
        self._counted: dict[str, int] = defaultdict(int)
        self._addresses: dict[str, str] = {}
        self._moved: dict[str, str] = {}
        self._owners: dict[str, str | None] = {}

    def take(self, events: Sequence[tuple[str, Event]]) -> None:
        """These events follow."""
        for stream, event in events:
            kind, _, one = stream.partition("-")
            if kind == "person":
                person = self.person(one)
                self._people[one] = evolve_person(person, self._place(stream, person, event))
                self._address(one, event)
            else:
                partnership = self.partnership(one)
                self._partnerships[one] = evolve_partnership(partnership, self._place(stream, partnership, event))
            for touched in event.touches():
                self._added[touched].add(stream)
                self._counted[touched] += 1
                self._sets.pop(touched, None)

    def _place(self, stream: str, before: Person | Partnership | None, event: Event) -> Recorded:
        return Recorded(0, self._at, stream, (before.version if before else 0) + 1, event)

    def _address(self, person: str, event: Event) -> None:
        if isinstance(event, PersonRegistered | PersonChanged) and isinstance(event.email, Unsealed):
            if (before := self._moved.get(person)) is not None:
                del self._addresses[before]
            now = self._moved[person] = _plain(event.email.text)
            self._addresses[now] = person

    def person(self, id: str) -> Person | None:  # noqa: A002 - the port's word
        """A person."""
        return self._people[id] if id in self._people else self._known.person(id)

    def partnership(self, id: str) -> Partnership | None:  # noqa: A002 - the port's word
        """A partnership."""
        return self._partnerships[id] if id in self._partnerships else self._known.partnership(id)

    def touching(self, set_name: str) -> list[str]:
        """Streams whose events touched a named set; asked once, for one decision is one snapshot."""
        found = self._sets.get(set_name)
        if found is None:
            before, added = self._known.touching(set_name), self._added.get(set_name)
            found = self._sets[set_name] = sorted({*before, *added}) if added else before
        return found

    def touches(self, set_name: str) -> int:
        """How many events touched a named set."""
        return self._known.touches(set_name) + self._counted[set_name]

    def email_owner(self, email: str) -> str | None:
        """Whose address this is now."""
        address = _plain(email)
        if (ahead := self._addresses.get(address)) is not None:
            return ahead
        if address not in self._owners:
            self._owners[address] = self._known.email_owner(address)
        owner = self._owners[address]
        return None if owner in self._moved else owner


def _plain(email: str) -> str:
    return email.strip().casefold()
