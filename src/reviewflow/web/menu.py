"""What the navigation shows: only what the visitor may open. Asked at every page, so it asks for little."""

from __future__ import annotations

from typing import Final, NamedTuple

from reviewflow.errors import StoreUnreachable
from reviewflow.registry.permissions import allowed
from reviewflow.registry.scopes import ANYWHERE
from reviewflow.web.site import Site


class Entry(NamedTuple):
    """One place to go; `ask`: what somebody must be allowed, wherever they hold a role, to be shown it."""

    href: str
    text: str
    ask: str


_ALL: Final = (
    Entry("/work", "My work", "cycle list"),
    Entry("/cycles", "Reviews", "cycle list"),
    Entry("/partnerships", "Partnerships", "partnership list"),
    Entry("/history", "History", "audit log"),
    Entry("/administration", "Administration", "person add"),
)


def menu(site: Site, person: str) -> list[Entry]:
    """The entries for somebody who is signed in; none where the store cannot be asked just now."""
    try:
        with site.installation.engine.knowing() as known:
            held = site.installation.engine.standing(known, person, ANYWHERE)
    except StoreUnreachable:
        return []
    return [one for one in _ALL if allowed(one.ask, held)]
