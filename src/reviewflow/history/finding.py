"""Whom and what the cells of a source mean: people and subjects found in the registry, or registered once.

The id of whoever is registered under a label follows from an HMAC of it under a key of the vault: found again at
the next import, and telling nothing to whoever reads the log.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Final

from reviewflow.events import Asked, Command, identify, is_id
from reviewflow.history.mapping import Mapping
from reviewflow.history.templates import LABEL, Cells, Look, Template, no_tables
from reviewflow.history.told import NotTaken
from reviewflow.knowing import Knowing
from reviewflow.registry.commands import GiveRole, RegisterOrganisation, RegisterPerson
from reviewflow.registry.events import Identity
from reviewflow.registry.names import shown, tidy

_MOST_PEOPLE: Final = 20_000
_MOST_SUBJECTS: Final = 1_000

Keyed = Callable[[str, str], str]


class Finding:
    """Finds people and subjects; what must be registered first is added to the commands given."""

    def __init__(self, mapping: Mapping, programme: str, keyed: Keyed, here: date) -> None:
        """`here` is the first day on which a role is held that the mapping gives without a day."""
        self._mapping, self._programme, self._keyed, self._here = mapping, programme, keyed, here
        tables = set(mapping.tables)
        self._person_name = Template(mapping.people.name)
        self._name = Template(mapping.subject.name, tables)
        self._handle = Template(mapping.subject.handle, tables) if mapping.subject.handle else None
        identity = mapping.subject.identity
        self._identity = Template(identity.value, tables) if identity else None
        self._people: dict[str, str] = {}
        self._subjects: dict[tuple[str, str], str] = {}

    def forget(self) -> None:
        """Nothing that was found is sure any more: commands that were to register it were refused."""
        self._people.clear()
        self._subjects.clear()

    def met(self, label: str) -> str | None:
        """The id of somebody who was found before by this very label."""
        return self._people.get(label)

    def likely(self, cells: Cells, look: Look) -> list[str]:
        """What will be asked of the registry to find a subject, so that it is fetched for many at once."""
        identity = self._mapping.subject.identity
        number = self._identity.fill(cells, look) if self._identity is not None else ""
        handle = self._handle.fill(cells, look) if self._handle is not None else ""
        name = self.subject_named(cells, look)
        keys = [f"organisation-{identify(self._subject_id(name))}"]
        if identity is not None and number:
            keys.append(f"identity:{identity.scheme}:{number}")
        return [*keys, f"handle:{handle}"] if handle else keys

    def subject_named(self, cells: Cells, look: Look) -> str:
        """What a row calls the subject of its case: the identity, else the handle, else the name."""
        number = self._identity.fill(cells, look) if self._identity is not None else ""
        handle = self._handle.fill(cells, look) if self._handle is not None else ""
        return number or handle or tidy(self._name.fill(cells, look))

    def _subject_id(self, name: str) -> str:
        """The id of the command that registers a subject."""
        return self._keyed("import-subject", f"{self._mapping.mapping} {name}")

    def person(self, label: str, known: Knowing, asked: Asked, first: list[Command]) -> str:
        """The id of whoever is meant."""
        label = tidy(label)
        if not label:
            raise NotTaken("no-person", "the row names nobody; want an id, an e-mail address or a name")
        found = self._people.get(label)
        if found is None:
            found = self._look_up(label, known) or self._register(label, known, asked, first)
            if len(self._people) >= _MOST_PEOPLE:
                self._people.clear()
            self._people[label] = found
        return found

    def _look_up(self, label: str, known: Knowing) -> str | None:
        if is_id(label) and known.person(label) is not None:
            return label
        return known.email_owner(label) if "@" in label else None

    def _register(self, label: str, known: Knowing, asked: Asked, first: list[Command]) -> str:
        command_id = self._keyed("import-person", f"{self._mapping.mapping} {label}")
        person = identify(command_id)
        if known.person(person) is not None:
            return person
        people = self._mapping.people
        if not people.register_:
            raise NotTaken("no-such-person", f"got {shown(label)}; nobody is known by that id or address here")
        name = self._person_name.fill({LABEL: label}, no_tables)
        mine = _registering(asked, command_id)
        email = label if "@" in label and " " not in label else None
        first.append(RegisterPerson(asked=mine, person_name=name, email=email))
        if people.role is not None:
            since = date.fromisoformat(people.since) if people.since else self._here
            first.append(GiveRole(
                asked=replace(mine, id=f"{command_id}-role"), person=person, held=people.role,
                held_in=self._programme, held_in_kind="programme", since=since,
            ))  # fmt: skip
        return person

    def subject(self, cells: Cells, look: Look, known: Knowing, asked: Asked, first: list[Command]) -> str:
        """The id of what a case is about."""
        number = self._identity.fill(cells, look) if self._identity is not None else ""
        handle = self._handle.fill(cells, look) if self._handle is not None else ""
        name = tidy(self._name.fill(cells, look))
        key = (number or handle, name)
        found = self._subjects.get(key)
        if found is None:
            found = self._found(number, handle, known) or self._made(number, handle, name, known, asked, first)
            if len(self._subjects) >= _MOST_SUBJECTS:
                self._subjects.clear()
            self._subjects[key] = found
        return found

    def _found(self, number: str, handle: str, known: Knowing) -> str | None:
        identity = self._mapping.subject.identity
        if identity is not None and number:
            there = known.by_identity(identity.scheme, number)
            if len(there) > 1:
                raise NotTaken("subject-unclear", f"{identity.scheme} {number} is that of {len(there)} organisations")
            if there:
                return there[0]
        for stream in known.by_handle(handle) if handle else ():
            kind, _, one = stream.partition("-")
            if kind == "organisation":
                return one
        return None

    def _made(
        self, number: str, handle: str, name: str, known: Knowing, asked: Asked, first: list[Command]
    ) -> str:  # fmt: skip
        subject = self._mapping.subject
        command_id = self._subject_id(number or handle or name)
        one = identify(command_id)
        if known.organisation(one) is not None:
            return one
        if not subject.register_:
            what = number or handle or name
            raise NotTaken("no-such-subject", f"got {shown(what)}; no organisation is known by that here")
        identities: tuple[Identity, ...] = ()
        if subject.identity is not None and number:
            identities = (Identity(scheme=subject.identity.scheme, value=number),)
        first.append(RegisterOrganisation(
            asked=_registering(asked, command_id), organisation_name=name, kind=subject.kind,
            handle=handle or None, identities=identities,
        ))  # fmt: skip
        return one


def _registering(asked: Asked, command_id: str) -> Asked:
    """Whoever enters the rows registers, today; whoever acted in them need not have been allowed to."""
    by = asked.entered_by if isinstance(asked.entered_by, str) else asked.by
    return replace(asked, id=command_id, by=by, happened=None)
