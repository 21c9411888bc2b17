"""The past again: a cycle on a day, as known at a moment, or up to a position. Pure functions over recorded events.

Nothing is judged here and nothing is decided anew: `cycle.fold` applies what was known and had happened.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime
from typing import NamedTuple

from reviewflow.audit.line import counted
from reviewflow.cycle.events import MendingEvent
from reviewflow.cycle.fold import fold_known
from reviewflow.cycle.history import as_known
from reviewflow.cycle.state import Cycle
from reviewflow.events import Recorded


class Moment(NamedTuple):
    """Which past is meant. Each part narrows it: the day (all of it), what was recorded by then, the log so far."""

    as_of: date | None = None
    known_at: datetime | None = None
    position: int | None = None

    def knows(self, recorded: Recorded) -> bool:
        """Whether the event was recorded by then."""
        if self.position is not None and recorded.position > self.position:
            return False
        return self.known_at is None or recorded.recorded_at <= self.known_at

    def holds(self, recorded: Recorded) -> bool:
        """Whether it had happened by that day."""
        return self.as_of is None or recorded.event.happened.on <= self.as_of

    def __str__(self) -> str:
        day = f"on {self.as_of}" if self.as_of else "at the latest"
        known = [f"as known at {_written(self.known_at)}"] if self.known_at else []
        known += [f"as known at position {self.position}"] if self.position is not None else []
        return ", ".join([day, *(known or ["as now known"])])


class Replayed(NamedTuple):
    """A cycle at a moment, with every event accounted for: used, not known yet, undone by then, or happened later."""

    stream: str
    moment: Moment
    cycle: Cycle | None
    """None if it was not opened by then."""
    used: tuple[Recorded, ...]
    unknown: tuple[Recorded, ...]
    """Recorded after the moment."""
    later: tuple[Recorded, ...]
    """Known by then, but happened after the day, as known by then."""
    undone: tuple[Recorded, ...] = ()
    """Known by then never to have happened."""

    @property
    def position(self) -> int:
        """The position of the last event used; 0 for none."""
        return self.used[-1].position if self.used else 0

    @property
    def accounted(self) -> str:
        """How many events were used, and how many were not, and why not."""
        parts = [f"{counted(len(self.used), 'event')} used"]
        parts += [f"{len(self.unknown)} not known yet"] if self.unknown else []
        parts += [f"{len(self.later)} happened later"] if self.later else []
        parts += [f"{len(self.undone)} undone"] if self.undone else []
        return ", ".join(parts)


def replay(records: Iterable[Recorded], moment: Moment = Moment()) -> Replayed:  # noqa: B008 - immutable
    """The state of one cycle at a moment, from all events of its stream in order."""
    everything = list(records)
    known = [one for one in everything if moment.knows(one)]
    history = as_known(known)
    told = {one.version: one for one in history.told}
    used: list[Recorded] = []
    later: list[Recorded] = []
    for one in known:
        # A correction or an undo counts as soon as it is known, whatever the day.
        if isinstance(one.event, MendingEvent):
            used.append(one)
        elif one.version in told:
            (used if moment.holds(told[one.version]) else later).append(one)
    cycle = fold_known(history, as_of=moment.as_of)
    if cycle is None:
        # Nothing can stand before the opening: what was recorded of a cycle not opened yet is not used.
        later, used = sorted((*later, *used), key=lambda one: one.version), []
    stream = everything[0].stream if everything else ""
    unknown, undone = everything[len(known) :], [one for one in known if one.version in history.undone]
    return Replayed(stream, moment, cycle, tuple(used), tuple(unknown), tuple(later), tuple(undone))


def replay_all(records: Iterable[Recorded], moment: Moment = Moment()) -> list[Replayed]:  # noqa: B008 - immutable
    """Every cycle that was open by a moment, in the order in which they were opened; other streams are passed over."""
    streams: dict[str, list[Recorded]] = {}
    for recorded in records:
        if recorded.stream.startswith("cycle-"):
            streams.setdefault(recorded.stream, []).append(recorded)
    replayed = (replay(one, moment) for one in streams.values())
    return [one for one in replayed if one.cycle is not None]


def _written(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
