"""How the views stand: brought forward with every command or by a follower, how far, broken or being rebuilt."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from reviewflow.following.filling import Filling, fillings
from reviewflow.following.positions import Place, places
from reviewflow.following.rebuilding import PREFIX
from reviewflow.views.table import moment

if TYPE_CHECKING:
    from reviewflow.wiring import Installation


def views(installation: Installation, viewer: str | None) -> dict[str, Any]:
    """Every view of this release, and where the log ends. `Refused` for whoever may not know."""
    with installation.engine.knowing() as known:
        installation.engine.may_ask(known, "views status", viewer)
    with installation.store.snapshot() as snapshot:
        end = snapshot.position()
        kept = {place.name: place for place in places(snapshot.connection)}
    return {"position": end, "views": [_data(one, kept, end) for one in fillings(installation.views)]}


def _data(one: Filling, kept: Mapping[str, Place], end: int) -> dict[str, Any]:
    name = one.view.name
    place, rebuild = kept.get(name), kept.get(PREFIX + name)
    position = (place.position if place else 0) if one.followed else end
    return {
        "view": name,
        "kept": "by a follower" if one.followed else "with every command",
        "position": position,
        "behind": end - position,
        "broken_at": place.broken_at if place and one.followed else None,
        "why": place.why if place and one.followed else None,
        "rebuild": rebuild and {
            "position": rebuild.position, "moved_at": moment(rebuild.moved_at), "broken_at": rebuild.broken_at,
            "why": rebuild.why if rebuild.broken_at is not None else None,
        },
    }  # fmt: skip
