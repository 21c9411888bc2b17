"""How things are called: ids and sealed texts as words, over what is known now."""

from __future__ import annotations

from reviewflow.audit.naming import AS_RECORDED, REMOVED, SEALED, Writing
from reviewflow.events import Kept, Text
from reviewflow.knowing import Knowing
from reviewflow.ports import Forgotten
from reviewflow.registry.events import INSTALLATION
from reviewflow.vault.vault import KeyVault


class Called:
    """Implements `audit.naming.Names`: never raises for an id, one that nobody knows is answered with itself."""

    def __init__(self, known: Knowing, vault: KeyVault, writing: Writing = AS_RECORDED) -> None:
        """Names are opened when they are asked for, and kept for this request alone."""
        self.known, self.vault, self.writing = known, vault, writing
        self._people: dict[str, str] = {}

    def person(self, id: str) -> str:  # noqa: A002 - the port's word
        """A person's name; `REMOVED` or `SEALED` where it cannot be read."""
        if id not in self._people:
            person = self.known.person(id)
            if person is None:
                return id
            self._people[id] = REMOVED if person.name is None else self.kept(person.name)
        return self._people[id]

    def organisation(self, id: str) -> str:  # noqa: A002 - the port's word
        """An organisation's name."""
        found = self.known.organisation(id)
        return found.name if found else id

    def partnership(self, id: str) -> str:  # noqa: A002 - the port's word
        """A partnership's name."""
        found = self.known.partnership(id)
        return found.name if found else id

    def programme(self, id: str) -> str:  # noqa: A002 - the port's word
        """A programme's name."""
        found = self.known.programme(id)
        return found.name if found else id

    def cycle(self, id: str) -> str:  # noqa: A002 - the port's word
        """A cycle's handle."""
        found = self.known.cycle(id)
        return found.handle if found else id

    def named(self, id: str) -> str:  # noqa: A002 - the port's word
        """The name of any of these, or of `installation`."""
        if id == INSTALLATION:
            return "the whole installation"
        for kind in ("person", "organisation", "partnership", "programme", "cycle"):
            if getattr(self.known, kind)(id) is not None:
                return self.label(kind, id)
        return id

    def label(self, kind: str, id: str) -> str:  # noqa: A002
        """The name of something of a kind."""
        return str(getattr(self, kind)(id))

    def held(self, person: str, grant: str) -> str | None:
        """The role that a grant of a person gave."""
        found = self.known.person(person)
        given = found.grant(grant) if found else None
        return given.held if given else None

    def course(self, person: str, training: str) -> str | None:
        """The course of a training of a person."""
        found = self.known.person(person)
        return next((one.course for one in found.training if one.id == training), None) if found else None

    def open(self, text: Text, stream: str, version: int, path: str) -> str:
        """A text of an event; `REMOVED` or `SEALED` where it cannot be read."""
        try:
            return self.vault.open(text, stream, version, path)
        except Forgotten:
            return REMOVED if self.vault.readable else SEALED

    def kept(self, kept: Kept | None) -> str:
        """A text of a folded state; empty where there is none."""
        return self.open(kept.text, kept.stream, kept.version, kept.path) if kept else ""
