"""How far behind the log followers are, and since when; all of one moment."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from reviewflow.following.follower import Reading
from reviewflow.following.positions import Place, places
from reviewflow.views.table import moment


class Lag(NamedTuple):
    """How a follower stands. `name` of one that never followed here has position 0 and no `moved_at`."""

    name: str
    position: int
    behind: int
    """Records that it has not followed yet."""
    since: datetime | None
    """When the first of those was recorded; None if there is none."""
    moved_at: datetime | None
    broken_at: int | None
    why: str | None
    known: bool
    """Whether this release runs it; another's is shown and left alone."""


def lags(snapshot: Reading, names: Iterable[str]) -> list[Lag]:
    """Every follower that this release runs (`names`), and all others that ever followed here, by name."""
    end = snapshot.position()
    kept = {place.name: place for place in places(snapshot.connection)}
    ours = set(names)
    return [_lag(snapshot, name, kept.get(name), end, known=_known(name, ours)) for name in sorted(ours | set(kept))]


def _known(name: str, ours: set[str]) -> bool:
    return name in ours or name.partition(":")[0] in ("webhook", "rebuild")


def _lag(snapshot: Reading, name: str, place: Place | None, end: int, *, known: bool) -> Lag:
    position = place.position if place else 0
    behind = max(end - position, 0)
    since = snapshot.log(position, 1)[0].recorded_at if behind else None
    if place is None:
        return Lag(name, 0, behind, since, None, None, None, known)
    return Lag(name, position, behind, since, moment(place.moved_at), place.broken_at, place.why, known)
