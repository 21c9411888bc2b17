"""How the views stand: brought forward with every command or by a follower, how far, broken or being rebuilt."""

from __future__ import annotations

from typing import Any

from reviewflow.cli.printing import document, table
from reviewflow.cli.request import opened
from reviewflow.following.filling import Filling, fillings
from reviewflow.following.positions import Place, places
from reviewflow.following.rebuilding import PREFIX
from reviewflow.views.table import moment


def telling(as_json: bool) -> None:
    """Every view of this release."""
    with opened() as installation:
        with installation.engine.knowing() as known:
            installation.engine.may_ask(known, "views status", None)
        with installation.store.snapshot() as snapshot:
            end = snapshot.position()
            kept = {place.name: place for place in places(snapshot.connection)}
    found = [_data(one, kept, end) for one in fillings(installation.views)]
    if as_json:
        document({"position": end, "views": found})
        return
    rows = [[one["view"], one["kept"], one["position"], one["behind"], _remark(one, end)] for one in found]
    table(("view", "kept", "position", "behind", ""), rows)


def _data(one: Filling, kept: dict[str, Place], end: int) -> dict[str, Any]:
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


def _remark(one: dict[str, Any], end: int) -> str:
    told = [] if one["broken_at"] is None else [f"broken at {one['broken_at']}: {one['why']}"]
    rebuild = one["rebuild"]
    if rebuild and rebuild["broken_at"] is not None:
        told.append(f"its rebuild is broken at {rebuild['broken_at']}: {rebuild['why']}")
    elif rebuild:
        told.append(
            f"being rebuilt: {rebuild['position']:,} of {end:,}, last moved {rebuild['moved_at']:%Y-%m-%d %H:%M}Z"
        )
    return "; ".join(told)
