"""What a decision may ask about the registry. Each question also records what was read, for the append to check."""

from __future__ import annotations

from typing import Protocol

from reviewflow.registry.calendars import Calendars
from reviewflow.registry.organisations import Organisation
from reviewflow.registry.partnerships import Partnership
from reviewflow.registry.people import Person
from reviewflow.registry.programmes import Programme
from reviewflow.registry.workflows import Published


class Known(Protocol):
    """The registry in one snapshot. None, or an empty list, where there is nothing (which is read as well)."""

    def person(self, id: str) -> Person | None:  # noqa: A002 - the word of the design
        """A person, the forgotten included."""

    def organisation(self, id: str) -> Organisation | None:  # noqa: A002
        """An organisation."""

    def partnership(self, id: str) -> Partnership | None:  # noqa: A002
        """A partnership."""

    def programme(self, id: str) -> Programme | None:  # noqa: A002
        """A programme."""

    def calendar(self, owner: str) -> Calendars | None:
        """What an owner (an id, or `installation`) published."""

    def workflow(self, name: str) -> Published | None:
        """The published editions of a workflow."""

    def by_identity(self, scheme: str, value: str) -> list[str]:
        """The ids of the organisations that have or had this identity. Reads `identity:SCHEME:VALUE`."""

    def by_handle(self, handle: str) -> list[str]:
        """The streams that have this handle. Reads `handle:HANDLE`."""

    def touching(self, set_name: str) -> list[str]:
        """The streams whose events touched a named set, sorted."""

    def touches(self, set_name: str) -> int:
        """How many events touched a named set. Reads it like the above."""

    def email_owner(self, email: str) -> str | None:
        """The id of the person, not forgotten, whose address this is now (letter case ignored). Reads `people`."""
