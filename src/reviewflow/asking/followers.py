"""How those that follow the log, and what they send, stand now."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from reviewflow.following import effects
from reviewflow.following.follower import Reading
from reviewflow.following.lag import lags

if TYPE_CHECKING:
    from reviewflow.wiring import Installation

Data = Mapping[str, Any]


def followers_data(snapshot: Reading, installation: Installation) -> list[Data]:
    """Every follower: its place, how far behind it is and since when, whether and why it is broken."""
    return [one._asdict() for one in lags(snapshot, [view.name for view in installation.views.following])]


def effects_data(snapshot: Reading) -> Data:
    """How many wait, and how many were set aside."""
    counted = effects.counted(snapshot.connection)
    return {"waiting": counted.get("waiting", 0), "aside": counted.get("aside", 0)}
