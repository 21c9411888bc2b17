"""How ids and sealed texts read in the demo, over what is known at a moment."""

from __future__ import annotations

from reviewflow.audit.naming import REMOVED
from reviewflow.events import Text
from reviewflow.knowing import Knowing
from reviewflow.ports import Forgotten, Vault


class Names:
    """Implements `audit.naming.Names`; an id that nobody knows is answered with itself."""

    def __init__(self, known: Knowing, vault: Vault) -> None:
        """`vault` opens what is sealed, or says that it is gone."""
        self.known, self.vault = known, vault

    def person(self, id: str) -> str:  # noqa: A002 - the port's word
        """A person's name."""
        person = self.known.person(id)
        if person is None:
            return id
        name = person.name
        return REMOVED if name is None else self.open(name.text, name.stream, name.version, name.path)

    def organisation(self, id: str) -> str:  # noqa: A002
        """An organisation's name."""
        found = self.known.organisation(id)
        return found.name if found else id

    def partnership(self, id: str) -> str:  # noqa: A002
        """A partnership's name."""
        found = self.known.partnership(id)
        return found.name if found else id

    def programme(self, id: str) -> str:  # noqa: A002
        """A programme's name."""
        found = self.known.programme(id)
        return found.name if found else id

    def named(self, id: str) -> str:  # noqa: A002
        """Whichever of these it is."""
        kinds = (self.person, self.organisation, self.partnership, self.programme)
        return next((name for name in (kind(id) for kind in kinds) if name != id), id)

    def held(self, person: str, grant: str) -> str | None:
        """The role that a grant gave."""
        found = self.known.person(person)
        given = found.grant(grant) if found else None
        return given.held if given else None

    def course(self, person: str, training: str) -> str | None:
        """The course of a training."""
        found = self.known.person(person)
        return next((one.course for one in found.training if one.id == training), None) if found else None

    def open(self, text: Text, stream: str, version: int, path: str) -> str:
        """A text of an event."""
        try:
            return self.vault.open(text, stream, version, path)
        except Forgotten:
            return REMOVED
