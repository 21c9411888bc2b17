"""Whom a sign-in service knows as whom: issuer and subject, by keyed hash, lead to a person.

OpenID Connect Core 1.0, section 5.7: only issuer and subject together identify somebody for good; an e-mail address may
be given to somebody else one day.
"""

from __future__ import annotations

from datetime import datetime

from reviewflow.access.changing import AccessStore, lasting, together
from reviewflow.access.passwords import Keyed
from reviewflow.errors import Refused, Unmet
from reviewflow.ports import Clock


class Identities:
    """Identities in a store. Safe for threads; several processes may share the store."""

    def __init__(self, store: AccessStore, vault: Keyed, clock: Clock) -> None:
        """`vault` makes the keyed hashes."""
        self._store, self._vault, self._clock = store, vault, clock

    def add(self, person: str, issuer: str, subject: str) -> None:
        """From now on this identity is this person; twice is once. `Refused` if it is somebody else's."""
        from reviewflow.access.rows import identities
        from reviewflow.views.table import micros

        row = identities.Row(self._keyed(issuer, subject), person, micros(self._clock.now()))

        def put() -> None:
            with lasting(self._store) as connection:
                found = identities.get(connection, row.keyed)
                if found is None:
                    identities.put(connection, row)
                elif found.person != person:
                    why = "this account of the sign-in service belongs to somebody else here"
                    raise Refused("adding an identity", [Unmet("identity-taken", why)])

        together(put)

    def find(self, issuer: str, subject: str) -> str | None:
        """Whose it is."""
        from reviewflow.access.rows import identities

        with self._store.reading() as connection:
            found = identities.get(connection, self._keyed(issuer, subject))
        return found.person if found else None

    def of(self, person: str) -> list[datetime]:
        """When each of a person's was added; there is no more to tell."""
        from reviewflow.access.rows import identities
        from reviewflow.views.table import moment

        with self._store.reading() as connection:
            return [moment(row.added_at) for row in identities.of(connection, person)]

    def remove(self, person: str) -> int:
        """Let a person's identities lead nowhere; how many there were."""
        from reviewflow.access.rows import identities

        with lasting(self._store) as connection:
            return identities.remove(connection, person)

    def _keyed(self, issuer: str, subject: str) -> str:
        return self._vault.lookup("identity", f"{issuer}\0{subject}")
