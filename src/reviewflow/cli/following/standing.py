"""How followers and what they send stand, as data and as text: for `status` and `run --once`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from reviewflow.cli.printing import count, say, table
from reviewflow.following import effects
from reviewflow.following.follower import Reading
from reviewflow.following.lag import lags
from reviewflow.wiring import Installation

Data = Mapping[str, Any]


def followers_data(snapshot: Reading, installation: Installation) -> list[Data]:
    """Every follower: its place, how far behind it is and since when, whether and why it is broken."""
    return [one._asdict() for one in lags(snapshot, [view.name for view in installation.views.following])]


def effects_data(snapshot: Reading) -> Data:
    """How many wait, and how many were set aside."""
    counted = effects.counted(snapshot.connection)
    return {"waiting": counted.get("waiting", 0), "aside": counted.get("aside", 0)}


def show(followers: Sequence[Data], sending: Data) -> None:
    """As text."""
    header = ("follower", "position", "behind", "since", "")
    table(header, [[one["name"], one["position"], one["behind"], one["since"], _remark(one)] for one in followers])
    if sending["waiting"]:
        say(f"{count(sending['waiting'], 'effect')} waiting to be sent")
    if sending["aside"]:
        say(f"{count(sending['aside'], 'effect')} set aside: see `reviewflow effects list`")


def _remark(one: Data) -> str:
    if one["broken_at"] is not None:
        return f"broken at {one['broken_at']}: {one['why']}"
    if not one["known"]:
        return "of another release: left alone"
    return "never run: `reviewflow run`" if one["moved_at"] is None else ""
