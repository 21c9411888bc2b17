"""What another knows, question by question. Whoever knows more than that one answers those questions itself."""

from __future__ import annotations

from typing import Generic, TypeVar

from reviewflow.registry.calendars import Calendars
from reviewflow.registry.known import Known
from reviewflow.registry.organisations import Organisation
from reviewflow.registry.partnerships import Partnership
from reviewflow.registry.people import Person
from reviewflow.registry.programmes import Programme
from reviewflow.registry.workflows import Published

K = TypeVar("K", bound=Known)


class KnownOver(Generic[K]):
    """Implements `Known` by asking another one."""

    def __init__(self, known: K) -> None:
        """`known` is what lies beneath."""
        self._known = known

    def person(self, id: str) -> Person | None:  # noqa: A002 - the port's word
        """A person."""
        return self._known.person(id)

    def organisation(self, id: str) -> Organisation | None:  # noqa: A002 - the port's word
        """An organisation."""
        return self._known.organisation(id)

    def partnership(self, id: str) -> Partnership | None:  # noqa: A002 - the port's word
        """A partnership."""
        return self._known.partnership(id)

    def programme(self, id: str) -> Programme | None:  # noqa: A002 - the port's word
        """A programme."""
        return self._known.programme(id)

    def calendar(self, owner: str) -> Calendars | None:
        """What an owner published."""
        return self._known.calendar(owner)

    def workflow(self, name: str) -> Published | None:
        """The published editions of a workflow."""
        return self._known.workflow(name)

    def by_identity(self, scheme: str, value: str) -> list[str]:
        """Organisations that have or had an identity."""
        return self._known.by_identity(scheme, value)

    def by_handle(self, handle: str) -> list[str]:
        """Streams with a handle."""
        return self._known.by_handle(handle)

    def touching(self, set_name: str) -> list[str]:
        """The streams whose events touched a named set."""
        return self._known.touching(set_name)

    def touches(self, set_name: str) -> int:
        """How many events touched a named set."""
        return self._known.touches(set_name)

    def email_owner(self, email: str) -> str | None:
        """The person with an address."""
        return self._known.email_owner(email)
