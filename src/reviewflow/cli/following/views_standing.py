"""How the views stand: brought forward with every command or by a follower, how far, broken or being rebuilt."""

from __future__ import annotations

from typing import Any

from reviewflow.asking.views_standing import views
from reviewflow.cli.printing import document, table
from reviewflow.cli.request import opened


def telling(as_json: bool) -> None:
    """Every view of this release."""
    with opened() as installation:
        data = views(installation, None)
    if as_json:
        document(data)
        return
    end, found = data["position"], data["views"]
    rows = [[one["view"], one["kept"], one["position"], one["behind"], _remark(one, end)] for one in found]
    table(("view", "kept", "position", "behind", ""), rows)


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
