"""The registry as commands and lists need it: each event changes the rows of one subject."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection

from reviewflow.views import grants, organisations, partnerships, people, programmes, workflows
from reviewflow.views.people import AddressKeys
from reviewflow.views.statement import Taken
from reviewflow.views.table import make
from reviewflow.views.view import Told, impossible


class RegistryView:
    """Organisations, partnerships, programmes, people, their roles, and published workflows."""

    name = "registry"
    tables = (
        organisations.organisations, organisations.identities, partnerships.partnerships, partnerships.memberships,
        programmes.programmes, people.people, grants.grants, workflows.workflows,
    )  # fmt: skip

    def __init__(self, address_keys: AddressKeys) -> None:
        """`address_keys` opens the address in an event and answers its keyed hash."""
        self._changes: people.Changes = {
            **organisations.CHANGES, **partnerships.CHANGES, **programmes.CHANGES, **people.changes(address_keys),
            **grants.CHANGES, **workflows.CHANGES,
        }  # fmt: skip

    def create(self, connection: Connection) -> None:
        """Make the tables."""
        make(connection, self.tables)

    def apply(self, connection: Connection, records: Sequence[Told]) -> None:
        """Change the rows; events that say nothing about them are passed over."""
        for record, event, _ in records:
            change = self._changes.get(type(event))
            if change is not None:
                try:
                    change(connection, record, event)
                except Taken as taken:
                    raise impossible(record, f"the view has such a row already: {taken}") from taken
