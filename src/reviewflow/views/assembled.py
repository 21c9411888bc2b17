"""The views of a store: those that an append brings forward, in that order, and those that followers keep."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from reviewflow.views.activity import ActivityView
from reviewflow.views.cycles import CyclesView
from reviewflow.views.people import AddressKeys
from reviewflow.views.registry import RegistryView
from reviewflow.views.tasks import TasksView
from reviewflow.views.view import View
from reviewflow.workflow.definition import Definition


class Views(NamedTuple):
    """Synchronous is all that a next command or a person's next page needs; the rest follows the log."""

    synchronous: tuple[View, ...]
    following: tuple[View, ...] = ()


def all_views(definitions: Callable[[str], Definition], address_keys: AddressKeys) -> Views:
    """Every view.

    `definitions` finds the definition of a digest, `address_keys` (see `addresses.keyed_by`) the keyed hash of an
    address.
    """
    return Views((RegistryView(address_keys), CyclesView(definitions), TasksView(definitions)), (ActivityView(),))
