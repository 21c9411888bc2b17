"""Looking a person up by e-mail address: the address is sealed everywhere, the view knows its keyed hash."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING

from reviewflow.events import Event
from reviewflow.ports import Forgotten, Record, Vault
from reviewflow.registry.events import PersonChanged, PersonRegistered

if TYPE_CHECKING:
    # Who asks for no address does not wait for the tables.
    from sqlalchemy import Connection

    from reviewflow.views.people import AddressKeys


class Addresses:
    """The directory that decisions ask; each question in a reading of its own."""

    def __init__(self, reading: Callable[[], AbstractContextManager[Connection]]) -> None:
        """`reading` opens a reading of the store that keeps the view."""
        self._reading = reading

    def by_email(self, keyed: str) -> str | None:
        """The id of the person whose address has this keyed hash."""
        from reviewflow.views.people import by_email

        with self._reading() as connection:
            return by_email(connection, keyed)


def keyed_by(vault: Vault) -> AddressKeys:
    """Opens each address for a moment and answers its keyed hash; that of a forgotten person is gone."""

    def keyed(record: Record, event: Event) -> str | None:
        if not isinstance(event, PersonRegistered | PersonChanged) or event.email is None:
            return None
        try:
            address = vault.open(event.email, record.stream, record.version, "email")
        except Forgotten:
            if vault.forgotten(record.stream):
                return None
            # The vault is only closed: a view without the address would be wrong, and stay so.
            raise
        return vault.lookup("email", address.strip().casefold())

    return keyed
