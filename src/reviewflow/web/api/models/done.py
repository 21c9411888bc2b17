"""What a command answers."""

from __future__ import annotations

from typing import Any

from pydantic import ConfigDict, Field

from reviewflow.web.api.models.cycles import Waiting
from reviewflow.web.api.models.shape import Id, Shape


class RecordedEvent(Shape):
    """One event that was recorded; without a position in a dry run."""

    position: int | None
    stream: str
    version: int
    topic: str = Field(examples=["cycle.transition-taken"])


class CycleAfter(Shape):
    """A cycle right after it, as far as you may see it."""

    id: Id
    handle: str = Field(examples=["hazel-2026-1"])
    version: int
    state: str
    state_title: str
    final: bool | None
    waiting: list[Waiting]


class Done(Shape):
    """What was recorded, and what the command was about (members by the kind of command)."""

    model_config = ConfigDict(extra="allow")

    dry_run: bool
    repeated: bool = Field(description="It was done before under this key: this is the first answer.")
    changed: bool
    position: int | None = Field(description="The last position, for `/api/events`.", examples=[1204])
    recorded: list[RecordedEvent]


class CycleDone(Done):
    """The same with every cycle that was changed."""

    cycles: list[CycleAfter]


class Made(Done):
    """The same with the id of what was made."""

    id: Id


class Handover(Done):
    """What moved, cycle by cycle; in a dry run what would."""

    batch: str
    cycles: list[dict[str, Any]] = Field(default=[])
