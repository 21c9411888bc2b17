"""What every door needs to give commands: who asks, and the answer as data."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any

from reviewflow.engine import Done
from reviewflow.events import Asked, Door, Happened, Unsealed

if TYPE_CHECKING:
    from reviewflow.wiring import Installation


def asked_by(
    installation: Installation, person: str, *, door: Door, command_id: str | None = None,
    happened: Happened | None = None, reason: str | None = None, role: str | None = None,
    on_behalf_of: str | None = None, entered_by: str | Unsealed | None = None, batch: str | None = None,
) -> Asked:  # fmt: skip
    """Somebody asks for something, just now. Without `command_id` it is done each time it is asked.

    `entered_by`: who was signed in, where that is not `person`. `BadInput` for an id that cannot be kept.
    """
    return Asked(
        id=command_id or secrets.token_hex(16), at=installation.clock.now(), by=person, entered_by=entered_by or person,
        door=door, happened=happened, role=role, reason=reason, batch=batch, on_behalf_of=on_behalf_of,
    )  # fmt: skip


def done_data(done: Done, *, dry_run: bool = False) -> dict[str, Any]:
    """What every answer to a command begins with: whether anything changed, and what was recorded where."""
    return {
        "dry_run": dry_run,
        "repeated": done.repeated,
        "changed": bool(done.events),
        "position": done.position,
        "recorded": [
            {"position": e.position or None, "stream": e.stream, "version": e.version, "topic": e.event.topic}
            for e in done.events
        ],
    }


def made(done: Done) -> str:
    """The id of what a command made: the stream of its first event."""
    return done.events[0].stream.partition("-")[2]
