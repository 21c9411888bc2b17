"""How followers and what they send stand, as text: for `status` and `run --once`."""

from __future__ import annotations

from collections.abc import Sequence

from reviewflow.asking.followers import Data
from reviewflow.cli.printing import count, say, table


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
