"""The views of a store: those that an append brings forward, in that order, and those that followers keep."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import NamedTuple, Protocol

from sqlalchemy import Connection

from reviewflow.views.activity import ActivityView
from reviewflow.views.addresses import Addresses
from reviewflow.views.cycles import CyclesView
from reviewflow.views.people import AddressKeys
from reviewflow.views.registry import RegistryView
from reviewflow.views.tasks import TasksView
from reviewflow.views.view import View
from reviewflow.workflow.definition import Definition


class Readable(Protocol):
    """A store that keeps the views."""

    def reading(self) -> AbstractContextManager[Connection]:
        """A connection in a read transaction."""


class Views(NamedTuple):
    """Synchronous is all that a next command or a person's next page needs; the rest follows the log."""

    synchronous: tuple[View, ...]
    following: tuple[View, ...] = ()

    def directory(self, store: Readable) -> Addresses:
        """Who has which address, as the views in that store know it."""
        return Addresses(store.reading)


def all_views(definitions: Callable[[str], Definition], address_keys: AddressKeys) -> Views:
    """Every view.

    `definitions` finds the definition of a digest, `address_keys` (see `addresses.keyed_by`) the keyed hash of an
    address.
    """
    return Views((RegistryView(address_keys), CyclesView(definitions), TasksView(definitions)), (ActivityView(),))
