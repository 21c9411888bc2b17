"""A store that an older release made, brought to what this one wants; and what that means for its views.

The views have no migrations: what one holds is in the log. One that is new is made; one that is kept otherwise now is
named, to be rebuilt.
"""

from __future__ import annotations

from typing import Any, Literal, NamedTuple

from reviewflow.keeping.known_views import every_view, following
from reviewflow.registry.permissions import OPERATOR
from reviewflow.registry.permissions import check as permitted
from reviewflow.settings import Settings
from reviewflow.store.layout import differences
from reviewflow.store.upgrading import Step, Upgrade, plan_upgrade, upgrade
from reviewflow.views.parts import hand_down, have_names
from reviewflow.views.view import View

NAME = "store upgrade"
_LIKE = "assignments"
"""The table of a view: whoever may do something with its rows may do it with those of new tables."""


class ViewChange(NamedTuple):
    """A view that the older release did not keep as this one does: `make` a new one, or `rebuild` it."""

    view: str
    what: Literal["make", "rebuild"]


class Upgraded(NamedTuple):
    """What is to be done, or was: from which version to which, by which steps, and which views it concerns."""

    what: str
    found: int
    wanted: int
    steps: tuple[Step, ...]
    guards: tuple[str, ...]
    """Triggers of the log that were not there as they should be."""
    views: tuple[ViewChange, ...]


def look(settings: Settings) -> Upgraded:
    """What an upgrade would do; nothing is changed."""
    permitted(NAME, [OPERATOR])
    found: list[ViewChange] = []
    return _told(plan_upgrade(settings.store, lambda connection, _: found.extend(_changed(connection))), found)


def bring_up(settings: Settings) -> Upgraded:
    """Upgrade the store, all or nothing; what was done. Views to be rebuilt are only named."""
    permitted(NAME, [OPERATOR])
    found: list[ViewChange] = []

    def also(connection: Any, made: frozenset[str]) -> None:
        found.extend(_changed(connection))
        names = {one.view for one in found if one.what == "make"}
        new = [view for view in following() if view.name in names]
        for view in new:
            view.create(connection)
        if have_names(connection):
            for table in (*made, *(table.name for view in new for table in view.tables)):
                hand_down(connection, _LIKE, table)

    return _told(upgrade(settings.store, also), found)


def _told(upgraded: Upgrade, views: list[ViewChange]) -> Upgraded:
    return Upgraded(*upgraded, tuple(views))


def _changed(connection: Any) -> list[ViewChange]:
    return [ViewChange(view.name, _what(view, wrong)) for view, wrong in changed_views(connection)]


def changed_views(connection: Any) -> list[tuple[View, dict[str, list[str]]]]:
    """Views whose tables are not those of this release, and what is wrong with which."""
    looked = ((view, differences(connection, view.tables)) for view in every_view())
    return [(view, wrong) for view, wrong in looked if wrong]


def _what(view: View, wrong: dict[str, list[str]]) -> Literal["make", "rebuild"]:
    # A follower fills a new view from the first record on; one that appends keep cannot begin empty.
    gone = all("is not there" in wrong.get(table.name, ()) for table in view.tables)
    return "make" if gone and view.name in {one.name for one in following()} else "rebuild"
