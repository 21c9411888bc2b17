"""What is to be sent because of records, as data."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from reviewflow.following import effects

if TYPE_CHECKING:
    from reviewflow.wiring import Installation


def listed(
    installation: Installation, viewer: str | None, states: Sequence[effects.State], limit: int
) -> dict[str, Any]:
    """Those in these states (none: waiting and set aside), in the order of the log, and how many there are of each."""
    with installation.engine.knowing() as known:
        installation.engine.may_ask(known, "effects list", viewer)
    with installation.store.reading() as connection:
        found = effects.listed(connection, tuple(states) or effects.OPEN, limit=limit + 1)
        counted = effects.counted(connection)
    return {"effects": [one._asdict() for one in found[:limit]], "counted": counted, "more": len(found) > limit}
