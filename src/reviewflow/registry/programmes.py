"""A programme as the log tells: its policy of the day."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from reviewflow.errors import ImpossibleHistory
from reviewflow.events import Recorded
from reviewflow.registry.events import ProgrammeChanged, ProgrammeSetUp


class Programme(NamedTuple):
    """A programme at a version of its stream."""

    id: str
    version: int
    name: str
    handle: str
    time_zone: str
    workflow: str | None = None
    backdating_days: int = 30
    nation: str | None = None


def evolve_programme(programme: Programme | None, record: Recorded) -> Programme:
    """The programme after one more record."""
    event, stream, version = record.event, record.stream, record.version
    match event:
        case ProgrammeSetUp() if programme is None:
            return Programme(
                stream.removeprefix("programme-"),
                version,
                event.name,
                event.handle,
                event.time_zone,
                event.workflow,
                event.backdating_days,
                event.nation,
            )
        case ProgrammeChanged() if programme is not None and version > programme.version:
            given = {
                "name": event.name,
                "time_zone": event.time_zone,
                "workflow": event.workflow,
                "backdating_days": event.backdating_days,
                "nation": event.nation,
            }
            changed = {key: value for key, value in given.items() if value is not None}
            return Programme(**{**programme._asdict(), **changed, "version": version})
    was = f"after version {programme.version}" if programme else "before the programme was set up"
    raise ImpossibleHistory(stream, version, f"{event.topic or type(event).__name__} cannot follow {was}")


def fold_programme(records: Sequence[Recorded], start: Programme | None = None) -> Programme | None:
    """The programme after these records; None for no records."""
    programme = start
    for record in records:
        programme = evolve_programme(programme, record)
    return programme
